"""What a bench hands over: figures beside what they were to reach, tables, plots, and how each was measured."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from deliberate.bench.crew import PACE
from deliberate.bench.product import Product
from deliberate.shell.server import DEFAULT

Say = Callable[[str], None]


@dataclass(frozen=True)
class Asked:
    """How a bench is to be run. `phones`: sizes in place of its own, for a machine of another size or a smoke test.
    `product`: one that runs already, with so many seats, in place of one of its own."""

    say: Say
    quick: bool = False
    phones: tuple[int, ...] = ()
    repeats: int = 0
    seconds: float = 0.0
    workers: int = 1
    server: str = DEFAULT
    node_modules: Path | None = None
    product: Product | None = None
    #: Of `faults` and `ballots`: what the order of rounds comes from (0: by chance), and which faults or parts alone.
    seed: int = 0
    only: tuple[str, ...] = ()
    #: Of `suggestions`: the folder of meetings.
    meetings: Path | None = None
    #: Of `captions`: the folder of recordings.
    audio: Path | None = None

    def sizes(self, whole: Sequence[int], quick: Sequence[int]) -> tuple[int, ...]:
        return self.phones or tuple(quick if self.quick else whole)

    def times(self, whole: int, quick: int = 1) -> int:
        return self.repeats or (quick if self.quick else whole)

    def span_s(self, whole: float, quick: float) -> float:
        return self.seconds or (quick if self.quick else whole)

    @asynccontextmanager
    async def served(
        self, phones: int, cores: set[int], workers: int = 1, more: dict[str, str] | None = None
    ) -> AsyncIterator[Product]:
        """The product to be measured, with a crew that may do in seconds what a room does in minutes."""
        if self.product is not None:
            yield self.product
            return
        async with Product(phones, cores, workers, PACE | (more or {}), self.server) as product:
            yield product

    def served_by(self) -> dict[str, str]:
        """For the report: what serves the product, and its version."""
        server = self.product.server if self.product is not None else self.server
        return {"Served by": f"{server} {version(server)}"}

    @property
    def still_s(self) -> float:
        """How long nothing must come in until all is quiet."""
        return min(0.8, self.seconds or 0.8)


@dataclass(frozen=True)
class Reach:
    """A figure and its limit. `least`: it must be at least that, else at most."""

    name: str
    value: float
    limit: float
    unit: str = ""
    least: bool = False

    @property
    def ok(self) -> bool:
        return self.value >= self.limit if self.least else self.value <= self.limit

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "value": round(self.value, 4), "limit": self.limit, "ok": self.ok}


@dataclass(frozen=True)
class Table:
    """Rows of a table; the first of each names it."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    note: str = ""


@dataclass(frozen=True)
class Plot:
    """A drawing (SVG text) with the sentence that says what it shows."""

    title: str
    svg: str
    note: str = ""


@dataclass
class Result:
    """A whole report: `told` are the sentences at its head, `how` says how it was measured, `raw` goes into the JSON."""

    name: str
    title: str
    told: list[str] = field(default_factory=list)
    reach: list[Reach] = field(default_factory=list)
    shown: list[Table | Plot] = field(default_factory=list)
    how: list[str] = field(default_factory=list)
    raw: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
