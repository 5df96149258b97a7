"""A line: one open connection (a socket or an SSE stream), the parts its screen shows, the pictures it holds.

It holds at most one waiting picture a part (newest wins) and at most a window of unread bytes: whoever reads slowly gets
fewer pictures, costs no memory, and slows nobody."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from django.conf import settings

from deliberate.live.painter import Picture, frame_of
from deliberate.shell import metrics


class Line:
    """One open connection. `send` hands a text frame to the transport; `close` ends the connection with a word why."""

    def __init__(
        self,
        *,
        kind: str,
        room: int,
        seat: int,
        audience: str,
        language: str,
        send: Callable[[str], Awaitable[None]],
        close: Callable[[str], Awaitable[None]],
        refresh: Callable[[], Awaitable[None]],
        asks_back: bool,
    ) -> None:
        self.kind, self.room, self.seat, self.audience, self.language = kind, room, seat, audience, language
        self._send, self._close, self.refresh = send, close, refresh
        self.asks_back = asks_back
        self.holds: dict[str, str] = {}
        self.pending: dict[str, Picture] = {}
        self.wake = asyncio.Event()
        self.sent = self.read = self.asked = 0
        self.pings: dict[str, int] = {}
        self.stalled_since: float | None = None
        self.forgot = False

    def offer(self, picture: Picture) -> None:
        """Let the line have this picture when it can take one; a waiting older one of the same part is dropped."""
        if self.holds.get(picture.name) == picture.hash:
            self.pending.pop(picture.name, None)
            return
        self.pending[picture.name] = picture
        self.wake.set()

    async def send(self, text: str) -> None:
        """Send at once, counted against the window. Every quarter of it the phone is asked how far it has read."""
        self.sent += len(text.encode())
        await self._send(text)
        if self.asks_back and self.sent - self.asked > settings.LIVE_WINDOW_BYTES // 4:
            self.asked = self.sent
            word = secrets.token_hex(4)  # only somebody who reads what we sent can say it back
            self.pings[word] = self.sent
            await self._send(f'{{"ping":"{word}"}}')

    def pong(self, word: object) -> None:
        """The phone has read up to the ping that held `word`."""
        read = self.pings.pop(word, None) if isinstance(word, str) else None
        if read is not None:
            self.read = max(self.read, read)
            self.stalled_since = None
            self.wake.set()

    @property
    def unread(self) -> int:
        """Bytes sent that the phone has not said to have read."""
        return self.sent - self.read

    @property
    def full(self) -> bool:
        return self.unread > int(settings.LIVE_WINDOW_BYTES)

    async def close(self, why: str) -> None:
        metrics.closed.labels(why=why).inc()
        await self._close(why)

    async def write(self) -> None:
        """Hand over pending pictures for as long as the line is open: the newest of each part, while the window allows."""
        while True:
            await self.wake.wait()
            self.wake.clear()
            while self.pending:
                if self.full:
                    if not self.asks_back:
                        await self.close("window")  # a stream can't answer: it ends here and comes back by itself
                        return
                    if await self._stalled():
                        return
                    break
                pictures = self._next()
                self.holds |= {picture.name: picture.hash for picture in pictures}
                if pictures:
                    metrics.pictures.inc(len(pictures))
                    await self.send(frame_of(pictures))

    def _next(self) -> tuple[Picture, ...]:
        """As many waiting pictures as fit into a quarter of the window, at least one; none that left the screen."""
        taken: list[Picture] = []
        size = 0
        for name in list(self.pending):
            picture = self.pending[name]
            if taken and size + len(picture.html) > settings.LIVE_WINDOW_BYTES // 4:
                break
            del self.pending[name]
            if name in self.holds:
                taken.append(picture)
                size += len(picture.html)
        return tuple(taken)

    async def _stalled(self) -> bool:
        """Wait for the line to read on; True where it did not within the limit and was closed."""
        moment = time.monotonic()
        self.stalled_since = self.stalled_since or moment
        left = self.stalled_since + settings.LIVE_STALL_S - moment
        if left <= 0:
            await self.close("stalled")
            return True
        with suppress(TimeoutError):
            await asyncio.wait_for(self.wake.wait(), left)
        self.wake.set()
        return False
