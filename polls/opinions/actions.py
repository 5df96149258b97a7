from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count

from deliberate import rows
from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.live.stale import touch_marks
from polls.ideas.actions import regrouped
from polls.ideas.models import Idea
from polls.ideas.upvoting import gone, standing, with_merged
from polls.opinions.models import Stance, Value
from polls.pseudonyms.actions import withdrawer
from rooms.events.models import Room


def say(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Agree with ideas, disagree or pass: the last word counts. Fields: idea (a handle), value (of Value, or None, which
    takes back whatever was said).

    Nothing is painted: no picture shows stances but by the marks of whoever said them."""
    targets = standing(room, asked)
    last: dict[tuple[int, int], int | None] = {}  # idea, pseudonym: what was said last, in the order it was said
    for target, each in zip(targets, asked, strict=True):
        if target is not None:
            last.pop((target.pk, each.by.pk), None)
            last[target.pk, each.by.pk] = each.fields["value"]
    said = [(idea, who, value) for (idea, who), value in last.items() if value is not None]
    silent = [key for key, value in last.items() if value is None]
    rows.delete(Stance, ("idea", "pseudonym"), [(idea, who) for idea, who, _value in said])
    rows.delete(Stance, ("idea", "pseudonym"), with_merged(room, silent) if silent else ())
    rows.insert(Stance, ("idea", "pseudonym", "value"), said)
    return [
        gone(each.by) if target is None else _answer(target, each.fields["value"])
        for target, each in zip(targets, asked, strict=True)
    ]


def _answer(idea: Idea, value: int | None) -> Answer:
    on = tuple(f"stance:{idea.handle}:{each.name.lower()}" for each in Value if each == value)
    return Answer(on=on, off=tuple(f"stance:{idea.handle}:{each.name.lower()}" for each in Value if each != value))


@regrouped
def again(ideas: list[int]) -> None:
    """Who spoke on several of these ideas learns anew which of their stances counts."""
    spoken = Stance.objects.filter(idea__in=ideas).order_by().values("pseudonym").annotate(times=Count("pk"))
    for room in Room.objects.filter(pk__in=spoken.filter(times__gt=1).values("pseudonym__room")):
        touch_marks(room)


@withdrawer
def take_away(room: Any, pseudonym: int) -> None:
    """The stances of a pseudonym go."""
    Stance.objects.filter(pseudonym=pseudonym, idea__room=room).delete()
