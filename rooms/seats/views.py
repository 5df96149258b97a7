"""The way to a seat: a link or a code, one page, one tap. Nothing secret stays in an address after the first page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.clock import now
from deliberate.door import limits
from deliberate.door.views import SEAT_COOKIE, seat_path
from deliberate.live.pages import PLAIN_COOKIE
from deliberate.roles import PARTICIPANT
from rooms.events.models import RoleLink
from rooms.events.queries import home_room, link_of_code, link_of_token
from rooms.seats import actions, queries
from rooms.seats.commands import SeatForm
from rooms.seats.models import Seat

TICKET_COOKIE = "ticket"
TICKET_S = 3600
_guesses = limits.Buckets(settings.LIMIT_GUESSES_PER_MINUTE)
_all_guesses = limits.Buckets(settings.LIMIT_ALL_GUESSES_PER_MINUTE)


def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """Type a code (a room's, or one that pairs a second device), or come by the QR code that holds it."""
    typed = request.POST.get("code", "") if request.method == "POST" else code
    if not typed.strip():
        return render(request, "seats/join.html", {})
    if not _may_guess(request):
        return render(request, "seats/join.html", {"wrong": _("Too many codes were tried. Wait a minute, then try again."), "typed": typed}, status=429)
    link = link_of_code(typed)
    if link is not None:
        _right(request)
        return _to_welcome(link)
    seat = actions.take_paired(code=typed) if request.method == "POST" else None
    if seat is not None:
        _right(request)
        return _seated(request, seat)
    wrong = _("No room has this code. Look at the wall once more: codes have six letters or digits, and old ones end.")
    return render(request, "seats/join.html", {"wrong": wrong, "typed": typed}, status=404)


def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Come by a role link."""
    link = link_of_token(token)
    if link is None:
        return render(request, "seats/old_link.html", status=404)
    return _to_welcome(link)


def _to_welcome(link: RoleLink) -> HttpResponse:
    path = f"{seat_path(link.event.handle, link.role)}welcome/"
    response = HttpResponseRedirect(path)
    response.set_cookie(
        TICKET_COOKIE,
        tokens.sign({"l": link.handle}, "ticket"),
        max_age=TICKET_S,
        path=path,
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )
    return response


def welcome(request: HttpRequest, event: str, role: str) -> HttpResponse:
    """One page before one's seat: who you are here, if you like to say; then one tap. Who has a seat goes straight in."""
    link = _ticket(request, event, role)
    seat = queries.seat_of(request.COOKIES.get(SEAT_COOKIE, ""))
    if seat is not None and seat.role == role and seat.event.handle == event:
        return _seated(request, seat, new=False)
    if link is None:
        return render(request, "seats/old_link.html", status=404)
    if request.method != "POST":
        form = SeatForm(event=link.event, initial={"name": queries.suggest_name(link.event), "place": "hall"})
        return render(request, "seats/welcome.html", {"link": link, "event": link.event, "form": form})
    fields: dict[str, Any] = {}
    if role == PARTICIPANT:
        form = SeatForm(request.POST, event=link.event)
        if not form.is_valid():
            return render(request, "seats/welcome.html", {"link": link, "event": link.event, "form": form}, status=422)
        fields = form.cleaned_data
    seat = actions.take(link=link, language=get_language() or settings.LANGUAGE_CODE, **fields)
    return _seated(request, seat)


def _ticket(request: HttpRequest, event: str, role: str) -> RoleLink | None:
    value = tokens.unsign(request.COOKIES.get(TICKET_COOKIE, ""), "ticket", max_age_s=TICKET_S)
    links = RoleLink.objects.select_related("event", "room").filter(event__handle=event, role=role, revoked_at=None)
    return links.filter(handle=value.get("l", "")).first() if value else None


def _seated(request: HttpRequest, seat: Seat, *, new: bool = True) -> HttpResponse:
    room = seat.link.room if seat.link is not None and seat.link.room is not None else home_room(seat.event)
    path = seat_path(seat.event.handle, seat.role)
    response = HttpResponseRedirect(f"{path}{room.handle}/")
    response.delete_cookie(TICKET_COOKIE, path=f"{path}welcome/")
    if not new:
        return response
    days = max((seat.event.retention_until - now().date()).days + 1, 1)
    response.set_cookie(
        SEAT_COOKIE,
        queries.cookie_of(seat),
        max_age=days * 86_400,
        path=path,
        httponly=True,
        secure=settings.SECURE,
        samesite="Lax",
    )
    if "scripts" not in request.POST:
        response.set_cookie(PLAIN_COOKIE, "1", max_age=days * 86_400, path=path, samesite="Lax")
    return response


def leave(request: HttpRequest, event: str, role: str) -> HttpResponse:
    """Exit: end this seat's cookie, clear what the browser kept, and go to a neutral page. A plain link."""
    seat = queries.seat_of(request.COOKIES.get(SEAT_COOKIE, ""))
    response = redirect(seat.event.exit_url if seat is not None and seat.event.exit_url else "blank")
    path = seat_path(event, role)
    for name in (SEAT_COOKIE, PLAIN_COOKIE, "said"):
        response.delete_cookie(name, path=path)
    # Not "cookies": the seats of other roles in this browser are other people's work.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def blank(request: HttpRequest) -> HttpResponse:
    """The neutral page where no host has chosen another."""
    return render(request, "seats/blank.html")


def erased(request: HttpRequest) -> HttpResponse:
    response = render(request, "seats/erased.html")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def home(request: HttpRequest) -> HttpResponse:
    return redirect("join")


def _may_guess(request: HttpRequest) -> bool:
    return _guesses.take(limits.blurred(request.META.get("REMOTE_ADDR", ""))) and _all_guesses.take("all")


def _right(request: HttpRequest) -> None:
    """A right code is no guess: give the token back, so that a hall behind one address can join."""
    _guesses.give(limits.blurred(request.META.get("REMOTE_ADDR", "")))
    _all_guesses.give("all")
