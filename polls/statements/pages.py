"""Pages about the statement that stand still: support by group with the reservations, and versions side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from deliberate.door.entrance import Place
from deliberate.live.parts import Context
from deliberate.roles import PARTICIPANT
from polls.statements import core, queries
from polls.statements.content import content, drafted, intact, settled, shown, struck, together
from polls.statements.models import Version
from polls.statements.reserving import said, writers
from rooms.transcript.core import diff

DRAFT = "draft"


def shell(place: Place) -> str:
    """The frame of a role's pages."""
    return "phone.html" if place.seat.role == PARTICIPANT else "statements/desk.html"


def support(request: HttpRequest, place: Place) -> Context:
    """Every clause with its support by group and its reservations."""
    statement = queries.statement(place.room)
    found = drafted(statement) if statement else None
    clauses: Any = found.text["clauses"] if found else []
    written_by = writers(found.written, place.event) if found else {}
    for clause in clauses:
        stood = clause["support"]
        clause["reworded"] = queries.reworded(stood["earlier_wording"], sum(stood[stance] for stance in core.Stance))
        for cell in clause["support"]["by_group"]:
            cell["label"] = together(cell["groups"])
        stood["silent"] = queries.unheard_said(stood["not_heard"])
        for reservation, who in zip(stood["reservations"], written_by.get(clause["handle"], ()), strict=True):
            reservation["said"] = said(reservation["stand"], who.text)
    return {"shell": shell(place), "statement": statement, "clauses": clauses, "k": place.event.k}


def versions(request: HttpRequest, place: Place) -> Context:
    """The settled versions and the draft, and what changed between two of them: ?from= and ?to=, newest by default."""
    every = list(queries.versions(place.room))
    statement, hidden = queries.statement(place.room), queries.withheld(place.room)
    texts: dict[str, Any] = {str(version.number): shown(settled(version), hidden) for version in reversed(every)}
    if statement is not None:
        texts[DRAFT] = shown(content(statement), hidden)
    names = list(texts)
    after = request.GET.get("to", "")
    after = after if after in texts else DRAFT
    before = request.GET.get("from", "")
    before = before if before in texts else _before(names, after)
    context: Context = {
        "shell": shell(place),
        "versions": [_listed(version) for version in every],
        "choices": [
            (name, _("the draft") if name == DRAFT else _("version %(number)s") % {"number": name}) for name in names
        ],
        "before": before,
        "after": after,
    }
    if every:
        then, now = texts[before], texts[after]
        context |= {f"{name}_words": diff(then[name], now[name]) for name in ("title", "preamble")}
        changes = core.compare(then["clauses"], now["clauses"])
        context["changes"] = [change for change in changes if change.change is not core.Change.SAME or _quotes(change)]
        context["same"] = len(changes) - len(context["changes"])
    return context


def _before(names: list[str], after: str) -> str:
    return names[max(names.index(after) - 1, 0)] if after in names else ""


def _quotes(change: core.Changed) -> bool:
    return bool(change.gained or change.lost)


def _listed(version: Version) -> dict[str, Any]:
    return {"version": version, "intact": intact(version), "struck": struck(version)}
