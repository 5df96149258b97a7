"""What a poll may tell of small groups: cells as everywhere (rooms/events/folding.py), and a warning of its own."""

from __future__ import annotations

from collections.abc import Mapping

from rooms.events.folding import Cell, K, fold

__all__ = ["Cell", "K", "fold", "unanimous"]


def unanimous(counts: Mapping[str, int]) -> str | None:
    """The choice everybody made, or None.

    Where a published cell is of one mind, the choice of each person known to have voted in it is
    known. Folding cannot help that; the moderator is warned before publishing.
    """
    made = [key for key, count in counts.items() if count > 0]
    return made[0] if len(made) == 1 else None
