"""The ballot box as a phone, a reader or a proxy meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from polls.ballots.blind import box as module
from polls.ballots.models import Poll
from tests.polls.ballots.blind.polling import all_vote, polled
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
