"""QR codes as plain SVG: one path, no style, nothing loaded from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import segno

#: Modules of white that a reader needs on every side.
QUIET = 4


@dataclass(frozen=True, slots=True)
class Qr:
    """What the template events/qr.html draws: the viewBox (quiet zone inside) and the path of the dark modules."""

    box: str
    path: str


def qr(text: str) -> Qr:
    """The QR code of `text`, readable with 15 % of it covered. ValueError where the text is too long for any."""
    matrix = segno.make(text, error="m", micro=False).matrix
    side = len(matrix) + 2 * QUIET
    return Qr(box=f"{-QUIET} {-QUIET} {side} {side}", path="".join(_row(y, row) for y, row in enumerate(matrix)))


def _row(y: int, row: bytearray) -> str:
    """The dark runs of one row as rectangles."""
    found, x = [], 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            found.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
        x += 1
    return "".join(found)
