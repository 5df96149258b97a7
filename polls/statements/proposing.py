"""The page "This belongs in the statement": which words, and why, if one likes to say."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest

from deliberate.door.entrance import Place
from deliberate.door.views import seat_path
from deliberate.errors import Refused
from deliberate.live.parts import Context
from polls.statements import pages, queries, sources
from polls.statements.models import Proposal
from polls.statements.sources import SEGMENT, Source

#: Sources to choose from at most: the segments of a page of words.
MOST = 24
ANCHORS = {sources.SEGMENT: "seg", sources.IDEA: "idea", sources.POLL: "poll"}


def page(request: HttpRequest, place: Place) -> Context:
    """?source=segment:… names what may be proposed, several to choose from. What this seat said of it stands there."""
    found = [source for name in request.GET.get("source", "").split()[:MOST] for source in _named(place.room, name)]
    waiting = Proposal.objects.filter(statement__room=place.room, seat=place.seat, state=Proposal.State.OPEN)
    notes = {sources.source_of(*queries.source_row(row)).name: row.note for row in queries.with_sources(waiting)}
    return {
        "shell": pages.shell(place),
        "sources": found,
        "proposed": [source for source in found if source.name in notes],
        "note": notes.get(found[0].name, "") if len(found) == 1 else "",
        "back": _back(request, place, found),
    }


def _named(room: Any, name: str) -> list[Source]:
    try:
        return [sources.named(room, name)]
    except Refused:
        return []


def _back(request: HttpRequest, place: Place, found: list[Source]) -> str:
    """Where the person was, if it was a page of this room; else where the source stands."""
    base = f"{seat_path(place.event.handle, place.seat.role)}{place.room.handle}/"
    came = urlsplit(request.headers.get("Referer", ""))
    there = f"{came.path}?{came.query}" if came.query else came.path
    if not there.startswith(base) or there.startswith(f"{base}propose/"):
        there = f"{base}words/" if found and found[0].kind == SEGMENT and place.seat.role == "participant" else base
    return f"{there}#{ANCHORS[found[0].kind]}-{found[0].row.handle}" if found else there
