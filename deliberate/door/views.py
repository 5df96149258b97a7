"""The way in for plain forms, and for scripts where sockets are blocked. Also what every response must carry."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from deliberate import tokens
from deliberate.door import limits
from deliberate.door.entrance import Place, enter
from deliberate.door.perform import BadFields
from deliberate.door.registry import commands
from deliberate.errors import Refused
from deliberate.live import asking, marks
from deliberate.live.stale import touch_seat

log = structlog.get_logger("deliberate.door")
SEAT_COOKIE = "seat"
SAID_COOKIE = "said"
#: Browsers drop a cookie of more than 4096 bytes, its name and path included.
LONGEST_COOKIE = 3800
NOT_FIELDS = ("act", "next")
#: Stands in the META of a request that is made on behalf of one that is counted already.
COUNTED = "deliberate.counted"
#: What is raised where the bytes that came are no request at all: no error of ours.
NO_REQUEST = (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError)


def seat_path(event: str, role: str) -> str:
    """The path under which one role's pages of one event lie, and to which its cookie is bound."""
    return f"/at/{event}/{role}/"


class Hurried(Exception):
    """A seat asked for more pages and files than it may in a minute."""


def place_of(request: HttpRequest, event: str, role: str, room: str) -> Place | None:
    """Who asks, and where; None without a living seat. Hurried where the seat asked for too many pages just now."""
    place = enter(event, role, room, request.COOKIES.get(SEAT_COOKIE, ""))
    counts = request.method in ("GET", "HEAD") and COUNTED not in request.META
    if place is not None and counts and not limits.pages.take(str(place.seat.pk)):
        raise Hurried
    return place


def say(response: HttpResponse, path: str, text: object, *, undo: object = None) -> None:
    """Show `text` once, on the next page under `path`; `undo` ({command, fields}) stands beside it as a form.

    What is too long for a cookie to hold is not offered."""
    signed = tokens.sign({"t": str(text)[:600], "u": undo}, "said")
    if len(signed) > LONGEST_COOKIE:
        signed = tokens.sign({"t": str(text)[:600], "u": None}, "said")
    response.set_cookie(
        SAID_COOKIE, signed, max_age=60, path=path, httponly=True, secure=settings.SECURE, samesite="Lax"
    )


Farewell = Callable[[HttpRequest], HttpResponse | None]
_farewells: list[Farewell] = []


def farewell(tell: Farewell) -> Farewell:
    """Register the one function that says, to whoever comes with the cookie of a seat that has ended, why it has."""
    _farewells[:] = [tell]
    return tell


def no_seat(request: HttpRequest) -> HttpResponse:
    """There is no living seat behind this request: why, where it once was one, else a page that leads back to the code."""
    if wants_json(request):
        return JsonResponse(
            {"ok": False, "say": _("Your seat has ended. Join again, please."), "code": "seat"}, status=401
        )
    if getattr(request, "htmx", False):
        return HttpResponseClientRefresh()  # the page as a whole says it: there is no piece of it to put anywhere
    told = _farewells[0](request) if SEAT_COOKIE in request.COOKIES else None
    return told or render(request, "door/no_seat.html", status=401)


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


@require_POST
def do(request: HttpRequest, event: str, role: str, room: str, command: str) -> HttpResponse:
    """One act by a plain form: the same commands as over the socket, answered by a page (or JSON for scripts)."""
    place = place_of(request, event, role, room)
    if place is None:
        return no_seat(request)
    fields: dict[str, object] = {}
    for name, values in request.POST.lists():
        if name not in NOT_FIELDS:
            fields[name] = values[0] if len(values) == 1 else values
    try:
        answer = asking.ask_from_thread(place, command, fields, request.POST.get("act", ""))
    except Refused as refused:
        return _refused(request, place, command, refused)
    if not answer.forget_seat:
        touch_seat(place.seat)  # its open lines did not act: the stream beside this form, other tabs and devices
    if wants_json(request):
        learnt = {} if answer.forget_seat else marks.after(commands[command], place, answer)
        found = {"ok": True, "say": str(answer.say), "data": answer.data, "end": answer.forget_seat}
        return JsonResponse(found | learnt)
    path = seat_path(event, role)
    if answer.forget_seat:
        return HttpResponseRedirect(f"{path}ended/")  # says why, and takes the cookies back
    response = HttpResponseRedirect(_back(request, place))
    if str(answer.say):
        say(response, path, answer.say, undo=answer.data.get("undo"))
    return response


def _refused(request: HttpRequest, place: Place, command: str, refused: Refused) -> HttpResponse:
    status = (
        404 if refused.code == "unknown" else 403 if refused.code == "role" else 429 if refused.code == "limit" else 422
    )
    if wants_json(request):
        return JsonResponse({"ok": False, "say": str(refused), "code": refused.code}, status=status)
    form: Any = refused.form if isinstance(refused, BadFields) else None
    if form is None and command in commands and status == 422:
        typed = request.POST.copy()
        for name, value in refused.instead.items():
            typed[name] = value
        form = commands[command].form(typed)
    context = {"refused": refused, "form": form, "command": command, "back": _back(request, place), "place": place}
    return render(request, "door/refused.html", context, status=status)


def _back(request: HttpRequest, place: Place) -> str:
    """Where the person was: the form's own `next`, else the page they came from, if it is one of this seat's."""
    home = f"{seat_path(place.event.handle, place.seat.role)}{place.room.handle}/"
    came = urlsplit(request.headers.get("Referer", ""))
    asked = request.POST.get("next", "") or (f"{came.path}?{came.query}" if came.query else came.path)
    inside = asked.startswith(seat_path(place.event.handle, place.seat.role)) and "/do/" not in asked
    return asked if inside and "//" not in asked and "\\" not in asked else home


def permissions(*, microphone: bool = False) -> str:
    """What a page's scripts may ask the browser for: nothing, but the microphone on a page that is for it."""
    return f"camera=(), geolocation=(), microphone=({'self' if microphone else ''}), interest-cohort=()"


class PrivacyMiddleware:
    """No page is kept by a browser or a proxy, none is indexed, none hands its address on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        response.headers.setdefault("Permissions-Policy", permissions())
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Log what failed by the view's name alone: Django's own logger would write addresses down."""
        if isinstance(exception, Hurried):
            why = _("That was a lot at once. Wait a moment, then try again.")
            response = render(request, "door/too_much.html", {"why": why}, status=429)
            response.headers["Retry-After"] = "5"
            return response
        if isinstance(exception, (RequestDataTooBig, TooManyFieldsSent)):
            why = _("That was too long to be sent at once. Make it shorter, please.")
            return render(request, "door/too_much.html", {"why": why}, status=413)
        if isinstance(exception, NO_REQUEST):
            log.info("not a request", kind=type(exception).__name__)
            return None  # Django answers 400
        if isinstance(exception, Http404):
            return None  # nothing failed: it is not there
        match = request.resolver_match
        log.error("a page failed", view=match.view_name if match else "", exc_info=exception)
        return None
