"""What a statement stands on: quotes that are verbatim, support by group, versions under seal."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from polls.ballots.folding import Cell, K, fold

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

LARGEST_INT = 2**53 - 1  # what every reader of JSON keeps exactly (RFC 8785, RFC 7493)


class Stance(StrEnum):
    SUPPORT = "support"
    OPPOSE = "oppose"


@dataclass(frozen=True, slots=True)
class CellSupport:
    cell: Cell
    support: int
    oppose: int


@dataclass(frozen=True, slots=True)
class Support:
    """Totals, and the cells that may be shown; no cells where none may be."""

    support: int
    oppose: int
    cells: tuple[CellSupport, ...]


def support(
    stances: Iterable[tuple[str, Stance]], groups: Iterable[str] = (), k: int = K
) -> Support:
    """Support of a clause by group, small groups folded.

    `stances`: group ("" for none given) and stance, one for each seat that took one. `groups`: all
    groups that have seats, so that one without a stance counts as small instead of being absent.
    """
    taken = Counter(stances)
    sizes = dict.fromkeys(groups, 0)
    for (group, _), count in taken.items():
        sizes[group] = sizes.get(group, 0) + count
    cells = tuple(
        CellSupport(
            cell,
            sum(taken[group, Stance.SUPPORT] for group in cell.groups),
            sum(taken[group, Stance.OPPOSE] for group in cell.groups),
        )
        for cell in fold(sizes, k)
    )
    totals = Counter[Stance]()
    for (_, stance), count in taken.items():
        totals[stance] += count
    return Support(totals[Stance.SUPPORT], totals[Stance.OPPOSE], cells)


@dataclass(frozen=True, slots=True)
class Citation:
    """`source`: what kind of thing is cited (segment, idea, poll); `handle`: which; `start` and
    `end`: where in its text the quote stands, in code points."""

    source: str
    handle: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    number: int
    text: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """`statement`: its handle; `number`: of the version, from 1; clauses in their order."""

    statement: str
    number: int
    title: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """The canonical bytes of a settled version and their SHA-256 in hexadecimal."""

    json: bytes
    sha256: str


def record(version: Version) -> dict[str, Json]:
    """The version as plain values, as it is sealed and exported."""
    clauses: list[Json] = []
    for clause in version.clauses:
        citations: list[Json] = [
            {
                "end": citation.end,
                "handle": citation.handle,
                "quote": citation.quote,
                "source": citation.source,
                "start": citation.start,
            }
            for citation in clause.citations
        ]
        clauses.append({"citations": citations, "number": clause.number, "text": clause.text})
    return {
        "clauses": clauses,
        "number": version.number,
        "statement": version.statement,
        "title": version.title,
    }


def seal(version: Version) -> Seal:
    """Equal versions have equal seals; any other letter gives another."""
    sealed = canonical(record(version))
    return Seal(sealed, hashlib.sha256(sealed).hexdigest())


def canonical(value: Json) -> bytes:
    """The one way to write a value: JSON after RFC 8785, in UTF-8, so that anybody can check a seal
    with tools that are not ours.

    Numbers are whole and within 2**53; ValueError for others, and for text that is not Unicode.
    """
    text = json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def _ordered(value: Json) -> Json:
    if isinstance(value, Mapping):
        # The RFC sorts by UTF-16 code units, which is not the order of Python's strings.
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: _ordered(value[name]) for name in names}
    if isinstance(value, list):
        return [_ordered(entry) for entry in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_INT):
        raise ValueError("a sealed number is whole and within 2**53")
    return value
