"""Tallies while a blind poll runs, for light questions: in steps of at least k ballots, the last k held back until it closes.

So neither two tallies that follow each other nor the last one and the result differ by fewer than k ballots."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from polls.ballots.core import Contents, add, rows


class Tallies(TypedDict, total=False):
    """`shown` to everybody, and `held` until k more have come. Rows of a box (core.py), of no group."""

    shown: Contents
    held: Contents


def further(before: Tallies, now: Contents, k: int) -> Tallies:
    """What is shown and held once the box holds `now`."""
    shown, held = rows(before.get("shown", ())), rows(before.get("held", ()))
    if held and size(now) - size(held) >= k:
        shown, held = held, ()
    if not held and size(now) - size(shown) >= k:
        held = now
    return {"shown": shown, "held": held}


def size(contents: Iterable[Sequence[str | int]]) -> int:
    """Ballots in a tally."""
    return sum(int(count) for _group, _key, count in contents)


def fallen(contents: Contents, keys: Iterable[str]) -> Contents:
    """The box with these choices in it too."""
    return add(contents, (("", key) for key in keys))
