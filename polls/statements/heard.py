"""Which groups have been heard on a clause is told anew only where k seats or more must have moved since it was told last.

A name that went with the very stand by which the totals grow would tell the group of whoever took it."""

from __future__ import annotations

from typing import Any

from polls.statements import core, queries
from polls.statements.core import Counts
from polls.statements.models import Clause


def tell(room: Any, row: Clause) -> None:
    """Count anew who has been heard on a clause, where that may be told now. No room is locked: of two who would tell at the
    same time one does, so that no two tellings lie closer together than k seats."""
    stood, by = queries.heard(room, row)
    if core.moved(Counts(*row.heard.get("of", ())), stood) < room.event.k:
        return
    told = {"of": list(stood), "by": by}
    before = Clause.objects.filter(pk=row.pk, heard_told=row.heard_told)
    before.update(heard=told, heard_told=row.heard_told + 1)
