"""websockets.broadcast(), the library's own way to send one message to many, on uvloop and without compression."""

from __future__ import annotations

import sys

import uvloop
from websockets.asyncio.server import ServerConnection, broadcast, serve

from deliberate.bench.peers.orders import obey

lines: set[ServerConnection] = set()


async def hold(line: ServerConnection) -> None:
    lines.add(line)
    try:
        await line.wait_closed()
    finally:
        lines.discard(line)


async def send(text: str) -> None:
    broadcast(lines, text)


async def main() -> None:
    async with serve(
        hold, "127.0.0.1", int(sys.argv[1]), compression=None, ping_interval=None, backlog=4096, open_timeout=60
    ):
        await obey(send)


if __name__ == "__main__":
    uvloop.run(main())
