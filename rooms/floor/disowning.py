"""Turns that are no longer to be known as of whoever stands there: erased, or called by mistake."""

from __future__ import annotations

from collections.abc import Callable

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
