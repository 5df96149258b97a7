from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch_seat
from polls.ideas.actions import regrouped
from polls.ideas.queries import group_of, standing
from polls.opinions.models import Stance, Value
from rooms.seats.models import Seat


@transaction.atomic
def say(*, room: Any, by: Any, idea: str, value: int | None) -> Answer:
    """Agree with an idea, disagree or pass: the last word counts. None takes back whatever was said.

    Nothing is painted: no picture shows stances but by the marks of whoever said them."""
    target = standing(room, idea)
    if target is None:
        raise Refused(_("This idea is no longer on the board."))
    Seat.objects.select_for_update(no_key=True).get(pk=by.pk)  # two devices of one seat speak one after the other
    Stance.objects.filter(seat=by, idea__in=[target.pk] if value is not None else group_of(target)).delete()
    if value is not None:
        Stance.objects.create(idea=target, seat=by, value=value)
    on = tuple(f"stance:{target.handle}:{each.name.lower()}" for each in Value if each == value)
    return Answer(on=on, off=tuple(f"stance:{target.handle}:{each.name.lower()}" for each in Value if each != value))


@regrouped
def again(ideas: list[int]) -> None:
    """Seats that spoke on several of these ideas learn anew which of their stances counts."""
    spoken = Stance.objects.filter(idea__in=ideas).order_by().values("seat").annotate(times=Count("pk"))
    for seat in Seat.objects.filter(pk__in=spoken.filter(times__gt=1).values("seat")):
        touch_seat(seat)
