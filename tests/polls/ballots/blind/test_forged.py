"""What a recount finds where somebody without the groups' keys makes everything else fit again, and what it can't find."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from polls.ballots.blind.formats import poll_hash
from rooms.journal.core import chained
from tests.polls.ballots.blind.made import CHOICES, WIDTH, Key, Made, Voter, definition, journal, plain_token, voter
from tests.polls.ballots.blind.said import (
    CHAIN,
    CHOICE,
    CLOSING,
    KIND,
    NOTED,
    NUMBERS,
    ONCE,
    ORDER,
    RESULT,
    SIGNED,
    TOKEN,
    recount,
    wrong,
)

A, B, *_REST = CHOICES["ranking"]


def stranger(made: Made, keys: list[Key], group: str, signer: Key, asked: str = "") -> Voter:
    """Somebody who is not of this poll, or not of this group, but says so with a token of another."""
    found = voter(asked or made.definition, group, signer, random.Random(f"{group}{signer.n}{asked}"), blindly=False)
    return found if asked == "" else Voter(made.definition, group, found.prefix, found.key, found.token)


def short(made: Made, keys: list[Key]) -> Voter:
    """Somebody whose token is by the right key and over the right message, with another length of its salt."""
    found = stranger(made, keys, "g1", keys[0])
    named = poll_hash(made.definition) + b"\2g1"
    return replace(
        found, token=plain_token(keys[0], found.prefix + b"deliberate token v1" + named + found.public, salt=32)
    )


def other(keys: list[Key]) -> str:
    return definition(keys, "ranking", poll="another", change=True)


def twin(ballot: bytes) -> bytes:
    """The ballot with the other number that some programs take for the same signature: S and the order of the curve."""
    order = 2**252 + 27742317777372353535851937790883648493
    return ballot[:-32] + (int.from_bytes(ballot[-32:], "little") + order).to_bytes(32, "little")


#: What is slipped in, in place of the first voter's ballot.
IN_PLACE: dict[str, tuple[Callable[[Made, Voter, bytes], bytes], set[str]]] = {
    "its choice is altered": (
        lambda made, first, ballot: ballot[: -64 - WIDTH] + B.encode().ljust(WIDTH) + ballot[-64:],
        {SIGNED},
    ),
    "its number is altered": (
        lambda made, first, ballot: ballot[: -68 - WIDTH] + b"\0\0\0\2" + ballot[-64 - WIDTH :],
        {SIGNED},
    ),
    "it is signed by another key": (
        lambda made, first, ballot: ballot[:-64] + made.voters[1].key.sign(ballot[:-64]),
        {SIGNED},
    ),
    "its signature is that of another ballot": (
        lambda made, first, ballot: ballot[:-64] + first.ballot(B)[-64:],
        {SIGNED},
    ),
    "its signature has a twin": (lambda made, first, ballot: twin(ballot), {SIGNED}),
    "its number is none": (lambda made, first, ballot: first.ballot(A, number=0), {KIND, CLOSING}),
    "its choice is none": (lambda made, first, ballot: first.ballot("nobody"), {CHOICE}),
    "its choice is written in another way": (lambda made, first, ballot: first.ballot(f" {A}"), {CHOICE}),
    "its choice is empty": (lambda made, first, ballot: first.ballot(""), {CHOICE}),
    "its choice is no text": (
        lambda made, first, ballot: first.ballot(A)[: -64 - WIDTH] + b"\xff" * WIDTH + ballot[-64:],
        {KIND, CLOSING},
    ),
}


@pytest.mark.parametrize("how", IN_PLACE)
def test_an_altered_ballot_is_found(small: Made, how: str) -> None:
    change, found = IN_PLACE[how]
    altered = change(small, small.voters[0], small.voters[0].ballot(A))
    assert altered != small.voters[0].ballot(A)
    assert wrong(small.without(0).with_more(small.voters[0].ballot(A))) == {RESULT}, "the ballot itself would be good"
    assert wrong(small.without(0).with_more(altered)) == found


#: What is stuffed into the box besides.
MORE: dict[str, tuple[Callable[[Made, list[Key]], Voter], set[str]]] = {
    "with a token of nobody's key": (lambda made, keys: stranger(made, keys, "g1", Key()), {TOKEN}),
    "with a token of the other group": (lambda made, keys: stranger(made, keys, "g1", keys[1]), {TOKEN}),
    "with a token of another poll": (lambda made, keys: stranger(made, keys, "g1", keys[0], other(keys)), {TOKEN}),
    "with a token of another kind": (short, {TOKEN}),
    "with a token for another's key": (
        lambda made, keys: Voter(
            made.definition, "g1", made.voters[0].prefix, stranger(made, keys, "g1", keys[1]).key, made.voters[0].token
        ),
        {TOKEN, ONCE},
    ),
    "of a group that is not asked": (lambda made, keys: stranger(made, keys, "g3", keys[0]), {KIND, CLOSING}),
    "of another poll": (
        lambda made, keys: voter(other(keys), "g1", keys[0], random.Random(1), blindly=False),
        {KIND, CLOSING},
    ),
}


@pytest.mark.parametrize("how", MORE)
def test_a_stuffed_ballot_is_found(small: Made, keys: list[Key], how: str) -> None:
    who, found = MORE[how]
    assert recount(small.with_more()).holds
    assert wrong(small.with_more(who(small, keys).ballot(A))) == found


def test_a_second_ballot_of_a_voter_is_found(small: Made) -> None:
    assert wrong(small.with_more(small.voters[0].ballot(B, number=2))) == {ORDER, ONCE, RESULT}
    assert wrong(small.with_more(small.ballots[0])) == {ORDER, ONCE, RESULT}


def test_a_changed_ballot_holds_only_where_ballots_may_be_changed(keys: list[Key], small: Made, large: Made) -> None:
    first = small.voters[0]
    assert recount(small.but(ballots=[first.ballot(B, number=7), *small.ballots[1:]]).text()).holds
    fixed = large.voters[0]
    assert wrong(large.without(0).with_more(fixed.ballot("-", number=2))) == {KIND, CLOSING}


@pytest.mark.parametrize("issued", [{"g1": 2, "g2": 3}, {"g1": 3, "g2": 2}, {"g1": 3, "g2": 151}, {"g1": -1, "g2": 3}])
def test_more_ballots_than_tokens_and_more_tokens_than_people_are_found(small: Made, issued: dict[str, int]) -> None:
    assert recount(small.but(issued={"g1": 3, "g2": 150}).text()).holds
    assert wrong(small.but(issued=issued).text()) == {NUMBERS}


def test_a_ballot_that_is_dropped_or_in_another_place_is_found(small: Made) -> None:
    file, fewer = json.loads(small.text()), json.loads(small.without(3).text())
    assert wrong({**file, "ballots": fewer["ballots"]}) == {CLOSING, RESULT}
    assert wrong({**file, "ballots": fewer["ballots"], "result": fewer["result"]}) == {CLOSING}
    assert wrong({**fewer, "journal": file["journal"]}) == {NOTED}
    assert wrong({**file, "ballots": file["ballots"][::-1]}) == {CLOSING, ORDER}


def test_another_definition_is_found_though_the_journal_is_made_to_fit(small: Made, keys: list[Key]) -> None:
    asked = json.loads(small.definition)
    for key, other_value in (("question", "What last?"), ("options", asked["options"][::-1]), ("width", WIDTH + 1)):
        text = json.dumps({**asked, key: other_value}, ensure_ascii=False, separators=(",", ":"))
        file = json.loads(small.text())
        lied = small.but(definition=text)
        assert KIND in wrong({**file, "definition": text, "journal": lied.journal(file["closing"])})


def rechained(entries: list[Any]) -> list[Any]:
    """The same acts, with numbers and hashes that fit."""
    return list(journal((each["verb"], each["subject"], each["detail"]) for each in entries))


@pytest.mark.parametrize("field", ["number", "at_ms", "role", "verb", "subject", "detail", "hash"])
def test_an_entry_that_is_changed_breaks_the_chain(small: Made, field: str) -> None:
    file = json.loads(small.text())
    entry = file["journal"][0]
    for other_value in (entry[field] + 1,) if isinstance(entry[field], int) else (f"{entry[field]}a", "a"):
        entries = [{**entry, field: other_value}, *file["journal"][1:]]
        assert wrong({**file, "journal": entries}) == {CHAIN}
        if field in ("number", "at_ms", "role", "verb", "subject", "detail"):
            said = {**entry, field: other_value}
            names = ("number", "at_ms", "role", "verb", "subject", "detail")
            entries[0] = {**said, "hash": chained("0" * 64, *(said[name] for name in names))}
            assert wrong({**file, "journal": entries}) == {CHAIN}, "its own hash fits; the next one's does not"


def test_a_journal_that_does_not_begin_with_the_room_is_found(small: Made) -> None:
    file = json.loads(small.text())
    for begun in (1, 2):
        assert wrong({**file, "journal": file["journal"][begun:]}) == {CHAIN}
    assert wrong({**file, "journal": file["journal"][3:]}) == {CHAIN, NOTED}
    assert wrong({**file, "journal": []}) == {NOTED}


def test_a_whole_journal_that_says_else_of_the_poll_is_found(small: Made) -> None:
    file = json.loads(small.text())
    entries = file["journal"]
    opened = next(place for place, each in enumerate(entries) if each["verb"] == "opened")
    first = next(place for place, each in enumerate(entries) if each["verb"] == "issued")
    later = {**entries[0], "verb": "called", "subject": "turn:z9", "detail": ""}
    for said in (
        [*entries[:opened], *entries[opened + 1 :]],
        [*entries[:-1]],
        [*entries, later],
        [*entries, {**later, "subject": entries[-1]["subject"]}],
        [*entries, entries[-1]],
        [*entries[:opened], entries[opened], *entries[opened:]],
        [*entries[:first], *entries[first + 1 :]],
        [*entries[:first], entries[first + 1], entries[first], *entries[first + 2 :]],
        [entries[-1], *entries[:-1]],
        [*entries[:opened], {**entries[opened], "detail": "0" * 64}, *entries[opened + 1 :]],
        [*entries[:opened], {**entries[opened], "subject": "poll:another"}, *entries[opened + 1 :]],
        [*entries[:-1], {**entries[-1], "detail": "0" * 64}],
    ):
        assert wrong({**file, "journal": rechained(said)}) == {NOTED}
    harmless = [later, *entries[:first], later, *entries[first:]]
    assert recount({**file, "journal": rechained(harmless)}).holds


def test_a_closing_hash_of_other_ballots_is_found_though_the_journal_has_it(small: Made) -> None:
    file = json.loads(small.text())
    other_hash = json.loads(small.without(0).text())["closing"]
    assert wrong({**file, "closing": other_hash, "journal": small.journal(other_hash)}) == {CLOSING}


def test_what_is_remade_as_a_whole_holds_and_differs_in_what_people_compare(small: Made) -> None:
    """Whoever runs the service can leave a ballot out, or say that more tokens were issued, and make all fit. The voter misses
    their tracker; and the hashes are others than those which people saw."""
    compared = recount(small.text())[-2]
    fewer, more = small.without(3), small.but(issued={"g1": 9, "g2": 9})
    for lie in (fewer, more):
        report = recount(lie.text())
        assert report.holds
        assert report[-2].startswith("Compare with what others have: poll ")
        assert report[-2] != compared
        assert report[-2].partition(", journal ")[2] != compared.partition(", journal ")[2]
