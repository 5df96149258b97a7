"""The octets of blind ballots: they say one thing alone, and whatever else comes in is refused with its reason."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from polls.ballots.blind.formats import (
    BALLOT,
    BadBallot,
    Ballot,
    Flaw,
    ballot_length,
    build,
    check_signature,
    closing_hash,
    from_text,
    in_order,
    parse,
    poll_hash,
    proquint,
    receipt,
    receipt_holds,
    to_text,
    token_message,
    tracker,
    unsigned,
    words,
)

WIDTH = 24
POLL = poll_hash('{"v":1,"poll":"k3b9"}')
SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = SECRET.public_key().public_bytes_raw()

groups = st.text(min_size=1, max_size=40).filter(lambda name: len(name.encode()) <= 255)
choices = st.text(min_size=1, max_size=WIDTH).filter(
    lambda said: len(said.encode()) <= WIDTH and not said.endswith(" ")
)
ballots = st.builds(
    Ballot,
    poll=st.just(POLL),
    group=groups,
    key=st.binary(min_size=32, max_size=32),
    prefix=st.binary(min_size=32, max_size=32),
    token=st.binary(min_size=384, max_size=384),
    number=st.integers(1, 2**32 - 1),
    choice=choices,
    signature=st.binary(min_size=64, max_size=64),
)


def signed(choice: str = "a>c", group: str = "g1", number: int = 1) -> Ballot:
    ballot = Ballot(POLL, group, KEY, b"\x01" * 32, b"\x02" * 384, number, choice)
    return replace(ballot, signature=SECRET.sign(unsigned(ballot, WIDTH)))


def refused(octets: bytes, poll: bytes = POLL, width: int = WIDTH) -> Flaw:
    with pytest.raises(BadBallot) as why:
        parse(octets, poll, width)
    return why.value.code


# ---- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        # The paper's own examples.
        ([127, 0, 0, 1], "lusab babad"),
        ([63, 84, 220, 193], "gutih tugad"),
        ([63, 118, 7, 35], "gutuk bisog"),
        ([140, 98, 193, 141], "mudof sakat"),
        ([64, 255, 6, 200], "haguz biram"),
        ([128, 30, 52, 45], "mabiv gibot"),
    ],
)
def test_sixteen_bits_are_a_word_as_in_the_paper(octets: list[int], said: str) -> None:
    pairs = zip(octets[::2], octets[1::2], strict=True)
    assert " ".join(proquint(high * 256 + low) for high, low in pairs) == said


def test_a_poll_is_known_by_four_words() -> None:
    assert words(bytes([127, 0, 0, 1, 63, 84, 220, 193]) + bytes(24)) == "lusab babad gutih tugad"


def test_no_two_numbers_have_the_same_word() -> None:
    assert len({proquint(number) for number in range(2**16)}) == 2**16


def test_the_hash_is_of_the_text_as_it_is_served() -> None:
    assert poll_hash('{"é": 1}') == hashlib.sha256(b'{"\xc3\xa9": 1}').digest()
    assert poll_hash('{"a": 1}') != poll_hash('{"a":1}')


# ---- ballots ----------------------------------------------------------------------------------------------------------


@given(ballots)
def test_what_was_built_is_read_as_it_was(ballot: Ballot) -> None:
    octets = build(ballot, WIDTH)
    assert parse(octets, POLL, WIDTH) == ballot
    assert len(octets) == ballot_length(ballot.group, WIDTH)


def test_the_octets_stand_where_the_format_says() -> None:
    octets, at = build(signed("a>c", number=3), WIDTH), 0
    places = [
        (20, b"deliberate ballot v1"),
        (32, POLL),
        (1, b"\x02"),
        (2, b"g1"),
        (32, KEY),
        (32, b"\x01" * 32),
        (384, b"\x02" * 384),
        (4, b"\x00\x00\x00\x03"),
        (WIDTH, b"a>c" + b" " * 21),
    ]
    for length, content in places:
        assert octets[at : at + length] == content
        at += length
    SECRET.public_key().verify(octets[at:], octets[:at])
    assert len(octets) == at + 64


@given(one=choices, other=choices)
def test_all_ballots_of_a_group_are_equally_long(one: str, other: str) -> None:
    assert len(build(signed(one), WIDTH)) == len(build(signed(other, number=2**32 - 1), WIDTH))


@given(st.data())
def test_a_changed_octet_is_refused_or_says_something_else(data: st.DataObject) -> None:
    """And where it says something else, it says it in these octets alone."""
    ballot = data.draw(ballots)
    octets = bytearray(build(ballot, WIDTH))
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 255))
    try:
        found = parse(bytes(octets), POLL, WIDTH)
    except BadBallot:
        return
    assert found != ballot
    assert build(found, WIDTH) == octets


def test_no_octet_of_a_signed_ballot_can_be_changed() -> None:
    good = build(signed(), WIDTH)
    check_signature(parse(good, POLL, WIDTH), WIDTH)
    for place in range(len(good)):
        octets = bytearray(good)
        octets[place] ^= 1 + place % 255
        with pytest.raises(BadBallot):
            check_signature(parse(bytes(octets), POLL, WIDTH), WIDTH)


@given(st.binary(max_size=900))
def test_any_octets_at_all_are_read_or_refused(noise: bytes) -> None:
    for octets in (noise, BALLOT + noise, BALLOT + POLL + noise):
        with suppress(BadBallot):
            assert build(parse(octets, POLL, WIDTH), WIDTH) == octets


def test_each_flaw_has_its_own_name() -> None:
    good = build(signed(), WIDTH)
    name, number, choice = 20 + 32, 20 + 32 + 3 + 32 + 32 + 384, 20 + 32 + 3 + 32 + 32 + 384 + 4
    assert refused(b"") == Flaw.KIND
    assert refused(good.replace(b"ballot v1", b"ballot v2")) == Flaw.KIND
    assert refused(good, poll=poll_hash("{}")) == Flaw.POLL
    assert refused(good[:name]) == Flaw.GROUP
    assert refused(good[:name] + b"\x00" + good[name + 1 :]) == Flaw.GROUP
    assert refused(good[:name] + b"\x02\xff\xfe" + good[name + 3 :]) == Flaw.GROUP
    assert refused(good[:-1]) == Flaw.LENGTH
    assert refused(good + b"\x00") == Flaw.LENGTH
    assert refused(good[:name] + b"\x03" + good[name + 1 :]) == Flaw.LENGTH
    assert refused(good, width=WIDTH + 1) == Flaw.LENGTH
    assert refused(good[:number] + bytes(4) + good[number + 4 :]) == Flaw.NUMBER
    assert refused(good[:choice] + b" " * WIDTH + good[choice + WIDTH :]) == Flaw.CHOICE
    assert refused(good[:choice] + b"\xff" + good[choice + 1 :]) == Flaw.CHOICE


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"choice": ""}, Flaw.CHOICE),
        ({"choice": "a "}, Flaw.CHOICE),
        ({"choice": "é" * 13}, Flaw.CHOICE),
        ({"choice": "\ud800"}, Flaw.CHOICE),
        ({"number": 0}, Flaw.NUMBER),
        ({"number": 2**32}, Flaw.NUMBER),
        ({"group": ""}, Flaw.GROUP),
        ({"group": "g" * 256}, Flaw.GROUP),
        ({"group": "\ud800"}, Flaw.GROUP),
        ({"token": b""}, Flaw.LENGTH),
        ({"key": KEY + b"\x00"}, Flaw.LENGTH),
        ({"prefix": b"\x00"}, Flaw.LENGTH),
        ({"poll": b"\x00"}, Flaw.LENGTH),
        ({"signature": b""}, Flaw.LENGTH),
    ],
)
def test_what_does_not_fit_its_place_is_not_built(changed: dict[str, object], code: Flaw) -> None:
    with pytest.raises(BadBallot) as why:
        build(replace(signed(), **changed), WIDTH)  # type: ignore[arg-type]
    assert why.value.code == code


def test_a_signature_by_another_key_is_refused() -> None:
    stranger = Ed25519PrivateKey.generate()
    ballot = signed()
    forged = replace(ballot, signature=stranger.sign(unsigned(ballot, WIDTH)))
    with pytest.raises(BadBallot) as why:
        check_signature(forged, WIDTH)
    assert why.value.code == Flaw.SIGNATURE


def test_what_the_token_signs_names_poll_group_and_key() -> None:
    assert token_message(POLL, "g1", KEY) == b"deliberate token v1" + POLL + b"\x02g1" + KEY
    assert signed().prepared == b"\x01" * 32 + token_message(POLL, "g1", KEY)


# ---- trackers, receipts, closing ---------------------------------------------------------------------------------------


@given(st.binary(min_size=32, max_size=32))
def test_a_tracker_is_sixty_bits_of_a_hash_in_crockford_s_letters(key: bytes) -> None:
    found, bits = tracker(key), int(hashlib.sha256(b"deliberate tracker v1" + key).hexdigest()[:15], 16)
    assert len(found) == 12
    read = 0
    for letter in found:
        read = read * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(letter)
    assert read == bits


def test_a_receipt_holds_for_its_ballot_in_its_poll_alone() -> None:
    octets, box = build(signed(), WIDTH), Ed25519PrivateKey.generate()
    key, given_out = box.public_key().public_bytes_raw(), receipt(box, POLL, octets)
    box.public_key().verify(given_out, b"deliberate receipt v1" + POLL + hashlib.sha256(octets).digest())
    assert receipt_holds(key, POLL, octets, given_out)
    assert not receipt_holds(key, poll_hash("{}"), octets, given_out)
    assert not receipt_holds(key, POLL, octets + b" ", given_out)
    assert not receipt_holds(KEY, POLL, octets, given_out)
    assert not receipt_holds(key, POLL, octets, given_out[:-1])
    assert not receipt_holds(b"", POLL, octets, given_out)


def of_people(count: int) -> list[bytes]:
    found = []
    for number in range(count):
        secret = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        key = secret.public_key().public_bytes_raw()
        found.append(build(replace(signed(group="g" * (1 + number % 2)), key=key), WIDTH))
    return found


@given(st.permutations(of_people(12)))
def test_published_ballots_stand_by_tracker_however_they_came(came: list[bytes]) -> None:
    stand = in_order(came)
    assert sorted(stand) == sorted(came)
    trackers = [tracker(parse(octets, POLL, WIDTH).key) for octets in stand]
    assert trackers == sorted(trackers)
    assert stand == in_order(of_people(12))


def test_the_closing_hash_is_of_the_poll_and_of_all_ballots() -> None:
    some = of_people(3)
    lines = [f"{to_text(hashlib.sha256(each).digest())}\n" for each in some]
    inner = hashlib.sha256("".join(lines).encode()).digest()
    assert closing_hash(POLL, some) == hashlib.sha256(b"deliberate closing v2" + POLL + inner).digest()
    assert len({closing_hash(POLL, each) for each in (some, some[:2], some[::-1], [])}) == 4
    assert closing_hash(POLL, some) != closing_hash(poll_hash("{}"), some)


# ---- text -------------------------------------------------------------------------------------------------------------


@given(st.binary(max_size=100))
def test_octets_are_one_text_and_back(octets: bytes) -> None:
    assert from_text(to_text(octets)) == octets
    assert to_text(octets) == base64.urlsafe_b64encode(octets).decode().rstrip("=")


@pytest.mark.parametrize("text", ["A", "AA==", "AB", "A+A", "A/A", "AA\n", "é", "A A"])
def test_a_text_that_says_it_otherwise_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        from_text(text)
