"""What the phones did and heard, counted; and every act with its answer, for whoever compares it with what is stored."""

from __future__ import annotations

import json
import resource
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import IO, Any

Signs = dict[str, list[float]]


@dataclass
class Figures:
    """Since the last mark. Times in ms; `signs` and `polls` hold moments of the monotonic clock."""

    pictures: int = 0
    frames: int = 0
    repeated: int = 0
    reconnects: int = 0
    failures: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    answered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    acks_ms: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    handshake_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    arrive_ms: list[float] = field(default_factory=list)
    back_ms: list[float] = field(default_factory=list)
    signs: Signs = field(default_factory=dict)
    polls: dict[str, list[float]] = field(default_factory=dict)
    page_bytes: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    cpu_s: float = 0.0
    seconds: float = 0.0


def cpu_s() -> float:
    """User and system seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def added(some: list[dict[str, Any]]) -> dict[str, Any]:
    """The figures of several processes as one: counts added, times put together; `seconds` is the longest, and
    `busiest` the largest share of a core that one of them took."""
    total: dict[str, Any] = {}
    for each in some:
        for name, value in each.items():
            if isinstance(value, dict):
                held = total.setdefault(name, {})
                for key, more in value.items():
                    held[key] = held[key] + more if key in held else more
            elif name == "seconds":
                total[name] = max(total.get(name, 0.0), value)
            else:
                total[name] = total[name] + value if name in total else value
    total["busiest"] = max((each["cpu_s"] / max(each["seconds"], 1e-9) for each in some), default=0.0)
    return total


class Ledger:
    """The figures of one process, and the file of its acts."""

    def __init__(self, path: str) -> None:
        self.file: IO[str] | None = open(path, "w", encoding="utf-8", buffering=1 << 20) if path else None  # noqa: PTH123, SIM115
        self.figures = Figures()
        self._since = time.monotonic()
        self._cpu = cpu_s()
        self._bytes = (0, 0)

    def mark(self, received: int, sent: int) -> None:
        """Count anew from here. `received`, `sent`: bytes of the connections so far."""
        self.figures = Figures()
        self._since, self._cpu, self._bytes = time.monotonic(), cpu_s(), (received, sent)

    def told(self, received: int, sent: int) -> dict[str, Any]:
        """The figures since the mark."""
        found = self.figures
        found.cpu_s, found.seconds = cpu_s() - self._cpu, time.monotonic() - self._since
        found.bytes_in, found.bytes_out = received - self._bytes[0], sent - self._bytes[1]
        return asdict(found)

    def write(self, *row: object) -> None:
        """One line: [act, seat, poll, choice, sent, answered, stored, code]; an act without its answer ends after `sent`."""
        if self.file is not None:
            self.file.write(json.dumps(row, separators=(",", ":")) + "\n")

    def flush(self) -> None:
        if self.file is not None:
            self.file.flush()
