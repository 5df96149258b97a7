"""Turns that are no longer to be known as of whoever stands there: erased, or called by mistake. What was said in one that was called
by mistake is given back to whoever had the floor before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from rooms.floor.models import Turn

_works: list[Callable[[QuerySet[Turn]], None]] = []


def disowned(work: Callable[[QuerySet[Turn]], None]) -> Callable[[QuerySet[Turn]], None]:
    """Register what a later feature does with what it keeps of such turns, within the act's transaction, their room locked."""
    _works.append(work)
    return work


def disown(turns: QuerySet[Turn]) -> None:
    """Let later features do so."""
    for work in _works:
        work(turns)


#: (room, by, the turn that was called by mistake, the one that goes on: None where nobody had the floor).
GivesBack = Callable[[Any, Any, Turn, Turn | None], None]
_gives: list[GivesBack] = []


def given_back(work: GivesBack) -> GivesBack:
    """Register what a later feature does with what was said meanwhile, within the act's transaction, the room locked."""
    _gives.append(work)
    return work


def give_back(room: Any, by: Any, called: Turn, before: Turn | None) -> None:
    """Let later features do so."""
    for work in _gives:
        work(room, by, called, before)
