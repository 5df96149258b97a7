"""What people ask of amendments: proposing, standing behind one, taking words back; and keeping the list decent."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch, touch_seat
from polls.amendments import queries
from polls.amendments.models import Amendment, CoSignature, Kind, State
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.statements import in_force, signing
from polls.statements.actions import statement_of
from polls.statements.models import Clause
from polls.statements.queries import clause as clause_of
from polls.statements.rewording import holder
from rooms.journal.actions import locked, note
from rooms.journal.models import Entry
from rooms.seats.actions import eraser
from rooms.seats.models import Seat

#: Amendments that may wait on one clause: each is compared with all others.
MOST_WAITING = 40
#: The journal's word for an amendment that was taken back.
WITHDREW = "withdrew"
#: What shows amendments, or how many there are.
SCREENS = (
    "amendments.waiting",
    "amendments.decided",
    "amendments.mine",
    "amendments.asked",
    "amendments.wall",
    "statements.text",
    "statements.drafter",
    "wall.scene",
)


@transaction.atomic
def propose(
    *, room: Any, by: Any, clause: str, kind: str, text: str, reason: str, signed: str, revision: int
) -> Answer:
    """Propose a change of a clause, a new one beside it, or that it goes. Not noted: it would tell who wrote when.

    `signed`: what its proposer may be called by; `revision`: the wording that was read."""
    room = locked(room)
    row = clause_of(room, clause)
    if row.revision != revision:
        said = _("Somebody reworded this clause while you wrote. Read their words, then send your amendment once more.")
        raise Refused(said, code="stale", instead={"revision": str(row.revision)})
    check_open(row, kind)
    if kind == Kind.CHANGE and text == row.text:
        raise Refused(_("That is how the clause reads already. Change some of its words."))
    statement = statement_of(room)
    rows = Amendment.objects.filter(statement=statement)
    twin = queries.of_clause(row).filter(seat=by, kind=kind, text=text).first()
    if twin is not None:  # a form sent twice where no script keeps it from being so
        said = _("You proposed this already. It is amendment %(n)d.") % {"n": twin.number}
        return Answer(say=said, data={"amendment": twin.handle})
    if queries.of_clause(row).count() >= MOST_WAITING:
        raise Refused(_("%(n)d amendments wait on this clause. Co-sign one of them.") % {"n": MOST_WAITING})
    room_for(rows)
    made = Amendment.objects.create(
        statement=statement,
        clause=row,
        number=_next_number(room, rows),
        seat=by,
        kind=kind,
        text=text,
        reason=reason,
        revision=revision,
        **signing.kept(room, by, signed),
    )
    touch(room, *SCREENS)
    said = _("The room can read your amendment. It is number %(n)d.") % {"n": made.number}
    undo = {"command": "amendments.withdraw", "fields": {"amendment": made.handle}}
    return Answer(say=said, data={"amendment": made.handle, "undo": undo}, on=(f"amendment:{made.handle}",))


def _next_number(room: Any, rows: QuerySet[Amendment]) -> int:
    """A number that no amendment of the room ever had: a closed poll still names one that was withdrawn. The journal knows
    how many were."""
    last: int = rows.aggregate(last=Max("number"))["last"] or 0
    handles = set(rows.values_list("handle", flat=True))
    noted = Entry.objects.filter(room=room, verb=WITHDREW, subject__startswith="amendment:").order_by()
    gone = {subject.partition(":")[2] for subject in noted.values_list("subject", flat=True)} - handles
    return max(last, len(handles) + len(gone)) + 1


@transaction.atomic
def withdraw(*, room: Any, by: Any, amendment: str) -> Answer:
    """Take one's own amendment back, whatever became of it. What stands in the text stays there, without its author."""
    room = locked(room)
    row = Amendment.objects.select_related("poll").filter(statement__room=room, seat=by, handle=amendment).first()
    if row is None:
        raise Refused(_("This amendment is not yours, or no longer there."))
    if row.poll is not None and row.poll.state == PollState.OPEN:
        raise Refused(_("The room is voting on it. Take it back after the poll has closed."), code="voting")
    if row.state in (State.ACCEPTED, State.MERGED, State.CARRIED):
        _unsign(row)
        said = _("Taken back. What the clause says stays; your reason and your name are gone.")
    else:
        drop_poll(room, row)
        row.delete()
        said = _("Your amendment is taken back.")
    note(room, by, WITHDREW, f"amendment:{amendment}")
    touch(room, *SCREENS, "statements.gone")
    return Answer(say=said, off=(f"amendment:{amendment}",))


def _unsign(row: Amendment) -> None:
    Amendment.objects.filter(pk=row.pk).update(seat=None, reason="", **signing.UNSIGNED)


@transaction.atomic
def cosign(*, room: Any, by: Any, amendment: str) -> Answer:
    """Stand behind somebody else's amendment. Doing it again changes nothing. Nothing is noted."""
    row = queries.amendment(room, amendment)
    if row.seat_id == by.pk:
        raise Refused(_("It is your own amendment: you stand behind it already."))
    CoSignature.objects.get_or_create(amendment=row, seat=by)
    touch(room, "amendments.waiting", crowd=True)
    return Answer(say=_("You co-sign it."), on=(f"cosigned:{amendment}",))


@transaction.atomic
def uncosign(*, room: Any, by: Any, amendment: str) -> Answer:
    """No longer stand behind an amendment."""
    row = queries.amendment(room, amendment)
    CoSignature.objects.filter(amendment=row, seat=by).delete()
    touch(room, "amendments.waiting", crowd=True)
    return Answer(say=_("You no longer co-sign it."), off=(f"cosigned:{amendment}",))


@transaction.atomic
def hide(*, room: Any, by: Any, amendment: str, reason: str) -> Answer:
    """Take an amendment off the list, where its words should not stand before everybody. Its proposer is told why."""
    room = locked(room)
    row = queries.amendment(room, amendment, State.OPEN, State.DECLINED)
    check_not_voted_on(row)
    drop_poll(room, row)
    Amendment.objects.filter(pk=row.pk).update(state=State.HIDDEN, before=row.state, hidden_for=reason)
    note(room, by, "hid", row)
    tell(room, row)
    undo = {"command": "amendments.unhide", "fields": {"amendment": row.handle}}
    return Answer(say=_("Hidden: amendment %(n)d.") % {"n": row.number}, data={"undo": undo})


@transaction.atomic
def unhide(*, room: Any, by: Any, amendment: str) -> Answer:
    """Put a hidden amendment back as it was: what was declined stays so, with its reason."""
    room = locked(room)
    row = queries.amendment(room, amendment, State.HIDDEN)
    Amendment.objects.filter(pk=row.pk).update(state=row.before, before="", hidden_for="")
    note(room, by, "unhid", row)
    tell(room, row)
    return Answer(say=_("Amendment %(n)d is back.") % {"n": row.number})


def check_open(clause: Clause, kind: str) -> None:
    """Refused where an amendment of this kind can't stand in the text: its clause, or the whole text, is settled."""
    if kind in queries.WITHIN:
        in_force.check_open(clause)
    else:
        in_force.check_text_open(clause.statement_id)


def check_not_voted_on(row: Amendment) -> None:
    """Refused while the room votes on it."""
    if row.poll is not None and row.poll.state == PollState.OPEN:
        raise Refused(_("The room is voting on it. The poll decides."), code="voting")


def drop_poll(room: Any, row: Amendment) -> None:
    """Drop a poll on an amendment that was not opened yet, rivals and all: its question and an option hold what is decided,
    or taken back. It is put anew on those that are left."""
    poll = row.poll
    if poll is None or poll.state != PollState.PREPARED:
        return
    Amendment.objects.filter(poll=poll).update(poll=None, option="", majority="")
    Poll.objects.filter(pk=poll.pk).delete()
    touch(room, "ballots.console")


def tell(room: Any, row: Amendment) -> None:
    """Let every screen show what became of an amendment, and its proposer's phone learn it."""
    touch(room, *SCREENS)
    if row.seat is not None:
        touch_seat(row.seat)


@eraser
def forget(seat: Seat) -> None:
    """Name and group leave what an erased person proposed; what they co-signed stays counted, unsigned by then."""
    Amendment.objects.filter(seat=seat).update(**signing.UNSIGNED)
    for room in seat.event.rooms.all():
        touch(room, *SCREENS)


@holder
def amended(clause: Clause) -> bool:
    """An amendment was written against the clause's wording as it stands: what it changes is shown beside that."""
    return Amendment.objects.filter(clause=clause, revision=clause.revision).exists()
