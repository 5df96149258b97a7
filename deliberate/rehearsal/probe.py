"""How long it takes until all phones show something."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from deliberate.rehearsal.phone import Phone


class Probe:
    """Waits for something to stand on every phone's screen, and notes how long each took."""

    def __init__(self, phones: int) -> None:
        self.phones = phones
        self.part = self.needle = ""
        self.since = 0.0
        self.seen: set[int] = set()
        self.samples: list[float] = []
        self.everywhere = asyncio.Event()

    def expect(self, part: str, needle: str) -> None:
        """From now on, look for `needle` in pictures of `part`."""
        self.part, self.needle, self.since, self.seen = part, needle, time.perf_counter(), set()
        self.everywhere.clear()

    def look(self, phone: Phone, name: str, html: str) -> None:
        if name == self.part and id(phone) not in self.seen and self.needle in html:
            self.seen.add(id(phone))
            self.samples.append((time.perf_counter() - self.since) * 1000)
            if len(self.seen) == self.phones:
                self.everywhere.set()

    async def shown(self, within_s: float = 5) -> None:
        """Until every phone shows it; at most `within_s`."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.everywhere.wait(), within_s)
