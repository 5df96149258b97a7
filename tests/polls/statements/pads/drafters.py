"""Drafters with documents of their own, as Yjs keeps them, over the real socket."""

from __future__ import annotations

import asyncio
import base64
import html as entities
import json
import re
from collections.abc import Callable
from typing import Any

import pycrdt
import websockets

from deliberate.rehearsal.phone import Door, Member, Phone
from polls.statements.pads import core
from tests.service import Service
from tests.waiting import came


def typed(doc: core.Doc, change: Callable[[pycrdt.Text], None]) -> bytes:
    """Change the text; the update that says how."""
    before = doc.get_state()
    change(doc.get(core.ROOT, type=pycrdt.Text))
    return doc.get_update(before)


class Drafter:
    """One page of a drafter with one pad open: types into its own document, whether its line is alive or not."""

    def __init__(self, door: Door, member: Member, clause: str) -> None:
        self.door, self.member, self.clause = door, member, clause
        self.handle, self.writes, self.said = "", False, ""
        self.cursors: dict[str, dict[str, Any]] = {}
        self.frames: list[dict[str, Any]] = []
        #: Cleared, it reads nothing of what it is sent.
        self.listens = asyncio.Event()
        self.listens.set()
        self._number = self._kept = 0
        self._socket: Any = None
        self._reader: asyncio.Task[None] | None = None
        self._anew()

    def _anew(self) -> None:
        self.doc: core.Doc = pycrdt.Doc()
        self.text = self.doc.get(core.ROOT, type=pycrdt.Text)

    def __str__(self) -> str:
        return str(self.text)

    # ---- typing ------------------------------------------------------------------------------------------------------

    async def insert(self, at: int, what: str) -> None:
        """Type `what` before the letter number `at`."""
        here = len(str(self)[:at].encode())
        await self._send(typed(self.doc, lambda text: text.insert(here, what)))

    async def delete(self, at: int, letters: int) -> None:
        start, end = (len(str(self)[:place].encode()) for place in (at, at + letters))
        if end > start:
            await self._send(typed(self.doc, lambda text: text.__delitem__(slice(start, end))))

    async def _send(self, update: bytes) -> None:
        self._number += 1
        await self.say(
            {"pad": self.clause, "of": self.handle, "n": self._number, "y": self._y(core.message(core.UPDATE, update))}
        )

    async def say(self, frame: dict[str, Any]) -> None:
        if self._socket is not None:
            try:
                await self._socket.send(json.dumps(frame))
            except websockets.WebSocketException:
                self._socket = None

    @staticmethod
    def _y(data: bytes) -> str:
        return base64.b64encode(data).decode()

    @property
    def acknowledged(self) -> int:
        """The number of the newest stroke that is said to be stored; all before it are."""
        return self._kept

    @property
    def number(self) -> int:
        """Of the newest stroke."""
        return self._number

    @property
    def kept(self) -> bool:
        """Whether all that was typed is acknowledged."""
        return self._kept >= self._number

    # ---- the line ----------------------------------------------------------------------------------------------------

    async def connect(self, origin: str = "", attempts: int = 100) -> None:
        """Open the line and the pad on it; what was typed meanwhile is sent."""
        origin = origin or self.door.origin
        for attempt in range(attempts):
            try:
                self._socket = await websockets.connect(
                    origin.replace("http", "ws", 1) + self.member.base + "pads",
                    additional_headers={"Cookie": f"seat={self.member.cookie}", "Origin": origin},
                    compression=None,
                    ping_interval=None,
                    proxy=None,
                )
                break
            except (OSError, TimeoutError, websockets.WebSocketException):
                if attempt == attempts - 1:
                    raise
                await asyncio.sleep(0.1)
        self.writes, self.said = False, ""
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.open()

    async def open(self) -> None:
        await self.say({"open": self.clause, "y": self._y(core.message(core.STEP_1, self.doc.get_state()))})

    async def _read(self, socket: Any) -> None:
        try:
            async for text in socket:
                await self.listens.wait()
                await self._heard(json.loads(text))
        except websockets.WebSocketException:
            pass
        if self._socket is socket:
            self._socket = None

    async def _heard(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        if "ping" in frame:
            await self.say({"pong": frame["ping"]})
        if "end" in frame:
            self.said = frame["end"]
        if frame.get("pad") != self.clause:
            return
        if "of" in frame and frame["of"] != self.handle:
            if self.handle:
                self._anew()
            self.handle = frame["of"]
        for kind, payload in core.messages(base64.b64decode(frame["y"])) if "y" in frame else ():
            if kind == core.STEP_1:
                # Numbers go on: what waited is part of this one.
                self._number += 1
                mine = core.message(core.STEP_2, self.doc.get_update(payload))
                await self.say({"pad": self.clause, "of": self.handle, "n": self._number, "y": self._y(mine)})
            else:
                self.doc.apply_update(payload)
        self._kept = max(self._kept, frame.get("kept", 0))
        self.writes = frame.get("writes", self.writes)
        self.said = frame.get("lost", self.said)
        if "cursor" in frame:
            self.cursors.pop(frame["cursor"], None)
            if frame["at"]:
                self.cursors[frame["cursor"]] = frame["at"]

    async def drop(self) -> None:
        """The line is dead, without a goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()
        if self._reader is not None:
            await self._reader
        self._socket = self._reader = None

    @property
    def alive(self) -> bool:
        return self._socket is not None


class Desk:
    """A room with a clause, its drafters, and a phone that reads along."""

    def __init__(self, service: Service, door: Door) -> None:
        self.service, self.door = service, door
        self.drafters: list[Drafter] = []
        self.phones: list[Phone] = []

    async def begin(self, text: str) -> None:
        """One clause to write on."""
        self.form = await self.phone("drafter", ("statements.drafter",))
        self.clause = (await self.form.act("statements.add_clause", text=text))["data"]["clause"]

    async def phone(self, role: str, watch: tuple[str, ...]) -> Phone:
        phone = Phone(self.door, watch)
        await phone.sit(await self.door.join(self.service.links[role]))
        self.phones.append(phone)
        return phone

    async def drafter(self, name: str = "") -> Drafter:
        member = await self.door.join(self.service.links["drafter"], name=name)
        found = Drafter(self.door, member, self.clause)
        self.drafters.append(found)
        await found.connect()
        await came(lambda: found.writes)
        return found

    def shown(self) -> tuple[str, int]:
        """What the clause's form shows: its words and the number of the wording; -1 where it shows none yet."""
        html = self.form.screen().get("statements.drafter", "")
        found = re.search(
            rf'name="revision" value="(\d+)"[^>]*>\s*<label[^<]*</label>\s*<div class="pad"><textarea[^>]* id="text-{self.clause}"[^>]*>([^<]*)',
            html,
            re.DOTALL,
        )
        return (entities.unescape(found[2]), int(found[1])) if found else ("", -1)

    async def close(self) -> None:
        for drafter in self.drafters:
            await drafter.drop()
        for phone in self.phones:
            await phone.close()
