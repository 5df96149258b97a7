"""Many raw sockets on one selector, with timers: as little as holding ten thousand lines takes."""

from __future__ import annotations

import errno
import heapq
import itertools
import selectors
import socket
import ssl
import sys
import time
from collections.abc import Callable
from typing import Any, Protocol

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE
#: Bytes taken from a socket at once, into one buffer that all of them share.
GULP = 262_144


class Wire:
    """One connection. `owner` is whatever the handler knows it by; `rest` are bytes of a frame not yet whole."""

    __slots__ = ("connected", "out", "owner", "rest", "sock", "tls")

    def __init__(self, owner: object) -> None:
        self.owner = owner
        self.sock: socket.socket | None = None
        self.tls: ssl.SSLSocket | None = None
        self.connected = False
        self.out = b""
        self.rest = b""


class Handler(Protocol):
    """Who hears what happens on the wires."""

    def opened(self, wire: Wire) -> None: ...
    def took(self, wire: Wire, data: memoryview) -> None: ...
    def gone(self, wire: Wire) -> None: ...


class Net:
    """The sockets to one address. `host` and `port` are where to connect; `tls` is the name to check, "" for none."""

    def __init__(self, host: str, port: int, tls: str, handler: Handler) -> None:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        self.address: Any = found[4]
        self.family, self.tls_name, self.handler = found[0], tls, handler
        self.context = ssl.create_default_context() if tls else None
        self.here = sys.platform == "linux" and str(self.address[0]).startswith("127.")
        self.selector = selectors.DefaultSelector()
        self.buffer = bytearray(GULP)
        self.view = memoryview(self.buffer)
        self.sent = self.received = 0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    # -- time ----------------------------------------------------------------------------------------------------------

    def at(self, moment: float, do: Callable[[], None]) -> None:
        """Do something at a moment of the monotonic clock."""
        heapq.heappush(self._timers, (moment, next(self._order), do))

    def turn(self, longest_s: float = 0.5) -> None:
        """Wait for something to happen, and handle it."""
        timers = self._timers
        wait = min(longest_s, max(0.0, timers[0][0] - time.monotonic())) if timers else longest_s
        for key, events in self.selector.select(wait):
            wire = key.data
            if isinstance(wire, Wire):
                if wire.sock is not None:  # else something in this very batch has closed it
                    self._happened(wire, events)
            else:
                wire()
        while timers and timers[0][0] <= time.monotonic():
            heapq.heappop(timers)[2]()

    def listen(self, descriptor: int, heard: Callable[[], None]) -> None:
        """Call `heard` when this descriptor can be read."""
        self.selector.register(descriptor, READ, heard)

    # -- wires ---------------------------------------------------------------------------------------------------------

    def connect(self, wire: Wire, number: int) -> None:
        """Begin to connect. On this machine's own loopback the lines come from several addresses: each has its ports."""
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.sock, wire.tls, wire.connected, wire.out, wire.rest = sock, None, False, b"", b""
        try:
            if self.here:
                sock.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: the port is chosen when connecting
                sock.bind((f"127.0.0.{2 + number % 4}", 0))
            code = sock.connect_ex(self.address)
        except OSError as error:
            code = error.errno or errno.EIO
        self.selector.register(sock, READ | WRITE, wire)
        if code not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
            self.lost(wire)

    def send(self, wire: Wire, data: bytes) -> None:
        """Send, or keep what does not fit for later."""
        if wire.sock is None:
            return
        if wire.out:
            wire.out += data
            return
        try:
            count = wire.sock.send(data)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            count = 0
        except OSError:
            self.lost(wire)
            return
        self.sent += count
        if count < len(data):
            wire.out = data[count:]
            self.selector.modify(wire.sock, READ | WRITE, wire)

    def drop(self, wire: Wire) -> None:
        """Close without a word, as a phone that loses its network."""
        if wire.sock is not None:
            self.selector.unregister(wire.sock)
            wire.sock.close()
            wire.sock = wire.tls = None
            wire.out = wire.rest = b""

    def lost(self, wire: Wire) -> None:
        """The other side has ended the connection, or it never came about."""
        self.drop(wire)
        self.handler.gone(wire)

    def _happened(self, wire: Wire, events: int) -> None:
        sock = wire.sock
        assert sock is not None
        if not wire.connected:
            self._connected(wire, sock, events)
            return
        if events & READ:
            self._read(wire)
        if events & WRITE and wire.sock is not None:
            left, wire.out = wire.out, b""
            if left:
                self.send(wire, left)
            if not wire.out and wire.sock is not None:
                self.selector.modify(wire.sock, READ, wire)

    def _connected(self, wire: Wire, sock: socket.socket, events: int) -> None:
        if wire.tls is None:
            if not events & WRITE:
                return
            if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.lost(wire)
                return
            if self.context is not None:
                self.selector.unregister(sock)
                wire.sock = wire.tls = self.context.wrap_socket(
                    sock, server_hostname=self.tls_name, do_handshake_on_connect=False
                )
                self.selector.register(wire.sock, READ | WRITE, wire)
        if wire.tls is not None:
            try:
                wire.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.selector.modify(wire.tls, READ, wire)
                return
            except ssl.SSLWantWriteError:
                self.selector.modify(wire.tls, WRITE, wire)
                return
            except OSError:
                self.lost(wire)
                return
        assert wire.sock is not None
        wire.connected = True
        self.selector.modify(wire.sock, READ, wire)
        self.handler.opened(wire)

    def _read(self, wire: Wire) -> None:
        while wire.sock is not None:
            sock = wire.sock
            try:
                count = sock.recv_into(self.buffer)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return
            except OSError:
                count = 0
            if not count:
                self.lost(wire)
                return
            self.received += count
            self.handler.took(wire, self.view[:count])
            # A socket with more to say is told of again; what TLS has read ahead is not.
            if wire.tls is None or not wire.tls.pending():
                return
