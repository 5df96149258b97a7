"""How an amendment is decided: by the drafters, or by a poll that the moderator puts it to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from polls.amendments import core, queries
from polls.amendments.actions import check_not_voted_on, check_open, drop_poll, tell
from polls.amendments.models import Amendment, Kind, State
from polls.ballots import actions as ballots
from polls.ballots.core import MOST_OPTIONS
from polls.ballots.deciding import decider
from polls.ballots.models import Kind as PollKind
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import texts
from polls.statements.actions import put_clause, reword, take_out
from polls.statements.core import LONGEST_CLAUSE
from polls.statements.in_own_words import TakenBack, finder
from polls.statements.models import Clause
from polls.statements.queries import numbered, rules
from rooms.journal.actions import locked, note

#: Letters of an amendment that an option of a poll quotes.
QUOTED = 90


@transaction.atomic
def accept(*, room: Any, by: Any, amendment: str) -> Answer:
    """Put an amendment into the text as it stands. Refused where the words it amends have changed since."""
    room = locked(room)
    row = queries.amendment(room, amendment)
    check_not_voted_on(row)
    check_open(row.clause, row.kind)
    made = _into_text(room, by, row)
    if made is None:
        said = _("The words it amends have changed since. Merge it: write how the clause shall read.")
        raise Refused(said, code="overtaken")
    _decided(room, by, row, State.ACCEPTED, made)
    return Answer(say=_("Amendment %(n)d stands in the text.") % {"n": row.number})


@transaction.atomic
def merge(*, room: Any, by: Any, amendment: str, text: str, revision: int, reason: str, also: Sequence[str]) -> Answer:
    """Put an amendment into the text in other words, together with others on the same clause that these words settle
    (`also`: their handles). All are credited."""
    room = locked(room)
    row = queries.amendment(room, amendment)
    some = [row, *(queries.amendment(room, each) for each in dict.fromkeys(also) if each != amendment)]
    for each in some:
        check_not_voted_on(each)
        check_open(each.clause, each.kind)
        if each.clause_id != row.clause_id:
            raise Refused(_("Amendment %(n)d is on another clause.") % {"n": each.number})
    clause = _standing(row)
    if row.kind in (Kind.BEFORE, Kind.AFTER):
        clause = _beside(room, by, row, text)
    elif clause.revision != revision:
        said = _(
            "Somebody reworded this clause while you wrote. Read their words; send once more to put yours in place."
        )
        raise Refused(said, code="stale", instead={"revision": str(clause.revision)})
    else:
        _check_changed(some, text)
        if text != clause.text:
            reword(room, by, clause, text)
    for each in some:
        _decided(room, by, each, State.MERGED, clause, reason)
    return Answer(say=_("Merged: %(numbers)s.") % {"numbers": core.numbers(each.number for each in some)})


def _check_changed(rows: Sequence[Amendment], text: str) -> None:
    """Refused where one of these would be credited in the very wording that it wants to change. A clause that drafters reworded
    since may have taken it up already."""
    bases = queries.wordings(rows)
    for row in rows:
        if text == bases[row.pk]:
            said = _("That is the wording that amendment %(n)d amends. Change some of its words, or decline it.")
            raise Refused(said % {"n": row.number}, code="unchanged")


@transaction.atomic
def decline(*, room: Any, by: Any, amendment: str, reason: str) -> Answer:
    """Say no to an amendment, with a reason that everybody can read. What the room has carried can't be declined."""
    room = locked(room)
    row = queries.amendment(room, amendment, State.OPEN)
    check_not_voted_on(row)
    _decided(room, by, row, State.DECLINED, None, reason)
    undo = {"command": "amendments.reopen", "fields": {"amendment": row.handle}}
    return Answer(say=_("Declined: amendment %(n)d.") % {"n": row.number}, data={"undo": undo})


@transaction.atomic
def reopen(*, room: Any, by: Any, amendment: str) -> Answer:
    """Let an amendment wait again that a drafter declined. What the room declined by a poll stays so."""
    room = locked(room)
    row = queries.amendment(room, amendment, State.DECLINED)
    if row.poll is not None and row.poll.state == PollState.CLOSED:
        raise Refused(_("The room decided it by a poll."))
    Amendment.objects.filter(pk=row.pk).update(state=State.OPEN, answer="", decided_at=None)
    note(room, by, "reopened", row)
    tell(room, row)
    return Answer(say=_("Amendment %(n)d waits again.") % {"n": row.number})


@transaction.atomic
def put(*, room: Any, by: Any, amendment: str, with_rivals: bool) -> Answer:
    """Prepare the poll that decides an amendment: for or against, or, `with_rivals`, a ranking of all that touch the same
    words and of the text as it stands. The moderator opens and closes it like any other."""
    room = locked(room)
    row = queries.amendment(room, amendment, State.OPEN)
    some = [row, *(queries.rivals([row]).get(row.pk, []) if with_rivals else [])]
    some = sorted((each for each in some if each.state == State.OPEN), key=lambda each: each.number)
    if len(some) >= MOST_OPTIONS:
        said = _(
            "With its rivals these are %(n)d amendments, and a poll takes %(most)d beside the text as it stands. Put it alone, or"
            " let drafters decline some of them first."
        )
        raise Refused(said % {"n": len(some), "most": MOST_OPTIONS - 1}, code="many")
    for each in some:
        check_open(each.clause, each.kind)
        if each.poll is not None and each.poll.state != PollState.CLOSED:
            raise Refused(_("Amendment %(n)d is put to a poll already.") % {"n": each.number})
    number = {clause.pk: number for number, clause in numbered(row.statement)}.get(_standing(row).pk)
    if len(some) == 1:
        question = _("Clause %(clause)d: shall amendment %(n)d be adopted?") % {"clause": number, "n": row.number}
        options = {row.pk: _("For: adopt it")}
        stays, kind = _("Against: leave the text as it is"), PollKind.ONE
    else:
        which = core.numbers(each.number for each in some)
        question = _("Clause %(clause)d: which of the amendments %(which)s?") % {"clause": number, "which": which}
        options = {each.pk: _option(each) for each in some}
        stays, kind = _("None: leave the text as it is"), PollKind.RANKING
    asked, needs = [*options.values(), stays], rules(room.event)
    if needs.majority != core.Majority.HALF:
        question += " " + _("It needs: %(majority)s.") % {"majority": needs.get_majority_display()}
    blind = {"secret": True, "blind": True}
    made = ballots.prepare(room=room, by=by, options=asked, question=question, kind=kind, **blind).data["poll"]
    for each in some:
        bound = {"poll": Poll.objects.get(handle=made), "option": options[each.pk], "majority": needs.majority}
        Amendment.objects.filter(pk=each.pk).update(**bound)
    # By their numbers: handles of so many would not fit.
    note(room, by, "put to a poll", f"poll:{made}", f"amendments:{core.numbers(each.number for each in some)}")
    tell(room, row)
    return Answer(
        say=_("The poll is prepared. Open it when the room is ready: its result decides."), data={"poll": made}
    )


def _option(row: Amendment) -> str:
    words = " ".join(row.text.split())
    if row.kind == Kind.DELETE:
        return _("Amendment %(n)d: delete the clause") % {"n": row.number}
    if len(words) > QUOTED:
        head = words[:QUOTED].rpartition(" ")[0]
        # Chinese and Japanese have no blanks between words.
        words = (head if len(head) > QUOTED // 2 else words[:QUOTED]) + " …"
    return _("Amendment %(n)d: %(words)s") % {"n": row.number, "words": words}


@decider
def by_poll(room: Any, by: Any, poll: Poll) -> None:
    """What a poll that was put on amendments decides when it closes. One whose options were changed by hand decides only on
    those amendments that it still offers."""
    rows = Amendment.objects.select_related("clause__statement", "group", "poll", "seat").filter(poll=poll)
    offered = texts(poll)
    bound = [row for row in rows.filter(state=State.OPEN) if row.option in offered.values()]
    if not bound:
        return
    votes, stays = queries.votes(poll), next((text for text in offered.values() if not _adopts(text, bound)), "")
    carried = core.chosen(votes, stays, core.Majority(bound[0].majority))
    with override(settings.LANGUAGE_CODE):
        said = _("The room voted: %(votes)s.") % {"votes": _counted(votes)}
    for row in bound:
        if row.option != carried:
            _decided(room, by, row, State.DECLINED, None, said)
            continue
        made = _as_voted(room, by, row)
        _decided(room, by, row, State.ACCEPTED if made else State.CARRIED, made, said)
        if made is not None and poll.closed_at is not None:
            # Its words changed as the poll closed, not after it: the wall shows the result until somebody changes a clause.
            Clause.objects.filter(pk=made.pk).update(changed_at=poll.closed_at)


def _as_voted(room: Any, by: Any, row: Amendment) -> Clause | None:
    """The clause that what the room carried stands in from now on. None where it waits for the drafters: its clause was taken
    out, reworded or settled meanwhile, or the text has no room for one more. The room's word holds, and the poll closes."""
    try:
        with transaction.atomic():
            check_open(row.clause, row.kind)
            return _into_text(room, by, row)
    except Refused:
        return None


def _adopts(text: str, rows: Sequence[Amendment]) -> bool:
    return any(row.option == text for row in rows)


def _counted(votes: dict[str, int]) -> str:
    if not votes:
        return _("nobody chose")
    return "; ".join(f"{text.partition(':')[0]} {count}" for text, count in votes.items())[:240]


def _standing(row: Amendment) -> Clause:
    """The clause of an amendment. Refused where it was taken out."""
    if row.clause.removed:
        raise Refused(_("Its clause was taken out. Put the clause back first."))
    return row.clause


def _into_text(room: Any, by: Any, row: Amendment) -> Clause | None:
    """The clause that an amendment stands in from now on; None where the words it amends have changed since."""
    clause = _standing(row)
    if row.kind in (Kind.BEFORE, Kind.AFTER):
        return _beside(room, by, row, row.text)
    base = queries.wordings([row])[row.pk]
    if row.kind == Kind.DELETE:
        if clause.text != base:
            return None
        take_out(room, by, clause)
        return clause
    text = queries.fitted(row, base)
    if text is None or not text.strip() or len(text) > LONGEST_CLAUSE:
        return None
    if text != clause.text:
        reword(room, by, clause, text)
    return clause


def _beside(room: Any, by: Any, row: Amendment, text: str) -> Clause:
    clause = _standing(row)
    if row.kind == Kind.BEFORE:
        return put_clause(room, by, text, before=clause)
    return put_clause(room, by, text, after=clause)


def _decided(room: Any, by: Any, row: Amendment, state: State, made: Clause | None, answer: str = "") -> None:
    drop_poll(room, row)
    if made is not None and row.to_reword:
        Clause.objects.filter(pk=made.pk).update(to_reword=True, to_reword_at=F("revision"))
    Amendment.objects.filter(pk=row.pk).update(state=state, made=made, answer=answer, decided_at=now())
    note(room, by, state.value, row, f"clause:{made.handle}" if made else "")
    tell(room, row)


@finder
def holding(room: Any, back: TakenBack) -> list[str]:
    """The names of the amendments with words in them which were taken back, but of hidden ones. They are their proposers'; what is
    put into the text of such a one is for the drafters to reword, as a mark says, also of one that only comes back later."""
    found = []
    for row in Amendment.objects.filter(statement__room=room).order_by("number"):
        inside = back.stands_in(row.text, row.clause_id)
        if row.state not in queries.IN_TEXT and (inside or back.nearly(row.text, row.clause_id)):
            Amendment.objects.filter(pk=row.pk).update(to_reword=True)
        if row.state == State.HIDDEN:
            continue
        if inside or any(back.stands_in(text, row.clause_id) for text in (row.reason, row.answer)):
            found.append(_("amendment %(n)d") % {"n": row.number})
    return found
