"""Rows for tests, made by the product's own actions."""

from __future__ import annotations

from typing import Any

from deliberate.door.entrance import Place
from deliberate.door.perform import perform
from deliberate.door.registry import Answer
from deliberate.live.marks import providers
from deliberate.roles import ROLES
from rooms.events.actions import create_event
from rooms.events.models import Event, Room
from rooms.seats.actions import take
from rooms.seats.models import Seat

GROUPS = ["Fieldworkers", "Diplomats", "Youth"]
AGENDA = [("Short contributions", 10), ("Open plenary", 20), ("Statement", 15)]


def event(title: str = "A meeting", groups: list[str] | None = None, **fields: Any) -> Event:
    """An event with three groups, one room with three agenda items, and a link a role."""
    made = create_event(title=title, groups=GROUPS if groups is None else groups, room="Hall", agenda=AGENDA)
    if fields:
        Event.objects.filter(pk=made.pk).update(**fields)
        made.refresh_from_db()
    return made


def room(of: Event) -> Room:
    return of.rooms.select_related("event").all()[0]


def seat(of: Event, role: str = "participant", *, name: str = "", group: str = "", place: str = "hall") -> Seat:
    """A seat in a role, with the group of that name."""
    assert role in ROLES
    return take(
        link=of.links.get(role=role),
        name=name or ("Ann" if role == "participant" else ""),
        group=of.groups.get(name=group) if group else None,
        place=place,
    )


def act(by: Seat, name: str, /, act_id: str = "", **fields: object) -> Answer:
    """Ask through the door, as a phone would, in the event's first room."""
    return act_in(room(by.event), by, name, act_id, **fields)


def marks_of(feature: str, here: Room, of: Seat) -> set[str]:
    """The marks that a feature gives a seat in a room."""
    return set(providers[feature](here, [of]).get(of.pk, ()))


def act_in(here: Room, by: Seat, name: str, /, act_id: str = "", **fields: object) -> Answer:
    """Ask in a room of the event."""
    return perform(
        Place(Seat.objects.select_related("event", "group").get(pk=by.pk), here, here.event), name, fields, act_id
    )
