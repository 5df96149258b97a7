"""Simulated people in a real room: one of them chairs, until somebody else does."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from deliberate.rehearsal import guests
from deliberate.rehearsal.phone import Door, Phone
from tests.service import demo, running
from tests.waiting import until


@pytest.fixture
async def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[guests.Chair, Phone, Phone]]:
    """A chair with little patience, a person with the moderator's link, and a participant."""
    monkeypatch.setattr(guests, "PATIENCE_S", 1)
    with running(tmp_path) as service:
        door = Door(service.url)
        chair = guests.Chair(door, count=2)
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
    asked = {"question": "Which?", "kind": "one", "options": "One\nTwo", "secret": ""}
    poll = (await person.act("ballots.prepare", **asked))["data"]["poll"]
    assert (await person.act("ballots.open", poll=poll))["ok"]
    await until(chair.phone, "ballots.turnout", "ballots.close", within_s=12)
    assert chair.relieved


async def test_nothing_is_written_down_by_a_guest_once_a_person_captions(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        door = Door(service.url)
        scribe, person = guests.Scribe(door), Phone(door, ("transcript.live",))
        await scribe.phone.sit(await door.join(service.links["captioner"]))
        await person.sit(await door.join(service.links["captioner"]))
        await scribe.write("Said by a guest.", settle=True)
        await until(person, "transcript.live", "Said by a guest.")
        assert (await person.act("transcript.settle", text="Written by a person."))["ok"]
        await until(scribe.phone, "transcript.captioner", "Written by a person.")
        await scribe.write("Said by another guest.", settle=True)
        assert scribe.relieved
        assert person.member is not None
        assert "another guest" not in (await door.page(person.member)).text
        for phone in (scribe.phone, person):
            await phone.close()
        await door.close()


def test_guests_who_come_again_find_their_seats(tmp_path: Path) -> None:
    taken = []
    for _start in range(2):
        service = demo(tmp_path, ("--guests", "2"))
        try:
            until_kept(tmp_path / "guests.json")
            with closing(sqlite3.connect(tmp_path / "deliberate.sqlite3")) as rows:
                taken.append(rows.execute("select role, name from rooms_seat order by 1, 2").fetchall())
        finally:
            service.stop()
    assert taken[0] == taken[1]
    assert [name for _role, name in taken[0] if name] == ["Asha", "Tomas"]


def until_kept(seats: Path, within_s: float = 30) -> None:
    """Until all guests sit."""
    until = time.monotonic() + within_s
    before = seats.stat().st_mtime_ns if seats.exists() else 0
    while time.monotonic() < until:
        if seats.exists() and seats.read_text() and seats.stat().st_mtime_ns > before:
            return
        time.sleep(0.1)
    raise AssertionError("the guests did not come")
