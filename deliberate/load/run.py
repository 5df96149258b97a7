"""One run of the load client: seats, phones, and what they are to do."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from deliberate.load.fleet import Away, Fleet, Progress, Seat, Target
from deliberate.load.news import parts_of
from deliberate.rehearsal.phone import Door, Member, Phone
from deliberate.rehearsal.report import percentile

MODES = ("arrive", "hold", "vote", "reconnect")
#: How long answers are waited for after the last phone was to vote.
ANSWERS_S = 60
OPTIONS = "Yes\nNo\nNot yet"


@dataclass
class Wish:
    """What is wanted: docs/benchmarks.md tells each word."""

    mode: str
    url: str
    phones: int
    within_s: float = 5.0
    seconds: float = 10.0
    polls: int = 1
    join: str = ""
    seats: Path | None = None
    moderator: str = ""
    processes: int = 1
    page: bool = True
    deflate: bool = False
    record: Path | None = None


@dataclass
class Found:
    """What came of it. `figures` are those of ledger.Figures; `opened` are moments at which polls were opened."""

    phones: int
    connected: int = 0
    figures: dict[str, Any] = field(default_factory=dict)
    opened: dict[str, float] = field(default_factory=dict)
    compared: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The figures as counts and percentiles."""
        found: dict[str, Any] = {n: value for n, value in self.figures.items() if isinstance(value, (int, float))}
        found |= {name: value for name, value in self.figures.items() if name in ("ended", "refused")}
        for name, values in self.figures.items():
            if name.endswith("_ms"):
                found[name] = spread(values)
        shown = self.figures.get("polls", {})
        # From the moment it was opened where we did that, else from the first screen that showed it.
        since = {poll: self.opened.get(poll, min(times)) for poll, times in shown.items()}
        found["screens_ms"] = spread([(each - since[poll]) * 1000 for poll, times in shown.items() for each in times])
        found |= {"phones": self.phones, "connected": self.connected}
        if self.compared:
            found |= {"differ": self.compared["differ"], "consistent_ms": spread(self.compared["consistent_ms"])}
        return found


def spread(values: list[float]) -> dict[str, float]:
    """The percentiles that are told of times, and how many times there were."""
    found = {f"p{share}": round(percentile(values, share / 100), 1) for share in (50, 95, 99)}
    return found | {"most": round(max(values, default=0.0), 1), "count": len(values)}


async def run(wish: Wish, progress: Progress | None = None) -> Found:
    """Take the seats, bring the phones, do as wished, tell. Away where there are no seats or no way to them."""
    door = Door(wish.url)
    try:
        members = seats_in(wish.seats, wish.phones) if wish.seats else await joined(door, wish, progress)
        if not members:
            raise Away("There are no seats to take.")
        parts = parts_of((await door.page(members[0])).content)
        if not parts:
            raise Away(
                "The first seat's page does not open. Has the event ended, or was the file made for another server?"
            )
        target = Target(wish.url, dict.fromkeys(parts, ""), wish.page, wish.deflate)
        seats = [Seat(member.cookie, member.base) for member in members]
        async with Fleet(target, seats, processes=wish.processes, record=wish.record, progress=progress) as fleet:
            found = Found(len(seats))
            await fleet.arrive(wish.within_s)
            found.connected = fleet.at["open"]
            if wish.mode != "arrive":
                await fleet.mark()
            await _do(wish, fleet, door, members[0], found)
            found.figures = await fleet.tell()
            await fleet.stop()
            return found
    except httpx.HTTPError as error:
        raise Away(f"{wish.url} does not answer: {error}") from None
    finally:
        await door.close()


async def _do(wish: Wish, fleet: Fleet, door: Door, one: Member, found: Found) -> None:
    match wish.mode:
        case "hold":
            await asyncio.sleep(wish.seconds)
        case "vote":
            await fleet.vote(wish.within_s)
            await _vote(wish, fleet, door, found)
        case "reconnect":
            await fleet.drop()
            await fleet.until("reconnects", len(fleet.seats), wish.seconds)
            await fleet.until("ready", len(fleet.seats), 120)
            await asyncio.sleep(2)
            found.compared = await fleet.compare(parts_of((await door.page(one)).content))


async def _vote(wish: Wish, fleet: Fleet, door: Door, found: Found) -> None:
    moderator = Phone(door, ())
    if wish.moderator:
        await moderator.sit(await door.join(wish.moderator))
    for number in range(wish.polls):
        poll = ""
        if wish.moderator:
            poll = await prepared(moderator, f"Shall we go on? ({number + 1})")
            found.opened[poll] = time.monotonic()
            await moderator.act("ballots.open", poll=poll)
        due = found.connected * (number + 1)
        await fleet.until("answered", due, wish.within_s + wish.seconds + ANSWERS_S)
        if wish.moderator:
            await moderator.act("ballots.close", poll=poll)
    await moderator.close()


async def prepared(moderator: Phone, question: str) -> str:
    """A new secret poll with three options, not open yet: its handle."""
    made = await moderator.act("ballots.prepare", question=question, kind="one", options=OPTIONS, secret="sealed")
    if not made["ok"]:
        raise Away(f"The poll was refused: {made['say']}")
    return str(made["data"]["poll"])


def seats_in(path: Path, most: int) -> list[Member]:
    """The seats in a file that `deliberate seats` has written."""
    return [Member(each["cookie"], each["base"]) for each in json.loads(path.read_text())["seats"][:most]]


async def joined(door: Door, wish: Wish, progress: Progress | None) -> list[Member]:
    """Seats taken one by one through the page that people see. Where the service lets in so many a minute, it takes as
    long as that."""
    link = wish.join if "/" in wish.join else f"/join/{wish.join}/"
    path = urlsplit(link).path
    gate = asyncio.Semaphore(20)
    members: list[Member] = []

    async def one(number: int) -> None:
        async with gate:
            members.append(await door.join(path, name=f"Phone {number + 1}"))
        if progress is not None:
            progress({"seated": len(members)})

    await one(0)  # where the link leads nowhere, one has tried it and not thousands
    await asyncio.gather(*(one(number) for number in range(1, wish.phones)))
    return members
