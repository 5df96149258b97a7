"""The outcome and the record as files to take away. Every file is made from what holds now, so that an attribution lowered since holds
in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from deliberate.door.entrance import Place
from deliberate.door.limits import Buckets
from deliberate.door.views import no_seat, place_of, seat_path
from deliberate.roles import CAPTIONER, DRAFTER, HOST, MODERATOR, PARTICIPANT
from polls.exports import akoma, docx, markdown, odt, outline, record
from polls.exports.bundle import bundle
from polls.exports.document import Document
from polls.exports.kept import Busy, Kept
from polls.exports.outcome import Outcome, outcome
from polls.ideas.muting import taken_back
from polls.statements import queries
from polls.statements.models import Version
from rooms.transcript.striking import striker

#: Who may take the outcome, who the record of what was said, and who the whole event.
READERS = (PARTICIPANT, MODERATOR, DRAFTER, HOST)
LISTENERS = (*READERS, CAPTIONER)
KEEPERS = (DRAFTER, HOST)
#: Files a minute that a seat may take.
PER_MINUTE = 20
_asks = Buckets(PER_MINUTE)
#: PDFs are drawn one at a time, whatever else the service does; a thread waits for its turn, never the loop. Each says at
#: which minute it was counted: after that minute nobody asks for the same one.
_drawings = Kept(seconds=60, most=32_000_000, wait_s=20)


@striker
def forget(_room: Any, _by: Any, _segment: Any, _texts: Any) -> list[str]:
    """What was drawn holds the words that are taken back: this process keeps it no longer, and draws anew what it is drawing.
    Nobody was given it any more, for what is asked for is made from other words; other processes drop it with its time."""
    transaction.on_commit(_drawings.empty)
    return []


@taken_back
def forget_idea(_room: Any, _idea: Any) -> None:
    """The same for an idea."""
    transaction.on_commit(_drawings.empty)


def asked_version(request: HttpRequest, room: Any) -> Version | None:
    """The version named by ?version=, 404 where there is none; without it the newest settled one. None for ?version=draft and
    where none is settled."""
    asked = request.GET.get("version", "")
    if asked == "draft":
        return None
    settled = queries.versions(room)
    if not asked:
        return settled.first()
    found = (
        settled.filter(number=int(asked)).first() if asked.isascii() and asked.isdigit() and len(asked) < 6 else None
    )
    if found is None:
        raise Http404
    return found


#: Reads a document as it stands now.
Read = Callable[[], Document]


@dataclass(frozen=True, slots=True)
class Format:
    """How a document becomes a file: its media type, and what reads and writes it for somebody."""

    kind: str
    write: Callable[[Place, Read], str | bytes]


def _tab(place: Place, document: Document) -> str:
    """What a file's window or tab is called: nothing telling, where the event is to look like another."""
    return str(place.event.shown_title) if place.event.neutral else document.title


def _page(place: Place, read: Read) -> str:
    document = read()
    return render_to_string("exports/file.html", {"document": document, "title": _tab(place, document)})


def _drawn(place: Place, read: Read) -> bytes:
    from polls.exports import pdf  # what draws is large: no process loads it until somebody asks

    def told() -> tuple[str | None, str, Document]:
        document = read()
        if not connection.in_atomic_block:
            connection.close()  # all is read: whoever waits here keeps none from those who vote
        return get_language(), _tab(place, document), document

    return _drawings.get(told, lambda asked: pdf.drawn(asked[2], asked[1]))


#: What every document is written as, by the ending of the file's name.
FORMATS = {
    "html": Format("text/html", _page),
    "md": Format("text/markdown", lambda _place, read: markdown.written(read())),
    "pdf": Format("application/pdf", _drawn),
    "docx": Format(docx.KIND, lambda _place, read: docx.written(read())),
    "odt": Format(odt.KIND, lambda _place, read: odt.written(read())),
}
#: The parliaments' standard has a kind of document of its own for each.
ENDINGS = (*FORMATS, "akn")


def outcome_as(ending: str) -> Callable[..., HttpResponse]:
    """The view that gives the outcome in a format."""

    def write(request: HttpRequest, place: Place) -> tuple[str, str | bytes]:
        name = ""

        def read() -> Outcome:
            nonlocal name
            version = asked_version(request, place.room)
            name = f"outcome-{version.number}" if version else "outcome-draft"
            return outcome(place.room, version)

        if ending == "akn":
            content: str | bytes = akoma.statement(place.room, read())
        else:
            content = FORMATS[ending].write(place, lambda: outline.document(read()))
        return name, content

    return _view(READERS, ending, write)


def record_as(ending: str) -> Callable[..., HttpResponse]:
    """The view that gives the record of a room in a format."""

    def write(request: HttpRequest, place: Place) -> tuple[str, str | bytes]:
        if ending == "akn":
            return "record", akoma.debate(place.room)
        return "record", FORMATS[ending].write(place, lambda: record.document(place.room))

    return _view(LISTENERS, ending, write)


def _view(
    roles: tuple[str, ...], ending: str, write: Callable[[HttpRequest, Place], tuple[str, str | bytes]]
) -> Callable[..., HttpResponse]:
    kind = FORMATS[ending].kind if ending in FORMATS else akoma.KIND

    @require_safe
    def view(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
        return _taken(request, (event, role, room), roles, ending, kind, lambda place: write(request, place))

    return view


@require_safe
def whole(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The whole event as one JSON bundle."""

    def write(place: Place) -> tuple[str, str]:
        return "bundle", json.dumps(bundle(place.event), ensure_ascii=False, indent=1)

    return _taken(request, (event, role, room), KEEPERS, "json", "application/json", write)


def _taken(
    request: HttpRequest,
    where: tuple[str, str, str],
    roles: tuple[str, ...],
    ending: str,
    kind: str,
    write: Callable[[Place], tuple[str, str | bytes]],
) -> HttpResponse:
    """A file for those in these roles; `write` gives its name and its content."""
    place = place_of(request, *where)
    if place is None or place.seat.role not in roles:
        return _elsewhere(request, place)
    if not _asks.take(place.seat.handle):
        return _too_many(request, place)
    try:
        name, content = write(place)
    except Busy:
        return _wait(request, place, _("Many are asking for files now. Try again in a minute."), 503)
    return _file(content, f"{name}.{ending}", kind)


def _too_many(request: HttpRequest, place: Place) -> HttpResponse:
    said = _("That was more than %(n)d files in a minute. Wait a moment, then try again.") % {"n": PER_MINUTE}
    return _wait(request, place, said, 429)


def _wait(request: HttpRequest, place: Place, why: str, status: int) -> HttpResponse:
    page = "outcome/" if place.seat.role in READERS else ""
    back = f"{seat_path(place.event.handle, place.seat.role)}{place.room.handle}/{page}"
    response = render(request, "exports/wait.html", {"place": place, "why": why, "back": back}, status=status)
    response["Retry-After"] = "60"
    return response


def _elsewhere(request: HttpRequest, place: Place | None) -> HttpResponse:
    return no_seat(request) if place is None else render(request, "door/no_page.html", {"place": place}, status=404)


def _file(content: str | bytes, name: str, kind: str) -> HttpResponse:
    charset = "" if isinstance(content, bytes) else "; charset=utf-8"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=f"{kind}{charset}", headers=disposition)
