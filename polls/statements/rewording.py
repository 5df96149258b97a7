"""How the words of a clause change, whoever changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberate.clock import now
from deliberate.live.stale import touch
from polls.statements import in_force
from polls.statements.models import Clause, ClauseRevision, Support
from rooms.journal.actions import note
from rooms.transcript.struck import MARK

#: What shows the text, or offers its clauses by their numbers.
TEXT = (
    "statements.text",
    "statements.drafter",
    "statements.ending",
    "statements.proposals",
    "statements.wall",
    "wall.scene",
    "amendments.waiting",
    "amendments.decided",
    "amendments.mine",
    "amendments.asked",
    "amendments.wall",
    "endorsements.signed",
    "endorsements.wall",
)

#: Whether something rests on a clause's wording as it stands, so that it has to be kept when it is reworded.
Holder = Callable[[Clause], bool]
_holders: list[Holder] = []


def holder(held: Holder) -> Holder:
    """Register what a later feature rests on a clause's wording (by its `revision`)."""
    _holders.append(held)
    return held


@holder
def stood_on(row: Clause) -> bool:
    """Somebody took a stand on it."""
    return Support.objects.filter(clause=row, revision=row.revision).exists()


def open_to_words(row: Clause) -> bool:
    """Whether drafters may write on a clause."""
    return not row.removed and in_force.over(row) is None


def reword(room: Any, by: Any, row: Clause, text: str, *, typing: bool = False) -> None:
    """Give a clause other words, with the room locked. Every wording that anybody could read has a number.

    The earlier one is kept; while drafters are `typing`, only where something rests on it: else a sentence would leave a
    wording every few seconds. Of one that held words which were taken back its number alone is kept. Refused where the clause
    is settled."""
    in_force.check_open(row)
    if not typing or any(held(row) for held in _holders):
        earlier = MARK if row.to_reword else row.text
        ClauseRevision.objects.create(clause=row, number=row.revision, text=earlier, replaced_at=now())
    row.text, row.revision, row.changed_at = text, row.revision + 1, now()
    row.save(update_fields=["text", "revision", "changed_at"])
    if not typing:
        note(room, by, "reworded a clause", row)
    touch(room, *TEXT)
