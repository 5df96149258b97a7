"""Words as they are kept: how many they are, who they are shown as said by, and what a correction changed. Reading and writing of files is in vtt.py and plain.py."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import Enum, StrEnum
from typing import TypeAlias

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


def diff(old: str, new: str) -> Diff:
    """What changed, word by word, for <del> and <ins>.

    The parts that are not inserted give the old text letter for letter, those not deleted the new.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    # White space is no anchor: without this, unrelated sentences match at every blank.
    matcher = SequenceMatcher(str.isspace, before, after, autojunk=False)
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
