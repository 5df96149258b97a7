"""The ballot box as a phone, a reader or a proxy meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from deliberate.door.limits import Buckets
from polls.ballots.blind import box as module
from polls.ballots.models import Poll
from tests.polls.ballots.blind.polling import all_vote, choice, polled, token, voter
from tests.polls.ballots.blind.test_attacks import in_thread
from tests.polls.ballots.make import closed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=module.box)
    async with httpx.AsyncClient(transport=transport, base_url="http://box.test") as client:
        yield client


def of_few() -> Poll:
    """A poll of which only the verdict is published; it has closed."""
    _event, poll, seats = polled(6, verdict="on")
    all_vote(poll, seats, "Hearings", "A fund")
    return closed(poll)


@pytest.mark.parametrize("what", ["ballots.json", "list.txt"])
async def test_where_only_the_verdict_is_published_the_box_says_so_and_promises_no_more(
    http: httpx.AsyncClient, what: str
) -> None:
    poll = await in_thread(of_few)
    answer = await http.get(f"/{poll.handle}/{what}")
    assert answer.status_code == 404
    assert "so only whether the first answer passed is published" in answer.json()["say"]


async def test_before_the_closing_it_says_when_the_ballots_will_be_published(http: httpx.AsyncClient) -> None:
    _event, poll, _seats = await in_thread(polled)
    assert "It will be when the poll closes" in (await http.get(f"/{poll.handle}/list.txt")).json()["say"]


async def test_of_a_poll_that_is_not_there_nothing_is_promised(http: httpx.AsyncClient) -> None:
    assert "no such poll" in (await http.get("/abcdefghij/ballots.json")).json()["say"]


def changing() -> tuple[Poll, list[bytes], bytes]:
    """A poll whose ballots may be changed, six ballots of one voter, each newer than the one before, and one of another."""
    _event, poll, seats = polled(5, change="on")
    one, other = voter(poll), voter(poll)
    mine = token(seats[0], poll, one)
    texts = ["Hearings", "A fund"] * 3
    found = [one.ballot(mine, choice(poll, text), number) for number, text in enumerate(texts, 1)]
    return poll, found, other.ballot(token(seats[1], poll, other), choice(poll, "A report"))


async def test_whoever_changes_a_ballot_again_and_again_is_told_to_wait_and_nobody_else(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_changes", Buckets(3))
    poll, mine, other = await in_thread(changing)
    said = [await http.post(f"/{poll.handle}", content=ballot) for ballot in mine]
    assert [each.status_code for each in said] == [200, 200, 200, 200, 429, 429]
    assert (said[-1].json()["code"], "Wait a moment" in said[-1].json()["say"]) == ("limit", True)
    assert (await http.post(f"/{poll.handle}", content=other)).status_code == 200
    monkeypatch.setattr(module, "_changes", Buckets(3))  # a minute later
    assert (await http.post(f"/{poll.handle}", content=mine[-1])).status_code == 200
