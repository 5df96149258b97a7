"""What a pad keeps: opening it, keeping strokes, and reading what is new on it. The database is the truth: no process holds
a document of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.entrance import Place, entrance
from deliberate.errors import Refused
from deliberate.live.stale import tell
from polls.statements.models import Clause
from polls.statements.pads import core
from polls.statements.pads.folding import about, add, fold
from polls.statements.pads.models import Pad
from polls.statements.rewording import open_to_words
from rooms.journal.actions import locked


@dataclass(frozen=True, slots=True)
class Opened:
    """A pad as somebody finds it: the document's name, its newest stroke, the state vector, what they lack; `writes`:
    whether they may write on it."""

    handle: str
    number: int
    have: bytes
    news: bytes
    writes: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a drafter typed within a breath, on the document of this name."""

    place: Place
    handle: str
    data: bytes


@dataclass(frozen=True, slots=True)
class News:
    """Strokes after a number, as one update (None for none), and whether the pad may be written on."""

    handle: str
    number: int
    data: bytes | None
    writes: bool


def opened(place: Place, clause: str, have: bytes) -> Opened:
    """The pad of a clause, begun where there is none, for somebody whose document has this state vector."""
    fold(room=place.room, clause=clause)
    with transaction.atomic():
        room = locked(place.room)
        row = Clause.objects.filter(statement__room=room, handle=clause).first()
        if row is None:
            raise Refused(_gone(), code="gone")
        pad, _made = Pad.objects.get_or_create(
            clause=row, defaults={"state": core.begun(row.text), "revision": row.revision}
        )
        doc = _doc(pad)
    return Opened(pad.handle, pad.number, doc.get_state(), core.news(doc, have), open_to_words(row))


def keep(room: Any, clause: str, written: Sequence[Written]) -> list[str]:
    """Store what several typed on one pad, in one transaction: for each "" once it is stored, or why it is not: "seat" (it
    has ended), "gone" (the clause was taken out), "other" (the document was begun anew), "failed" (something before it was not stored), "unfit".

    One that is not stored has changed nothing."""
    with transaction.atomic():
        seats = {each.place.seat.pk: each.place for each in written}
        here = {key for key in sorted(seats) if entrance().still_here(seats[key]) is not None}
        pad = (
            Pad.objects.select_for_update(of=("self",))
            .filter(clause__handle=clause, clause__statement__room=room)
            .first()
        )
        # Read after the lock was waited for.
        row = Clause.objects.get(pk=pad.clause_id) if pad is not None else None
        if pad is None or row is None or not open_to_words(row):
            return ["gone" if each.place.seat.pk in here else "seat" for each in written]
        doc, taken, said = _doc(pad), [], []
        for each in written:
            why = "" if each.place.seat.pk in here else "seat"
            if not why and each.handle != pad.handle:
                why = "other"
            if not why:
                try:
                    core.take(doc, each.data)
                    taken.append(each.data)
                except core.Unfit as problem:
                    why = "failed" if isinstance(problem, core.Gap) else "unfit"
                    doc = core.load(*_all(pad), *taken)
            said.append(why)
        if taken:
            add(pad, core.merged(taken))
            pad.save(update_fields=["number"])
            tell(room, about(clause))
    return said


def news(room: Any, clause: str, number: int) -> News | None:
    """What came to a pad after its stroke of this number; None where it is not there any more."""
    pad = Pad.objects.select_related("clause").filter(clause__handle=clause, clause__statement__room=room).first()
    if pad is None:
        return None
    strokes = list(pad.strokes.filter(number__gt=number).values_list("number", "data"))
    found: bytes | None = None
    if strokes and strokes[0][0] == number + 1:
        found = core.merged(bytes(data) for _number, data in strokes)
    elif pad.number > number:  # it slept, and what came meanwhile was folded
        found = _doc(pad).get_update()
    return News(pad.handle, max([pad.number, *(each for each, _data in strokes)]), found, open_to_words(pad.clause))


def _all(pad: Pad) -> list[bytes]:
    newer = pad.strokes.filter(number__gt=pad.base).values_list("data", flat=True)
    return [bytes(pad.state), *(bytes(data) for data in newer)]


def _doc(pad: Pad) -> core.Doc:
    return core.load(*_all(pad))


def _gone() -> str:
    return _("This clause is no longer there. Look at the statement as it stands now.")
