"""A wire: how bytes leave for one phone. One for each server that lets us look into its buffers, a plain one for all others.

A server's adapter (on_uvicorn.py, on_daphne.py) puts its wire into the scope's extensions under NAME."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from deliberate.live.frames import Frame

NAME = "deliberate.wire"


class Wire(Protocol):
    """Where frames are put. Nothing here waits."""

    @property
    def full(self) -> bool:
        """Whether what was put before still waits for the kernel to take it."""

    def put(self, frame: Frame) -> None:
        """Hand a frame over, in order. Put into a wire that is full, it costs memory: look first."""

    def when_drained(self, tell: Callable[[], None]) -> None:
        """Call `tell` once what waits has left; a wire that is lost never calls."""


class PlainWire:
    """Any ASGI server's `send`. It waits where the server lets it; what waits is counted here."""

    __slots__ = ("_busy", "_queue", "_send", "_tell")

    def __init__(self, send: Callable[[dict[str, Any]], Any]) -> None:
        self._send = send
        self._queue: deque[Frame] = deque()
        self._busy: asyncio.Task[None] | None = None
        self._tell: Callable[[], None] | None = None

    def put(self, frame: Frame) -> None:
        self._queue.append(frame)
        if self._busy is None:
            self._busy = asyncio.get_running_loop().create_task(self._work())

    @property
    def full(self) -> bool:
        return self._busy is not None

    def when_drained(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    async def put_out(self) -> None:
        """Wait until all that was put is sent, so that what is sent past this wire comes after it."""
        if self._busy is not None:
            await asyncio.shield(self._busy)

    async def _work(self) -> None:
        try:
            while self._queue:
                await self._send({"type": "websocket.send", "text": self._queue.popleft().text})
        except Exception:
            self._queue.clear()  # the server says that the line is gone; the consumer hears of it by itself
            return
        finally:
            self._busy = None
        tell, self._tell = self._tell, None
        if tell is not None:
            tell()


def wire_of(scope: Any, send: Callable[[dict[str, Any]], Any]) -> Wire:
    """The wire of a socket: the server's own where it has one, else a plain one."""
    own: Wire | None = scope.get("extensions", {}).get(NAME)
    return own if own is not None else PlainWire(send)
