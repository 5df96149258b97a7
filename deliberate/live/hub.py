"""The one way out: all rooms that have people in this process, and the lines of each seat.

What a room shows is in room.py, a single connection in line.py, and how hints get here in hints.py."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import structlog
from django.conf import settings

from deliberate.door.entrance import entrance
from deliberate.live import beside, garbage, hints, load, threads
from deliberate.live.frames import frame
from deliberate.live.line import Line
from deliberate.live.painter import Picture
from deliberate.live.parts import known
from deliberate.live.room import RoomHub
from deliberate.live.screen import Key
from deliberate.live.trouble import trouble, words
from deliberate.roles import PARTICIPANT, WALL
from deliberate.shell import metrics

log = structlog.get_logger("deliberate.live")
#: A line that holds more parts than any page shows is a broken or hostile one.
MOST_PARTS = 40
#: Lines that are told their marks anew in a tick, where hints of any seat may have been lost.
REMINDED_A_TICK = 100


class Hub:
    """All rooms that have people in this process. Starts with its first line: Daphne runs no lifespan."""

    def __init__(self) -> None:
        self.rooms: dict[int, RoomHub] = {}
        self.seats: dict[int, dict[Line, None]] = {}  # the lines of a seat, oldest first
        self.lines = 0
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._all_forgot = False

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        if hints.here.loop is loop:
            return
        hints.here.loop, hints.here.take = loop, self.take
        self._spawn("listen", hints.listen(self.take))
        self._spawn("sweep", self.sweep())
        self._spawn("load", load.watch())
        self._spawn("trouble", trouble.watch(self._tell_trouble))

    def _spawn(self, name: object, work: Any) -> None:
        self._tasks[name] = asyncio.get_running_loop().create_task(work)

    def _stop(self, name: object) -> None:
        task = self._tasks.pop(name, None)
        if task is not None:
            task.cancel()

    def take(self, hint: hints.Hint) -> None:
        """A hint has arrived, on the event loop."""
        if hint.unstored:
            trouble.heard()
        if hint.everything:
            self.everything()
            self._remind_all()
        if hint.parts and hint.room is not None and hint.room in self.rooms:
            room = self.rooms[hint.room]
            room.touch(tuple(part for part in hint.parts if part != hints.MARKS), crowd=hint.crowd)
            if hints.MARKS in hint.parts:
                for line in room.lines:
                    self._remind(line)
        for line in list(self.seats.get(hint.seat, ())) if hint.seat is not None else ():
            if hint.end:
                line.end("ended")
            else:
                self._remind(line)
        beside.take(hint)

    def twins(self, line: Line) -> None:
        """The seat behind `line` has acted: its other lines, here and in other processes, learn their marks anew."""
        for other in self.seats.get(line.seat, {}).keys() - {line}:
            self._remind(other)
        hints.tell_others(hints.Hint(seat=line.seat))

    def _remind(self, line: Line) -> None:
        line.forgot = True
        if ("seat", line) not in self._tasks:
            self._spawn(("seat", line), self._refresh(line))

    def _remind_all(self) -> None:
        """What was said of seats may have been lost too."""
        self._all_forgot = True
        if "marks" not in self._tasks:
            self._spawn("marks", self._reminding())

    async def _reminding(self) -> None:
        """Remind every line, so many a tick: those of one tick are looked up together."""
        try:
            while self._all_forgot:
                self._all_forgot = False
                lines = [line for mine in self.seats.values() for line in mine]
                for start in range(0, len(lines), REMINDED_A_TICK):
                    for line in lines[start : start + REMINDED_A_TICK]:
                        if not line.closing:
                            self._remind(line)
                    await asyncio.sleep(settings.LIVE_TICK_S)
        finally:
            self._tasks.pop("marks", None)

    async def _refresh(self, line: Line) -> None:
        """Let a line learn its marks; once a tick at most, however many acts change them."""
        try:
            while line.forgot and not line.closing:
                if not line.full:  # else later: who does not read is told nothing more
                    line.forgot = False
                    await line.refresh()
                await asyncio.sleep(settings.LIVE_TICK_S)
        finally:
            self._tasks.pop(("seat", line), None)

    def _tell_trouble(self, *lines: Line) -> None:
        """Let whoever works for a room know what is wrong, or that nothing is any more."""
        for line in lines or [line for room in self.rooms.values() for line in room.lines]:
            if line.audience not in (PARTICIPANT, WALL):
                line.send(frame({"trouble": [words(each, line.language) for each in sorted(trouble.now)]}))

    def room(self, key: int) -> RoomHub:
        """The room of this key, made where nobody is in it yet."""
        self.start()
        found = self.rooms.get(key)
        if found is None:
            found = self.rooms[key] = RoomHub(key)
            self._spawn(key, found.run())
        return found

    def join(self, line: Line) -> None:
        """A line opens. Refused by closing it where this process or this room is full; a seat's oldest line makes room."""
        room = self.room(line.room)
        room.lines.add(line)
        self.lines += 1
        mine = self.seats.setdefault(line.seat, {})
        for oldest in list(mine)[: max(0, len(mine) - settings.LIMIT_LINES_PER_SEAT + 1)]:
            del mine[oldest]
            oldest.end("crowded")
        mine[line] = None
        metrics.lines.labels(kind=line.kind).inc()
        if trouble.now:
            self._tell_trouble(line)

    def has_space(self, room: int) -> bool:
        """Whether one more line may open in this room of this process."""
        here = self.rooms.get(room)
        return self.lines < settings.LIMIT_LINES_PER_PROCESS and (
            here is None or len(here.lines) < settings.LIMIT_LINES_PER_ROOM
        )

    def leave(self, line: Line) -> None:
        """A line is lost or closed."""
        line.gone()
        self._stop(("seat", line))
        mine = self.seats.get(line.seat, {})
        mine.pop(line, None)
        if not mine:
            self.seats.pop(line.seat, None)
        room = self.rooms.get(line.room)
        if room is None or line not in room.lines:
            return
        room.lines.discard(line)
        room.forget(line)
        self.lines -= 1
        metrics.lines.labels(kind=line.kind).dec()
        self._tidy(room)

    def _tidy(self, room: RoomHub) -> None:
        if not room.lines and not room.keys():
            self._stop(room.room)
            self.rooms.pop(room.room, None)

    async def watch(self, line: Line, have: dict[str, str]) -> None:
        """The line's screen now shows these parts and holds pictures of these hashes: send what differs."""
        room = self.rooms[line.room]
        names = [name for name in have if known(name, line.audience)]
        mine = self.seats.get(line.seat, {})
        if len(mine) > 1 or len(names) > MOST_PARTS:
            # What a seat already watches costs nothing more; what is new to it does, and one person's share is bounded.
            elsewhere = {name for other in mine if other is not line for name in other.holds}
            fresh = [name for name in names if name not in elsewhere][: max(0, MOST_PARTS - len(elsewhere))]
            names = [name for name in names if name in elsewhere or name in fresh][:MOST_PARTS]
        keys = room.show_to(line, {name: have[name] for name in names})
        await room.ensure(keys)
        for key in keys:
            picture = room.pictures.get(key)
            if picture is not None and key[0] in line.holds:
                line.offer(picture)

    async def pictures(self, room: int, keys: list[Key]) -> dict[Key, Picture]:
        """The pictures of these parts of a room for a page, from memory where they are fresh."""
        return await self.room(room).pictures_of(keys)

    def everything(self) -> None:
        """Paint all that is watched: hints may have been lost."""
        for room in list(self.rooms.values()):
            room.everything = True
            room.wake.set()
            self._tidy(room)

    async def farewell(self, seconds: float) -> None:
        """Ask all phones to come back to another process, spread over `seconds`."""
        lines = [line for room in self.rooms.values() for line in room.lines]
        random.shuffle(lines)
        for number, line in enumerate(lines):
            line.end("restart")
            if number % 20 == 19:
                await asyncio.sleep(20 * seconds / len(lines))
        for _look in range(100):  # each ends with a task of its own
            if self.lines == 0:
                return
            await asyncio.sleep(0.02)

    async def sweep(self) -> None:
        """Paint everything that is watched, now and then: heals a lost hint, and moves what depends on the minute."""
        while True:
            await asyncio.sleep(settings.LIVE_SWEEP_S * random.uniform(0.8, 1.2))
            garbage.look(self.lines)
            self.everything()
            await self.let_go()
            await beside.sweep()

    async def let_go(self) -> None:
        """Close the lines of seats that have ended, should the hint that said so have been lost."""
        try:
            looking = set(self.seats)
            for seat in looking - await threads.read(lambda: entrance().living_among(looking)):
                self.take(hints.Hint(seat=seat, end=True))
        except Exception:
            log.exception("seats were not looked at")


hub = Hub()
