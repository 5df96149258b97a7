"""Simulated people in a real room: one of them chairs, until somebody else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deliberate.rehearsal import guests
from deliberate.rehearsal.phone import Door, Phone
from tests.service import running
from tests.waiting import until


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[guests.Chair, Phone, Phone]]:
    """A chair with little patience, a person with the moderator's link, and a participant."""
    monkeypatch.setattr(guests, "PATIENCE_S", 1)
    with running(tmp_path) as service:
        door = Door(service.url)
        chair = guests.Chair(door)
        person, ann = Phone(door, ("floor.now", "floor.console")), Phone(door, ("floor.now",))
        await chair.phone.sit(await door.join(service.links["moderator"]))
        await person.sit(await door.join(service.links["moderator"]))
        await ann.sit(await door.join(service.links["participant"]))
        living = asyncio.create_task(chair.live())
        yield chair, person, ann
        living.cancel()
        for phone in (chair.phone, person, ann):
            await phone.close()
        await door.close()


async def test_a_guest_calls_whoever_waits_and_goes_on_doing_so(room: tuple[guests.Chair, Phone, Phone]) -> None:
    chair, _person, ann = room
    for _time in range(2):
        turn = (await ann.act("floor.ask", kind="point"))["data"]["turn"]
        await until(ann, "floor.now", turn, within_s=12)
        assert (await ann.act("floor.finish"))["ok"]
    assert not chair.relieved


async def test_the_guest_leaves_the_chair_once_somebody_calls_a_speaker(
    room: tuple[guests.Chair, Phone, Phone],
) -> None:
    chair, person, ann = room
    turn = (await ann.act("floor.ask", kind="point"))["data"]["turn"]
    assert (await person.act("floor.call_next", expected=turn))["ok"]
    await until(person, "floor.now", turn, within_s=12)
    assert (await ann.act("floor.finish"))["ok"]
    assert (await ann.act("floor.ask", kind="point"))["ok"]
    await asyncio.sleep(5)
    assert chair.relieved
    assert "data-turn" not in ann.pictures["floor.now"][1]


async def test_the_guest_leaves_the_chair_once_somebody_opens_a_poll(room: tuple[guests.Chair, Phone, Phone]) -> None:
    chair, person, _ann = room
    asked = {"question": "Which?", "kind": "one", "options": "One\nTwo", "secret": "on"}
    poll = (await person.act("ballots.prepare", **asked))["data"]["poll"]
    assert (await person.act("ballots.open", poll=poll))["ok"]
    await until(chair.phone, "ballots.console", "ballots.close", within_s=12)
    assert chair.relieved
