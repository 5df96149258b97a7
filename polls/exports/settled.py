"""The permanent page of a settled version, or of a clause settled by itself, at an address that is its hash: for anybody who
has it, where the host says so. Reopened, it stays as it is, says so, and leads to what is newer."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deliberate.door.limits import Buckets, caller
from polls.endorsements import queries as endorsements
from polls.exports import outline
from polls.exports.outcome import alone, outcome
from polls.statements import queries
from polls.statements.content import intact, shown_quotes
from polls.statements.models import Clause, Sealed, SettledClause, Statement, Version

#: Pages a minute from one address, and from all whose address is not known.
PER_MINUTE = 120
_asks = Buckets(PER_MINUTE)


def address(version: Version) -> str:
    """The path of a version's permanent page; "" where its event has none."""
    public = queries.rules(version.statement.room.event).public
    return queries.address(version.hash) if public else ""


@require_safe
def page(request: HttpRequest, hash: str) -> HttpResponse:
    """What was settled as it may be shown now: names as far as they are, quotes that are not withheld."""
    found = _settled(request, hash)
    if found is None:
        return _too_many()
    room = _statement(found).room
    whole = found if isinstance(found, Version) else None
    text = alone(room, found) if isinstance(found, SettledClause) else outcome(room, whole)
    context = {
        "event": room.event,
        "document": outline.document(text, figures=False),
        "found": found,
        "version": whole,
        "intact": intact(found),
        "newer": _newer(found),
        "signed": endorsements.of(whole, room.event) if whole is not None else None,
    }
    return render(request, "exports/settled.html", context)


@require_safe
def values(request: HttpRequest, hash: str) -> HttpResponse:
    """What the hash covers, with the quotes that are not withheld now and their salts: to check it with other tools."""
    found = _settled(request, hash)
    if found is None:
        return _too_many()
    hidden = queries.withheld(_statement(found).room)
    told = {"hash": found.hash, "content": found.content, "quotes": shown_quotes(found, hidden)}
    return HttpResponse(json.dumps(told, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")


def _settled(request: HttpRequest, hash: str) -> Version | SettledClause | None:
    """What was settled under this hash, of a public text; None where too many are asked for. 404 tells nothing of those that are not public."""
    if not _asks.take(caller(request) or "all"):
        return None
    rows = SettledClause.objects.select_related("clause__statement__room__event").exclude(content={})
    found: Version | SettledClause | None = rows.filter(hash=hash).first()
    if found is None:
        found = Version.objects.select_related("statement__room__event").filter(hash=hash).first()
    if found is None or not queries.rules(_statement(found).room.event).public:
        raise Http404
    return found


def _statement(found: Version | SettledClause) -> Statement:
    return found.statement if isinstance(found, Version) else found.clause.statement


def _newer(found: Version | SettledClause) -> tuple[str, str] | None:
    """The address and the name of what is newer than this: for a version the newest; for a clause its newest settling, or
    else the newest version of the whole text."""
    later: Sealed | None = None
    if isinstance(found, SettledClause):
        clause: Clause = found.clause
        later = clause.settlings.filter(settled_at__gt=found.settled_at).exclude(content={}).last()
        if later is not None:
            return queries.address(later.hash), _("The clause as it was settled since")
    whole = queries.versions(_statement(found).room).filter(settled_at__gt=found.settled_at).first()
    if whole is None:
        return None
    return queries.address(whole.hash), _("Version %(number)d") % {"number": whole.number}


def _too_many() -> HttpResponse:
    said = _("That was more than %(n)d pages in a minute. Wait a moment, then try again.") % {"n": PER_MINUTE}
    return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"})
