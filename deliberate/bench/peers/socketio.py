"""Socket.IO as python-socketio serves it: an asyncio server under uvicorn and uvloop, sockets alone, one emit for all."""

from __future__ import annotations

import sys

import socketio
import uvloop

from deliberate.bench.peers.orders import by_uvicorn

server = socketio.AsyncServer(async_mode="asgi", transports=["websocket"], cors_allowed_origins="*")


async def send(text: str) -> None:
    await server.emit("picture", text)


if __name__ == "__main__":
    uvloop.run(by_uvicorn(socketio.ASGIApp(server), int(sys.argv[1]), send))
