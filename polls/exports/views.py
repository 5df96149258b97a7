"""The outcome as files to take away. Every file is made from what holds now, so that an attribution lowered since holds
in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deliberate.door.entrance import Place
from deliberate.door.limits import Buckets
from deliberate.door.views import no_seat, place_of, seat_path
from deliberate.roles import DRAFTER, HOST, MODERATOR, PARTICIPANT
from polls.exports import markdown
from polls.exports.bundle import bundle
from polls.exports.kept import Busy, Kept
from polls.exports.outcome import Outcome, outcome
from polls.statements import queries
from polls.statements.models import Version

#: Who may take the outcome, and who the whole event.
READERS = (PARTICIPANT, MODERATOR, DRAFTER, HOST)
KEEPERS = (DRAFTER, HOST)
#: Files a minute that a seat may take.
PER_MINUTE = 10
_asks = Buckets(PER_MINUTE)
#: PDFs are drawn one at a time, whatever else the service does; a thread waits for its turn, never the loop.
_drawings = Kept(seconds=600, most=32_000_000, wait_s=20)


def asked_version(request: HttpRequest, room: Any) -> Version | None:
    """The version named by ?version=, else the newest settled one; None for ?version=draft and where none is settled."""
    asked = request.GET.get("version", "")
    if asked == "draft":
        return None
    settled = queries.versions(room)
    if asked.isascii() and asked.isdigit() and len(asked) < 6:
        return settled.filter(number=int(asked)).first() or settled.first()
    return settled.first()


@require_safe
def html(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The outcome as one page that needs nothing else: to print, to mail, to put on a site."""
    return _outcome(request, (event, role, room), "html", "text/html", _page)


@require_safe
def text(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The outcome as Markdown."""
    return _outcome(request, (event, role, room), "md", "text/markdown", lambda _place, found: markdown.written(found))


@require_safe
def sheet(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The outcome as a PDF."""
    return _outcome(request, (event, role, room), "pdf", "application/pdf", _drawn)


def _drawn(place: Place, found: Outcome) -> bytes:
    from polls.exports import pdf  # what draws is large: no process loads it until somebody asks

    return _drawings.get((get_language(), found), lambda: pdf.drawn(found))


@require_safe
def whole(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The whole event as one JSON bundle."""
    place = place_of(request, event, role, room)
    if place is None or role not in KEEPERS:
        return _elsewhere(request, place)
    if not _asks.take(place.seat.handle):
        return _too_many(request, place)
    written = json.dumps(bundle(place.event), ensure_ascii=False, indent=1)
    return _file(written, "bundle.json", "application/json")


def _page(place: Place, found: Outcome) -> str:
    title = place.event.shown_title if place.event.neutral else found.title
    return render_to_string("exports/file.html", {"outcome": found, "title": title})


def _outcome(
    request: HttpRequest,
    where: tuple[str, str, str],
    ending: str,
    kind: str,
    write: Callable[[Place, Outcome], str | bytes],
) -> HttpResponse:
    place = place_of(request, *where)
    if place is None or place.seat.role not in READERS:
        return _elsewhere(request, place)
    if not _asks.take(place.seat.handle):
        return _too_many(request, place)
    version = asked_version(request, place.room)
    name = f"outcome-{version.number}" if version else "outcome-draft"
    try:
        return _file(write(place, outcome(place.room, version)), f"{name}.{ending}", kind)
    except Busy:
        return _wait(request, place, _("Many are asking for files now. Try again in a minute."), 503)


def _too_many(request: HttpRequest, place: Place) -> HttpResponse:
    said = _("That was more than %(n)d files in a minute. Wait a moment, then try again.") % {"n": PER_MINUTE}
    return _wait(request, place, said, 429)


def _wait(request: HttpRequest, place: Place, why: str, status: int) -> HttpResponse:
    back = f"{seat_path(place.event.handle, place.seat.role)}{place.room.handle}/outcome/"
    response = render(request, "exports/wait.html", {"place": place, "why": why, "back": back}, status=status)
    response["Retry-After"] = "60"
    return response


def _elsewhere(request: HttpRequest, place: Place | None) -> HttpResponse:
    return no_seat(request) if place is None else render(request, "door/no_page.html", {"place": place}, status=404)


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    charset = "" if isinstance(content, bytes) else "; charset=utf-8"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{kind}{charset}", headers=disposition)
