"""Role links: whoever has one has its role, until it is revoked."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import drop_seat, touch
from deliberate.roles import HOST, PARTICIPANT
from rooms.events.actions import create_link
from rooms.events.models import Event, RoleLink
from rooms.events.queries import path_of
from rooms.events.setup.event import meant, opened
from rooms.journal.actions import note


@transaction.atomic
def new_link(*, room: Any, by: Any, role: str, leads_to: str) -> Answer:
    """A new link for a role; with `leads_to` (a room's handle) whoever comes by it lands there, and has a crew's
    or the wall's role in that room alone."""
    room, event = opened(room)
    target = meant(event.rooms.filter(handle=leads_to)) if leads_to else None
    link = create_link(event, role, target)
    note(room, by, "made a link", link, detail=role)
    _touch_codes(event)
    return Answer(say=_("The new link is ready."), data={"path": path_of(link), "link": link.handle})


@transaction.atomic
def revoke_link(*, room: Any, by: Any, link: str) -> Answer:
    """End a link. A participants' link lets nobody new in; any other ends the seats it gave, at once."""
    room, event = opened(room)
    found: RoleLink = meant(event.links.filter(handle=link, revoked_at=None))
    if found.pk == by.link_id and found.role == HOST:
        raise Refused(
            _("You came by this link. Make another link for a host, open that one, and revoke this one there.")
        )
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
        touch(room, "wall.code", "wall.welcome", "wall.scene")
