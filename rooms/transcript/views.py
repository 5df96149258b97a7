"""The transcript as files to take away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET, require_safe

from deliberate.door.views import no_seat, place_of
from deliberate.live import threads
from deliberate.roles import HOST, WALL
from rooms.transcript import queries, sound

#: One range of octets that begins somewhere.
_range = re.compile(r"bytes=([0-9]{1,12})-([0-9]{1,12})?")


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


@require_safe
def heard(request: HttpRequest, event: str, role: str, room: str, segment: str) -> HttpResponse:
    """How the phrase of a segment sounded, for those who correct it and for whoever spoke it. Of a range of octets that range, as
    some browsers ask before they play anything (RFC 9110, section 14)."""
    place = place_of(request, event, role, room)
    if place is None:
        return no_seat(request)
    found = sound.heard_by(place.room, place.seat, segment)
    if found is None:
        raise Http404
    asked = _range.fullmatch(request.headers.get("Range", ""))
    start = int(asked[1]) if asked else 0
    end = min(len(found), int(asked[2]) + 1 if asked and asked[2] else len(found))
    headers = {"Accept-Ranges": "bytes"}
    if asked is None or start >= end:
        return HttpResponse(found, content_type="audio/wav", headers=headers)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(found)}"
    return HttpResponse(found[start:end], content_type="audio/wav", status=206, headers=headers)


@require_GET
def archive(request: HttpRequest, event: str, role: str, room: str) -> HttpResponseBase:
    """All sound that is kept of a room and may leave it, for its host."""
    place = place_of(request, event, role, room)
    if place is None:
        return no_seat(request)
    if place.seat.role != HOST or not sound.kept_s(place.room):
        raise Http404
    disposition = {"Content-Disposition": 'attachment; filename="sound.zip"'}
    pieces = _one_by_one(sound.archive(place.room))
    return StreamingHttpResponse(pieces, content_type="application/zip", headers=disposition)


async def _one_by_one(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each is read when the one before was taken by the server: hours of sound don't fit into memory."""
    while (piece := await threads.read(lambda: next(pieces, None))) is not None:
        yield piece
