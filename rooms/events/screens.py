from __future__ import annotations

from dataclasses import dataclass
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
        "begun": len(ahead) < len(items),
        "back": any(item.state == AgendaItem.State.DONE for item in items),
        "plan": _plan(items, current),
    }


@dataclass(frozen=True, slots=True)
class Plan:
    """How far the room is behind its plan: as late as the current item began, or since it was to end, whichever is more.

    `end`: epoch ms at which the current item would end if all had kept to the plan since the first began; `late_ms`: by
    how much it began after its planned moment, below zero if before."""

    end: int
    late_ms: int


def _plan(items: list[AgendaItem], current: AgendaItem | None) -> Plan | None:
    begun = [item.started_at for item in items if item.started_at]
    if current is None or current.started_at is None or not begun:
        return None
    before = sum(item.minutes for item in items if item.state == AgendaItem.State.DONE)
    planned = min(begun) + timedelta(minutes=before)
    end = planned + timedelta(minutes=current.minutes)
    return Plan(epoch_ms(end), epoch_ms(current.started_at) - epoch_ms(planned))


page("", roles=[HOST], template="host/event.html", extra=host.event_screen)
page("groups", roles=[HOST], template="host/groups.html", extra=host.groups_screen)
page("rooms", roles=[HOST], template="host/rooms.html", extra=host.rooms_screen)
page("links", roles=[HOST], template="host/links.html", extra=host.links_screen)
page("print", roles=[HOST], template="host/print.html", extra=host.print_screen)
page("retention", roles=[HOST], template="host/retention.html", extra=host.retention_screen)
