"""Words as they are kept: how many they are, who they are shown as said by, and what a correction changed. Reading and writing of files is in vtt.py and plain.py."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from enum import Enum, StrEnum
from typing import TypeAlias

#: Steps of a comparison, some tenth of a second: parts are painted under a lock.
LONGEST_COMPARISON = 500_000
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


class Level(Enum):
    """How much is shown of who spoke, from most to least."""

    NAME = "name"
    ROLE = "role"
    GROUP = "group"
    NOBODY = "nobody"


class Op(StrEnum):
    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


Diff: TypeAlias = list[tuple[Op, str]]


@dataclass(frozen=True, slots=True)
class Shown:
    """Who words are shown as said by; `text` is empty for nobody. The level says what text is."""

    level: Level
    text: str


NOBODY = Shown(Level.NOBODY, "")


def words(text: str) -> list[str]:
    """The words as counted in reports: what stands between white space."""
    return text.split()


def lowest(*levels: Level) -> Level:
    """The level that shows least: of the event's, the turn's and the speaker's own."""
    order = list(Level)
    return max(levels, key=order.index)


def attribution(
    levels: Iterable[Level],
    *,
    name: str,
    role: str,
    group: str,
) -> Shown:
    """Who the words are shown as said by.

    `levels`: of the event, of the turn, of the speaker; the lowest wins, and none at all is nobody.
    `group`: empty where it may not be named.
    What is empty is not replaced by anything that tells more: it falls to the next lower level.
    """
    level = lowest(*levels, Level.NAME) if (levels := tuple(levels)) else Level.NOBODY
    texts = {Level.NAME: name, Level.ROLE: role, Level.GROUP: group}
    steps = list(Level)
    for step in steps[steps.index(level) : -1]:
        if texts[step].strip():
            return Shown(step, texts[step].strip())
    return NOBODY


class _TooLong(Exception):
    """Comparing these would take too long."""


class _Bounded(SequenceMatcher[str]):
    """A comparison that gives up after so many steps: words that mostly repeat take the cube of their number."""

    a: Sequence[str]
    b2j: dict[str, list[int]]
    left = LONGEST_COMPARISON

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        self.left -= sum(1 + len(self.b2j.get(token, ())) for token in self.a[alo:ahi])
        if self.left < 0:
            raise _TooLong
        return super().find_longest_match(alo, ahi, blo, bhi)


def diff(old: str, new: str) -> Diff:
    """What changed, word by word, for <del> and <ins>.

    The parts that are not inserted give the old text letter for letter, those not deleted the new. Between what both
    begin and end with, texts that would take long to compare are shown whole, first the old one.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    ends = [(Op.SAME, "".join(before[:head])), (Op.SAME, "".join(before[len(before) - tail :]))]
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    try:
        middle = _compared(before, after)
    except _TooLong:
        middle = [(Op.DELETED, "".join(before)), (Op.INSERTED, "".join(after))]
    return [part for part in (ends[0], *middle, ends[1]) if part[1]]


def _common(one: list[str], other: list[str]) -> int:
    """How many tokens both begin with."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _compared(before: list[str], after: list[str]) -> Diff:
    # White space is no anchor: without this, unrelated sentences match at every blank.
    matcher = _Bounded(str.isspace, before, after, autojunk=False)
    parts: Diff = []
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            parts.append((Op.SAME, "".join(before[a:b])))
            continue
        if a < b:
            parts.append((Op.DELETED, "".join(before[a:b])))
        if c < d:
            parts.append((Op.INSERTED, "".join(after[c:d])))
    return parts
