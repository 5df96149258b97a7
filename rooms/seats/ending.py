"""Ending somebody's seat: a moderator or the host does, by something of it that is shown to them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.live.stale import drop_seat
from rooms.journal.actions import note
from rooms.seats.actions import held, let_all_go, touch_counts
from rooms.seats.models import Pairing, Seat
from rooms.seats.shown import whose


@transaction.atomic
def end(*, room: Any, by: Any, shown: str) -> Answer:
    """End the seat behind what is shown, everywhere. What was said, written and voted stays, as when somebody exits."""
    seat = held(whose(room, shown, by.role).seat)
    if seat.ended:
        return Answer(say=_("This seat has ended already."))
    # Its requests may wait in several rooms: all are locked in one order, so that no two acts wait for each other.
    rooms = list(seat.event.rooms.select_for_update().order_by("pk"))
    let_all_go(seat, by)
    Seat.objects.filter(pk=seat.pk).update(room=None, ended=True, ended_by_hosts=True, epoch=seat.epoch + 1)
    Pairing.objects.filter(seat=seat).delete()
    note(room, by, "ended a seat")
    touch_counts(*rooms)
    drop_seat(seat)
    return Answer(say=_("The seat has ended, on all its devices."))
