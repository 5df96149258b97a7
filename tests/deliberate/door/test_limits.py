from __future__ import annotations

from deliberate.door.limits import Buckets, blurred


def test_a_bucket_gives_its_rate_at_once_and_refills_over_a_minute() -> None:
    buckets = Buckets(3)
    assert [buckets.take("a", moment=0) for _number in range(4)] == [True, True, True, False]
    assert not buckets.take("a", moment=19)
    assert buckets.take("a", moment=41)


def test_one_key_does_not_empty_another() -> None:
    buckets = Buckets(1)
    assert buckets.take("a", moment=0)
    assert buckets.take("b", moment=0)


def test_a_token_given_back_can_be_taken_again_and_never_more_than_the_rate() -> None:
    buckets = Buckets(1)
    buckets.take("a", moment=0)
    buckets.give("a")
    buckets.give("a")
    assert [buckets.take("a", moment=0) for _number in range(2)] == [True, False]


def test_the_least_recently_used_are_forgotten() -> None:
    buckets = Buckets(1, keep=2)
    for key in "abc":
        buckets.take(key, moment=0)
    assert buckets.take("a", moment=0), "a was forgotten, so it starts full"
    assert not buckets.take("c", moment=0)


def test_an_address_can_not_be_read_from_its_key() -> None:
    key = blurred("203.0.113.7")
    assert "203" not in key
    assert key == blurred("203.0.113.7") != blurred("203.0.113.8")
