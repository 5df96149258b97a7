"""One phone of the many: its seat, where its line stands, what it holds."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from deliberate.load.net import Wire

#: As in line.js, in seconds: until a silent line counts as dead, until it counts as one that held, and the waits between.
PATIENCE, LASTING, QUIET, LEAST_WAIT, FIRST_WAIT, LONGEST_WAIT = 10.0, 10.0, 20.0, 0.1, 0.5, 15.0
AWAY, PAGE, ASKED, OPEN, OVER = range(5)
#: What a line has to hear before it counts as there.
BEAT, MARKS, PICTURES, GREETING = 1, 2, 4, 8


@dataclass(slots=True)
class Act:
    """One ballot on its way."""

    id: str
    poll: str
    choice: str
    frame: bytes
    sent: float
    failed: int = 0


@dataclass(slots=True, eq=False)
class Line:
    """One phone: its seat, where its line stands, and the pictures it holds."""

    number: int
    headers: str
    base: str
    wire: Wire
    state: int = AWAY
    awaits: int = 0
    holds: dict[str, str] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    poll: str = ""
    act: Act | None = None
    tries: int = 0
    spoke: float = 0.0
    heard: float = 0.0
    due: float = 0.0
    began: float = 0.0
    asked: float = 0.0
    told: float = 0.0
    changed: float = 0.0
    dropped: float = 0.0
    retried: float = 0.0
    pieces: bytes = b""


def wait_s(line: Line, moment: float) -> float:
    """How long a phone that has just lost its line waits before it tries again: full jitter, longer with every attempt."""
    line.tries = 1 if line.spoke and moment - line.spoke > LASTING else line.tries + 1
    line.spoke = 0.0
    return random.uniform(LEAST_WAIT, min(LONGEST_WAIT, FIRST_WAIT * 2**line.tries))


def compared(lines: list[Line], fresh: dict[str, str]) -> dict[str, Any]:
    """Phones beside the hashes of a fresh page: how many `differ` (or are away), in which `parts`, and `consistent_ms`,
    when each had all it holds now, counted from its first attempt to come back after its line was dropped."""
    parts: dict[str, int] = {}
    differ = 0
    for line in lines:
        wrong = [name for name, held in fresh.items() if name in line.holds and line.holds[name] != held]
        differ += bool(wrong) or line.state != OPEN
        for name in wrong:
            parts[name] = parts.get(name, 0) + 1
    times = [(line.changed - line.retried) * 1000 for line in lines if line.retried and line.state == OPEN]
    return {"differ": differ, "parts": parts, "consistent_ms": times}
