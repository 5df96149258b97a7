"""The transcript as files to take away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from deliberate.door.views import no_seat, place_of
from deliberate.roles import WALL
from rooms.transcript import queries


@require_safe
def vtt(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The room's transcript as WebVTT, for every role but the wall; with ?words=1 also when each word was said."""
    write = partial(queries.as_vtt, words=bool(request.GET.get("words")))
    return _file(request, event, role, room, "transcript.vtt", "text/vtt", write)


@require_safe
def srt(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The room's transcript as SubRip, for every role but the wall."""
    return _file(request, event, role, room, "transcript.srt", "application/x-subrip", queries.as_srt)


@require_safe
def text(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """The room's transcript as plain text, for every role but the wall."""
    return _file(request, event, role, room, "transcript.txt", "text/plain", queries.as_text)


def _file(
    request: HttpRequest, event: str, role: str, room: str, name: str, kind: str, write: Callable[[Any], str]
) -> HttpResponse:
    place = place_of(request, event, role, room)
    if place is None:
        return no_seat(request)
    if place.seat.role == WALL:
        raise Http404
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(write(place.room), content_type=f"{kind}; charset=utf-8", headers=disposition)
