"""What a host sets up and a moderator moves on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from deliberate.roles import PARTICIPANT, ROLES
from rooms.events import core
from rooms.events.models import AgendaItem, Event, Group, RoleLink, Room
from rooms.events.queries import current_item
from rooms.journal.actions import locked, note

AGENDA_PARTS = ("events.agenda", "events.now")
#: How long an event is kept where its host says nothing else.
KEPT_DAYS = 30


@transaction.atomic
def create_event(
    *,
    title: str,
    groups: list[str],
    room: str,
    agenda: list[tuple[str, int]],
    retention_until: date | None = None,
    keeper: Any = None,
) -> Event:
    """A new event with its groups, one room with its agenda (title, minutes), and one link a role.

    `keeper` is the account that keeps it on its desk. Refused where there are more groups than initials allow."""
    names = list(dict.fromkeys(groups))
    if len(names) > core.MOST_GROUPS:
        raise Refused(_("An event can have forty groups at most."))
    until = retention_until or now().date() + timedelta(days=KEPT_DAYS)
    event = Event.objects.create(title=title, retention_until=until, keeper=keeper)
    for position, (name, initial) in enumerate(zip(names, core.initials(names), strict=True)):
        Group.objects.create(event=event, name=name, initial=initial, colour=position % 10, position=position)
    hall = Room.objects.create(event=event, name=room)
    for position, (point, minutes) in enumerate(agenda):
        AgendaItem.objects.create(room=hall, title=point, minutes=minutes, position=position)
    for role in ROLES:
        create_link(event, role)
    return event


def create_link(event: Event, role: str, room: Room | None = None) -> RoleLink:
    """A new role link; participants' links have a code to type."""
    room_for(RoleLink.objects.filter(event=event))
    code = tokens.code() if role == PARTICIPANT else None
    return RoleLink.objects.create(event=event, room=room, role=role, handle=tokens.handle(12), code=code)


@transaction.atomic
def move_on(*, room: Any, by: Any, item: str = "") -> Answer:
    """End the current item, if any, and start the next one ahead.

    `item` is the handle of the item seen as next: two who press at once move on once, not twice."""
    room = locked(room)
    at = now()
    current = current_item(room)
    if item and current is not None and current.handle == item:
        return Answer(say=_("Now: %(title)s") % {"title": current.title}, data={"item": item})
    following = AgendaItem.objects.filter(room=room, state=AgendaItem.State.AHEAD).first()
    if following is None and current is None:
        raise Refused(_("The agenda is at its end."))
    if item and (following is None or following.handle != item):
        raise Refused(
            _("The agenda has changed meanwhile. Look what comes next now, then move on again."), code="changed"
        )
    if current is not None:
        current.state, current.ended_at = AgendaItem.State.DONE, at
        current.save(update_fields=["state", "ended_at"])
    if following is not None:
        following.state, following.started_at = AgendaItem.State.CURRENT, at
        following.save(update_fields=["state", "started_at"])
    return _moved(room, by, "moved on", following, "events.move_back")


@transaction.atomic
def move_back(*, room: Any, by: Any) -> Answer:
    """Take a move back: the item before goes on as if it had never ended."""
    room = locked(room)
    current = current_item(room)
    before = AgendaItem.objects.filter(room=room, state=AgendaItem.State.DONE).last()
    if current is None and before is None:
        raise Refused(_("The agenda has not begun."))
    if current is not None:
        current.state, current.started_at = AgendaItem.State.AHEAD, None
        current.save(update_fields=["state", "started_at"])
    if before is not None:
        before.state, before.ended_at = AgendaItem.State.CURRENT, None
        before.save(update_fields=["state", "ended_at"])
    return _moved(room, by, "moved back", before, "events.move_on")


def _moved(room: Any, by: Any, verb: str, to: AgendaItem | None, undo: str) -> Answer:
    note(room, by, verb, to or "")
    touch(room, *AGENDA_PARTS, "wall.scene")
    data = {"item": to.handle if to else "", "undo": {"command": undo, "fields": {}}}
    if to is None:
        return Answer(say=_("The agenda is done.") if verb == "moved on" else _("The agenda has not begun."), data=data)
    return Answer(say=_("Now: %(title)s") % {"title": to.title}, data=data)
