from __future__ import annotations

import secrets
from typing import Any

from django.db.models import Q

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.registry import Place, entrance, living, still
from deliberate.roles import HOST, PARTICIPANT
from rooms.events.models import Room
from rooms.seats import core
from rooms.seats.models import Seat


def cookie_of(seat: Seat) -> str:
    """The signed value of a seat's cookie."""
    return tokens.sign({"s": seat.handle, "e": seat.epoch}, "seat")


def seat_of(cookie: str) -> Seat | None:
    """The living seat behind a cookie: not ended, its role link not revoked, its event not past its retention."""
    value = tokens.unsign(cookie, "seat") if cookie else None
    if value is None:
        return None
    seat = Seat.objects.select_related("event", "group", "link").filter(handle=value.get("s", "")).first()
    if seat is None or seat.ended or seat.epoch != value.get("e"):
        return None
    if seat.role != PARTICIPANT and (seat.link is None or seat.link.revoked_at is not None):
        return None
    return seat if seat.event.retention_until >= now().date() else None


def why_ended(cookie: str) -> str:
    """Why a cookie opens nothing: "erased", "revoked", "over" (the event is gone), or "" where it tells nothing."""
    value = tokens.unsign(cookie, "seat") if cookie else None
    if value is None:
        return ""
    seat = Seat.objects.select_related("event", "link").filter(handle=value.get("s", "")).first()
    if seat is None or seat.event.retention_until < now().date():
        return "over"
    if seat.ended:
        return "erased"
    return "revoked" if seat.link is None or seat.link.revoked_at is not None else ""


@entrance
def enter(event: str, role: str, room: str, cookie: str) -> Place | None:
    """The seat behind the cookie in that room, if it is of that event and role and its role holds in that room."""
    seat = seat_of(cookie)
    if seat is None or seat.role != role or seat.event.handle != event:
        return None
    found = Room.objects.select_related("event").filter(handle=room, event_id=seat.event_id).first()
    return Place(seat, found, found.event) if found is not None and only_room(seat) in (None, found.pk) else None


def only_room(seat: Seat) -> Any:
    """The key of the one room in which the seat has its role, by a link that was made for that room; None: in all rooms.

    Participants go everywhere, and hosts set up the whole event: their links only begin in a room."""
    if seat.role in (PARTICIPANT, HOST) or seat.link is None:
        return None
    return seat.link.room_id


@still
def still_here(seat: Seat) -> Seat | None:
    """The seat as stored now, its row locked; None where it was ended, or all its cookies were, since it was read."""
    found = Seat.objects.select_for_update(of=("self",), no_key=True).select_related("event", "room", "group", "link")
    return found.filter(pk=seat.pk, epoch=seat.epoch, ended=False).first()


@living
def living_among(keys: set[Any]) -> set[Any]:
    """Those of these seats that may still look: not ended, their role link not revoked, their event not over."""
    seats = Seat.objects.filter(pk__in=keys, ended=False, event__retention_until__gte=now().date())
    crew = ~Q(role=PARTICIPANT)
    return set(seats.exclude(crew & (Q(link=None) | Q(link__revoked_at__isnull=False))).values_list("pk", flat=True))


def suggest_name() -> str:
    """A pseudonym to start from. Names that are taken are suggested too: else their absence would tell who is here."""
    return core.suggestion(secrets.choice)
