"""The one way out: who watches what in this process, and how pictures reach them.

A touched part is painted once per audience and language, and the same picture is offered to every line (line.py) that
watches it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings

from deliberate.door.registry import still_living
from deliberate.live import hints, threads
from deliberate.live.line import Line
from deliberate.live.painter import Picture, paint
from deliberate.live.parts import known, split
from deliberate.shell import metrics

log = structlog.get_logger("deliberate.live")
Key = tuple[str, str, str]  # part, audience, language
#: A line that holds more parts than any page shows is a broken or hostile one.
MOST_PARTS = 40
#: Open lines of one seat in a process: tabs, devices, and those that a weak network has not let go yet.
MOST_LINES = 8
#: So many offers in one go, then others have their turn: what changed together should travel together.
OFFERS = 5000


class RoomHub:
    """The lines of one room in this process."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.lines: set[Line] = set()
        self.watchers: dict[Key, set[Line]] = {}
        self.pictures: dict[Key, Picture] = {}
        self.stale: set[str] = set()
        self.everything = False
        self.wake = asyncio.Event()
        self.painting = asyncio.Lock()

    def tick(self) -> float:
        """Seconds between two paints of a part: more where more people watch."""
        return float(settings.LIVE_TICK_S) * max(1.0, len(self.lines) / 500)

    def touch(self, parts: Iterable[str]) -> None:
        self.stale.update(parts)
        self.wake.set()

    async def run(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            everything, self.everything = self.everything, False
            stale, self.stale = self.stale, set()
            keys = [key for key in self.watchers if everything or split(key[0])[0] in stale]
            if keys:
                try:
                    await self.show(keys)
                except asyncio.CancelledError:
                    raise
                except Exception:
                    log.exception("a paint failed")
                await asyncio.sleep(self.tick())

    async def show(self, keys: list[Key]) -> None:
        """Paint these and offer them to whoever watches. One at a time: an older picture never follows a newer one."""
        async with self.painting:
            painted = await threads.read(lambda: _paint_all(self.room, keys))
            offered = 0
            for key, picture in painted.items():
                if key in self.watchers:
                    self.pictures[key] = picture
                for line in list(self.watchers.get(key, ())):
                    line.offer(picture)
                    offered += 1
                    if offered % OFFERS == 0:
                        await asyncio.sleep(0)

    def forget(self, line: Line) -> None:
        for name in line.holds:
            key = (name, line.audience, line.language)
            watching = self.watchers.get(key)
            if watching is not None:
                watching.discard(line)
                if not watching:
                    del self.watchers[key]
                    self.pictures.pop(key, None)


def _paint_all(room_key: int, keys: list[Key]) -> dict[Key, Picture]:
    """The pictures of these parts. One that can't be painted is logged and left out: the others must not wait for it."""
    room = load_room(room_key)
    painted = {}
    for key in keys:
        try:
            painted[key] = paint(room, *key)
        except Exception:
            log.exception("a part was not painted", part=key[0], audience=key[1])
    return painted


def load_room(key: int) -> Any:
    """The room as stored now, with its event."""
    return apps.get_model("rooms", "Room")._default_manager.select_related("event").get(pk=key)


class Hub:
    """All rooms that have people in this process. Starts with its first line: Daphne runs no lifespan."""

    def __init__(self) -> None:
        self.rooms: dict[int, RoomHub] = {}
        self.seats: dict[int, dict[Line, None]] = {}  # the lines of a seat, oldest first
        self._tasks: dict[object, asyncio.Task[None]] = {}

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        if hints.here.loop is loop:
            return
        hints.here.loop, hints.here.take = loop, self.take
        self._spawn("listen", hints.listen(self.take))
        self._spawn("sweep", self.sweep())

    def _spawn(self, name: object, work: Any) -> None:
        self._tasks[name] = asyncio.get_running_loop().create_task(work)

    def _stop(self, name: object) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def take(self, hint: hints.Hint) -> None:
        """A hint has arrived, on the event loop."""
        if hint.everything:
            self.everything()
        if hint.room is not None and hint.room in self.rooms:
            self.rooms[hint.room].touch(hint.parts)
        for line in list(self.seats.get(hint.seat, ())) if hint.seat is not None else ():
            if hint.end:
                self._spawn(("end", line), line.close("ended"))
            else:
                self._remind(line)

    def twins(self, line: Line) -> None:
        """The seat behind `line` has acted: its other lines, here and in other processes, learn their marks anew."""
        for other in self.seats.get(line.seat, {}).keys() - {line}:
            self._remind(other)
        hints.tell_others(hints.Hint(seat=line.seat))

    def _remind(self, line: Line) -> None:
        line.forgot = True
        running = self._tasks.get(("seat", line))
        if running is None or running.done():
            self._spawn(("seat", line), self._refresh(line))

    async def _refresh(self, line: Line) -> None:
        """Let a line learn its marks; once a tick at most, however many acts change them."""
        while line.forgot:
            if not line.full:  # else later: who does not read is told nothing more
                line.forgot = False
                await line.refresh()
            await asyncio.sleep(settings.LIVE_TICK_S)

    async def join(self, line: Line) -> None:
        self.start()
        room = self.rooms.get(line.room)
        if room is None:
            room = self.rooms[line.room] = RoomHub(line.room)
            self._spawn(line.room, room.run())
        room.lines.add(line)
        mine = self.seats.setdefault(line.seat, {})
        for oldest in list(mine)[: max(0, len(mine) - MOST_LINES + 1)]:
            del mine[oldest]
            self._spawn(("end", oldest), oldest.close("crowded"))
        mine[line] = None
        self._spawn(line, line.write())
        metrics.lines.labels(kind=line.kind).inc()

    async def leave(self, line: Line) -> None:
        self._stop(line)
        self._stop(("seat", line))
        self._tasks.pop(("end", line), None)
        mine = self.seats.get(line.seat, {})
        mine.pop(line, None)
        if not mine:
            self.seats.pop(line.seat, None)
        room = self.rooms.get(line.room)
        if room is None or line not in room.lines:
            return
        room.lines.discard(line)
        room.forget(line)
        metrics.lines.labels(kind=line.kind).dec()
        if not room.lines:
            self._stop(line.room)
            del self.rooms[line.room]

    async def watch(self, line: Line, have: dict[str, str]) -> None:
        """The line's screen now shows these parts and holds pictures of these hashes: send what differs."""
        room = self.rooms[line.room]
        room.forget(line)
        elsewhere = {name for other in self.seats.get(line.seat, ()) if other is not line for name in other.holds}
        names = [name for name in have if known(name, line.audience)]
        # What a seat already watches costs nothing more; what is new to it does, and one person's share is bounded.
        fresh = [name for name in names if name not in elsewhere][: max(0, MOST_PARTS - len(elsewhere))]
        names = [name for name in names if name in elsewhere or name in fresh][:MOST_PARTS]
        line.holds = {name: have[name] for name in names}
        line.pending = {name: picture for name, picture in line.pending.items() if name in line.holds}
        keys = [(name, line.audience, line.language) for name in names]
        for key in keys:
            room.watchers.setdefault(key, set()).add(line)
        cold = [key for key in keys if key not in room.pictures or split(key[0])[0] in room.stale]
        if cold:
            await room.show(cold)
        for key in keys:
            picture = room.pictures.get(key)
            if picture is not None:
                line.offer(picture)

    def everything(self) -> None:
        """Let all that is watched be painted anew."""
        for room in list(self.rooms.values()):
            room.everything = True
            room.wake.set()

    async def sweep(self) -> None:
        """Paint everything that is watched, now and then: heals a lost hint, and moves what depends on the minute."""
        while True:
            await asyncio.sleep(settings.LIVE_SWEEP_S * random.uniform(0.8, 1.2))
            self.everything()
            await self.let_go()

    async def let_go(self) -> None:
        """Close the lines of seats that have ended, should the hint that said so have been lost."""
        try:
            looking = set(self.seats)
            for seat in looking - await threads.read(lambda: still_living(looking)):
                self.take(hints.Hint(seat=seat, end=True))
        except Exception:
            log.exception("seats were not looked at")


hub = Hub()
