"""A proxy between a browser and the service: as strict, or as broken, as the networks that people sit behind."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Proxy:
    """Listens on a port of its own and passes requests on, one a connection.

    `sockets`: "open" passes WebSockets on, "refused" answers them with 403, "mute" opens them and passes no frame.
    `deaf`: nothing of what the service says comes back. `down`: nobody gets through at all."""

    def __init__(self, to_port: int) -> None:
        self.to_port = to_port
        self.sockets = "open"
        self.deaf = self.down = False
        self.seen: list[str] = []
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Every line that is open now breaks."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                _close(end)

    def close(self) -> None:
        _close(self._listening)
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                browser, _address = self._listening.accept()
                threading.Thread(target=self._serve, args=[browser], daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        with suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                more = browser.recv(65536)
                if not more:
                    break
                head += more
            self.seen.append(head.partition(b"\r\n")[0].decode())
            upgrade = b"\r\nupgrade: websocket" in head.lower()
            if self.down or not head:
                _close(browser)
            elif upgrade and self.sockets == "refused":
                browser.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                _close(browser)
            else:
                if not upgrade:
                    head = head.replace(b"Connection: keep-alive", b"Connection: close")
                self._pass_on(browser, head, mute=upgrade and self.sockets == "mute")

    def _pass_on(self, browser: socket.socket, head: bytes, *, mute: bool) -> None:
        service = socket.create_connection(("127.0.0.1", self.to_port))
        self._pairs.append((browser, service))
        service.sendall(head)
        if mute:
            browser.sendall(service.recv(65536))
            return
        threading.Thread(target=self._pump, args=[browser, service], daemon=True).start()
        self._pump(service, browser, back=True)

    def _pump(self, source: socket.socket, target: socket.socket, *, back: bool = False) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if not (back and self.deaf):
                    target.sendall(data)
        _close(source)
        _close(target)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()


@contextmanager
def proxy(to_port: int) -> Iterator[Proxy]:
    found = Proxy(to_port)
    try:
        yield found
    finally:
        found.close()
