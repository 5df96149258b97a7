"""What goes over the line: one text, made into bytes once, however many phones get it.

RFC 6455 section 5.2 (a text frame of a server, unmasked) and RFC 7692 section 7.2.1 (its payload deflated without context
takeover, so that the same bytes suit every phone)."""

from __future__ import annotations

import json
import struct
import zlib
from functools import lru_cache

from deliberate.live.painter import Picture

#: Shorter texts gain nothing by deflating.
WORTH_DEFLATING = 256
_TEXT, _TEXT_DEFLATED = 0x81, 0xC1


class Frame:
    """A text to be sent. `text` for streams and plain servers; `data` and `packed` for sockets written to directly."""

    __slots__ = ("_packed", "data", "size", "text")

    def __init__(self, text: str) -> None:
        payload = text.encode()
        self.text, self.size = text, len(payload)
        #: The whole frame, header and payload.
        self.data = _framed(_TEXT, payload)
        self._packed = b""

    @property
    def packed(self) -> bytes:
        """The whole frame for phones that take deflated ones; the plain one where that is no longer."""
        if not self._packed:
            self._packed = self._deflated() if self.size >= WORTH_DEFLATING else self.data
        return self._packed

    def _deflated(self) -> bytes:
        squeeze = zlib.compressobj(level=6, wbits=-15)
        body = squeeze.compress(self.text.encode()) + squeeze.flush(zlib.Z_SYNC_FLUSH)
        framed = _framed(
            _TEXT_DEFLATED, body[:-4]
        )  # RFC 7692 section 7.2.1: the empty block's last four octets are left out
        return framed if len(framed) < len(self.data) else self.data


def _framed(first: int, payload: bytes) -> bytes:
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", first, length) + payload
    if length < 65_536:
        return struct.pack("!BBH", first, 126, length) + payload
    return struct.pack("!BBQ", first, 127, length) + payload


@lru_cache(maxsize=128)
def frame_of(pictures: tuple[Picture, ...]) -> Frame:
    """The frame that carries these pictures, shared by every line that gets just these."""
    held = {picture.name: [picture.hash, picture.html] for picture in pictures}
    return Frame(json.dumps({"p": held}, ensure_ascii=False, separators=(",", ":")))


def frame(value: object) -> Frame:
    """The frame of one JSON value."""
    return Frame(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
