"""The load client as a whole: processes that hold the phones, ordered about and counted together."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from deliberate.load.ledger import added

Progress = Callable[[dict[str, int]], None]
#: The longest line that a process tells: the times of a hundred thousand pictures.
LONGEST_LINE = 256 * 2**20


@dataclass
class Target:
    """Where the phones go. `base` is the path of the room's pages for whoever brings none of their own."""

    url: str
    parts: dict[str, str] = field(default_factory=dict)
    page: bool = False
    deflate: bool = False
    dialect: str = "deliberate"

    def order(self) -> dict[str, Any]:
        at = urlsplit(self.url)
        secure = at.scheme in ("https", "wss")
        return {
            "host": at.hostname or "127.0.0.1",
            "port": at.port or (443 if secure else 80),
            "tls": at.hostname if secure else "",
            "name": at.netloc,
            "origin": f"{'https' if secure else 'http'}://{at.netloc}",
            "parts": self.parts,
            "page": self.page,
            "deflate": self.deflate,
            "dialect": self.dialect,
        }


@dataclass
class Seat:
    """What a phone needs to sit down: the cookie and the path of its room's pages."""

    cookie: str
    base: str


class Away(Exception):
    """A process of the load client ended, or the phones did not get there."""


class Fleet:
    """`async with Fleet(target, seats, processes=2, record=folder) as fleet`: phones that wait for orders.

    `record`: a folder for the acts, one file a process (ledger.py tells the columns). `cores`: where the processes may
    run, "0,1"; "" anywhere."""

    def __init__(
        self,
        target: Target,
        seats: list[Seat],
        *,
        processes: int = 1,
        record: Path | None = None,
        cores: str = "",
        progress: Progress | None = None,
    ) -> None:
        self.target, self.seats, self.count = target, seats, processes
        self.record, self.cores, self.progress = record, cores, progress
        self.pids: list[int] = []
        self._processes: list[asyncio.subprocess.Process] = []
        self._readers: list[asyncio.Task[None]] = []
        self._at: list[dict[str, int]] = []
        self._told: list[asyncio.Queue[tuple[str, Any]]] = []

    async def __aenter__(self) -> Fleet:
        with tempfile.TemporaryDirectory(prefix="deliberate-load-") as folder:
            for number in range(self.count):
                await self._start(number, Path(folder))
            while not all(self._at):  # each has read what it is
                await self._patience()
        return self

    async def _start(self, number: int, folder: Path) -> None:
        mine = [
            (place, seat.cookie, seat.base)
            for place, seat in enumerate(self.seats)
            if place % self.count == number
        ]  # fmt: skip
        record = str(self.record / f"acts-{number}.jsonl") if self.record else ""
        path = folder / f"{number}.json"
        path.write_text(json.dumps(self.target.order() | {"seats": mine, "record": record}))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deliberate.load.worker",
            str(path),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "LOAD_CORES": self.cores},
            limit=LONGEST_LINE,
        )
        self.pids.append(process.pid)
        self._processes.append(process)
        self._at.append({})
        self._told.append(asyncio.Queue())
        self._readers.append(asyncio.create_task(self._read(number, process)))

    async def _read(self, number: int, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            for name, value in json.loads(line).items():
                if name == "at":
                    self._at[number] = value
                    if self.progress is not None:
                        self.progress(self.at)
                else:
                    self._told[number].put_nowait((name, value))

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes:
            if process.stdin is not None and process.returncode is None:
                process.stdin.close()  # with nobody to order them they end
        for process in self._processes:
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()
        await asyncio.gather(*self._readers)

    @property
    def at(self) -> dict[str, int]:
        """How it stands: open, ready, pictures, sent, answered, reconnects, of all processes, half a second old at most."""
        total: dict[str, int] = {}
        for some in self._at:
            for name, value in some.items():
                total[name] = total.get(name, 0) + value
        return total

    async def _patience(self) -> None:
        if any(process.returncode is not None for process in self._processes):
            raise Away("A process of the load client ended by itself.")
        await asyncio.sleep(0.05)

    async def _order(self, **what: Any) -> None:
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write(json.dumps(what).encode() + b"\n")
            await process.stdin.drain()

    async def _hear(self, name: str) -> list[Any]:
        heard = []
        for queue in self._told:
            found, value = "", None
            while found != name:
                found, value = await asyncio.wait_for(queue.get(), 120)
            heard.append(value)
        return heard

    async def until(self, name: str, count: int, patience_s: float) -> bool:
        """Wait until a figure of `at` is `count` or more; whether it came to that in time."""
        end = time.monotonic() + patience_s
        while self.at.get(name, 0) < count:
            if time.monotonic() > end:
                return False
            await self._patience()
        return True

    async def arrive(self, seconds: float, patience_s: float = 120) -> bool:
        """Everybody comes within `seconds`; whether all lines stood in time."""
        await self._order(arrive=seconds)
        return await self.until("ready", len(self.seats), seconds + patience_s)

    async def gather(self, at_once: int = 100, patience_s: float = 600) -> bool:
        """Everybody comes, in each process so many at a time at most; whether all lines stood in time."""
        await self._order(gather=at_once)
        return await self.until("ready", len(self.seats), patience_s)

    async def vote(self, within_s: float) -> None:
        """From now on each phone votes once in every poll it sees, within so many seconds."""
        await self._order(vote=within_s)

    async def drop(self) -> None:
        """All lines are lost at once."""
        await self._order(drop=True)

    async def mark(self) -> None:
        """Count anew from here."""
        await self._order(mark=True)
        await self._hear("marked")
        for some in self._at:
            some.update(pictures=0, sent=0, answered=0, reconnects=0)

    async def tell(self) -> dict[str, Any]:
        """The figures since the mark (ledger.Figures), and `busiest`, the share of a core of the busiest process."""
        await self._order(tell=True)
        return added(await self._hear("told"))

    async def compare(self, fresh: dict[str, str]) -> dict[str, Any]:
        """Beside the hashes of a fresh page: phones that `differ`, in which `parts`, and `consistent_ms` of all others."""
        await self._order(compare=fresh)
        found: dict[str, Any] = {"differ": 0, "parts": {}, "consistent_ms": []}
        for each in await self._hear("compared"):
            found["differ"] += each["differ"]
            found["consistent_ms"] += each["consistent_ms"]
            for name, count in each["parts"].items():
                found["parts"][name] = found["parts"].get(name, 0) + count
        return found

    async def flush(self) -> None:
        """Put what is recorded so far, acts without an answer too, into the files of the record."""
        await self._order(flush=True)
        await self._hear("flushed")

    async def stop(self) -> None:
        """Close all lines and write every act down."""
        await self._order(stop=True)
        await self._hear("stopped")
