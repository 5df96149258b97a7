from __future__ import annotations

from datetime import timedelta
from typing import Any

from deliberate.clock import epoch_ms
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import CREW, HOST, PARTICIPANT, ROLES
from rooms.events import host
from rooms.events.models import AgendaItem


@part("events.agenda", audiences=(PARTICIPANT, *CREW, HOST))
def agenda(room: Any, audience: str) -> Context:
    """The whole agenda with what is done, what is on, and when the current item was to end."""
    return _agenda(room)


@part("events.now", audiences=ROLES)
def now(room: Any, audience: str) -> Context:
    """The current item, what comes next, and how far behind its plan the room is."""
    return _agenda(room)


def _agenda(room: Any) -> Context:
    items = list(AgendaItem.objects.filter(room=room))
    current = next((item for item in items if item.state == AgendaItem.State.CURRENT), None)
    ahead = [item for item in items if item.state == AgendaItem.State.AHEAD]
    return {
        "items": items,
        "current": current,
        "following": ahead[0] if ahead else None,
        "planned_end": _planned_end(items, current),
    }


def _planned_end(items: list[AgendaItem], current: AgendaItem | None) -> int | None:
    """Epoch ms at which the current item would end if all had kept to the plan since the first item began."""
    first = next((item for item in items if item.started_at), None)
    if current is None or first is None or first.started_at is None:
        return None
    begun = [item for item in items if item.state != AgendaItem.State.AHEAD]
    return epoch_ms(first.started_at + timedelta(minutes=sum(item.minutes for item in begun)))


page("", roles=[HOST], template="host/event.html", extra=host.event_screen)
page("groups", roles=[HOST], template="host/groups.html", extra=host.groups_screen)
page("rooms", roles=[HOST], template="host/rooms.html", extra=host.rooms_screen)
page("links", roles=[HOST], template="host/links.html", extra=host.links_screen)
page("print", roles=[HOST], template="host/print.html", extra=host.print_screen)
page("retention", roles=[HOST], template="host/retention.html", extra=host.retention_screen)
