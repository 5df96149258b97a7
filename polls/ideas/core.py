"""Ideas on a board: what may be posted, what a merge adds up to, in which order the cards stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from deliberate.text import tidy

LONGEST = 280
PER_PAGE = 10
#: Pages of a board that screens can ask for.
MOST_PAGES = 99
T = TypeVar("T")


class Order(StrEnum):
    SUPPORT = "support"
    NEWEST = "newest"


class Amiss(StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"


class BadIdea(ValueError):
    """`length` and `limit` in characters."""

    def __init__(self, code: Amiss, length: int, limit: int) -> None:
        super().__init__(code.value)
        self.code, self.length, self.limit = code, length, limit


@dataclass(frozen=True, slots=True)
class Merged:
    """An idea that counts for another one now."""

    handle: str
    number: int


@dataclass(frozen=True, slots=True)
class Card:
    """An idea as everybody sees it. `support`: seats that upvoted it or an idea merged into it, each once.

    `author` is the pseudonym it was posted under, empty where its author did not want it shown."""

    handle: str
    number: int
    text: str
    author: str = ""
    support: int = 0
    pinned: bool = False
    taken_up: bool = False
    merged: tuple[Merged, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The name under which it can be quoted."""
        return (f"idea:{self.handle}",)

    @property
    def handles(self) -> tuple[str, ...]:
        """Its own handle, then those of the ideas merged into it: what was done to any of them was done to it."""
        return (self.handle, *(each.handle for each in self.merged))


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`number` counts from 1 to `pages`, of which there is always one; `total` entries in all."""

    entries: tuple[T, ...]
    number: int
    pages: int
    total: int


def text(written: str, limit: int = LONGEST) -> str:
    """The idea as it is stored; `BadIdea` where it is empty or too long.

    Characters are code points of the tidy text: é is one however it was typed, runs of white space are one, an emoji of
    several code points counts as several."""
    tidied = tidy(written)
    if not any(unicodedata.category(character)[0] not in "ZC" for character in tidied):
        raise BadIdea(Amiss.EMPTY, 0, limit)
    if len(tidied) > limit:
        raise BadIdea(Amiss.TOO_LONG, len(tidied), limit)
    return tidied


def roots(merged: Mapping[int, int]) -> dict[int, int]:
    """Where each merged idea counts in the end, given what each was merged into. `merged` has no circle."""
    found = {}
    for idea, target in merged.items():
        while target in merged:
            target = merged[target]
        found[idea] = target
    return found


def together(supporters: Iterable[Collection[int]]) -> int:
    """How many seats support any of several merged ideas, each counted once."""
    return len({seat for seats in supporters for seat in seats})


def ordered(cards: Iterable[Card], order: Order) -> list[Card]:
    """Pinned first; then by support, of equals the earlier posted first; or the newest first."""
    if order is Order.SUPPORT:
        return sorted(cards, key=lambda card: (not card.pinned, -card.support, card.number))
    return sorted(cards, key=lambda card: (not card.pinned, -card.number))


def pages_of(total: int, size: int = PER_PAGE) -> int:
    """How many pages so many entries take: one at least, MOST_PAGES at most."""
    if size < 1:
        raise ValueError("a page has at least one entry")
    return min(max(1, -(-total // size)), MOST_PAGES)


def page(entries: Sequence[T], number: int, size: int = PER_PAGE) -> Page[T]:
    """One page. A number outside the pages gives the nearest, since a board may have shrunk."""
    pages = pages_of(len(entries), size)
    number = min(max(1, number), pages)
    return Page(tuple(entries[(number - 1) * size : number * size]), number, pages, len(entries))
