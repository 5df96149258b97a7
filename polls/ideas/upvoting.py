"""Support for ideas: given and taken back by many seats at once, in one transaction of the door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.live.stale import touch
from polls.ideas import queries
from polls.ideas.models import Idea, Upvote

#: The parts that show ideas and their support. Whoever changes a fact on an idea ("in clause 3") touches them too.
BOARDS = ("ideas.board", "ideas.newest", "ideas.mine", "ideas.top", "ideas.console", "ideas.desk")


def upvote(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Support ideas; field: idea (a handle). Doing it again changes nothing."""
    targets = standing(room, asked)
    given = {(target.pk, each.by.pk) for target, each in zip(targets, asked, strict=True) if target is not None}
    rows = (Upvote(idea_id=idea, seat_id=seat) for idea, seat in sorted(given))
    Upvote.objects.bulk_create(rows, ignore_conflicts=True)
    if given:
        touch(room, *BOARDS, crowd=True)
    return [
        gone(each.by) if target is None else Answer(on=(f"upvoted:{target.handle}",))
        for target, each in zip(targets, asked, strict=True)
    ]


def unvote(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Take support back, from the ideas merged into these too; field: idea. Doing it again changes nothing."""
    answers: list[Answer | Refused] = []
    targets = standing(room, asked)
    for target in {target.pk: target for target in targets if target is not None}.values():
        seats = {each.by.pk for one, each in zip(targets, asked, strict=True) if one == target}
        Upvote.objects.filter(idea__in=queries.group_of(target), seat__in=seats).delete()
    for idea, each in zip(targets, asked, strict=True):
        answers.append(gone(each.by) if idea is None else Answer(off=(f"upvoted:{idea.handle}",)))
    if any(idea is not None for idea in targets):
        touch(room, *BOARDS, crowd=True)
    return answers


def standing(room: Any, asked: Iterable[Asked]) -> list[Idea | None]:
    """For each who asked, the idea on the board that theirs counts for; None where it is gone."""
    handles = [each.fields["idea"] for each in asked]
    found = {handle: queries.standing(room, handle) for handle in dict.fromkeys(handles)}
    return [found[handle] for handle in handles]


def gone(seat: Any) -> Refused:
    """What a seat hears whose idea is no longer there."""
    with override(seat.language):
        return Refused(_("This idea is no longer on the board."))
