"""The stage of a rehearsal: a server of its own (or somebody's), a room of its own, and the people with roles."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from deliberate.rehearsal.phone import Away, Door, Member

#: A rehearsal says in seconds what a room says in hours: its own server lets a seat act as often as that takes.
PACE = {"LIMIT_FACTOR": "10000"}


class Server:
    """A demo server in a process of its own, on a free port of the loopback, with a data folder of its own."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.links: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None

    async def __aenter__(self) -> Server:
        await asyncio.to_thread(self._start)
        return self

    def _start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.data.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "deliberate", "demo", "--data", str(self.data), "--port", str(port), "--fresh"]
        with (self.data / "server.log").open("w") as log:
            self._process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **PACE}
            )
        self._read_links()

    def _read_links(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            role, _colon, url = line.strip().partition(": ")
            if url.startswith("http"):
                self.links[role] = url
            if "host" in self.links:
                return
        raise Away(f"the server did not start: {(self.data / 'server.log').read_text()[-2000:]}")

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                await asyncio.to_thread(self._process.wait, 10)
            except subprocess.TimeoutExpired:
                self._process.kill()


class Crew:
    """A room of its own in the host's event, and one seat for each role in it."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.host: Member | None = None
        self.members: dict[str, Member] = {}
        self.join_path = ""

    async def gather(self, host_link: str) -> None:
        """Join as host, make a room, and take a seat in every role."""
        self.host = await self.door.join(host_link)
        made = await self.ask(self.host, "events.add_room", name="Rehearsal")
        room = str(made["room"])
        for role in ("moderator", "captioner", "drafter", "wall", "participant"):
            link = await self.ask(self.host, "events.new_link", role=role, room=room)
            path = str(link["path"])
            if role == "participant":
                self.join_path = path
            else:
                self.members[role] = await self.door.join(path)
        self.host.base = self.host.base.rsplit("/", 2)[0] + f"/{room}/"
        for title in ("Opening", "Discussion"):
            await self.ask(self.host, "events.add_item", title=title, minutes="60")

    async def ask(self, member: Member, name: str, /, **fields: str) -> dict[str, object]:
        """One act over HTTP; its data."""
        response = await self.door.http.post(
            f"{member.base}do/{name}",
            data=fields,
            headers={"Cookie": f"seat={member.cookie}", "Accept": "application/json", "Origin": self.door.origin},
        )
        answer = response.json()
        if not answer["ok"]:
            raise Away(f"{name} was refused: {answer['say']}")
        found: dict[str, object] = answer["data"]
        return found
