from __future__ import annotations

from typing import Any

from deliberate.live.parts import Context, part
from deliberate.roles import ROLES
from rooms.seats import queries
from rooms.seats.models import Where


@part("seats.presence", audiences=ROLES)
def presence(room: Any, audience: str) -> Context:
    """How many take part, in the hall and remotely: numbers, never a list."""
    seats = queries.participants(room.event)
    here = seats.count()
    return {"here": here, "remote": seats.filter(place=Where.REMOTE).count()}
