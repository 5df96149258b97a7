"""Socket.IO as python-socketio serves it: an asyncio server under uvicorn and uvloop, sockets alone, one emit for all."""

from __future__ import annotations

import asyncio
import sys

import socketio
import uvicorn
import uvloop

from deliberate.bench.peers.orders import obey

server = socketio.AsyncServer(async_mode="asgi", transports=["websocket"], cors_allowed_origins="*")


async def send(text: str) -> None:
    await server.emit("picture", text)


async def main() -> None:
    config = uvicorn.Config(
        socketio.ASGIApp(server),
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="critical",
        ws_per_message_deflate=False,
        backlog=4096,
        lifespan="off",
    )
    running = uvicorn.Server(config)
    serving = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110  # it tells by a field
        await asyncio.sleep(0.01)
    await obey(send)
    serving.cancel()


if __name__ == "__main__":
    uvloop.run(main())
