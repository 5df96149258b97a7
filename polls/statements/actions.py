"""What drafters do with the text, and how a version of it is settled."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from polls.statements import core, in_force, queries, signing
from polls.statements.models import Clause, Reserved, Statement, Support
from polls.statements.pads.folding import fold
from polls.statements.rewording import TEXT as TEXT
from polls.statements.rewording import reword as reword
from rooms.journal.actions import locked, note
from rooms.seats.actions import eraser
from rooms.seats.models import Seat

#: As many as the parts of the reading view hold (screens.py).
MOST_CLAUSES = 40
#: What shows of segments, ideas and polls in which clause they stand.
USES = (
    "transcript.recent",
    "transcript.captioner",
    "ideas.board",
    "ideas.newest",
    "ideas.console",
    "ideas.desk",
    "ballots.results",
    "ballots.fresh",
    "ballots.closed",
)


def statement_of(room: Any) -> Statement:
    """The room's statement, begun if need be. Call it with the room locked."""
    return Statement.objects.get_or_create(room=room)[0]


@transaction.atomic
def name(*, room: Any, by: Any, title: str, preamble: str, revision: int | None = None) -> Answer:
    """Give the statement its title and the words before its clauses. `revision`: of those that the writer began from
    (queries.named), where they say so."""
    room = locked(room)
    row = statement_of(room)
    in_force.check_text_open(row)
    if revision is not None and revision != queries.named(row):
        said = _(
            "Somebody changed the title or the preamble while you wrote. Read their words; save once more to put yours in "
            "their place."
        )
        raise Refused(said, code="stale", instead={"revision": str(queries.named(row))})
    if (row.title, row.preamble) != (title, preamble):
        row.title, row.preamble = title, preamble
        row.save(update_fields=["title", "preamble"])
        note(room, by, "named the statement")
        touch(room, *TEXT)
    return Answer(say=_("Saved."), data={"revision": queries.named(row)})


@transaction.atomic
def add_clause(*, room: Any, by: Any, text: str, after: str) -> Answer:
    """A new clause behind another one, or at the end."""
    room = locked(room)
    row = put_clause(room, by, text, queries.clause(room, after) if after else None)
    return Answer(
        say=_("Clause %(number)d is added.") % {"number": queries.number_of(row)}, data={"clause": row.handle}
    )


def put_clause(room: Any, by: Any, text: str, after: Clause | None = None, *, before: Clause | None = None) -> Clause:
    """Add a clause behind or before another one, or at the end, with the room locked. Refused where the statement holds no
    more."""
    statement = statement_of(room)
    in_force.check_text_open(statement)
    clauses = Clause.objects.filter(statement=statement)
    _check_room_for_one(statement)
    if len(text) > core.LONGEST_CLAUSE:
        raise Refused(_("This is too long for a clause. Choose fewer words, or cite them into a clause that stands."))
    last = clauses.order_by("-position").first()
    position = before.position if before else (after.position if after else last.position if last else 0) + 1
    clauses.filter(position__gte=position).update(position=F("position") + 1)
    row = Clause.objects.create(statement=statement, position=position, text=text, changed_at=now())
    note(room, by, "added a clause", row)
    touch(room, *TEXT, *USES)
    return row


def _check_room_for_one(statement: Statement) -> None:
    if Clause.objects.filter(statement=statement, removed=False).count() >= MOST_CLAUSES:
        raise Refused(
            _("A statement holds at most %(most)d clauses. Join two, or take one out.") % {"most": MOST_CLAUSES}
        )


@transaction.atomic
def edit_clause(*, room: Any, by: Any, clause: str, text: str, revision: int) -> Answer:
    """Reword a clause. The earlier wording is kept. Refused where somebody reworded it since `revision`."""
    room = locked(room)
    row = queries.clause(room, clause)
    if row.revision != revision:
        said = _(
            "Somebody reworded this clause while you wrote. Read their words; save once more to put yours in their place."
        )
        raise Refused(said, code="stale", instead={"revision": str(row.revision)})
    if row.text == text:
        return Answer(say=_("Saved."), data={"revision": revision})
    reword(room, by, row, text)
    return Answer(say=_("Saved."), data={"revision": row.revision})


@transaction.atomic
def move_clause(*, room: Any, by: Any, clause: str, direction: str) -> Answer:
    """Let a clause and its neighbour change places."""
    room = locked(room)
    row = queries.clause(room, clause)
    in_force.check_open(row)
    standing = Clause.objects.filter(statement=row.statement, removed=False)
    up = direction == "up"
    before = (
        standing.filter(position__lt=row.position).last() if up else standing.filter(position__gt=row.position).first()
    )
    if before is None:
        raise Refused(_("It is the first clause already.") if up else _("It is the last clause already."))
    if in_force.clauses([before]):
        said = _("Its neighbour is settled and keeps its place. To move it, ask the host to reopen it.")
        raise Refused(said, code="settled")
    row.position, before.position = before.position, row.position
    row.save(update_fields=["position"])
    before.save(update_fields=["position"])
    note(room, by, "moved a clause", row, direction)
    touch(room, *TEXT, *USES)
    return Answer(say=_("It is clause %(number)d now.") % {"number": queries.number_of(row)})


@transaction.atomic
def remove_clause(*, room: Any, by: Any, clause: str) -> Answer:
    """Take a clause out. It keeps its words, quotes and support, and can be put back where it stood."""
    room = locked(room)
    row = queries.clause(room, clause)
    take_out(room, by, row)
    undo = {"command": "statements.restore_clause", "fields": {"clause": row.handle}}
    return Answer(say=_("The clause is taken out."), data={"undo": undo})


def take_out(room: Any, by: Any, row: Clause) -> None:
    """Take a clause out, with the room locked. What was typed on its pad till now is its text. Refused
    where it is settled."""
    in_force.check_open(row)
    fold(room=room, clause=row.handle)
    Clause.objects.filter(pk=row.pk).update(removed=True)
    note(room, by, "took out a clause", row)
    touch(room, *TEXT, *USES)


@transaction.atomic
def restore_clause(*, room: Any, by: Any, clause: str) -> Answer:
    """Put a clause back where it stood. Refused where the statement holds no more, and for one of which an import brought no words."""
    room = locked(room)
    row = queries.clause(room, clause, removed=True)
    in_force.check_text_open(row.statement)
    if not row.text:
        raise Refused(_("The words of this clause were not brought in with the event. Write it anew, please."))
    _check_room_for_one(row.statement)
    Clause.objects.filter(pk=row.pk).update(removed=False, changed_at=now())
    note(room, by, "put back a clause", row)
    touch(room, *TEXT, *USES)
    return Answer(say=_("It is clause %(number)d again.") % {"number": queries.number_of(row)})


@eraser
def forget(seat: Seat) -> None:
    """Quotes stand beside who said them, as far as that is shown: after an erasure they are shown anew. Nobody's name or group
    stays beside what they wrote, in settled versions either."""
    Support.objects.filter(seat=seat).update(**signing.UNSIGNED)
    Reserved.objects.filter(seat=seat).update(**signing.UNSIGNED)
    for room in seat.event.rooms.all():
        touch(room, "statements.text", "statements.drafter", "statements.proposals")
