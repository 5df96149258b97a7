"""uvicorn as this service starts it, on uvloop where there is one: no log of its own (it holds addresses), dead lines noticed,
bodies bounded, and what a proxy claims of a caller believed by nobody but our own settings."""

from __future__ import annotations

import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from deliberate.live.on_uvicorn import Protocol
from deliberate.shell.bounds import bounded
from deliberate.shell.server import (
    ANSWERED_S,
    BACKLOG,
    LONGEST_BODY,
    PING_S,
    PONG_S,
    farewell,
    longest_frame,
)

#: Longer than a proxy keeps an idle connection to us: it hangs up, not we while it sends.
IDLE_S = 150


class Server(uvicorn.Server):
    """uvicorn on a socket that is open already, which ends gently."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve, then say so."""
        await super().startup(sockets)
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Told to end; told again, at once. uvicorn's own would end the process by the same signal afterwards."""
        self.force_exit = self.should_exit
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let nobody in, let everybody go, and then do as uvicorn does with what is left: idle connections."""
        for server in self.servers:
            server.close()
        if not self.force_exit:
            await farewell(lambda: False)  # what is under way uvicorn waits for by itself
        await super().shutdown(sockets)


def run(application: Any, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until this process is told to end."""
    config = uvicorn.Config(
        bounded(application, LONGEST_BODY),
        interface="asgi3",
        loop="auto",
        http="auto",  # httptools where it is installed, else h11
        ws=Protocol,
        ws_max_size=longest_frame(),
        ws_per_message_deflate=False,  # Protocol has a way of its own
        ws_ping_interval=PING_S,
        ws_ping_timeout=PONG_S,
        lifespan="off",
        backlog=BACKLOG,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        headers=[("Server", "deliberate")],
        timeout_keep_alive=IDLE_S,
        timeout_graceful_shutdown=int(ANSWERED_S),
    )
    Server(config, ready).run(sockets=[listening])
