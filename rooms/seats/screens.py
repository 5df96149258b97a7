from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from deliberate.door.entrance import Place
from deliberate.errors import Refused
from deliberate.live.pages import PLAIN_COOKIE, page
from deliberate.live.parts import Context, part
from deliberate.roles import HOST, MODERATOR, PARTICIPANT, ROLES
from rooms.events.queries import participants
from rooms.seats.commands import SeatForm
from rooms.seats.models import Where
from rooms.seats.shown import whose


@part("seats.presence", audiences=ROLES, also=["seats"])
def presence(room: Any, audience: str) -> Context:
    """How many take part in this room, in the hall and remotely: numbers, never a list."""
    seats = participants(room)
    here = seats.count()
    return {"here": here, "remote": seats.filter(place=Where.REMOTE).count()}


def you(request: HttpRequest, place: Place) -> dict[str, Any]:
    """One's own seat: what it is called, the other rooms, and what is stored of it. ?paired: a code was asked for."""
    seat = place.seat
    form = SeatForm(initial={"name": seat.name, "place": seat.place})
    paired = PLAIN_COOKIE in request.COOKIES and "paired" in request.GET
    return {"form": form, "paired": paired, "groups": place.event.groups.all(), "rooms": place.event.rooms.all()}


def ending_screen(request: HttpRequest, place: Place) -> dict[str, Any]:
    """Before a seat is ended (?of=turn:<handle> or idea:<handle>): whose it is, as far as that is shown, and what then happens."""
    asked = request.GET.get("of", "")
    try:
        return {"asked": asked, "found": whose(place.room, asked, place.seat.role)}
    except Refused as refused:
        return {"refused": refused}


page("seat", roles=[MODERATOR, HOST], template="seats/end.html", extra=ending_screen)
page("you", roles=[PARTICIPANT], template="phone/you.html", extra=you)
