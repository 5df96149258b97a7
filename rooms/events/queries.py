from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Count, Max

from deliberate import tokens
from deliberate.clock import now
from deliberate.roles import PARTICIPANT
from rooms.events.models import AgendaItem, Event, RoleLink, Room


def link_of_token(token: str) -> RoleLink | None:
    """The living role link behind a signed token; None where it is forged, revoked, or its event's time is over."""
    handle = tokens.unstamp(token, "role-link")
    return _alive(RoleLink.objects.filter(handle=handle)) if handle else None


def link_of_code(code: str) -> RoleLink | None:
    """The living participants' link behind a typed code."""
    return _alive(RoleLink.objects.filter(code=tokens.normal_code(code), role=PARTICIPANT))


def _alive(links: Any) -> RoleLink | None:
    found: RoleLink | None = links.filter(revoked_at=None).select_related("event", "room").first()
    return found if found is not None and found.event.retention_until >= now().date() else None


def token_of(link: RoleLink) -> str:
    """The signed text in a role link's address."""
    return tokens.stamp(link.handle, "role-link")


def home_room(event: Event) -> Room:
    """The room that a link without a room leads to: the event's first."""
    return event.rooms.all()[0]


def participants(of: Event | Room) -> Any:
    """The seats that take part in an event, or in a room now: they speak, vote and support."""
    return of.seats.filter(role=PARTICIPANT, ended=False)


def group_sizes(of: Event | Room) -> dict[str, int]:
    """Handle of a group -> how many living participants' seats it has in an event, or in a room now, for the groups that
    have some; "" is no group."""
    return {group or "": count for group, count in participants(of).values_list("group__handle").annotate(Count("pk"))}


def current_item(room: Any) -> AgendaItem | None:
    """The agenda item that is on now."""
    return AgendaItem.objects.filter(room=room, state=AgendaItem.State.CURRENT).first()


def moved_on_at(room: Any) -> datetime | None:
    """When the agenda last moved: its latest item began, or ended with none after it. None before it began."""
    moments = AgendaItem.objects.filter(room=room).aggregate(begun=Max("started_at"), ended=Max("ended_at"))
    return max((moment for moment in moments.values() if moment is not None), default=None)


def addresses(event: Event, where: str) -> dict[str, str]:
    """Role -> the address of its oldest living link, below `where` (scheme and host)."""
    found: dict[str, str] = {}
    for link in event.links.filter(revoked_at=None):
        found.setdefault(link.role, f"{where}{path_of(link)}")
    return found


def path_of(link: RoleLink) -> str:
    """The path a link's QR code leads to."""
    return f"/join/{link.code}/" if link.code else f"/in/{token_of(link)}/"
