"""What a statement stands on: text as it is kept, support by group, versions under seal, what changed between two."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

from rooms.events.folding import Cell, K, fold
from rooms.transcript.core import Diff, Op, diff

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

#: Letters of a clause.
LONGEST_CLAUSE = 2000
#: What every reader of JSON keeps exactly (RFC 8785, RFC 7493).
LARGEST_INT = 2**53 - 1


class Stance(StrEnum):
    """The four stands on a clause, from for to against. The last two say why, in writing."""

    SUPPORT = "support"
    LIVE = "live"  # can live with it
    RESERVE = "reserve"  # a reservation
    BLOCK = "block"  # cannot accept it


#: Stands that say why.
WRITTEN = (Stance.RESERVE, Stance.BLOCK)


class Counts(NamedTuple):
    """How many seats take each stand, named as the stands are."""

    support: int = 0
    live: int = 0
    reserve: int = 0
    block: int = 0


def marks(clause: str, value: str, revision: int, reservation: str = "") -> set[str]:
    """What a seat's screen knows it by where it stands: "stands:<clause>:<value>", "stood:<clause>",
    "stood:<clause>:<the wording that was read>", and where it wrote, "written:<clause>" and "reservation:<clause>=<its own
    words>"."""
    found = {f"stands:{clause}:{value}", f"stood:{clause}", f"stood:{clause}:{revision}"}
    return found | {f"written:{clause}", f"reservation:{clause}={reservation}"} if reservation else found


@dataclass(frozen=True, slots=True)
class CellSupport:
    """How many seats of the groups of one cell take each stand."""

    cell: Cell
    counts: Counts


@dataclass(frozen=True, slots=True)
class Support:
    """Totals, and the cells that may be shown; no cells where none may be."""

    totals: Counts
    cells: tuple[CellSupport, ...]


def support(stances: Iterable[tuple[str, Stance]], groups: Iterable[str] = (), k: int = K) -> Support:
    """Stands on a clause by group, small groups folded.

    `stances`: group ("" for none given) and stance, one for each seat that took one. `groups`: all groups that have
    seats, so that one without a stance counts as small instead of being absent."""
    taken = Counter(stances)
    sizes = dict.fromkeys(groups, 0)
    for (group, _stance), count in taken.items():
        sizes[group] = sizes.get(group, 0) + count

    def of(some: Iterable[str]) -> Counts:
        some = list(some)
        return Counts(*(sum(taken[group, stance] for group in some) for stance in Stance))

    return Support(of(sizes), tuple(CellSupport(cell, of(cell.groups)) for cell in fold(sizes, k)))


def heard(stood: Mapping[str, int], k: int = K) -> list[str]:
    """The groups of whom k or more took a stand, in order. `stood`: by group ("" for none), how many did."""
    return sorted(group for group, count in stood.items() if group and count >= k)


def moved(before: Counts, after: Counts) -> int:
    """The fewest seats that must have taken, changed or taken back their stand between two totals."""
    more = [now - then for then, now in zip(before, after, strict=True)]
    # One seat that changes its stand counts in both sums.
    return max(sum(each for each in more if each > 0), -sum(each for each in more if each < 0))


class Majority(StrEnum):
    """Of those who voted for or against, how many carry."""

    HALF = "half"
    TWO_THIRDS = "two_thirds"
    THREE_QUARTERS = "three_quarters"


def carried(yes: int, no: int, majority: Majority) -> bool:
    """Whether `yes` carries over `no`: more than half, or at least two thirds or three quarters of both together. An even
    split carries nothing, and neither does nobody."""
    if yes + no == 0:
        return False
    if majority is Majority.HALF:
        return yes > no
    parts = (2, 3) if majority is Majority.TWO_THIRDS else (3, 4)
    return yes * parts[1] >= parts[0] * (yes + no)


class Way(StrEnum):
    """How an event settles its texts."""

    DRAFTERS = "drafters"  # when the drafters see fit
    CONSENSUS = "consensus"  # nobody cannot accept it
    CONSENT = "consent"  # enough support it or can live with it
    POLL = "poll"


class Amiss(StrEnum):
    """Why a clause can't be settled yet."""

    NOBODY_STOOD = "nobody_stood"
    TOO_FEW = "too_few"
    BLOCKED = "blocked"
    NOT_CARRIED = "not_carried"
    BY_POLL = "by_poll"


def in_the_way(way: Way, counts: Counts, earlier: int, seats: int, quorum: int, majority: Majority) -> Amiss | None:
    """What is in the way of settling a clause; None where nothing is.

    `counts`: stands on it, `earlier` of them on an earlier wording: those don't count as heard, but whoever could not accept
    it then still stands in the way. `quorum`: percent of `seats` that must have taken a stand on the wording that stands."""
    if way is Way.POLL:
        return Amiss.BY_POLL
    if way is Way.DRAFTERS:
        return None
    heard = sum(counts) - earlier
    if heard <= 0:
        return Amiss.NOBODY_STOOD
    if 100 * heard < quorum * seats:
        return Amiss.TOO_FEW
    if way is Way.CONSENSUS:
        return Amiss.BLOCKED if counts.block else None
    agreed = carried(counts.support + counts.live, counts.reserve + counts.block, majority)
    return None if agreed else Amiss.NOT_CARRIED


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
