"""What a statement stands on: text as it is kept, support by group, versions under seal, what changed between two."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from rooms.events.folding import Cell, K, fold
from rooms.transcript.core import Diff, Op, diff

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

#: Letters of a clause.
LONGEST_CLAUSE = 2000
#: What every reader of JSON keeps exactly (RFC 8785, RFC 7493).
LARGEST_INT = 2**53 - 1


class Stance(StrEnum):
    SUPPORT = "support"
    OPPOSE = "oppose"


def marks(clause: str, value: str, revision: int, reservation: str = "") -> set[str]:
    """What a seat's screen knows it by where it stands: "stands:<clause>:<value>", "stood:<clause>",
    "stood:<clause>:<the wording that was read>", and "reservation:<clause>=<its own words>"."""
    found = {f"stands:{clause}:{value}", f"stood:{clause}", f"stood:{clause}:{revision}"}
    return found | {f"reservation:{clause}={reservation}"} if reservation else found


@dataclass(frozen=True, slots=True)
class CellSupport:
    """How many seats of the groups of one cell support a clause, and how many oppose it."""

    cell: Cell
    support: int
    oppose: int


@dataclass(frozen=True, slots=True)
class Support:
    """Totals, and the cells that may be shown; no cells where none may be."""

    support: int
    oppose: int
    cells: tuple[CellSupport, ...]


def support(stances: Iterable[tuple[str, Stance]], groups: Iterable[str] = (), k: int = K) -> Support:
    """Support of a clause by group, small groups folded.

    `stances`: group ("" for none given) and stance, one for each seat that took one. `groups`: all groups that have
    seats, so that one without a stance counts as small instead of being absent."""
    taken = Counter(stances)
    sizes = dict.fromkeys(groups, 0)
    for (group, _stance), count in taken.items():
        sizes[group] = sizes.get(group, 0) + count

    def of(cell: Cell, stance: Stance) -> int:
        return sum(taken[group, stance] for group in cell.groups)

    cells = tuple(CellSupport(cell, of(cell, Stance.SUPPORT), of(cell, Stance.OPPOSE)) for cell in fold(sizes, k))
    totals = Counter[Stance]()
    for (_group, stance), count in taken.items():
        totals[stance] += count
    return Support(totals[Stance.SUPPORT], totals[Stance.OPPOSE], cells)


def moved(before: tuple[int, int], after: tuple[int, int]) -> int:
    """The fewest seats that must have taken, changed or taken back their stand between two totals (support, oppose)."""
    support, oppose = after[0] - before[0], after[1] - before[1]
    # One seat that changes sides counts in both.
    return max(abs(support), abs(oppose)) if support * oppose < 0 else abs(support) + abs(oppose)


def seal(content: Mapping[str, Json]) -> str:
    """SHA-256 (64 hexadecimal letters) of a version's canonical JSON: equal versions have equal seals, any other letter
    gives another."""
    return hashlib.sha256(canonical(dict(content))).hexdigest()


def quote_seal(quote: str, salt: str) -> str:
    """SHA-256 of a salt and a quote: what a version seals in the quote's place, so that the quote can be withheld and the
    version checked all the same. Without the salt nobody can try out what the quote may have been."""
    return hashlib.sha256((salt + quote).encode()).hexdigest()


def canonical(value: Json) -> bytes:
    """The one way to write a value: JSON after RFC 8785, in UTF-8, so that anybody can check a seal with tools that are
    not ours.

    Numbers are whole and within 2**53; ValueError for others, and for text that is not Unicode."""
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":")).encode()


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        # The RFC sorts by UTF-16 code units, which is not the order of Python's strings.
        return {name: _ordered(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
    if isinstance(value, list):
        return [_ordered(entry) for entry in value]
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > LARGEST_INT):
        raise ValueError("a sealed number is whole and within 2**53")
    return value


class Change(StrEnum):
    """What happened to a clause between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Changed:
    """One clause in two versions: its number then and now (None where it was not there), its words marked, and the
    quotes it gained and lost."""

    change: Change
    before: int | None
    after: int | None
    words: Diff
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def compare(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[Changed]:
    """The clauses of two versions side by side, in the order of the newer; a removed one stands where it stood.

    A clause is {"handle", "number", "text", "citations": [{"quote"}]}; the handle says that two are the same."""
    old = {clause["handle"]: clause for clause in before}
    kept = {clause["handle"] for clause in after}
    changes: list[Changed] = []
    gone = [clause for clause in before if clause["handle"] not in kept]
    for clause in after:
        while gone and gone[0]["number"] <= clause["number"]:
            changes.append(_changed(gone.pop(0), None))
        changes.append(_changed(old.get(clause["handle"]), clause))
    return changes + [_changed(clause, None) for clause in gone]


def _changed(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Changed:
    was, now = (clause["text"] if clause else "" for clause in (before, after))
    had, has = ([cited["quote"] for cited in clause["citations"]] if clause else [] for clause in (before, after))
    then, since = (clause["number"] if clause else None for clause in (before, after))
    if before is None:
        change = Change.ADDED
    elif after is None:
        change = Change.REMOVED
    elif was != now:
        change = Change.REWORDED
    else:
        change = Change.SAME if then == since else Change.RENUMBERED
    gained, lost = tuple((Counter(has) - Counter(had)).elements()), tuple((Counter(had) - Counter(has)).elements())
    return Changed(change, then, since, diff(was, now), gained, lost)


def shortened(words: Diff, letters: int) -> Diff:
    """Marked words with no more than about so many letters: what did not change is left out first, from its middle."""
    spare = letters - sum(len(piece) for op, piece in words if op is not Op.SAME)
    same = [len(piece) for op, piece in words if op is Op.SAME]
    share = max(spare // max(len(same), 1), 40)
    return [(op, piece if op is not Op.SAME else _middle_out(piece, share)) for op, piece in words]


def _middle_out(text: str, letters: int) -> str:
    if len(text) <= letters:
        return text
    head, tail = text[: letters // 2].rpartition(" ")[0], text[-(letters // 2) :].partition(" ")[2]
    return f"{head} … {tail}"
