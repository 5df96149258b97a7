from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from polls.ideas.models import Idea
from polls.ideas.queries import roots
from polls.opinions import core
from polls.opinions.models import Stance, Value

#: The word for each value, in commands, marks and exports: "agree", "pass", "disagree".
WORDS = {value.value: value.name.lower() for value in Value}


def standing(room: Any) -> list[core.Said]:
    """The stances that count in a room, each with the keys of seat and idea. Two queries."""
    return core.standing(_said(room), roots(room))


def counts(room: Any) -> dict[str, core.Counts]:
    """How many seats agree, disagree and pass, by the handle of the idea that it counts for. Three queries."""
    summed = core.counts(_said(room), roots(room))
    handles = dict(Idea.objects.filter(room=room).values_list("pk", "handle"))
    return {handles[idea]: of for idea, of in summed.items()}


def _said(room: Any) -> list[core.Said]:
    rows = Stance.objects.filter(idea__room=room).order_by("pk").values_list("seat_id", "idea_id", "value")
    return [core.Said(*row) for row in rows]


def own(room: Any, seats: Sequence[Any]) -> list[tuple[int, str, str]]:
    """(key of the seat, handle of the idea, word) for each stance of these seats that counts. Two queries."""
    stances = Stance.objects.filter(seat__in=[seat.pk for seat in seats], idea__room=room).order_by("pk")
    rows = list(stances.values_list("seat_id", "idea_id", "value", "idea__handle"))
    handles = {idea: handle for _seat, idea, _value, handle in rows}
    said = core.standing((core.Said(seat, idea, value) for seat, idea, value, _handle in rows), roots(room))
    return [(each.seat, handles[each.idea], WORDS[each.value]) for each in said]
