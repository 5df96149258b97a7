"""The people with roles while a bench runs: somebody captions, somebody moderates, over real sockets like everybody."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from deliberate.bench.product import NotReady, Product
from deliberate.load.fleet import Fleet
from deliberate.rehearsal.phone import Phone

#: A crew that does in seconds what a room does in minutes.
PACE = {"LIMIT_FACTOR": "50"}
SAID = (
    "We have heard from three of the four groups, and all of them name the same river.",
    "What is missing is not the money but somebody who answers for it, year after year.",
    "I would rather sign a shorter text that we can keep than a longer one that we admire.",
)


class Captions:
    """Captions with a number in each, "mark-c17", so that their way to every phone can be timed."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.number = 0
        #: Sign -> the moment at which it was sent.
        self.sent: dict[str, float] = {}
        self.acks_ms: list[float] = []

    async def begin(self) -> None:
        """A room in which something has been said already."""
        for text in SAID:
            await self.phone.act("transcript.settle", text=text)

    async def one(self) -> None:
        self.number += 1
        text = f"Now to what we do about it, mark-c{self.number}, and who does it by when, in words that we can check"
        self.sent[f"c{self.number}"] = begun = time.monotonic()
        answer = await self.phone.act("transcript.interim", text=text)
        if not answer["ok"]:
            raise NotReady(f"A caption was refused: {answer['say']}")
        self.acks_ms.append((time.monotonic() - begun) * 1000)

    async def speak(self, seconds: float, a_second: float) -> None:
        """For so long, so many captions a second."""
        begun = time.monotonic()
        for count in range(1, max(1, round(seconds * a_second)) + 1):
            await self.one()
            await asyncio.sleep(max(0.0, begun + count / a_second - time.monotonic()))

    def screens_ms(self, signs: dict[str, list[float]]) -> list[float]:
        """From sending a caption to each phone that shows it (or a later one)."""
        return [(at - sent) * 1000 for name, sent in self.sent.items() for at in signs.get(name, [])]


class Moderation:
    """A moderator who works: puts people on the list, calls, pauses, extends, ends, moves the agenda on and back."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.acks_ms: list[float] = []
        self.refused: list[str] = []

    async def act(self, name: str, /, **fields: object) -> dict[str, Any]:
        begun = time.monotonic()
        answer = await self.phone.act(name, **fields)
        self.acks_ms.append((time.monotonic() - begun) * 1000)
        if not answer["ok"]:
            self.refused.append(f"{name}: {answer['say']}")
        return answer.get("data", {}) if answer["ok"] else {}

    async def turn(self, name: str, pause_s: float) -> None:
        """One speaker from the list to the end, seven acts, and the agenda on and back."""
        turn = (await self.act("floor.add", name=name, group="", place="hall", kind="point")).get("turn", "")
        steps: list[tuple[str, dict[str, object]]] = [
            ("floor.call", {"turn": turn, "reason": "waited longest"}),
            ("floor.start", {"turn": turn}),
            ("floor.pause", {"turn": turn}),
            ("floor.resume", {"turn": turn}),
            ("floor.extend", {"turn": turn, "seconds": 30}),
            ("events.move_on", {}),
            ("events.move_back", {}),
            ("floor.end", {"turn": turn}),
        ]
        for command, fields in steps:
            await asyncio.sleep(pause_s)
            await self.act(command, **fields)
        await asyncio.sleep(pause_s)

    async def work(self, pause_s: float) -> None:
        """Speaker after speaker, until cancelled."""
        number = 0
        while True:
            number += 1
            await self.turn(f"Guest {number}", pause_s)


@asynccontextmanager
async def captions_of(product: Product) -> AsyncIterator[Captions]:
    phone = await product.phone("captioner")
    try:
        yield Captions(phone)
    finally:
        await phone.close()


@asynccontextmanager
async def moderation_of(product: Product) -> AsyncIterator[Moderation]:
    phone = await product.phone("moderator")
    try:
        yield Moderation(phone)
    finally:
        await phone.close()


@asynccontextmanager
async def at_work(work: Any) -> AsyncIterator[None]:
    """Something that goes on meanwhile, and is ended with it. Its own failure is raised at the end."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        if not task.done():
            task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def quiet(fleet: Fleet, still_s: float, most_s: float = 60) -> None:
    """Wait until no more pictures come."""
    end, since, before = time.monotonic() + most_s, time.monotonic(), -1
    while time.monotonic() - since < still_s and time.monotonic() < end:
        now = fleet.at.get("pictures", 0)
        if now != before:
            since, before = time.monotonic(), now
        await asyncio.sleep(0.05)
