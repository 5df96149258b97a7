"""Rows for tests, made by the product's own actions."""

from __future__ import annotations

from typing import Any

from deliberate.door.entrance import Place
from deliberate.door.perform import perform
from deliberate.door.registry import Answer
from deliberate.door.veil import veil
from deliberate.live import marks
from deliberate.roles import ROLES
from polls.ballots.models import Poll
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


def opens(moderator: Seat, poll: str, here: Room | None = None) -> None:
    """Open a poll. A sealed one also where fewer than k sit there now, as though more had been there when it opened; a blind
    one counts those who may vote itself."""
    of = moderator.event
    if Poll.objects.get(handle=poll).blind:
        act_in(here or room(of), moderator, "ballots.open", poll=poll)
        return
    k = Event.objects.values_list("k", flat=True).get(pk=of.pk)
    Event.objects.filter(pk=of.pk).update(k=0)
    try:
        act_in(here or room(of), moderator, "ballots.open", poll=poll)
    finally:
        Event.objects.filter(pk=of.pk).update(k=k)


def marks_of(feature: str, here: Room, of: Seat) -> set[str]:
    """The marks that a feature gives a seat in a room."""
    return set(marks.of(feature, place(here, of)))


def act_in(here: Room, by: Seat, name: str, /, act_id: str = "", **fields: object) -> Answer:
    """Ask in a room of the event."""
    return at(place(here, by), name, act_id, **fields)


def at(place: Place, name: str, /, act_id: str = "", **fields: object) -> Answer:
    """Ask at this place."""
    return perform(place, name, fields, act_id)


def pseudonym(by: Seat) -> int | None:
    """The key of the row of the pseudonym that a seat acts under in the event's first room, from its only browser."""
    [found] = veil().known([place(room(by.event), by)])
    return None if found is None else int(found)


def place(here: Room, by: Seat) -> Place:
    """Where a seat stands, in its only browser."""
    stored = Seat.objects.select_related("event", "group").get(pk=by.pk)
    return Place(stored, here, here.event, cookie(by))


def cookie(of: Seat) -> str:
    """What stands for the text of a seat's cookie where no browser has one: always the same."""
    return f"cookie of {of.handle}"
