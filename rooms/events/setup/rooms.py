"""Rooms, and the agenda of the room the host looks at."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import parts, resting_on
from deliberate.live.stale import touch
from rooms.events.actions import AGENDA_PARTS
from rooms.events.models import AgendaItem, Room
from rooms.events.setup.event import meant, opened
from rooms.journal.actions import locked, note


@transaction.atomic
def add_room(*, room: Any, by: Any, name: str) -> Answer:
    """One more room, with an empty agenda."""
    room, event = opened(room)
    room_for(event.rooms.all())
    last = event.rooms.aggregate(last=Max("position"))["last"] or 0
    made = Room.objects.create(event=event, name=name, position=last + 1)
    note(made, by, "added a room", made)
    _touch_others(made)
    return Answer(say=_("Added: %(name)s") % {"name": name}, data={"room": made.handle})


@transaction.atomic
def edit_room(*, room: Any, by: Any, name: str) -> Answer:
    """Rename the room the host looks at."""
    room, _event = opened(room)
    room.name = name
    room.save(update_fields=["name"])
    note(room, by, "renamed the room", room)
    touch(room, *parts)
    _touch_others(room)
    return Answer(say=_("Saved."))


def _touch_others(room: Room) -> None:
    for other in room.event.rooms.exclude(pk=room.pk):
        touch(other, *resting_on("rooms"))


@transaction.atomic
def add_item(*, room: Any, by: Any, title: str, minutes: int) -> Answer:
    """One more point at the end of this room's agenda."""
    room = locked(room)
    room_for(AgendaItem.objects.filter(room=room))
    last = AgendaItem.objects.filter(room=room).aggregate(last=Max("position"))["last"]
    item = AgendaItem.objects.create(room=room, title=title, minutes=minutes, position=0 if last is None else last + 1)
    note(room, by, "added an item", item)
    touch(room, *AGENDA_PARTS, "wall.scene")
    return Answer(say=_("Added: %(name)s") % {"name": title}, data={"item": item.handle})


@transaction.atomic
def edit_item(*, room: Any, by: Any, item: str, title: str, minutes: int) -> Answer:
    """Change the words and the planned minutes of a point."""
    room = locked(room)
    found = meant(AgendaItem.objects.filter(room=room, handle=item))
    found.title, found.minutes = title, minutes
    found.save(update_fields=["title", "minutes"])
    note(room, by, "changed an item", found)
    touch(room, *AGENDA_PARTS, "wall.scene", *resting_on("agenda"))
    return Answer(say=_("Saved."))


@transaction.atomic
def remove_item(*, room: Any, by: Any, item: str) -> Answer:
    """Remove a point that is still ahead."""
    room = locked(room)
    found = _ahead(room, item)
    note(room, by, "removed an item", found)
    found.delete()
    touch(room, *AGENDA_PARTS, "wall.scene", *resting_on("agenda"))
    return Answer(say=_("Removed."))


@transaction.atomic
def move_item(*, room: Any, by: Any, item: str, direction: str) -> Answer:
    """Let a point change places with its neighbour ("up" or "down"); both must be still ahead."""
    room = locked(room)
    found = _ahead(room, item)
    ahead = list(AgendaItem.objects.filter(room=room, state=AgendaItem.State.AHEAD))
    place = ahead.index(found) + (-1 if direction == "up" else 1)
    if not 0 <= place < len(ahead):
        raise Refused(_("It stands at the end already."))
    other = ahead[place]
    found.position, other.position = other.position, found.position
    for each in (found, other):
        each.save(update_fields=["position"])
    note(room, by, "moved an item", found, detail=direction)
    touch(room, *AGENDA_PARTS, "wall.scene")
    return Answer(say=_("Moved."))


def _ahead(room: Any, item: str) -> AgendaItem:
    found: AgendaItem = meant(AgendaItem.objects.filter(room=room, handle=item))
    if found.state != AgendaItem.State.AHEAD:
        raise Refused(_("This point has begun: it stays where it is. You can still change its words and minutes."))
    return found
