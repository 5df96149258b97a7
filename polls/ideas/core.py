"""Ideas on a board: what may be posted, in which order they stand, what a merge adds up to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from rooms.transcript.core import tidy

LONGEST = 280
T = TypeVar("T")


class Order(StrEnum):
    SUPPORT = "support"
    NEWEST = "newest"


class Stance(StrEnum):
    AGREE = "agree"
    DISAGREE = "disagree"
    PASS = "pass"


class Amiss(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"


class BadIdea(ValueError):
    """`length` and `limit` in characters."""

    def __init__(self, code: Amiss, length: int, limit: int) -> None:
        super().__init__(code.value)
        self.code, self.length, self.limit = code, length, limit


@dataclass(frozen=True, slots=True)
class Idea:
    """`support`: seats that upvoted it, each once."""

    handle: str
    posted: datetime
    support: int = 0
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`number` counts from 1 to `pages`, of which there is always one; `total` entries in all."""

    entries: tuple[T, ...]
    number: int
    pages: int
    total: int


def text(written: str, limit: int = LONGEST) -> str:
    """The idea as it is stored; `BadIdea` where it is empty or too long.

    Characters are code points of the tidy text (NFC, white space runs as one): é is one however it
    was typed, an emoji of several code points counts as several. A browser's maxlength counts
    UTF-16 units and so may be stricter than this, never laxer but for white space and accents.
    """
    tidied = tidy(written)
    if not any(_visible(character) for character in tidied):
        raise BadIdea(Amiss.EMPTY, 0, limit)
    if len(tidied) > limit:
        raise BadIdea(Amiss.TOO_LONG, len(tidied), limit)
    return tidied


def ordered(ideas: Iterable[Idea], order: Order) -> list[Idea]:
    """Pinned first; then by support, of equals the earlier posted first; or the newest first.

    The handle decides at last, so that two screens never differ.
    """
    if order is Order.SUPPORT:
        return sorted(ideas, key=lambda i: (not i.pinned, -i.support, i.posted, i.handle))
    newest = sorted(ideas, key=lambda i: (i.posted, i.handle), reverse=True)
    return sorted(newest, key=lambda i: not i.pinned)


def merged_support(supporters: Iterable[Collection[str]]) -> frozenset[str]:
    """The seats that support any of the merged ideas, each once."""
    return frozenset(seat for seats in supporters for seat in seats)


def merged_stances(
    kept: Mapping[str, Stance], others: Iterable[Mapping[str, Stance]]
) -> dict[str, Stance]:
    """Stances by seat. What a seat said of the kept idea stands; else what it said first of the
    others, in their order: nobody is made to agree with words they saw and did not agree with."""
    merged: dict[str, Stance] = {}
    for stances in (kept, *others):
        for seat, stance in stances.items():
            merged.setdefault(seat, stance)
    return merged


def page(entries: Sequence[T], number: int, size: int = 20) -> Page[T]:
    """One page. A number outside the pages gives the nearest, since a board may have shrunk."""
    if size < 1:
        raise ValueError("a page has at least one entry")
    pages = max(1, -(-len(entries) // size))
    number = min(max(1, number), pages)
    return Page(tuple(entries[(number - 1) * size : number * size]), number, pages, len(entries))


def _visible(character: str) -> bool:
    """A character that leaves ink: no space, no mark of direction or joining."""
    return unicodedata.category(character)[0] not in "ZC" and not re.match(r"\s", character)
