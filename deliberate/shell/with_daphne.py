"""Daphne as this service starts it: no access log (it holds addresses), dead lines noticed, bodies bounded."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

import daphne.server  # noqa: F401  # before all of Twisted: it installs the reactor that runs on asyncio's loop
import structlog
from daphne import http_protocol
from twisted.internet import reactor as _reactor

from deliberate.live import on_daphne
from deliberate.shell.server import LONGEST_BODY, PING_S, PONG_S, farewell, longest_frame

log = structlog.get_logger("deliberate.shell")
reactor: Any = _reactor
_TOO_LONG = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Request(http_protocol.WebRequest):  # type: ignore[misc]  # daphne has no types
    """A request whose body ends at a bound. Daphne would take anything, and hold it in memory."""

    taken = 0

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # twisted's name
        """Keep a piece of the body; past the bound, answer and hang up."""
        before, self.taken = self.taken, self.taken + len(data)
        if self.taken <= LONGEST_BODY:
            super().handleContentChunk(data)
        elif before <= LONGEST_BODY:
            self.channel.transport.write(_TOO_LONG)
            self.channel.loseConnection()


class Server(on_daphne.Server):
    """Daphne on a socket that is open already, which ends gently."""

    def __init__(self, application: Any, listening: socket.socket, ready: Callable[[], None]) -> None:
        super().__init__(
            application,
            endpoints=["the open socket"],  # it wants one; see run()
            signal_handlers=False,
            action_logger=None,
            server_name="deliberate",
            ping_interval=PING_S,
            ping_timeout=PONG_S,
            http_timeout=None,
            websocket_timeout=-1,
            websocket_max_message_size=longest_frame(),
            websocket_max_frame_size=longest_frame(),
            application_close_timeout=5,
            verbosity=0,
            ready_callable=self._start_soon,
        )
        self.endpoints: list[str] = []
        self._listening, self._ready = listening, ready
        self._callers: WeakSet[Any] = WeakSet()
        self._end: asyncio.Task[None] | None = None

    def _start_soon(self) -> None:
        """The factories are made, and the loop is about to run."""
        loop = asyncio.get_event_loop()
        build = self.http_factory.buildProtocol

        def remembered(address: Any) -> Any:
            caller = build(address)
            self._callers.add(caller)
            return caller

        self.http_factory.buildProtocol = remembered
        loop.call_soon(self._start)
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self._asked_to_end)

    def _start(self) -> None:
        self._port = reactor.adoptStreamPort(self._listening.fileno(), self._listening.family, self.http_factory)
        self._listening.close()  # it has a copy of its own
        self._ready()

    def _asked_to_end(self) -> None:
        if self._end is None:
            self._end = asyncio.get_running_loop().create_task(self._end_gently())
        else:
            reactor.stop()

    async def _end_gently(self) -> None:
        try:
            self._port.stopListening()
            for caller in list(self._callers):
                _last_answer(caller)
            await farewell(self._busy)
        except Exception:
            log.exception("it did not end gently")
        finally:
            if reactor.running:
                reactor.stop()

    def _busy(self) -> bool:
        under_way = (
            each.get("application_instance")
            for protocol, each in list(self.connections.items())
            if isinstance(protocol, http_protocol.WebRequest)
        )
        return any(each is not None and not each.done() for each in under_way)


def _last_answer(caller: Any) -> None:
    """Let who asks over this connection ask no more: it ends after the answer under way, at once where there is none.

    A connection that became a socket belongs to the hub, which says goodbye."""
    channel = getattr(caller, "_channel", caller)  # twisted's wrapper around it
    if getattr(channel.transport, "protocol", None) not in (caller, channel):
        return
    channel.persistent = False
    if not channel.requests:
        channel.loseConnection()


def run(application: Any, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until this process is told to end."""
    http_protocol.WebRequest = Request  # what Daphne's factory makes of every request; it offers no other seam
    Server(application, listening, ready).run()
