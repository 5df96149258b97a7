"""The statement on the wall: the clause that is being agreed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from deliberate.live.parts import Context
from deliberate.roles import WALL
from polls.ballots.queries import fresh
from polls.statements import core, in_force, queries
from polls.statements.models import Clause
from polls.statements.queries import Totals
from polls.statements.sources import IDEA, SEGMENT
from rooms.events.queries import moved_on_at
from rooms.transcript.core import Diff, diff
from rooms.transcript.struck import MARK
from rooms.wall.queries import subject

#: What the wall can show of a clause in lines that are read from twenty metres.
WALL_LETTERS = 270


def wall(room: Any, audience: str) -> Context:
    """The clause being agreed, with what changed since the last settled version, or else since its earlier wording."""
    numbered = {row.handle: (number, row) for number, row in queries.numbered(queries.statement(room))}
    latest = max(numbered.values(), key=lambda pair: pair[1].changed_at, default=None)
    found = numbered.get(subject(room, "clause"), latest)
    if found is None:
        return {"clause": None}
    number, clause = found
    words = core.shortened(_changes(room, clause), WALL_LETTERS)
    totals = queries.totals([clause]).get(clause.pk, Totals())
    settled = in_force.over(clause) is not None
    return {
        "number": number,
        "clause": clause,
        "words": words,
        "totals": totals,
        "size": _size(words),
        "settled": settled,
    }


def _size(words: Diff) -> str:
    """How large the wall can write it: a few words as large as they get, a long clause smaller."""
    letters = sum(len(piece) for _op, piece in words)
    return "" if letters <= 100 else "long" if letters <= 160 else "longest"


def _changes(room: Any, clause: Clause) -> Diff:
    version = queries.versions(room).first()
    sealed = {each["handle"]: each["text"] for each in version.content["clauses"]} if version else {}
    earlier = clause.revisions.order_by("-number").values_list("text", flat=True)
    # What changed would show words that were taken back, or somebody else's in their place: a settled version keeps drafters' own.
    if clause.to_reword or earlier.filter(text__contains=MARK).exists() or _on_withheld(room, clause):
        return diff(clause.text, clause.text)
    return diff(sealed.get(clause.handle, earlier.first() or clause.text), clause.text)


def _on_withheld(room: Any, clause: Clause) -> bool:
    """Whether it rests, or once did, on words that are withheld now: an earlier wording may hold them."""
    sources = [
        pair
        for cited in (clause.citations, clause.former_citations)
        for pair in cited.values_list("segment__handle", "idea__handle")
    ]
    return not queries.withheld(room).isdisjoint(
        f"{SEGMENT}:{segment}" if segment else f"{IDEA}:{idea}" for segment, idea in sources
    )


def gist(room: Any) -> list[str]:
    """What the wall says of it, for the console's preview."""
    context = wall(room, WALL)
    if context["clause"] is None:
        return [_("Nothing is written yet.")]
    head = _("Clause %(number)d, settled") if context["settled"] else _("Clause %(number)d")
    return [head % {"number": context["number"]}, context["clause"].text]


def being_agreed(room: Any) -> bool:
    """Whether a clause was written, reworded or put back since the agenda moved on, and since the poll whose result the
    room looks at."""
    clauses = Clause.objects.filter(statement__room=room, removed=False)
    poll = fresh(room)
    earlier = [moment for moment in (moved_on_at(room), poll.closed_at if poll else None) if moment is not None]
    return clauses.filter(changed_at__gt=max(earlier)).exists() if earlier else clauses.exists()


def holds(room: Any, handle: str) -> bool:
    """Whether the room has such a clause to show."""
    return Clause.objects.filter(statement__room=room, removed=False, handle=handle).exists()
