"""A line: one open connection (a socket or an SSE stream), the parts its screen shows, the pictures it holds.

It holds at most one waiting picture a part (newest wins) and at most a window of unread bytes: whoever reads slowly gets
fewer pictures, costs no memory, and slows nobody. Nothing here waits: a line is written to, or skipped."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

from django.conf import settings

from deliberate.live.frames import Frame, frame, frame_of
from deliberate.live.painter import Picture
from deliberate.live.screen import NO_PARTS, NOTHING, Holds, Screen
from deliberate.live.wire import Wire
from deliberate.shell import metrics


class Line:
    """One open connection. `close` ends it with a word why; `refresh` sends the seat's marks anew."""

    __slots__ = (
        "_close", "_due", "_patience", "asked", "asks_back", "audience", "closing", "forgot", "half", "holds", "kind",
        "language", "largest", "pending", "pings", "read", "refresh", "room", "screen", "seat", "sent", "smooth",
        "stalled_since", "window", "wire",
    )  # fmt: skip

    def __init__(
        self,
        *,
        kind: str,
        room: int,
        seat: int,
        audience: str,
        language: str,
        wire: Wire,
        close: Callable[[str], Awaitable[None]],
        refresh: Callable[[], Awaitable[None]],
        asks_back: bool,
    ) -> None:
        self.kind, self.room, self.seat, self.audience, self.language = kind, room, seat, audience, language
        self.wire, self._close, self.refresh = wire, close, refresh
        self.asks_back = asks_back
        self.screen: Screen = NOTHING
        self.holds: Holds = NO_PARTS
        self.pending: dict[str, Picture] | None = None
        self.sent = self.read = self.asked = self.largest = 0
        self.window: int = settings.LIVE_WINDOW_BYTES
        self.half = self.window // 2
        self.smooth = self.half if asks_back else self.window  # sent so much, it is time to see how far it has read
        self.pings: dict[str, int] | None = None
        self.stalled_since: float | None = None
        self._due: asyncio.Handle | None = None
        self._patience: asyncio.TimerHandle | None = None
        self.forgot = self.closing = False

    # ---- pictures ----------------------------------------------------------------------------------------------------

    def take(self, screen: Screen, ready: Frame, held: Holds, before: Holds) -> bool:
        """The pictures that a screen is handed, of these hashes, in a frame that is shared, at once. False where the line
        has to be offered them one by one: it lags, shows something else by now, or holds one of them already.
        `before`: what lines in step held till now."""
        wire = self.wire
        if self.pending or self.screen is not screen or self.sent - self.read > self.window or wire.full:
            return False
        holds = self.holds
        if holds is before:
            self.holds = screen.holds
        else:
            for name, digest in held.items():
                if holds[name] == digest:
                    return False
            self.holds = screen.in_step(holds | held)
        self.sent += ready.size
        wire.put(ready)
        if self.sent - self.asked > self.half and self.asks_back:
            self._ask()
        return True

    def offer(self, picture: Picture) -> None:
        """Let the line have this picture when it can take one; a waiting older one of the same part is dropped."""
        if self.holds.get(picture.name) == picture.hash:
            if self.pending:
                self.pending.pop(picture.name, None)
            return
        if self.pending is None:
            self.pending = {}
        self.pending[picture.name] = picture
        if self._due is None:  # at the end of this turn: what is offered together travels together
            self._due = asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        self._due = None
        while self.pending and not self.closing:
            if self.full:
                if not self.asks_back:
                    self.end("window")  # a stream can't answer: it ends here and comes back by itself
                elif self._patience is None:
                    self.stalled_since = self.stalled_since or time.monotonic()
                    self._wait_for_reading()
                return
            if self.wire.full:
                self._wait_for_reading()
                self.wire.when_drained(self._drained)
                return
            pictures = self._next()
            if pictures:
                self.holds = self.screen.in_step(self.holds | {picture.name: picture.hash for picture in pictures})
                metrics.pictures.inc(len(pictures))
                self.send(frame_of(pictures))
        if not self.pending:
            self.pending = None

    def _next(self) -> tuple[Picture, ...]:
        """As many waiting pictures as fit into a quarter of the window, at least one; none that left the screen."""
        taken: list[Picture] = []
        size = 0
        assert self.pending is not None
        for name in list(self.pending):
            picture = self.pending[name]
            if taken and size + len(picture.html) > self.window // 4:
                break
            del self.pending[name]
            if name in self.holds:
                taken.append(picture)
                size += len(picture.html)
        return tuple(taken)

    # ---- how far it has read -----------------------------------------------------------------------------------------

    def send(self, what: Frame) -> None:
        """Send at once, counted against the window. Every half of it the phone is asked how far it has read."""
        self.sent += what.size
        self.largest = max(self.largest, what.size)
        self.wire.put(what)
        if self.sent - self.asked > self.half and self.asks_back:
            self._ask()

    def _ask(self) -> None:
        self.asked = self.sent
        self._smoothed()
        word = secrets.token_hex(4)  # only somebody who reads what we sent can say it back
        if self.pings is None:
            self.pings = {}
        self.pings[word] = self.sent
        self.wire.put(frame({"ping": word}))

    def pong(self, word: object) -> None:
        """The phone has read up to the ping that held `word`."""
        read = self.pings.pop(word, None) if self.pings and isinstance(word, str) else None
        if read is not None:
            self.read = max(self.read, read)
            self._smoothed()
            self._moved()

    def _smoothed(self) -> None:
        self.smooth = min(self.read + self.window, self.asked + self.half)

    @property
    def unread(self) -> int:
        """Bytes sent that the phone has not said to have read."""
        return self.sent - self.read

    @property
    def full(self) -> bool:
        return self.sent - self.read > self.window

    def _drained(self) -> None:
        """The kernel has taken what waited."""
        if not self.full:
            self._moved()

    def _moved(self) -> None:
        self.stalled_since = None
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        if self.pending and self._due is None:
            self._due = asyncio.get_running_loop().call_soon(self._flush)

    def _wait_for_reading(self) -> None:
        if self._patience is None:
            self._patience = asyncio.get_running_loop().call_later(settings.LIVE_STALL_S, self.end, "stalled")

    # ---- its end -----------------------------------------------------------------------------------------------------

    def end(self, why: str) -> None:
        """Close, soon."""
        if not self.closing:
            asyncio.get_running_loop().create_task(self.close(why))  # it ends with the line

    async def close(self, why: str) -> None:
        if self.closing:
            return
        self.closing = True
        metrics.closed.labels(why=why).inc()
        await self._close(why)

    def gone(self) -> None:
        """The connection is lost: nothing is left to do for it."""
        self.closing = True
        self.pending = None
        for waits in (self._due, self._patience):
            if waits is not None:
                waits.cancel()
        self._due = self._patience = None
        # What it refers to refers back to it: else all there is would have to be looked through to find what lines leave.
        self._close, self.refresh = _over, _nothing


def hand(lines: list[Line], screen: Screen, ready: Frame, held: Holds, before: Holds) -> list[Line]:
    """Let all of these take what their screen is handed (Line.take); those who have to be offered it one by one.

    A room has thousands of lines: this is the way of most, written for speed, and touches little of each."""
    size, holds = ready.size, screen.holds
    left = []
    for line in lines:
        wire, sent = line.wire, line.sent + size
        if sent > line.smooth or line.holds is not before or line.pending or line.screen is not screen or wire.full:
            if not line.take(screen, ready, held, before):
                left.append(line)
            continue
        line.holds, line.sent = holds, sent
        wire.put(ready)
    return left


async def _over(_why: str) -> None: ...


async def _nothing() -> None: ...
