"""Pages: compositions of parts for one role. A page names parts in its template and imports no feature."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.entrance import Place
from deliberate.door.veil import veil
from deliberate.door.views import SAID_COOKIE, no_seat, permissions, place_of, seat_path
from deliberate.live import marks
from deliberate.live.painter import Picture, paint
from deliberate.live.parts import known
from deliberate.live.times import fill
from deliberate.roles import PARTICIPANT

Extra = Callable[[HttpRequest, Place], dict[str, Any]]
PLAIN_COOKIE = "plain"
#: In a request's META: make the page without its pictures. Nobody outside can set it, nor guess what stands in the holes.
SHELL = f"deliberate-{tokens.handle(16)}"


@dataclass(frozen=True, slots=True)
class Page:
    """One screen of one or more roles, at /at/<event>/<role>/<room>/<name>/ ("" is the role's first screen).

    `extra` adds context that isn't live. `refresh_s`: how often the page comes anew by itself where scripts are off;
    0 for pages on which people write. With ?still it does not: who reads by ear is not thrown back to its head.
    `microphone`: its script may ask for the microphone; no other page's may. `quick`: where scripts run, nothing on it but
    parts and marks depends on who looks, so it may be put together from memory (quick.py). `still`: a part of which nothing is
    seen; when it changes, what the page shows beside its parts is no longer so, and its script fetches it anew."""

    name: str
    template: str
    extra: Extra | None
    refresh_s: int
    quick: bool
    microphone: bool
    still: str


pages: dict[tuple[str, str], Page] = {}


def page(
    name: str,
    *,
    roles: Iterable[str],
    template: str,
    extra: Extra | None = None,
    refresh_s: int = 0,
    quick: bool = False,
    microphone: bool = False,
    still: str = "",
) -> None:
    """Register a page for these roles."""
    for role in roles:
        if (role, name) in pages:
            raise ValueError(f"the page {role}/{name} is registered twice")
        pages[role, name] = Page(name, template, extra, refresh_s, quick, microphone, still)


def _painted(place: Place, name: str) -> Picture:
    if not known(name, place.seat.role):
        raise LookupError(f"{place.seat.role} does not see a part called {name}")
    return paint(place.room, name, place.seat.role, place.seat.language or settings.LANGUAGE_CODE)


class Live:
    """What the template tag `part` needs: it paints the parts that a page names, and remembers them."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.shown: list[Picture] = []

    def part(self, name: str) -> SafeString:
        picture = _painted(self.place, name)
        self.shown.append(picture)
        return mark_safe(picture.html)


class Holes:
    """What the template tag `part` finds where a page is made without its pictures: a hole for each (quick.py)."""

    def __init__(self) -> None:
        self.shown: list[Picture] = []

    def part(self, name: str) -> SafeString:
        self.shown.append(Picture(name, f"{SHELL}-hash-{name};", ""))
        return mark_safe(f"{SHELL}-part-{name};")


def show(request: HttpRequest, event: str, role: str, room: str, screen: str = "") -> HttpResponse:
    """A page of a room for the seat behind the cookie."""
    place = place_of(request, event, role, room)
    if place is None:
        return no_seat(request)
    found = pages.get((role, screen))
    if found is None:
        return render(request, "door/no_page.html", {"place": place}, status=404)
    more: dict[str, Any] = {"still": _painted(place, found.still)} if found.still else {}  # before what it tells about
    more |= found.extra(request, place) if found.extra else {}
    return compose(request, place, found.template, more, found, screen)


def compose(
    request: HttpRequest,
    place: Place,
    template: str,
    extra: dict[str, Any],
    found: Page | None = None,
    screen: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page with its parts, then show and hide by the seat's marks and fill in the times."""
    plain = PLAIN_COOKIE in request.COOKIES
    said = tokens.unsign(request.COOKIES.get(SAID_COOKIE, ""), "said", max_age_s=60)
    hollow = SHELL in request.META
    if plain and place.seat.role == PARTICIPANT:
        _admit(place)
    held = {} if hollow else marks.every(place)
    context = {
        "place": place,
        "seat": place.seat,
        "room": place.room,
        "event": place.event,
        "base": f"{seat_path(place.event.handle, place.seat.role)}{place.room.handle}/",
        "box": settings.BALLOT_BOX,
        "screen": screen,
        "live": Holes() if hollow else Live(place),
        "marks": mark_safe(f"{SHELL}-marks-;") if hollow else held,
        "said": said,
        "plain": plain,
        "refresh_s": found.refresh_s if found and plain and "still" not in request.GET else 0,
        **extra,
    }
    response = render(request, template, context, status=status)
    if found is not None and found.microphone:
        response.headers["Permissions-Policy"] = permissions(microphone=True)
    if hollow:
        return response
    shown = {mark for some in held.values() for mark in some}
    if said and said["u"]:
        shown.discard(f"undo:{said['u']['command']}")  # offered already, beside what the page says
    html = fill(marks.apply(response.content.decode(), shown), now())
    response.content = (_once(html) if plain else html).encode()
    if said:
        response.delete_cookie(SAID_COOKIE, path=seat_path(place.event.handle, place.seat.role))
    return response


def _admit(place: Place) -> None:
    """Note that this seat has the pseudonym made of its cookie, long before its first act: beside that, it would say whose it is."""
    with suppress(DatabaseError):  # a page is for looking: whoever acts is told
        veil().admit([place])


_form = re.compile(r'<form [^>]*action="[^"]*/do/[^>]*>(?!\s*<input type="hidden" name="act")')


def _once(html: str) -> str:
    """A plain page whose forms carry an act's id: one that is sent twice, over a slow line, is done once."""
    act = format_html('<input type="hidden" name="act" value="{}">', tokens.handle(16))
    return _form.sub(lambda form: form.group(0) + act, html)
