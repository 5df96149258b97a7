"""A server of its own with a room, its people and its crew, for as long as a bench takes."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from deliberate.bench import machine
from deliberate.bench.servers.guarded import free_port
from deliberate.load.fleet import Seat, Target
from deliberate.load.news import parts_of
from deliberate.rehearsal.phone import Door, Member, Phone
from deliberate.shell.server import DEFAULT

READY_S = 120


class NotReady(Exception):
    """The server did not come up, or a step on the way to it failed."""


@dataclass
class Product:
    """`async with Product(1000, cores={0}) as product`: this service, served by `deliberate serve`, with 1,000 seats.

    `environment`: settings more, DATABASE_URL and REDIS_URL among them; `workers`: processes it serves by; `server`: what
    speaks HTTP and sockets."""

    phones: int
    cores: set[int] = field(default_factory=set)
    workers: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    server: str = DEFAULT
    url: str = ""
    pid: int = 0
    parts: dict[str, str] = field(default_factory=dict)
    seats: list[Seat] = field(default_factory=list)
    handles: list[str] = field(default_factory=list)
    made: dict[str, Any] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="deliberate-bench-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        os.chmod(self.folder, 0o700)  # noqa: PTH101  # it holds cookies
        try:
            await self._served()
            await asyncio.to_thread(self._prepare)
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self.door = Door(self.url)
        page = await self.door.page(self.member("participant"))
        self.parts = dict.fromkeys(parts_of(page.content), "")
        return self

    def settings(self) -> dict[str, str]:
        """The environment in which its commands run."""
        own = {"DATABASE_URL", "REDIS_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE", "LOAD_CORES"}
        bare = {name: value for name, value in os.environ.items() if name not in own}
        self._key = getattr(self, "_key", "") or secrets.token_urlsafe(40)
        kept = {"DATA_DIR": str(self.folder), "SECRET_KEY": self._key, "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
        return bare | kept | self.environment

    def command(self, *words: str) -> str:
        """Run one of its commands; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "deliberate", *words],
            env=self.settings(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NotReady(f"deliberate {words[0]} failed: {done.stderr[-2000:]}")
        return done.stdout

    def _prepare(self) -> None:
        self.command("seats", str(self.phones), str(self.folder / "seats.json"))
        self.made = json.loads((self.folder / "seats.json").read_text())
        self.seats = [Seat(each["cookie"], each["base"]) for each in self.made["seats"]]
        self.handles = [each["handle"] for each in self.made["seats"]]

    async def _served(self) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        words = [sys.executable, "-m", "deliberate", "serve", "--migrate", "--port", str(port), "--server", self.server]
        words += ["--workers", str(self.workers)] if self.workers > 1 else []
        with (self.folder / "server.log").open("w") as log:
            self._process = subprocess.Popen(words, env=self.settings(), stdout=log, stderr=log)  # noqa: ASYNC220
        self.pid = self._process.pid
        machine.pinned(self.pid, self.cores)
        await ready(self.url + "/ready", self._process, self.folder / "server.log")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if hasattr(self, "door"):
            await self.door.close()
        if self.pid:
            await asyncio.to_thread(ended, self._process)
        self._folder.cleanup()

    def member(self, role: str) -> Member:
        """A seat in a role; of participants, the first."""
        found = self.made["seats"][0] if role == "participant" else self.made["crew"][role]
        return Member(found["cookie"], found["base"])

    async def phone(self, role: str, *watch: str) -> Phone:
        """A line for a seat in a role."""
        phone = Phone(self.door, watch)
        await phone.sit(self.member(role))
        return phone

    def target(self, *, page: bool = False, deflate: bool = False) -> Target:
        return Target(self.url, self.parts, page, deflate)

    async def fresh(self) -> dict[str, str]:
        """Part -> hash, as a page that is loaded now shows them."""
        return parts_of((await self.door.page(self.member("participant"))).content)

    def memory_bytes(self) -> int:
        return machine.pss_bytes(machine.family(self.pid))


async def ready(url: str, process: subprocess.Popen[Any], log: Path) -> None:
    """Wait until a server answers."""
    end = time.monotonic() + READY_S
    async with httpx.AsyncClient(timeout=2) as client:
        while time.monotonic() < end and process.poll() is None:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
    said = await asyncio.to_thread(log.read_text)
    raise NotReady(f"The server did not get ready: {said[-2000:]}")


def ended(process: subprocess.Popen[Any]) -> None:
    """End a server that we started."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
