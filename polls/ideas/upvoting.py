"""Support for ideas: given and taken back by many seats at once, in one transaction of the door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate import rows
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
    rows.insert(Upvote, ("idea", "pseudonym"), sorted(given), "ON CONFLICT DO NOTHING")
    if given:
        touch(room, *BOARDS, crowd=True)
    return [
        gone(each.by) if target is None else Answer(on=(f"upvoted:{target.handle}",))
        for target, each in zip(targets, asked, strict=True)
    ]


def unvote(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Take support back, from the ideas merged into these too; field: idea. Doing it again changes nothing."""
    targets = standing(room, asked)
    taken = {(target.pk, each.by.pk) for target, each in zip(targets, asked, strict=True) if target is not None}
    rows.delete(Upvote, ("idea", "pseudonym"), with_merged(room, taken))
    if taken:
        touch(room, *BOARDS, crowd=True)
    return [
        gone(each.by) if target is None else Answer(off=(f"upvoted:{target.handle}",))
        for target, each in zip(targets, asked, strict=True)
    ]


def standing(room: Any, asked: Iterable[Asked]) -> list[Idea | None]:
    """For each who asked, the idea on the board that theirs counts for; None where it is gone."""
    handles = [each.fields["idea"] for each in asked]
    found = queries.standing(room, set(handles))
    return [found.get(handle) for handle in handles]


def with_merged(room: Any, given: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """These (idea, pseudonym), and for each the same pseudonym with every idea that was merged into that one. One query."""
    merged: dict[int, list[int]] = {}
    for idea, into in queries.roots(room).items():
        merged.setdefault(into, []).append(idea)
    return [(each, who) for idea, who in given for each in (idea, *merged.get(idea, ()))]


def gone(by: Any) -> Refused:
    """What is heard by whoever acts on an idea that is no longer there."""
    with override(by.language):
        return Refused(_("This idea is no longer on the board."))
