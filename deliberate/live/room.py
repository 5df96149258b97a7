"""One room in this process: who watches what, which parts are stale, and the pictures as they stand.

A touched part is painted once per audience and language. Lines that show the same parts get the same frame."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError

from deliberate.door.entrance import entrance
from deliberate.live import load, threads
from deliberate.live.frames import frame_of
from deliberate.live.line import Line, hand
from deliberate.live.painter import Picture, paint
from deliberate.live.parts import split
from deliberate.live.screen import NO_PARTS, NOTHING, Holds, Key, Screen
from deliberate.live.trouble import trouble
from deliberate.shell import metrics

log = structlog.get_logger("deliberate.live")
#: So many lines in one go, then others have their turn: an answer must not wait for a whole room's pictures.
IN_ONE_GO = 250
#: Of the time that goes by, what pictures of one room may take at most: one part in so many.
SHARE = 4
#: A paint that takes less, in seconds, is no burden to anybody's answer.
AT_ONCE_S = 0.1
#: And never longer apart than this, in seconds: a process that stood still while it painted did not get slower by that.
LONGEST_S = 3.0
#: What a page asked for stays painted so long, in seconds: others come by the same way.
ASKED_S = 30


class RoomHub:
    """The lines of one room in this process."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.lines: set[Line] = set()
        self.screens: dict[tuple[str, str, tuple[str, ...]], Screen] = {}
        self.pictures: dict[Key, Picture] = {}
        self.asked: dict[Key, float] = {}
        self.stale: set[str] = set()
        self.everything = self.eager = False
        self.wake = asyncio.Event()
        self.hurry = asyncio.Event()
        self.painting = asyncio.Lock()
        self.cost = 0.0

    # ---- what is watched ---------------------------------------------------------------------------------------------

    def show_to(self, line: Line, have: dict[str, str]) -> list[Key]:
        """`line` shows these parts from now on and holds pictures of these hashes; the keys of its pictures."""
        self.forget(line)
        names = tuple(sorted(have))
        screen = self.screens.get((line.audience, line.language, names))
        if screen is None:
            screen = self.screens[line.audience, line.language, names] = Screen(line.audience, line.language, names)
            screen.holds = self._hashes(screen)
        line.screen, line.holds = screen, screen.in_step(have)
        if line.pending:
            line.pending = {name: picture for name, picture in line.pending.items() if name in have}
        screen.lines[line] = None
        return screen.keys

    def forget(self, line: Line) -> None:
        """Nothing of this room is shown to `line` any more."""
        screen = line.screen
        if screen.lines.pop(line, line) is None and not screen.lines:
            del self.screens[screen.audience, screen.language, screen.names]
        line.screen = NOTHING  # whoever is about to hand it a picture sees that it has left
        line.holds = NO_PARTS

    def keys(self) -> set[Key]:
        """All that somebody looks at."""
        late = time.monotonic() - ASKED_S
        self.asked = {key: since for key, since in self.asked.items() if since > late}
        shown = {key for screen in self.screens.values() for key in screen.keys}
        shown |= self.asked.keys()
        for key in self.pictures.keys() - shown:
            del self.pictures[key]
        return shown

    async def pictures_of(self, keys: Iterable[Key]) -> dict[Key, Picture]:
        """The pictures of these for a page; they stay painted for a while."""
        moment = time.monotonic()
        wanted = list(keys)
        for key in wanted:
            self.asked[key] = moment
        await self.ensure(wanted)
        return {key: self.pictures[key] for key in wanted if key in self.pictures}

    async def ensure(self, keys: list[Key]) -> None:
        """Let the pictures of these be in memory. Those that were touched follow with the next tick."""
        if not all(key in self.pictures for key in keys):
            async with self.painting:
                missing = [key for key in keys if key not in self.pictures]  # else another line's wait has painted them
                if missing:
                    await self._show(missing)

    def _hashes(self, screen: Screen) -> Holds:
        """Of the pictures of a screen as they stand."""
        return {key[0]: self.pictures[key].hash for key in screen.keys if key in self.pictures}

    # ---- when it is painted ------------------------------------------------------------------------------------------

    def touch(self, parts: Iterable[str], *, crowd: bool = False) -> None:
        """These parts are stale. `crowd`: by what a whole room does at once, which is shown when there is time."""
        self.stale.update(parts)
        self.wake.set()
        if not crowd:
            self.eager = True
            self.hurry.set()

    def tick(self) -> float:
        """Seconds between two paints of what the crowd does: as long as the room's size and the machine's load demand, so
        that a full core means fewer pictures and never a later answer."""
        return min(LONGEST_S, max(float(settings.LIVE_TICK_S), SHARE * self.cost) * load.stretch())

    def soon(self) -> float:
        """Seconds between two paints where a moderator waits: as long as one takes, and in a large room on a full core up to
        three times that."""
        slower = min(3.0, load.stretch()) if self.cost > AT_ONCE_S else 1.0
        return min(LONGEST_S / 4, max(float(settings.LIVE_TICK_S) / 10, self.cost * slower))

    async def run(self) -> None:
        while True:
            await self.wake.wait()
            self.wake.clear()
            everything, self.everything = self.everything, False
            stale, self.stale, self.eager = self.stale, set(), False
            self.hurry.clear()
            keys = [key for key in self.keys() if everything or split(key[0])[0] in stale]
            if keys:
                try:
                    await self.show(keys, heal=everything)
                except asyncio.CancelledError:
                    raise
                except Exception as problem:
                    trouble.found(problem)
                    # Painted again when that is possible: some may have been handed it, some not.
                    self.everything = True
                    self.wake.set()
                    log.exception("a paint failed")
                await self.pause()

    async def pause(self) -> None:
        """Wait for the next tick, or less where somebody's act must be seen at once."""
        begun = time.monotonic()
        await asyncio.sleep(self.soon())
        left = begun + self.tick() - time.monotonic()
        if left > 0 and not self.eager:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.hurry.wait(), left)

    # ---- painting ----------------------------------------------------------------------------------------------------

    async def show(self, keys: list[Key], *, heal: bool = False) -> None:
        """Paint these and hand them to whoever watches. One at a time: an older picture never follows a newer one.

        `heal`: also compare what each line holds, should something have gone wrong before."""
        async with self.painting:
            await self._show(keys, heal=heal)

    async def _show(self, keys: list[Key], *, heal: bool = False) -> None:
        before = time.perf_counter()
        painted = await threads.read(lambda: _paint_all(self.room, keys))
        took = time.perf_counter() - before
        # A picture that did not change is held, or waits, wherever it is shown.
        news = {key: picture for key, picture in painted.items() if self.pictures.get(key) != picture}
        self.pictures |= painted
        self.cost = took + await self._hand_out(painted if heal else news)

    async def _hand_out(self, news: dict[Key, Picture]) -> float:
        """Hand pictures to all lines that show them; the seconds it took, without the pauses for others."""
        worked = 0.0
        for screen in list(self.screens.values()):
            pictures = tuple(news[key] for key in screen.keys if key in news)
            if not pictures:
                continue
            ready = frame_of(pictures)
            held: Holds = {picture.name: picture.hash for picture in pictures}
            before = screen.holds
            if any(before.get(name) == digest for name, digest in held.items()):
                before = NO_PARTS  # to be compared with what each line holds
            screen.holds = self._hashes(screen)
            together = ready.size <= settings.LIVE_WINDOW_BYTES // 2
            everybody = list(screen.lines)
            for start in range(0, len(everybody), IN_ONE_GO):
                begun = time.perf_counter()
                some = everybody[start : start + IN_ONE_GO]
                left = hand(some, screen, ready, held, before) if together else some
                for line in left:
                    for picture in pictures:
                        if picture.name in line.holds:
                            line.offer(picture)
                metrics.pictures.inc((len(some) - len(left)) * len(pictures))
                worked += time.perf_counter() - begun
                await asyncio.sleep(0)
        return worked


def _paint_all(room_key: int, keys: list[Key]) -> dict[Key, Picture]:
    """The pictures of these parts. One that can't be painted is logged and left out: the others must not wait for it."""
    room = entrance().room_of(room_key)
    painted: dict[Key, Picture] = {}
    if room is None:
        return painted  # its event is over: whoever still looks is sent away with their seat
    room.read_once = {}
    for key in keys:
        try:
            painted[key] = paint(room, *key)
        except (OperationalError, InterfaceError):
            raise  # the database is away: all of it is painted when it is back
        except Exception:
            log.exception("a part was not painted", part=key[0], audience=key[1])
    return painted
