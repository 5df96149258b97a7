"""Which words may be quoted, and leave the room in files: by the event's policy on a speaker's silence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from deliberate.clock import now
from rooms.events.models import Event, Silence
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHHELD

#: How long after a turn its words wait under the policy LATER.
LATER = timedelta(minutes=10)


def may_leave(event: Event, at: datetime) -> Q:
    """The segments of an event whose words may be quoted at that moment: approved as they read, of no turn, or as far as the policy
    of when their turn began lets them. Words that came in withheld, with a bundle, never may."""

    def under(policy: Silence) -> Q:
        held = Q(turn__silence=policy)
        return held | Q(turn__silence="") if event.silence == policy else held

    # A turn that came in a file was never called, and ended when its words did.
    over = Q(turn__ended_at__lte=at - LATER) | Q(turn__called_at=None, ended_at__lte=at - LATER)
    said = Q(turn=None) | Q(approved=F("revision")) | under(Silence.STANDS) | (under(Silence.LATER) & over)
    return said & ~Q(text=WITHHELD)


def leaving(segments: QuerySet[Segment], event: Event) -> QuerySet[Segment]:
    """Those of these segments of an event that may be quoted and taken away now."""
    return segments.filter(may_leave(event, now()))


def held_back(room: Any) -> int:
    """How many pieces of what was said in a room may not leave it now."""
    said = Segment.objects.filter(room=room)
    return said.count() - leaving(said, room.event).count()
