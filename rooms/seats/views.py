"""The way to a seat: a link or a code, one page, one tap. Nothing secret stays in an address after the first page."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.limits import Buckets, Guesses, caller
from deliberate.door.views import SAID_COOKIE, SEAT_COOKIE, farewell, seat_path
from deliberate.errors import Refused
from deliberate.live.pages import PLAIN_COOKIE
from deliberate.roles import PARTICIPANT
from rooms.events.models import Event, RoleLink, Room
from rooms.events.queries import home_room, link_of_code, link_of_token
from rooms.seats import actions, queries
from rooms.seats.commands import SeatForm
from rooms.seats.models import Seat

log = structlog.get_logger("deliberate.seats")
TICKET_COOKIE = "ticket"
TICKET_S = 3600
_guesses = Guesses(settings.LIMIT_GUESSES_PER_MINUTE, settings.LIMIT_ALL_GUESSES_PER_MINUTE)
#: New seats, by link. Nothing of whoever asks for one is looked at.
_joins = Buckets(settings.LIMIT_JOINS_PER_MINUTE)


def home(request: HttpRequest) -> HttpResponse:
    return redirect("join")


def join(request: HttpRequest, code: str = "") -> HttpResponse:
    """Type a code (a room's, or one that pairs a second device), or come by the QR code that holds it."""
    typed = request.POST.get("code", "") if request.method == "POST" else code
    if not typed.strip():
        return render(request, "seats/join.html", {})
    if not _guesses.may(caller(request)):
        return _wrong(request, typed, _("Too many codes were tried. Wait a minute, then try again."), 429)
    link = link_of_code(typed)
    if link is not None:
        return to_welcome(link)
    # Only a tap uses a pairing code up: programs that look at addresses before people do must not.
    seat = actions.take_paired(code=typed) if request.method == "POST" else None
    if seat is not None:
        return _seated(request, seat)
    _guesses.wrong(caller(request))
    wrong = _("No room has this code. Look at the wall once more: codes have six letters or digits, and old ones end.")
    wrong += " " + _("A code for one more device works once, within five minutes; ask that device for a new one.")
    return _wrong(request, typed, wrong, 404)


def _wrong(request: HttpRequest, typed: str, wrong: str, status: int) -> HttpResponse:
    return render(request, "seats/join.html", {"wrong": wrong, "typed": typed}, status=status)


def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Come by a role link."""
    link = link_of_token(token)
    if link is None:
        return render(request, "seats/old_link.html", status=404)
    return to_welcome(link)


def to_welcome(link: RoleLink) -> HttpResponse:
    """On to the page before the seat, with a ticket that this browser came by `link`, good for one seat: the one it names."""
    path = f"{seat_path(link.event.handle, link.role)}welcome/"
    response = HttpResponseRedirect(path)
    _keep(response, TICKET_COOKIE, tokens.sign({"l": link.handle, "s": tokens.handle(12)}, "ticket"), TICKET_S, path)
    return response


def welcome(request: HttpRequest, event: str, role: str) -> HttpResponse:
    """One page before one's seat: who you are here, if you like to say; then one tap. Who has a seat goes straight in."""
    link, handle = _ticket(request, event, role)
    seat = queries.seat_of(request.COOKIES.get(SEAT_COOKIE, ""))
    if seat is not None and seat.role == role and seat.event.handle == event:
        if link is not None:
            actions.come_again(link=link, by=seat)
        return _seated(request, seat, link.room if link is not None else None)
    if link is None:
        return _without_ticket(request, event, role)
    form = SeatForm(initial={"name": queries.suggest_name(), "place": "hall"})
    if request.method == "POST" and role == PARTICIPANT:
        form = SeatForm(request.POST)
    context = {"link": link, "event": link.event, "form": form, "groups": link.event.groups.all()}
    if request.method != "POST":
        return render(request, "seats/welcome.html", context)
    fields: dict[str, Any] = {}
    if role == PARTICIPANT:
        if not form.is_valid():
            return render(request, "seats/welcome.html", context, status=422)
        try:
            fields = {**form.cleaned_data, "group": actions.group_of(link.event, form.cleaned_data["group"])}
        except Refused as refused:
            return render(request, "seats/welcome.html", {**context, "refused": refused}, status=422)
    if not _joins.take(link.handle):
        late = _("Very many people are joining just now. Wait a minute, then try again.")
        return render(request, "seats/welcome.html", {**context, "refused": late}, status=429)
    language = get_language() or settings.LANGUAGE_CODE
    seat = actions.take(link=link, handle=handle, language=language, **fields)
    return _seated(request, seat) if not seat.ended else _without_ticket(request, event, role)


def _ticket(request: HttpRequest, event: str, role: str) -> tuple[RoleLink | None, str]:
    """The link that this browser's ticket stands for, and the handle of the seat that the ticket is good for."""
    value = tokens.unsign(request.COOKIES.get(TICKET_COOKIE, ""), "ticket", max_age_s=TICKET_S) or {}
    links = RoleLink.objects.select_related("event", "room").filter(event__handle=event, role=role, revoked_at=None)
    links = links.filter(event__retention_until__gte=now().date())
    return links.filter(handle=value.get("l", "")).first(), value.get("s", "")


def _without_ticket(request: HttpRequest, event: str, role: str) -> HttpResponse:
    """The ticket was not kept or is an hour old; messengers that make a preview come here too."""
    found = Event.objects.filter(handle=event, retention_until__gte=now().date()).first()
    if found is None or role != PARTICIPANT:
        return render(request, "seats/old_link.html", status=404)
    return render(request, "seats/join.html", {"event": found})


def _seated(request: HttpRequest, seat: Seat, room: Room | None = None) -> HttpResponse:
    """Into the room: the one asked for, else where the seat was, else the event's first."""
    room = room or seat.room or home_room(seat.event)
    actions.move(room=room, by=seat)
    path = seat_path(seat.event.handle, seat.role)
    response = HttpResponseRedirect(f"{path}{room.handle}/")
    response.delete_cookie(TICKET_COOKIE, path=f"{path}welcome/")
    seconds = max((seat.event.retention_until - now().date()).days + 1, 1) * 86_400
    held = request.COOKIES.get(SEAT_COOKIE, "")  # the same again, for what a sealed ballot was derived from it
    value = held if queries.seat_of(held) == seat else queries.cookie_of(seat)
    _keep(response, SEAT_COOKIE, value, seconds, path)
    if request.method == "POST" and "scripts" not in request.POST:
        response.set_cookie(PLAIN_COOKIE, "1", max_age=seconds, path=path, secure=settings.SECURE, samesite="Lax")
    return response


def _keep(response: HttpResponse, name: str, value: str, seconds: int, path: str) -> None:
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, secure=settings.SECURE, samesite="Lax")


def leave(request: HttpRequest, event: str, role: str) -> HttpResponse:
    """Exit: end this seat's cookie, clear what the browser kept, and go to a neutral page. A plain link."""
    found = None
    try:
        found = Event.objects.filter(handle=event).first()
        seat = queries.seat_of(request.COOKIES.get(SEAT_COOKIE, ""))
        if seat is not None:
            actions.leave(by=seat)
    except DatabaseError:
        log.exception("whoever left is still counted")  # they leave all the same
    response = redirect(found.exit_url if found is not None and found.exit_url else "blank")
    _forget(response, event, role)
    return response


def ended(request: HttpRequest, event: str, role: str) -> HttpResponse:
    """The seat behind the cookie has ended: why, and nothing of it stays in this browser.

    But for a seat that the hosts ended: its cookie opens nothing more than "Erase me" here (POST)."""
    cookie = request.COOKIES.get(SEAT_COOKIE, "")
    if queries.seat_of(cookie) is not None:
        return redirect("welcome", event, role)
    seat = queries.ended_by_hosts(cookie) if request.method == "POST" else None
    if seat is not None and (seat.event.handle, seat.role) == (event, role):
        actions.erase(room=None, by=seat)
    return _told_why(request, event, role, queries.why_ended(cookie))


@farewell
def instead(request: HttpRequest) -> HttpResponse | None:
    """The same in place of any page of a seat that the hosts ended: whoever runs no scripts hears of it there."""
    at = request.resolver_match.kwargs if request.resolver_match else {}
    if queries.ended_by_hosts(request.COOKIES[SEAT_COOKIE]) is None:
        return None
    return _told_why(request, at["event"], at["role"], "hosts", 401)


def _told_why(request: HttpRequest, event: str, role: str, why: str, status: int = 200) -> HttpResponse:
    here = f"{seat_path(event, role)}ended/"
    response = render(request, "seats/ended.html", {"why": why, "role": role, "here": here}, status=status)
    if why != "hosts":
        _forget(response, event, role)
    return response


def _forget(response: HttpResponse, event: str, role: str) -> None:
    path = seat_path(event, role)
    for name in (SEAT_COOKIE, PLAIN_COOKIE, SAID_COOKIE):
        response.delete_cookie(name, path=path)
    response.delete_cookie(TICKET_COOKIE, path=f"{path}welcome/")
    # Not "cookies": the seats of other roles in this browser are other people's work.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def blank(request: HttpRequest) -> HttpResponse:
    """The neutral page where no host has chosen another."""
    response = render(request, "seats/blank.html")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def no_icon(request: HttpRequest) -> HttpResponse:
    """The neutral page has no icon; browsers ask for one all the same."""
    return HttpResponse(status=204)
