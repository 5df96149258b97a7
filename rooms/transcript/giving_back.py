"""What was said while somebody was called by mistake is of whoever had the floor before, and goes on."""

from __future__ import annotations

from typing import Any

from deliberate.live.parts import resting_on
from deliberate.live.stale import touch
from rooms.floor.disowning import given_back
from rooms.floor.models import Turn
from rooms.transcript.actions import LIVE, changed, promise, sign
from rooms.transcript.models import Interim, Segment
from rooms.transcript.queries import withdrawn_with
from rooms.transcript.striking import withdraw
from rooms.transcript.struck import WITHDRAWN


@given_back
def move(room: Any, by: Any, called: Turn, before: Turn | None) -> None:
    """Tie such words to the turn that goes on, to none where nobody had the floor; it is for its speaker to look through them. What
    they had withdrawn with all of their turn stays so."""
    said = list(Segment.objects.filter(room=room, turn=called))
    moved = Interim.objects.filter(room=room, turn=called).update(turn=before)
    if not said and not moved:
        return
    if before is not None:
        promise(before, room.event)
        sign(before, room)
    Segment.objects.filter(room=room, turn=called).exclude(text=WITHDRAWN).update(approved=None, mended=False)
    Segment.objects.filter(room=room, turn=called).update(turn=before)
    for each in said:
        if withdrawn_with(before, each.started_at) and each.text != WITHDRAWN:
            each.turn = before
            withdraw(room, by, each)
    changed(room, called)
    changed(room, before)
    touch(room, *LIVE, *resting_on("said"), *resting_on("attribution"))
