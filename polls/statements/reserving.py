"""Reservations: in which order they stand, who they are shown as written by, and how earlier versions kept them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from polls.statements import signing
from polls.statements.core import Stance
from polls.statements.models import Reserved, Sealed, Support, Version
from polls.statements.queries import rules
from rooms.transcript.core import Shown

#: Reservations as they were read, by the clause's handle. Who takes another stand without words locks no room, and readers lock
#: none, so words and their writers come out of one read: a stand taken between two would put everybody behind it beside words
#: of another.
Written = Mapping[str, Sequence[Support]]


def written(stands: Iterable[Support]) -> list[Support]:
    """Of these stands on a clause its reservations, and why people cannot accept it: in the order of the words, not of their
    writing, which would tell who wrote when."""
    return sorted((row for row in stands if row.reservation), key=lambda row: (row.reservation, row.value, row.pk))


def writers(rows: Written, event: Any) -> dict[str, list[Shown]]:
    """By the clause's handle, who these reservations are shown as written by, in their order."""
    policy = rules(event).reservations
    return {clause: [signing.shown_as(row, event, policy) for row in some] for clause, some in rows.items()}


def writers_then(settled: Sealed, event: Any) -> dict[str, list[Shown]]:
    """The same for something settled in the event, as far as it is shown now."""
    policy = rules(event).reservations
    found: dict[str, list[Shown]] = defaultdict(list)
    for row in Reserved.objects.filter(**_beside(settled)).select_related("group").order_by("clause", "place"):
        found[row.clause].append(signing.shown_as(row, event, policy))
    return found


def _beside(settled: Sealed) -> dict[str, Sealed]:
    """The column of Reserved that points at it."""
    return {"version" if isinstance(settled, Version) else "alone": settled}


def keep_writers(settled: Sealed, rows: Written) -> None:
    """Keep beside what is being settled who wrote its reservations, these."""
    kept = []
    for clause, some in rows.items():
        for place, row in enumerate(some):
            signed = {"seat": row.seat, "level": row.level, "author": row.author, "group": row.group}
            kept.append(Reserved(**_beside(settled), clause=clause, place=place, **signed))
    Reserved.objects.bulk_create(kept)


def said(stand: str, who: str) -> str:
    """What a reservation is, and whose, in a few words."""
    if stand == Stance.BLOCK:
        return _("Cannot accept it: %(who)s") % {"who": who} if who else _("Cannot accept it")
    return _("Reservation of %(who)s") % {"who": who} if who else _("Reservation")


def as_now(text: Any) -> Any:
    """A version that knew two stands alone, support and opposition, with the four there are now; one that told groups which were
    not heard together, with each by itself. Its stored content, which the hash covers, stays as it is."""
    for clause in text["clauses"]:
        stood = clause["support"]
        for counts in (stood, *stood["by_group"]):
            if "oppose" in counts:
                counts |= {"live": 0, "reserve": 0, "block": counts.pop("oppose")}
        told = [[each] if isinstance(each, str) else each for each in stood.get("not_heard", [])]
        stood["not_heard"] = [name for names in told for name in names if name]
        stood["reservations"] = [
            {"text": each, "stand": Stance.BLOCK.value} if isinstance(each, str) else each
            for each in stood["reservations"]
        ]
    return text
