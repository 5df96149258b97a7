"""The floor: a handshake, and then transport.write() of one ready frame to every socket, on uvloop. No library between."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
import sys
from typing import Any

import uvloop

from deliberate.bench.peers.orders import obey

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_key = re.compile(rb"Sec-WebSocket-Key: (\S+)", re.IGNORECASE)
open_lines: set[Any] = set()


class Line(asyncio.Protocol):
    """Shakes hands, and takes no notice of what comes in."""

    def connection_made(self, transport: Any) -> None:  # uvloop's is of no common class
        self.transport, self.head = transport, b""

    def data_received(self, data: bytes) -> None:
        if self.transport in open_lines:
            return
        self.head += data
        key = _key.search(self.head)
        if key is not None and self.head.endswith(b"\r\n\r\n"):
            accept = base64.b64encode(hashlib.sha1(key.group(1) + GUID, usedforsecurity=False).digest())
            head = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            self.transport.write(head + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            open_lines.add(self.transport)

    def connection_lost(self, error: Exception | None) -> None:
        open_lines.discard(self.transport)


def frame_of(text: str) -> bytes:
    """A text of up to 64 KB as a server's frame."""
    payload = text.encode()
    size = len(payload)
    return (bytes((0x81, size)) if size < 126 else bytes((0x81, 126, size >> 8, size & 255))) + payload


async def send(text: str) -> None:
    frame = frame_of(text)
    for transport in open_lines:
        transport.write(frame)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", int(sys.argv[1]), backlog=4096)
    async with server:
        await obey(send)


if __name__ == "__main__":
    uvloop.run(main())
