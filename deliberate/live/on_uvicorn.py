"""Sockets on uvicorn: a ready frame goes straight into the transport, and permessage-deflate never keeps a context."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory

from deliberate.live.frames import Frame
from deliberate.live.wire import NAME

#: What may wait in our memory for one phone before pictures are held back, in bytes.
ROOM = 8_192
#: What the kernel may hold unsent for one phone: beyond that, pictures would only grow stale there.
UNSENT = 16_384
_DEFLATE = ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, which is its own wire (deliberate/live/wire.py)."""

    deflates = full = False
    _tell: Callable[[], None] | None = None

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.conn.available_extensions = [_DEFLATE]  # uvicorn's own would keep a context for each phone

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=ROOM, low=0)
        opened = transport.get_extra_info("socket")
        if (
            opened is not None
            and hasattr(socket, "TCP_NOTSENT_LOWAT")
            and opened.family in (socket.AF_INET, socket.AF_INET6)
        ):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if hasattr(self, "scope"):  # else it was refused
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[NAME] = self
            agreed = next((each for each in self.conn.extensions if isinstance(each, PerMessageDeflate)), None)
            self.deflates = agreed is not None and agreed.local_max_window_bits == 15

    def put(self, frame: Frame) -> None:
        if self.handshake_complete and not self.close_sent and not self.disconnected:
            self.transport.write(frame.packed if self.deflates else frame.data)

    def when_drained(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def pause_writing(self) -> None:
        super().pause_writing()
        self.full = True

    def resume_writing(self) -> None:
        super().resume_writing()
        self.full = False
        tell, self._tell = self._tell, None
        if tell is not None:
            tell()

    def send_receive_event_to_app(self) -> None:
        # Inherited: reading stops after every message and starts again when it is heard, two system calls each. Here a phone
        # is only held up when several of its messages wait.
        self.read_paused, before = True, self.read_paused
        super().send_receive_event_to_app()
        self.read_paused = before
        if self.queue.qsize() > 8 and not before:
            self.read_paused = True
            self.transport.pause_reading()
