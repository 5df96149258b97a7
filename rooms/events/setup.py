"""What a host sets up: the event, its groups, rooms, agenda and links, and how long it is all kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import parts
from deliberate.live.stale import drop_seat, touch
from deliberate.roles import HOST, PARTICIPANT
from deliberate.shell.traces import wipe
from rooms.events import core
from rooms.events.actions import AGENDA_PARTS, create_link
from rooms.events.models import AgendaItem, Attribution, Event, Group, RoleLink, Room
from rooms.events.queries import path_of
from rooms.journal.actions import locked, note


def opened(room: Any) -> tuple[Any, Event]:
    """The room and its event, both locked until the end of the transaction. DoesNotExist where they are gone."""
    room = locked(room)
    return room, Event.objects.select_for_update().get(pk=room.event_id)


def touch_all(event: Event) -> None:
    """A setting may show anywhere: every part of every room is stale."""
    for room in event.rooms.all():
        touch(room, *parts)


@transaction.atomic
def settings(*, room: Any, by: Any, **fields: Any) -> Answer:
    """Change what the event is called and how it treats people. `fields`: columns of Event (SettingsForm)."""
    room, event = opened(room)
    changed = [name for name, value in fields.items() if getattr(event, name) != value]
    if "attribution" in changed and Attribution.values.index(fields["attribution"]) < Attribution.values.index(
        event.attribution
    ):
        _hold(event)
    for name in changed:
        setattr(event, name, fields[name])
    event.save(update_fields=changed)
    note(room, by, "changed settings", detail=", ".join(changed))
    touch_all(event)
    return Answer(say=_("Saved."))


def _hold(event: Event) -> None:
    """Words keep the attribution they were spoken under, though the event's is about to be raised."""
    for room in event.rooms.all():
        room.turns.filter(attribution="").update(attribution=event.attribution)


@transaction.atomic
def keep_until(*, room: Any, by: Any, retention_until: date) -> Answer:
    """Change the day after which everything of the event is deleted."""
    room, event = opened(room)
    event.retention_until = retention_until
    event.save(update_fields=["retention_until"])
    note(room, by, "changed retention", detail=retention_until.isoformat())
    return Answer(say=_("Saved."))


@transaction.atomic
def delete(*, room: Any, by: Any, title: str) -> Answer:
    """Delete the event with everything in it, now. `title` is typed by the host, to be sure."""
    _room, event = opened(room)
    if title.casefold() != event.title.casefold():
        raise Refused(_("Nothing was deleted: that is not the title of this event."))
    remove_event(event)
    return Answer(say=_("The event is gone, with everything that was said and decided in it."), forget_seat=True)


def remove_event(event: Event) -> None:
    """Delete an event with all that belongs to it, and end every line into it. Call it inside a transaction."""
    for seat in event.seats.all():
        drop_seat(seat)
    event.delete()
    transaction.on_commit(wipe)


# ---- groups ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_group(*, room: Any, by: Any, name: str) -> Answer:
    """One more group; its initial is chosen so that no other group has it."""
    room, event = opened(room)
    others = list(event.groups.all())
    if len(others) >= core.MOST_GROUPS:
        raise Refused(_("An event can have forty groups at most."))
    _only(name, others)
    group = Group.objects.create(
        event=event,
        name=name,
        initial=core.initial(name, [other.initial for other in others]),
        colour=_free_colour(others),
        position=max((other.position for other in others), default=-1) + 1,
    )
    note(room, by, "added a group", group)
    touch_all(event)
    return Answer(say=_("Added."), data={"group": group.handle})


@transaction.atomic
def edit_group(*, room: Any, by: Any, group: str, name: str, initial: str) -> Answer:
    """Change a group's name, and its initial where one is given."""
    room, event = opened(room)
    found = _mine(event.groups.filter(handle=group))
    others = list(event.groups.exclude(pk=found.pk))
    _only(name, others)
    taken = [other.initial for other in others]
    if initial.casefold() in {other.casefold() for other in taken}:
        raise Refused(_("Another group has the letters %(initial)s. Choose others.") % {"initial": initial})
    found.name, found.initial = name, initial or core.initial(name, taken)
    found.save(update_fields=["name", "initial"])
    note(room, by, "changed a group", found)
    touch_all(event)
    return Answer(say=_("Saved."))


@transaction.atomic
def remove_group(*, room: Any, by: Any, group: str) -> Answer:
    """Remove a group. Whoever chose it is without a group from now on."""
    room, event = opened(room)
    found = _mine(event.groups.filter(handle=group))
    note(room, by, "removed a group", found)
    found.delete()
    touch_all(event)
    return Answer(say=_("Removed. Whoever chose this group is without a group now."))


def _only(name: str, others: list[Group]) -> None:
    if name.casefold() in {other.name.casefold() for other in others}:
        raise Refused(_("There is a group of this name already."))


def _free_colour(others: list[Group]) -> int:
    """The colour that fewest groups have."""
    used = [other.colour for other in others]
    return min(range(10), key=lambda colour: (used.count(colour), colour))


# ---- rooms and their agenda ------------------------------------------------------------------------------------------


@transaction.atomic
def add_room(*, room: Any, by: Any, name: str) -> Answer:
    """One more room, with an empty agenda."""
    room, event = opened(room)
    last = event.rooms.aggregate(last=Max("position"))["last"] or 0
    made = Room.objects.create(event=event, name=name, position=last + 1)
    note(made, by, "added a room", made)
    return Answer(say=_("Added."), data={"room": made.handle})


@transaction.atomic
def edit_room(*, room: Any, by: Any, name: str) -> Answer:
    """Rename the room the host looks at."""
    room, _event = opened(room)
    room.name = name
    room.save(update_fields=["name"])
    note(room, by, "renamed the room", room)
    touch(room, *parts)
    return Answer(say=_("Saved."))


@transaction.atomic
def add_item(*, room: Any, by: Any, title: str, minutes: int) -> Answer:
    """One more point at the end of this room's agenda."""
    room = locked(room)
    last = AgendaItem.objects.filter(room=room).aggregate(last=Max("position"))["last"]
    item = AgendaItem.objects.create(
        room=room, title=title, minutes=minutes, position=0 if last is None else last + 1
    )
    note(room, by, "added an item", item)
    touch(room, *AGENDA_PARTS, "wall.scene")
    return Answer(say=_("Added."), data={"item": item.handle})


@transaction.atomic
def edit_item(*, room: Any, by: Any, item: str, title: str, minutes: int) -> Answer:
    """Change the words and the planned minutes of a point."""
    room = locked(room)
    found = _mine(AgendaItem.objects.filter(room=room, handle=item))
    found.title, found.minutes = title, minutes
    found.save(update_fields=["title", "minutes"])
    note(room, by, "changed an item", found)
    touch(room, *AGENDA_PARTS, "wall.scene")
    return Answer(say=_("Saved."))


@transaction.atomic
def remove_item(*, room: Any, by: Any, item: str) -> Answer:
    """Remove a point that is still ahead."""
    room = locked(room)
    found = _ahead(room, item)
    note(room, by, "removed an item", found)
    found.delete()
    touch(room, *AGENDA_PARTS, "wall.scene")
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
    found: AgendaItem = _mine(AgendaItem.objects.filter(room=room, handle=item))
    if found.state != AgendaItem.State.AHEAD:
        raise Refused(_("This point has begun: it stays where it is. You can still change its words and minutes."))
    return found


# ---- links -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def new_link(*, room: Any, by: Any, role: str, leads_to: str) -> Answer:
    """A new link for a role; with `leads_to` (a room's handle) whoever comes by it lands in that room."""
    room, event = opened(room)
    target = _mine(event.rooms.filter(handle=leads_to)) if leads_to else None
    link = create_link(event, role, target)
    note(room, by, "made a link", link, detail=role)
    _touch_codes(event)
    return Answer(say=_("The new link is ready."), data={"path": path_of(link), "link": link.handle})


@transaction.atomic
def revoke_link(*, room: Any, by: Any, link: str) -> Answer:
    """End a link. A participants' link lets nobody new in; any other ends the seats it gave, at once."""
    room, event = opened(room)
    found: RoleLink = _mine(event.links.filter(handle=link, revoked_at=None))
    if found.pk == by.link_id and found.role == HOST:
        raise Refused(_("You came by this link. Make another link for a host, open that one, and revoke this one there."))
    found.revoked_at = now()
    found.save(update_fields=["revoked_at"])
    if found.role != PARTICIPANT:
        for seat in event.seats.filter(link=found):
            drop_seat(seat)
    note(room, by, "revoked a link", found, detail=found.role)
    _touch_codes(event)
    if found.role == PARTICIPANT:
        return Answer(say=_("Revoked. Nobody new comes in by it; those who are in stay."))
    return Answer(say=_("Revoked. Whoever came in by it is out."))


def _touch_codes(event: Event) -> None:
    for room in event.rooms.all():
        touch(room, "wall.code", "wall.scene")


def _mine(rows: Any) -> Any:
    """The one row that was meant, or Refused where somebody else has removed it meanwhile."""
    found = rows.first()
    if found is None:
        raise Refused(_("This is no longer there. Reload the page, please."))
    return found
