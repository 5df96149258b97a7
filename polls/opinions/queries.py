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
    """The stances that count in a room, each with the keys of pseudonym and idea. Two queries."""
    return core.standing(_said(room), roots(room))


def counts(room: Any) -> dict[str, core.Counts]:
    """How many agree, disagree and pass, by the handle of the idea that it counts for. Three queries."""
    summed = core.counts(_said(room), roots(room))
    handles = dict(Idea.objects.filter(room=room).values_list("pk", "handle"))
    return {handles[idea]: of for idea, of in summed.items()}


def _said(room: Any) -> list[core.Said]:
    counting = Stance.objects.filter(idea__room=room, pseudonym__hidden=False).order_by("pk")
    return [core.Said(*row) for row in counting.values_list("pseudonym_id", "idea_id", "value")]


def own(room: Any, pseudonyms: Sequence[int]) -> list[tuple[int, str, str]]:
    """(key of the pseudonym, handle of the idea, word) for each stance of these that counts. Two queries."""
    stances = Stance.objects.filter(pseudonym__in=pseudonyms, idea__room=room).order_by("pk")
    rows = list(stances.values_list("pseudonym_id", "idea_id", "value", "idea__handle"))
    handles = {idea: handle for _who, idea, _value, handle in rows}
    said = core.standing((core.Said(who, idea, value) for who, idea, value, _handle in rows), roots(room))
    return [(each.who, handles[each.idea], WORDS[each.value]) for each in said]
