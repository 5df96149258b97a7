"""The pads that are open in this process: who writes on them, what is to be stored, and what each has been sent.

No document is held here. What is typed goes into the database; who is told that something came reads it there and sends
each socket what it lacks. So a lost hint costs a moment, and a socket that reads slowly costs no memory."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from typing import Any, Protocol

import structlog
from django.db import Error

from deliberate.door.entrance import Place
from deliberate.live import hints, threads
from deliberate.live.beside import beside
from deliberate.live.sheaf import Hint
from deliberate.live.trouble import trouble
from polls.statements.pads import folding, store
from polls.statements.pads.store import Opened, Written
from rooms.seats.queries import called

log = structlog.get_logger("polls.statements")
#: What was typed becomes the clause's text once nobody types for so long, and at least so often, in seconds.
QUIET_S, LATEST_S = 2.0, 5.0
#: A cursor of which nothing was heard for so long has gone, in seconds.
GONE_S = 40.0
#: What was changed by others shows in this part; whoever changes a clause touches it.
CLAUSES = "statements.drafter"


class Page(Protocol):
    """A drafter's page at the other end of a socket (socket.py). `key` is the name of its cursors."""

    place: Place
    key: str

    def takes(self) -> bool: ...
    def told(self, clause: str, number: int, why: str) -> None: ...
    def stroke(self, clause: str, update: bytes) -> None: ...
    def may_write(self, clause: str, writes: bool) -> None: ...
    def cursor(self, clause: str, cursor: str, text: str) -> None: ...


class Open:
    """One pad that somebody has open in this process."""

    def __init__(self, room: Any, clause: str) -> None:
        self.room, self.clause = room, clause
        #: Of each socket, the number of the newest stroke that it was sent.
        self.sent: dict[Page, int] = {}
        self.waiting: list[tuple[Page, int, Written]] = []
        #: By its name: where a drafter's cursor stands, and when that was heard.
        self.cursors: dict[str, tuple[str, float]] = {}
        self.handle, self.writes = "", True
        self._storing = self._looking = self._again = False
        self._first = 0.0  # since when words wait to be folded
        self._folding: asyncio.TimerHandle | None = None

    # ---- what is typed -----------------------------------------------------------------------------------------------

    def write(self, socket: Page, number: int, written: Written) -> None:
        """Have it stored; the socket hears when it is. What comes meanwhile is stored together."""
        self.waiting.append((socket, number, written))
        if not self._storing:
            self._storing = True
            desk.spawn(self._store())

    async def _store(self) -> None:
        try:
            while self.waiting:
                these, self.waiting = self.waiting, []
                written = [each for _socket, _number, each in these]
                try:
                    said = await threads.act(lambda: store.keep(self.room, self.clause, written), first=True)  # noqa: B023
                except Exception as problem:
                    if isinstance(problem, Error):
                        trouble.found(problem)
                    log.exception("strokes were not stored")
                    said = ["failed"] * len(these)
                for (socket, number, _written), why in zip(these, said, strict=True):
                    socket.told(self.clause, number, why)
                if "" in said:
                    self._fold_later()
        finally:
            self._storing = False

    # ---- what readers get of it --------------------------------------------------------------------------------------

    def _fold_later(self) -> None:
        moment = time.monotonic()
        if self._folding is None:
            self._first = moment
        else:
            self._folding.cancel()
        wait = max(0.0, min(QUIET_S, self._first + LATEST_S - moment))
        self._folding = asyncio.get_running_loop().call_later(wait, self.fold)

    def fold(self) -> None:
        """Let what was typed here be the clause's text, soon."""
        if self._folding is not None:
            self._folding.cancel()
            self._folding = None
        desk.spawn(_fold(self.room, self.clause))

    @property
    def unfolded(self) -> bool:
        """Whether something was typed here that no reader sees yet."""
        return self._folding is not None

    # ---- what each is sent -------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Send everybody what is new, soon."""
        self._again = True
        if not self._looking:
            self._looking = True
            desk.spawn(self._look())

    async def _look(self) -> None:
        try:
            while self._again and self.sent:
                self._again = False
                since = min(self.sent.values())
                found = await threads.read(lambda: store.news(self.room, self.clause, since))  # noqa: B023
                self._hand_out(since, found)
        except Exception:
            log.exception("a pad was not looked at")
        finally:
            self._looking = False

    def _hand_out(self, since: int, found: store.News | None) -> None:
        if found is None or found.handle != self.handle:
            for socket in list(self.sent):
                socket.told(self.clause, 0, "other" if found else "gone")
            return
        if found.writes != self.writes:
            self.writes = found.writes
            for socket in self.sent:
                socket.may_write(self.clause, self.writes)
        for socket, sent in self.sent.items():
            if sent < found.number and found.data is not None and socket.takes():
                # One that holds some of it already takes the rest: an update that is known changes nothing.
                socket.stroke(self.clause, found.data)
                self.sent[socket] = max(sent, found.number)


async def _fold(room: Any, clause: str) -> None:
    try:
        await threads.act(lambda: folding.fold(room=room, clause=clause), first=True)
    except Exception:  # the sweep comes back to it
        log.exception("a pad was not folded")


class Desk:
    """All pads that are open in this process. Everything here happens on the hub's event loop."""

    def __init__(self) -> None:
        self.pads: dict[tuple[int, str], Open] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def join(self, socket: Page, clause: str, opened: Opened) -> None:
        """A socket has a pad open, and was sent all of it."""
        pad = self.pads.setdefault((socket.place.room.pk, clause), Open(socket.place.room, clause))
        if pad.handle != opened.handle:
            for other in list(pad.sent):
                other.told(clause, 0, "other")
            # Whoever was told has left it, and an empty pad is put away.
            self.pads[socket.place.room.pk, clause] = pad
            pad.handle, pad.writes = opened.handle, opened.writes
        pad.sent[socket] = opened.number
        pad.look()  # something may have come since it was read

    def of(self, socket: Page, clause: str) -> Open | None:
        """The pad of a clause, where this socket has it open."""
        pad = self.pads.get((socket.place.room.pk, clause))
        return pad if pad is not None and socket in pad.sent else None

    def all_of(self, socket: Page) -> list[Open]:
        return [pad for pad in self.pads.values() if socket in pad.sent]

    def leave(self, socket: Page, clause: str) -> None:
        """A socket is closed, or shows this pad no more."""
        pad = self.of(socket, clause)
        if pad is None:
            return
        del pad.sent[socket]
        self.point(socket, clause, None)
        if not pad.sent:
            del self.pads[pad.room.pk, clause]
            if pad.unfolded:
                pad.fold()

    def point(self, socket: Page, clause: str, at: list[str] | None) -> None:
        """Let every drafter know where a cursor stands (from, to: relative positions of Yjs); None: nowhere any more."""
        text = json.dumps({"name": called(socket.place.seat), "at": at}) if at else ""
        hints.send(Hint(room=socket.place.room.pk, told=(f"cursor:{clause}:{socket.key}", text)))

    # ---- beside the hub ----------------------------------------------------------------------------------------------

    def take(self, hint: Hint) -> None:
        """A hint has arrived."""
        if hint.told is not None and hint.room is not None:
            what, _colon, rest = hint.told[0].partition(":")
            clause, _colon, cursor = rest.partition(":")
            pad = self.pads.get((hint.room, clause))
            if pad is not None and what == "pad":
                pad.look()
            elif pad is not None and what == "cursor":
                self._pointed(pad, cursor, hint.told[1])
        elif hint.everything or CLAUSES in hint.parts:
            for (room, _clause), pad in list(self.pads.items()):
                if hint.everything or room == hint.room:
                    desk.spawn(self._agree(pad))

    def _pointed(self, pad: Open, cursor: str, text: str) -> None:
        if text:
            pad.cursors[cursor] = (text, time.monotonic())
        else:
            pad.cursors.pop(cursor, None)
        for socket in pad.sent:
            if socket.key != cursor and socket.takes():
                socket.cursor(pad.clause, cursor, text)

    async def _agree(self, pad: Open) -> None:
        """The clause may have been changed by others: what they did goes into the pad."""
        with suppress(Exception):  # the sweep comes back to it
            if await threads.read(lambda: folding.differs(pad.room, pad.clause)):
                await _fold(pad.room, pad.clause)
        pad.look()

    async def sweep(self) -> None:
        """What was typed at a process that has died becomes its clauses' text, and whoever missed a hint is sent the rest."""
        late = time.monotonic() - GONE_S
        for pad in list(self.pads.values()):
            for cursor in [each for each, (_text, heard) in pad.cursors.items() if heard < late]:
                self._pointed(pad, cursor, "")
            await self._agree(pad)
        for room in await threads.read(folding.left):
            await threads.act(lambda: folding.fold_all(room=room))  # noqa: B023
        await threads.act(folding.forget_strokes)


desk = Desk()
beside(desk)
