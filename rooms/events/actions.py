"""What a host sets up and a moderator moves on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from deliberate.roles import PARTICIPANT, ROLES
from rooms.events import core
from rooms.events.models import AgendaItem, Event, Group, RoleLink, Room
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
    code = tokens.code() if role == PARTICIPANT else None
    return RoleLink.objects.create(event=event, room=room, role=role, handle=tokens.handle(12), code=code)


@transaction.atomic
def move_on(*, room: Any, by: Any) -> Answer:
    """End the current item, if any, and start the next one ahead."""
    room = locked(room)
    at = now()
    following = AgendaItem.objects.filter(room=room, state=AgendaItem.State.AHEAD).first()
    current = AgendaItem.objects.filter(room=room, state=AgendaItem.State.CURRENT).first()
    if following is None and current is None:
        raise Refused(_("The agenda is at its end."))
    if current is not None:
        current.state, current.ended_at = AgendaItem.State.DONE, at
        current.save(update_fields=["state", "ended_at"])
    if following is not None:
        following.state, following.started_at = AgendaItem.State.CURRENT, at
        following.save(update_fields=["state", "started_at"])
        note(room, by, "moved on", following)
    else:
        note(room, by, "ended the agenda")
    touch(room, *AGENDA_PARTS, "wall.scene")
    return Answer(say=_("Now: %(title)s") % {"title": following.title} if following else _("The agenda is done."))
