"""Everything of a room that may be quoted, to look through with or without a word to look for."""

from __future__ import annotations

import json
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from deliberate.live.parts import Context, once
from deliberate.text import tidy
from polls.ideas.models import Idea
from polls.statements import queries
from polls.statements.in_own_words import OUT
from polls.statements.models import Statement, Support
from polls.statements.sources import IDEA, POLL, SEGMENT, open_to_quote, source_of
from rooms.journal.models import Entry
from rooms.seats.models import Seat

#: Sources a page shows.
EACH = 6
#: What the journal calls the acts by which words, or who said them, are taken back.
_TAKEN_BACK = ("struck", "took words back", "hid", "lowered")
_text = {SEGMENT: ("text",), IDEA: ("text",), POLL: ("question", "options__text")}


def shelf(request: HttpRequest, room: Any) -> Context:
    """What the drafter asked to see: ?kind= of source, ?find= words in it, ?page=; newest first."""
    kind = request.GET.get("kind", SEGMENT)
    kind = kind if kind in _text else SEGMENT
    asked = tidy(request.GET.get("find", ""))[:100]
    rows = open_to_quote(room)[kind]
    for word in asked.split():
        matches = Q()
        for column in _text[kind]:
            matches |= Q(**{f"{column}__icontains": word})
        rows = rows.filter(matches)
    shown = Paginator(rows.distinct(), EACH).get_page(request.GET.get("page"))
    origin = queries.origins(room)
    sources = [(source_of(kind, row), origin(kind, row)) for row in shown]
    into = queries.numbered(queries.statement(room))
    return {
        "kind": kind,
        "newest": newest(room)[kind],
        "find": asked,
        "shown": shown,
        "sources": sources,
        "into": into,
    }


def newest(room: Any) -> dict[str, str]:
    """The handle of what came last, by kind: a library that was opened before it knows that there is more. "" for nothing."""
    return {kind: rows.values_list("handle", flat=True).first() or "" for kind, rows in open_to_quote(room).items()}


@once
def gone(room: Any) -> int:
    """How often words, or who said them, were taken back: a page that was opened before it is fetched anew. Corrections by
    whoever spoke count too, those by a captioner do not: for them what is being cut out keeps still."""
    taken = Q(verb__in=_TAKEN_BACK) | Q(verb="corrected", detail__endswith="the speaker")
    taken |= Q(verb="muted the author of", detail="hidden") | Q(verb="withdrew", subject__startswith="amendment:")
    # What drafters take out, as they are told, stands on pages that keep still.
    taken |= Q(verb="reworded", detail=OUT)
    # Of ideas under a pseudonym, and of who erases themselves, the journal says nothing: it would tell when.
    ideas, seats = Idea.objects.filter(room=room, text=""), Seat.objects.filter(event=room.event_id, ended=True)
    return Entry.objects.filter(taken, room=room).count() + ideas.count() + seats.count()


@once
def notes_gone(room: Any) -> int:
    """How often a note on a proposal was taken back or written anew: drafters alone read them."""
    return Statement.objects.filter(room=room).values_list("notes_gone", flat=True).first() or 0


@once
def written(room: Any) -> str:
    """Of all that people wrote as they took a stand, what changes with any of it, and can't be guessed from it."""
    stands = Support.objects.filter(clause__statement__room=room).exclude(reservation="").order_by("pk")
    told = list(stands.values_list("pk", "reservation", "level", "author", "group"))
    return salted_hmac("written with stands", json.dumps(told)).hexdigest()[:16]
