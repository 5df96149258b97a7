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


class Wire:
    """One phone's wire (deliberate/live/wire.py). Small: a room has thousands, and each picture goes through all of them."""

    __slots__ = ("_deflates", "_tell", "_write", "full")

    def __init__(self, write: Callable[[bytes], None], *, deflates: bool) -> None:
        self._write, self._deflates = write, deflates
        self.full = False
        self._tell: Callable[[], None] | None = None

    def put(self, frame: Frame) -> None:
        self._write(frame.packed if self._deflates else frame.data)

    def when_drained(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    def drained(self) -> None:
        self.full = False
        tell, self._tell = self._tell, None
        if tell is not None:
            tell()

    def hang_up(self) -> None:
        """Nothing may follow the word that closes a socket."""
        self._write = _nowhere


def _nowhere(_data: bytes) -> None: ...


class Protocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, with a wire."""

    wire: Wire | None = None
    _close_sent = False

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
            agreed = next((each for each in self.conn.extensions if isinstance(each, PerMessageDeflate)), None)
            deflates = agreed is not None and agreed.local_max_window_bits == 15
            extensions: dict[str, Any] = self.scope["extensions"]
            extensions[NAME] = self.wire = Wire(self.transport.write, deflates=deflates)

    @property
    def close_sent(self) -> bool:  # uvicorn's own attribute, set in many places
        return self._close_sent

    @close_sent.setter
    def close_sent(self, sent: bool) -> None:
        self._close_sent = sent
        if sent:
            self._hang_up()

    def connection_lost(self, exc: Exception | None) -> None:
        self._hang_up()
        super().connection_lost(exc)
        self.conn.parser.close()  # a generator and what holds it refer to each other (garbage.py)

    def shutdown(self) -> None:
        self._hang_up()
        super().shutdown()

    def _hang_up(self) -> None:
        if self.wire is not None:
            self.wire.hang_up()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.wire is not None:
            self.wire.full = True

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.wire is not None:
            self.wire.drained()

    def send_receive_event_to_app(self) -> None:
        # Inherited: reading stops after every message and starts again when it is heard, two system calls each. Here a phone
        # is only held up when several of its messages wait.
        self.read_paused, before = True, self.read_paused
        super().send_receive_event_to_app()
        self.read_paused = before
        if self.queue.qsize() > 8 and not before:
            self.read_paused = True
            self.transport.pause_reading()
