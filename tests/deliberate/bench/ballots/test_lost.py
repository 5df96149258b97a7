"""Whatever differs between what voters were told and what was published is found."""

from __future__ import annotations

import json

import pytest

from deliberate.bench.ballots.lost import Sent, compared
from deliberate.bench.ballots.recount import Poll, poll_of
from deliberate.bench.ballots.voters import Casting
from polls.ballots.blind import formats, frozen
from polls.ballots.blind.voter import Voter

VOTERS = 6


@pytest.fixture(scope="module")
def poll() -> Poll:
    return poll_of(VOTERS)


def told(poll: Poll) -> list[Sent]:
    """Everybody has a receipt."""
    key = frozen.receipts_key(json.loads(poll.definition)["poll"])
    found = []
    for number, octets in enumerate(poll.ballots):
        one = Casting(number, Voter(poll.definition, frozen.EVERYBODY, bytes(32)), octets=octets)
        one.receipt = formats.receipt(key, one.voter.poll, octets)
        found.append(Sent(one))
    return found


def test_what_was_told_and_published_is_the_same(poll: Poll) -> None:
    assert compared(poll.file().encode(), told(poll), VOTERS) == []


def test_a_receipt_without_its_ballot_is_found(poll: Poll) -> None:
    fewer = Poll(poll.definition, poll.ballots[1:])
    assert compared(fewer.file().encode(), told(poll), VOTERS - 1) == ["1 ballots with a receipt are not in the list"]


def test_a_ballot_that_stands_there_twice_is_found(poll: Poll) -> None:
    file = json.loads(poll.file())
    file["ballots"].insert(0, file["ballots"][0])
    found = " ".join(compared(json.dumps(file).encode(), told(poll), VOTERS))
    assert "does not recount" in found
    assert "1 stand there twice" in found
    assert "1 voters stand there with more than one ballot" in found


def test_a_ballot_that_nobody_cast_is_found(poll: Poll) -> None:
    assert compared(poll.file().encode(), told(poll)[1:], VOTERS) == ["1 are there that nobody cast"]


def test_a_ballot_that_was_refused_for_good_and_counts_is_found(poll: Poll) -> None:
    some = told(poll)
    some[0].casting.receipt, some[0].casting.refused = b"", "again"
    assert compared(poll.file().encode(), some, VOTERS) == ["1 are there that were refused for good"]
    some[0].casting.refused, some[0].unsure = "closed", True
    assert compared(poll.file().encode(), some, VOTERS) == [], "it had fallen in before, and nobody could say so"


def test_a_receipt_that_does_not_hold_and_a_wrong_turnout_are_found(poll: Poll) -> None:
    some = told(poll)
    some[0].casting.receipt = bytes(64)
    assert compared(poll.file().encode(), some, 5) == ["1 receipts do not hold", "the turnout is 5, of 6 ballots"]
