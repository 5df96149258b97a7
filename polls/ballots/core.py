"""What a poll asks, what a valid choice is, and the box it falls into.

A choice is kept as one canonical string, its *key*, so that a box can be a sorted multiset of
(group, key, count) with no row, order or time for a single ballot:

    "-"         abstention, an explicit choice in every kind of poll
    "a"         one choice
    "a,c"       several choices, in the order of the ballot paper
    "4"         a point on the scale
    "c>a"       a ranking, best first; options left out are ranked below all others, and equal
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

ABSTAIN = "-"
#: Options that a poll may offer.
MOST_OPTIONS = 20
_HANDLE = re.compile(r"[A-Za-z0-9_]+")
_NUMBER = re.compile(r"-?[0-9]{1,6}", re.ASCII)

Row: TypeAlias = tuple[str, str, int]  # group ("" for none given), key, count
Contents: TypeAlias = tuple[Row, ...]  # sorted, one row for each group and key, counts above 0


class Kind(StrEnum):
    ONE = "one"
    SEVERAL = "several"
    SCALE = "scale"
    RANKING = "ranking"


class Wrong(StrEnum):
    """Why a choice is not valid. Values that go with a code stand behind it."""

    NOTHING_CHOSEN = "nothing_chosen"
    ABSTAINED_AND_CHOSE = "abstained_and_chose"
    UNKNOWN_OPTION = "unknown_option"
    CHOSEN_TWICE = "chosen_twice"
    TOO_FEW = "too_few"  # chosen, limit
    TOO_MANY = "too_many"  # chosen, limit
    NOT_A_NUMBER = "not_a_number"
    OUTSIDE_THE_SCALE = "outside_the_scale"  # low, high


class BadChoice(ValueError):
    def __init__(self, code: Wrong, **values: int) -> None:
        super().__init__(code.value)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Question:
    """`options`: handles in the order of the ballot paper; none for a scale.

    `at_least` and `at_most` bound several choices and rankings (at_most None: all options);
    `low` and `high` are the ends of the scale, both included.
    """

    kind: Kind
    options: tuple[str, ...] = ()
    at_least: int = 1
    at_most: int | None = None
    low: int = 1
    high: int = 5

    def __post_init__(self) -> None:
        if self.kind is Kind.SCALE:
            if self.options or not self.low < self.high:
                raise ValueError("a scale has no options and runs from low up to high")
            return
        if len(self.options) < 2 or len(set(self.options)) < len(self.options):
            raise ValueError("a poll has two or more different options")
        if not all(_HANDLE.fullmatch(option) for option in self.options):
            raise ValueError("an option's handle is of letters, digits and underscores")
        if not 1 <= self.at_least <= self.limit <= len(self.options):
            raise ValueError("the limits are 1 <= at_least <= at_most <= number of options")

    @property
    def limit(self) -> int:
        if self.kind is Kind.ONE:
            return 1
        return len(self.options) if self.at_most is None else self.at_most


def choice(question: Question, picked: Sequence[str], *, abstain: bool = False) -> str:
    """The key of a valid choice; `BadChoice` for any other.

    `picked`: the fields as the form sends them: option handles, best first for a ranking, or one
    number for a scale. An abstention with something picked is refused, not guessed at.
    """
    chosen = [entry.strip() for entry in picked if entry.strip()]
    if abstain:
        if chosen:
            raise BadChoice(Wrong.ABSTAINED_AND_CHOSE)
        return ABSTAIN
    if not chosen:
        raise BadChoice(Wrong.NOTHING_CHOSEN)
    if question.kind is Kind.SCALE:
        return str(_on_scale(question, chosen))
    if not set(chosen) <= set(question.options):
        raise BadChoice(Wrong.UNKNOWN_OPTION)
    if len(set(chosen)) < len(chosen):
        raise BadChoice(Wrong.CHOSEN_TWICE)
    if len(chosen) > question.limit:
        raise BadChoice(Wrong.TOO_MANY, chosen=len(chosen), limit=question.limit)
    if question.kind is Kind.ONE:
        return chosen[0]
    if len(chosen) < question.at_least:
        raise BadChoice(Wrong.TOO_FEW, chosen=len(chosen), limit=question.at_least)
    if question.kind is Kind.RANKING:
        return ">".join(chosen)
    return ",".join(sorted(chosen, key=question.options.index))


def picks(question: Question, key: str) -> tuple[str, ...]:
    """What a key says: option handles, or a scale's number as text. Empty for an abstention."""
    if key == ABSTAIN:
        return ()
    if question.kind is Kind.SEVERAL:
        return tuple(key.split(","))
    if question.kind is Kind.RANKING:
        return tuple(key.split(">"))
    return (key,)


def add(contents: Iterable[Sequence[str | int]], ballots: Iterable[tuple[str, str]]) -> Contents:
    """The box with these ballots (group or "", key) in it too. `contents` may come from JSON as lists.

    The result is sorted and says nothing about which ballot came last.
    """
    box: Counter[tuple[str, str]] = Counter({(g, k): n for g, k, n in rows(contents)})
    box.update(ballots)
    return _sorted(box)


def rows(contents: Iterable[Sequence[str | int]]) -> Contents:
    """A box as read from JSON, in its proper types and order; equal rows are summed."""
    box: Counter[tuple[str, str]] = Counter()
    for group, key, count in contents:
        box[str(group), str(key)] += int(count)
    return _sorted(box)


def counts(contents: Contents, groups: Iterable[str] | None = None) -> Counter[str]:
    """Ballots by key: of everybody, or of some groups together."""
    wanted = None if groups is None else set(groups)
    found: Counter[str] = Counter()
    for group, key, count in contents:
        if wanted is None or group in wanted:
            found[key] += count
    return found


def sizes(contents: Contents) -> dict[str, int]:
    """Ballots by group, abstentions included."""
    found: Counter[str] = Counter()
    for group, _, count in contents:
        found[group] += count
    return dict(found)


def _on_scale(question: Question, chosen: Sequence[str]) -> int:
    if len(chosen) > 1:
        raise BadChoice(Wrong.TOO_MANY, chosen=len(chosen), limit=1)
    if not _NUMBER.fullmatch(chosen[0]):
        raise BadChoice(Wrong.NOT_A_NUMBER)
    number = int(chosen[0])
    if not question.low <= number <= question.high:
        raise BadChoice(Wrong.OUTSIDE_THE_SCALE, low=question.low, high=question.high)
    return number


def _sorted(box: Counter[tuple[str, str]]) -> Contents:
    return tuple(sorted((group, key, count) for (group, key), count in box.items() if count > 0))
