from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from deliberate.door.entrance import Place
from deliberate.errors import Refused
from deliberate.live.pages import page
from deliberate.live.parts import Context
from deliberate.roles import DRAFTER, MODERATOR, PARTICIPANT
from polls.ideas.queries import shown as cards
from polls.statements import sources
from polls.statements.pages import shell
from polls.statements.queries import numbered, origins, statement
from polls.statements.sources import IDEA, POLL, SEGMENT
from polls.suggestions import kept, queries
from polls.suggestions.finding import Away
from polls.suggestions.queries import AMENDMENT, PROPOSAL, Suggested
from rooms.transcript.queries import older

#: Pieces of what was said that stand around the one a link leads to, on each side.
AROUND = 6


def _bearing(request: HttpRequest, place: Place) -> Context:
    """?clause= names the clause that is asked about. What is found is there to be read; who drafts decides."""
    clauses = numbered(statement(place.room))
    asked = request.GET.get("clause", "")
    number, clause = next(((number, row) for number, row in clauses if row.handle == asked), (0, None))
    context: Context = {"clauses": clauses, "into": clauses, "number": number, "clause": clause, "away": False}
    if clause is None:
        return context
    found: dict[str, list[Any]] = {}
    by_meaning = []
    try:
        for kind in queries.BEARING:
            found[kind], meaning = queries.bearing(place.room, kind, clause.text)
            by_meaning.append(meaning or not found[kind])
    except Away:
        context["away"] = True
    return context | {
        "said": speeches(found.get(SEGMENT, [])),
        "ideas": found.get(IDEA, []),
        "polls": found.get(POLL, []),
        "proposed": found.get(PROPOSAL, []),
        "amendments": found.get(AMENDMENT, []),
        "nothing": not any(found.values()),
        "meaning": bool(by_meaning) and all(by_meaning),
    }


def speeches(found: Sequence[Suggested]) -> list[list[Suggested]]:
    """Pieces that follow each other in one turn as one, in the order of the best of each; within it as they were said."""
    runs: list[list[Suggested]] = []
    for each in found:
        beside = [
            run
            for run in runs
            if run[0].source.row.turn_id == each.source.row.turn_id
            and any(abs(other.number - each.number) == 1 for other in run)
        ]
        if not beside:
            runs.append([each])
            continue
        beside[0].append(each)
        for other in beside[1:]:
            beside[0].extend(other)
            runs.remove(other)
    return [sorted(run, key=lambda each: each.number) for run in runs]


def _source(request: HttpRequest, place: Place) -> Context:
    """?source=segment:… : the words where they stand, so that every suggestion can be looked up."""
    name = request.GET.get("source", "")
    context: Context = {"shell": shell(place), "source": None, "paragraphs": [], "card": None}
    kind, _colon, handle = name.partition(":")
    if kind == AMENDMENT:
        return context | {"amendment": next(iter(queries.amending(place.room, [handle])), None)}
    try:
        source = sources.named(place.room, name)
    except Refused:
        return context
    context |= {"source": source, "names": (source.name,), "origin": origins(place.room)(source.kind, source.row)}
    if source.kind == SEGMENT:
        around = older(place.room, source.row.number + AROUND + 1, most=2 * AROUND + 1)
        context["paragraphs"] = around.paragraphs[::-1]
    elif source.kind == IDEA:
        context["card"] = next((card for card in cards(place.room) if card.handle == source.row.handle), None)
    return context


def _themes(request: HttpRequest, place: Place) -> Context:
    """What the room speaks and writes about, each theme with words of its own and texts that stand for it."""
    context: Context = {"shell": shell(place), "themes": [], "away": False, "into": []}
    try:
        context |= {"themes": kept.themes(place.room)}
    except Away:
        context["away"] = True
    if place.seat.role == DRAFTER:
        context["into"] = numbered(statement(place.room))
    return context


page(
    "themes",
    roles=[PARTICIPANT, MODERATOR, DRAFTER],
    template="suggestions/themes.html",
    extra=_themes,
    still="statements.gone",
)
page("suggestions", roles=[DRAFTER], template="suggestions/bearing.html", extra=_bearing, still="statements.gone")
page(
    "source",
    roles=[PARTICIPANT, MODERATOR, DRAFTER],
    template="suggestions/source.html",
    extra=_source,
    still="statements.gone",
)
