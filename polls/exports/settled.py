"""The permanent page of a settled version, at an address that is its hash: for anybody who has it, where the host says so."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deliberate.door.limits import Buckets, caller
from polls.endorsements import queries as endorsements
from polls.exports import outline
from polls.exports.outcome import outcome
from polls.statements import queries
from polls.statements.content import intact, shown_quotes
from polls.statements.models import Version

#: Pages a minute from one address, and from all whose address is not known.
PER_MINUTE = 120
_asks = Buckets(PER_MINUTE)


def address(version: Version) -> str:
    """The path of a version's permanent page; "" where its event has none."""
    public = queries.rules(version.statement.room.event).public
    return reverse("settled", args=[version.hash]) if public else ""


@require_safe
def page(request: HttpRequest, hash: str) -> HttpResponse:
    """The version as it may be shown now: names as far as they are, quotes that are not withheld."""
    version = _version(request, hash)
    if version is None:
        return _too_many()
    room = version.statement.room
    context = {
        "event": room.event,
        "document": outline.document(outcome(room, version), figures=False),
        "version": version,
        "intact": intact(version),
        "signed": endorsements.of(version, room.event),
    }
    return render(request, "exports/settled.html", context)


@require_safe
def values(request: HttpRequest, hash: str) -> HttpResponse:
    """What the hash covers, with the quotes that are not withheld now and their salts: to check it with other tools."""
    version = _version(request, hash)
    if version is None:
        return _too_many()
    hidden = queries.withheld(version.statement.room)
    found = {"hash": version.hash, "content": version.content, "quotes": shown_quotes(version, hidden)}
    return HttpResponse(json.dumps(found, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")


def _version(request: HttpRequest, hash: str) -> Version | None:
    """The version of a public text; None where too many are asked for. 404 tells nothing of those that are not public."""
    if not _asks.take(caller(request) or "all"):
        return None
    found = Version.objects.select_related("statement__room__event").filter(hash=hash).first()
    if found is None or not queries.rules(found.statement.room.event).public:
        raise Http404
    return found


def _too_many() -> HttpResponse:
    said = _("That was more than %(n)d pages in a minute. Wait a moment, then try again.") % {"n": PER_MINUTE}
    return HttpResponse(said, status=429, content_type="text/plain; charset=utf-8", headers={"Retry-After": "60"})
