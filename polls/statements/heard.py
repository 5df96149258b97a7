"""Which groups have been heard on a clause is told anew only where k seats or more must have moved since it was told last.

A name that went with the very stand by which the totals grow would tell the group of whoever took it. Kept are the groups of whom
k or more took a stand, and no figures: neither who is in the room nor a k that the host changes moves a name."""

from __future__ import annotations

from typing import Any

from polls.statements import core, queries
from polls.statements.core import Counts
from polls.statements.models import Clause


def tell(room: Any, row: Clause) -> None:
    """Count anew who has been heard on a clause, where that may be told now. No room is locked: of two who would tell at the
    same time one does, so that no two tellings lie closer together than k seats."""
    (totals, by), k = queries.stood(row), room.event.k
    if core.moved(Counts(*row.heard.get("of", ())), totals) < k:
        return
    told = {"of": list(totals), "groups": core.heard(by, k)}
    before = Clause.objects.filter(pk=row.pk, heard_told=row.heard_told)
    before.update(heard=told, heard_told=row.heard_told + 1)
