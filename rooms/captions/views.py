"""The address for captioning programs, as Zoom's caption API has it, since they know that one.

POST /captions/<key>/?seq=12&lang=en-US with plain text: 200. The same seq with the same words counts once at one address. GET
/captions/<key>/seq: the number that came last, for a program that begins anew. 403: no such address, or its seat has ended."""

from __future__ import annotations

import asyncio
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from deliberate.door.entrance import Place, entrance
from deliberate.errors import Refused
from deliberate.live import asking, hints, threads
from rooms.captions import feeding
from rooms.captions.models import Feed

#: Seconds without a word after which what was said is settled; octets of one text.
SILENCE_S, LONGEST = 4.0, 16_000
_soon: set[Any] = set()


@require_POST
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """Take words."""
    found = _found(token)
    if found is None:
        return _said("no such address", 403)
    number = request.GET.get("seq", "")
    seq = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else None
    body = request.read(LONGEST + 1)
    if len(body) > LONGEST:
        return _said("too long", 413)
    text = body.decode("utf-8", errors="replace").replace("\x00", "").strip()
    if not text:
        return _said(str(found.seq))
    place = Place(found.seat, found.room, found.room.event)
    # An address that is made anew may count from the beginning again.
    act = "" if seq is None else f"feed-{found.key_hash[:12]}-{seq}"
    try:
        answer = asking.ask_from_thread(place, "captions.feed", {"text": text}, act)
    except Refused as refused:
        return _said(str(refused), {"seat": 403, "limit": 429}.get(refused.code, 400))
    if seq is not None:
        Feed.objects.filter(pk=found.pk).update(seq=seq)
    _settle_soon(place, answer.data.get("rest", ""))
    return _said(str(found.seq if seq is None else seq))


@require_safe
def seq(request: HttpRequest, token: str) -> HttpResponse:
    """The number of what came last."""
    found = _found(token)
    return _said("no such address", 403) if found is None else _said(str(found.seq))


def _found(key: str) -> Feed | None:
    rows = Feed.objects.select_related("seat__event", "seat__group", "seat__link", "room__event")
    return rows.filter(key_hash=feeding.hashed(key)).first()


def _said(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


def _settle_soon(place: Place, rest: str) -> None:
    """Settle what came last, unless more comes. A process that ends before leaves that to the next words."""
    loop = hints.here.loop
    if rest and loop is not None and loop.is_running():
        waiting = asyncio.run_coroutine_threadsafe(_settled(place, rest), loop)
        _soon.add(waiting)
        waiting.add_done_callback(_soon.discard)


async def _settled(place: Place, rest: str) -> None:
    await asyncio.sleep(SILENCE_S)
    await threads.act(lambda: _settle(place, rest))


def _settle(place: Place, rest: str) -> None:
    with transaction.atomic():
        here = entrance().still_here(place)
        if here is not None:
            feeding.settle_rest(room=here.room, by=here.seat, rest=rest)
