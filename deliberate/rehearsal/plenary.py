"""A plenary held for real: its people, their phones, and what they did, counted.

meeting.py replays a meeting on it, board.py a conversation, drafting.py draws a statement, audit.py holds what is stored
beside what went in."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable

from deliberate.rehearsal.phone import Answer, Booth, Door, Member, Phone, parts_of
from deliberate.rehearsal.probe import Probe
from deliberate.rehearsal.report import Report
from deliberate.rehearsal.stage import Crew

#: What a participant's first screen shows, and what a rehearsal's phones watch.
NOW = (
    "floor.now",
    "floor.ask",
    "floor.queue",
    "events.now",
    "ballots.open",
    "ballots.frozen",
    "ballots.results",
    "ballots.fresh",
    "transcript.live",
)
Progress = Callable[[str, int, int], None]


class Plenary:
    """One rehearsal. `phones` sockets; more seats than phones take turns on them."""

    def __init__(self, door: Door, crew: Crew, phones: int, progress: Progress, booth: Booth) -> None:
        self.door, self.crew, self.progress, self.booth = door, crew, progress, booth
        self.report = Report(phones=phones)
        self.probe = Probe(phones)
        self.phones = [Phone(door, NOW, self.probe.look) for _ in range(phones)]
        self.desk = {role: Phone(door, ()) for role in ("moderator", "captioner", "drafter")}
        self.seats: list[Member] = []
        self.said: list[str] = []
        self.ideas: dict[str, str] = {}
        self.idea_texts: dict[str, str] = {}
        #: By comment: how many seats agree (1), pass (0) and disagree (-1) in the end.
        self.expected_stances: dict[str, dict[int, int]] = {}

    # -- acting --------------------------------------------------------------------------------------------------------

    async def act(self, phone: Phone, name: str, /, refusal: str = "", **fields: object) -> Answer:
        """Act and count. A seat told to wait does so and acts again; `refusal` names a code that is expected."""
        return await self._counted(lambda: phone.act(name, **fields), name, refusal)

    async def vote(self, phone: Phone, poll: str, choice: object, *, blind: bool) -> Answer:
        """Cast a ballot in the open poll: over the line, or into the ballot box."""
        if not blind:
            return await self.act(phone, "ballots.cast", poll=poll, choice=choice)
        return await self._counted(lambda: self.booth(phone, choice), "a blind ballot", "")

    async def _counted(self, ask: Callable[[], Awaitable[Answer]], name: str, refusal: str) -> Answer:
        while True:
            started = time.perf_counter()
            self.report.sent += 1
            answer = await ask()
            self.report.answers_ms.append((time.perf_counter() - started) * 1000)
            if answer["ok"]:
                self.report.acknowledged += 1
                return answer
            self.report.refused += 1
            self.report.refused_why[f"{name}: {answer['say']}"] += 1
            if answer["code"] == "limit":
                await asyncio.sleep(1)
                continue
            if answer["code"] != refusal:
                self.report.unexpected_refusals += 1
                self.report.problems.append(f"{name} was refused: {answer['say']}")
            return answer

    async def seat_people(self, count: int) -> None:
        """Seats for `count` people, and every phone on the line."""
        gate = asyncio.Semaphore(20)
        done = itertools.count(1)
        groups = ("hall", "hall", "remote")

        async def one(number: int) -> Member:
            async with gate:
                member = await self.door.join(
                    self.crew.join_path, name=f"Speaker {number + 1}", place=groups[number % len(groups)]
                )
            self.progress("joining", next(done), count)
            return member

        self.seats = list(await asyncio.gather(*(one(number) for number in range(count))))
        self.report.seats = count
        await asyncio.gather(*(phone.sit(seat) for phone, seat in zip(self.phones, self.seats, strict=False)))
        for role, phone in self.desk.items():
            await phone.sit(self.crew.members[role])

    async def phone_of(self, seat: int) -> Phone:
        """The phone of a seat; where seats take turns, the phone changes hands first."""
        phone = self.phones[seat % len(self.phones)]
        await phone.sit(self.seats[seat])
        return phone

    # -- the end -------------------------------------------------------------------------------------------------------

    async def compare_screens(self) -> None:
        """Wait until nothing moves any more, then hold every phone's screen beside a freshly loaded page."""
        await self._quiet()
        gate = asyncio.Semaphore(8)
        done = itertools.count(1)

        async def one(phone: Phone) -> None:
            assert phone.member is not None
            async with gate:
                fresh = parts_of((await self.door.page(phone.member)).text)
            held = phone.screen()
            self.report.screens += 1
            differ = [name for name in fresh.keys() & set(NOW) if held.get(name) != fresh[name]]
            if differ or not fresh:
                self.report.screens_differ += 1
                self.report.problems.append(f"a screen differs from its page in {', '.join(differ) or 'everything'}")
            self.progress("screens", next(done), len(self.phones))

        await asyncio.gather(*(one(phone) for phone in self.phones))

    async def _quiet(self, quiet_s: float = 1.5, within_s: float = 20) -> None:
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            await asyncio.sleep(0.2)
            if time.monotonic() - max(phone.heard for phone in self.phones) > quiet_s:
                return

    async def close(self) -> None:
        lines: list[Awaitable[None]] = [phone.close() for phone in [*self.phones, *self.desk.values()]]
        await asyncio.gather(*lines)
        self.report.screens_ms = self.probe.samples
