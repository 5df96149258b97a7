from __future__ import annotations

import re

import segno

from rooms.events.qr import QUIET, qr


def test_the_path_draws_every_dark_module_and_no_other() -> None:
    text = "https://plenary.example/join/K7M4PX/"
    drawn = set()
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", qr(text).path):
        drawn |= {(column, int(y)) for column in range(int(x), int(x) + int(width))}
    matrix = segno.make(text, error="m", micro=False).matrix
    assert drawn == {(x, y) for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark}


def test_the_quiet_zone_is_inside_the_picture() -> None:
    side = len(segno.make("a", error="m", micro=False).matrix) + 2 * QUIET
    assert qr("a").box == f"-4 -4 {side} {side}"
