"""Turns on the floor and words, for the tests of this folder."""

from __future__ import annotations

from typing import Any

from deliberate.clock import now
from rooms.floor.models import ON_FLOOR, State, Turn
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make


def speaks(seat: Seat, room: Any = None) -> Turn:
    """Whoever has the floor ends, and this seat has it."""
    room = room or make.room(seat.event)
    Turn.objects.filter(room=room, state__in=ON_FLOOR).update(state=State.DONE)
    at = now()
    return Turn.objects.create(
        room=room,
        seat=seat,
        name=seat.name,
        group=seat.group,
        state=State.SPEAKING,
        asked_at=at,
        called_at=at,
        started_at=at,
    )


def said(captioner: Seat, text: str) -> Segment:
    """Settle a text of one piece."""
    (handle,) = make.act(captioner, "transcript.settle", text=text).data["segments"]
    return Segment.objects.get(handle=handle)
