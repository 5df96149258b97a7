"""Sound for the engines of these tests: 16 bit, 16 kHz, mono."""

from __future__ import annotations

import struct

from rooms.captions.core import RATE


def tone(seconds: float, loud: int = 9000) -> bytes:
    return struct.pack("<2h", loud, -loud) * round(seconds * RATE / 2)


def silence(seconds: float) -> bytes:
    return b"\0\0" * round(seconds * RATE)


#: What ends the engine Tones.
DEADLY = struct.pack("<h", 32767) * (RATE // 10)
