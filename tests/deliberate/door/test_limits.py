from __future__ import annotations

import hashlib

from django.test import RequestFactory
from pytest_django import Settings

from deliberate.door.limits import Buckets, Guesses, blurred, caller


def test_a_bucket_gives_its_rate_at_once_and_refills_over_a_minute() -> None:
    buckets = Buckets(3)
    assert [buckets.take("a", moment=0) for _number in range(4)] == [True, True, True, False]
    assert not buckets.take("a", moment=19)
    assert buckets.take("a", moment=41)


def test_a_bucket_may_give_less_at_once_than_in_a_minute() -> None:
    buckets = Buckets(60, at_once=2)
    assert [buckets.take("a", moment=0) for _number in range(3)] == [True, True, False]
    assert buckets.take("a", moment=1)
    assert [buckets.take("a", moment=60) for _number in range(3)] == [True, True, False]


def test_one_key_does_not_empty_another() -> None:
    buckets = Buckets(1)
    assert buckets.take("a", moment=0)
    assert buckets.take("b", moment=0)


def test_looking_takes_nothing() -> None:
    buckets = Buckets(1)
    assert [buckets.has("a", moment=0) for _number in range(3)] == [True, True, True]
    buckets.take("a", moment=0)
    assert not buckets.has("a", moment=0)
    assert buckets.has("a", moment=61)


def test_the_least_recently_used_are_forgotten() -> None:
    buckets = Buckets(1, keep=2)
    for key in "abc":
        buckets.take(key, moment=0)
    assert buckets.take("a", moment=0), "a was forgotten, so it starts full"
    assert not buckets.take("c", moment=0)


def test_an_address_can_not_be_read_from_its_key() -> None:
    # Whoever hashes every address there is doesn't find it: the key holds a salt of this process.
    key = blurred("203.0.113.7")
    assert len(key) == 16
    assert key == blurred("203.0.113.7") != blurred("203.0.113.8")
    assert key != hashlib.blake2b(b"203.0.113.7", digest_size=8).hexdigest()


def guess(guesses: Guesses, who: str) -> bool:
    may = guesses.may(who)
    if may:
        guesses.wrong(who)
    return may


def test_guesses_are_counted_for_the_caller_and_for_all_together() -> None:
    guesses = Guesses(2, 3)
    assert [guess(guesses, "a") for _time in range(3)] == [True, True, False]
    assert [guess(guesses, "b") for _time in range(2)] == [True, False], "three in all"


def test_processes_that_serve_together_share_the_guesses(settings: Settings) -> None:
    settings.LIMIT_SHARED_BY = 3
    each = [Guesses(6, 30) for _process in range(3)]
    assert sum(guess(guesses, "a") for guesses in each for _time in range(30)) == 6
    assert sum(guess(guesses, f"{other}") for guesses in each for other in range(30)) == 30 - 6


def test_a_process_among_many_lets_through_one_guess_at_least(settings: Settings) -> None:
    settings.LIMIT_SHARED_BY = 256
    guesses = Guesses(30, 600)
    assert [guess(guesses, "a") for _time in range(2)] == [True, False]


def test_a_right_code_is_no_guess() -> None:
    guesses = Guesses(1, 10)
    assert all(guesses.may("the hall's address") for _person in range(500))


def test_behind_a_proxy_nobody_is_counted_for_the_proxy(rf: RequestFactory, settings: Settings) -> None:
    request = rf.get("/join/", REMOTE_ADDR="203.0.113.7")
    assert caller(request) == blurred("203.0.113.7")
    settings.SECURE = True
    assert caller(request) == ""
    guesses = Guesses(1, 2)
    assert [guess(guesses, "") for _time in range(3)] == [True, True, False]


def forwarded(rf: RequestFactory, *said: str, by: str = "10.0.0.2") -> str:
    """The caller of a request that came by a proxy, with this header."""
    headers = {"X-Forwarded-For": ", ".join(said)} if said else {}
    return caller(rf.get("/join/", REMOTE_ADDR=by, headers=headers))


def test_what_a_client_says_of_itself_is_not_read_where_no_proxy_is_trusted(rf: RequestFactory) -> None:
    assert forwarded(rf, "203.0.113.7", by="198.51.100.1") == blurred("198.51.100.1")


def test_behind_a_trusted_proxy_the_caller_is_whom_it_was_asked_by(rf: RequestFactory, settings: Settings) -> None:
    settings.SECURE, settings.TRUSTED_PROXIES = True, 1
    assert forwarded(rf, "203.0.113.7") == blurred("203.0.113.7")
    assert forwarded(rf, "8.8.8.8", "127.0.0.1", "203.0.113.7") == blurred("203.0.113.7"), "the left is invented"
    settings.TRUSTED_PROXIES = 2
    assert forwarded(rf, "8.8.8.8", "203.0.113.7", "10.0.0.1") == blurred("203.0.113.7")


def test_a_header_that_no_proxy_can_have_written_names_nobody(rf: RequestFactory, settings: Settings) -> None:
    settings.SECURE, settings.TRUSTED_PROXIES = True, 2
    for said in ([], ["203.0.113.7"], ["unknown", "10.0.0.1"], ["", "10.0.0.1"]):
        assert forwarded(rf, *said) == ""


def test_the_addresses_of_one_ipv6_network_are_one_caller(rf: RequestFactory, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    one, other, foreign = "2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"
    assert forwarded(rf, one) == forwarded(rf, other) != forwarded(rf, foreign)


def test_an_ipv4_address_is_itself_however_it_is_written(rf: RequestFactory, settings: Settings) -> None:
    settings.TRUSTED_PROXIES = 1
    one, other = "198.51.100.7", "203.0.113.9"
    assert forwarded(rf, f"::ffff:{one}") == forwarded(rf, one) == blurred(one)
    assert forwarded(rf, f"::ffff:{one}") != forwarded(rf, f"::ffff:{other}")
