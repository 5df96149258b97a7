"""Sockets on Daphne: a ready frame goes straight into the kernel's buffer while nothing waits in Twisted's.

Twisted's own write costs four times as much, and has no bound. The fields named with an underscore are Twisted's private
ones: where they are missing, or TLS ends inside Daphne, sockets get the plain wire."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

from autobahn.websocket.compress import PerMessageDeflateOffer, PerMessageDeflateOfferAccept
from daphne import server as daphne
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from django.conf import settings
from twisted.internet.tcp import Connection

from deliberate.live.frames import Frame
from deliberate.live.on_uvicorn import UNSENT
from deliberate.live.wire import NAME

#: How often a phone that lags is looked at, in seconds: Twisted tells of a full buffer only from 64 KB on.
LOOK_S = 0.1


def _accept(offers: list[Any]) -> Any:
    """Deflate where the phone offers it with the full window; no context kept on either side."""
    for offer in offers:
        if (
            isinstance(offer, PerMessageDeflateOffer)
            and offer.accept_no_context_takeover
            and not offer.request_max_window_bits
        ):
            bound = settings.LIVE_FRAME_LIMIT_BYTES * 4
            return PerMessageDeflateOfferAccept(  # type: ignore[no-untyped-call]
                offer, request_no_context_takeover=True, no_context_takeover=True, max_message_size=bound
            )
    return None


class Protocol(WebSocketProtocol):  # type: ignore[misc]  # daphne has no types
    """Daphne's protocol, which is its own wire (deliberate/live/wire.py)."""

    deflates = False

    def onOpen(self) -> None:  # noqa: N802  # autobahn's name
        """The handshake is done: what was agreed about deflating is known."""
        self.deflates = self._perMessageCompress is not None
        opened = self.transport.socket if isinstance(self.transport, Connection) else None
        if (
            opened is not None
            and hasattr(socket, "TCP_NOTSENT_LOWAT")
            and opened.family in (socket.AF_INET, socket.AF_INET6)
        ):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT)
        super().onOpen()

    def sendClose(self, code: int | None = None, reason: str | None = None) -> None:  # noqa: N802
        """Close. autobahn refuses an application the codes 1012 and 1013 (try again), which are just what is meant."""
        if code in (1012, 1013):
            self.sendCloseFrame(code=code, isReply=False)
        else:
            super().sendClose(code, reason)

    def put(self, frame: Frame) -> None:
        if self.state != self.STATE_OPEN:
            return
        data = frame.packed if self.deflates else frame.data
        if not self.full:
            try:
                sent = self.transport.socket.send(data)
            except (BlockingIOError, InterruptedError):
                sent = 0
            except OSError:
                return  # Twisted finds the line lost by itself
            if sent == len(data):
                return
            data = data[sent:]
        self.transport.write(data)

    @property
    def full(self) -> bool:
        return bool(self.transport.dataBuffer or self.transport._tempDataBuffer)

    def when_drained(self, tell: Callable[[], None]) -> None:
        if self.state == self.STATE_OPEN and self.full:
            asyncio.get_running_loop().call_later(LOOK_S, self.when_drained, tell)
        else:
            tell()

    def fits(self) -> bool:
        """Whether Twisted's buffers are what this class takes them for."""
        transport = self.transport
        return (
            isinstance(transport, Connection)
            and hasattr(transport, "dataBuffer")
            and hasattr(transport, "_tempDataBuffer")
        )


class Factory(WebSocketFactory):  # type: ignore[misc]
    """Makes our protocol."""

    protocol = Protocol

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.setProtocolOptions(perMessageCompressionAccept=_accept)


class Server(daphne.Server):  # type: ignore[misc]
    """Daphne's server, whose sockets bring their wire."""

    def run(self) -> None:
        daphne.WebSocketFactory = Factory  # it offers no other seam
        super().run()

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if isinstance(protocol, Protocol) and protocol.fits():
            scope["extensions"] = {NAME: protocol}
        return super().create_application(protocol, scope)
