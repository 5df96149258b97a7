"""A text is settled: clause by clause or as a whole, by the rule that the host names."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from polls.ballots import actions as ballots
from polls.ballots.deciding import decider
from polls.ballots.models import Kind as PollKind
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import result, texts
from polls.statements import core, in_force, queries
from polls.statements.actions import TEXT, statement_of
from polls.statements.content import sealed, sealed_alone
from polls.statements.core import Amiss, Majority, Way
from polls.statements.models import Clause, SettledClause, Settling, Statement, Version
from polls.statements.pads.folding import fold_all, unfit
from polls.statements.reserving import keep_writers
from polls.statements.rewording import holder
from rooms.events.queries import participants
from rooms.journal.actions import locked, note


@transaction.atomic
def settle(*, room: Any, by: Any, clause: str = "") -> Answer:
    """Freeze a clause's wording, or without one the whole text as a version named by its hash, where the host's rule lets it.

    It stays as it reads until the host reopens it. A clause that is settled by itself needs nothing more, but that by consensus
    nobody says since that they can't accept it. All that is frozen is read with the room locked, and who would show less of somebody waits for the commit: they find it, and change it too."""
    room = locked(room)
    fold_all(room=room)
    statement = statement_of(room)
    in_force.check_text_open(statement)
    if clause:
        row = queries.clause(room, clause)
        alone = [(queries.number_of(row), row)]
        _check_taken_back(alone)
        _check(room, alone)
        return _clause(room, by, row, queries.rules(room.event).settle_by)
    numbered = queries.numbered(statement)
    if not numbered:
        raise Refused(_("There is no clause to settle yet."))
    left = _not_yet(numbered)
    _check_taken_back(left, statement)
    _check(room, left)
    _check_consensus(room, [pair for pair in numbered if pair not in left])
    return _whole(room, by, statement, queries.rules(room.event).settle_by)


@transaction.atomic
def put(*, room: Any, by: Any, clause: str = "") -> Answer:
    """Prepare the poll that settles a clause, or without one the whole text. The moderator opens and closes it like any other."""
    room = locked(room)
    in_force.check_text_open(statement_of(room))
    rules = queries.rules(room.event)
    if rules.settle_by != Way.POLL:
        raise Refused(_("In this event a text is not settled by a poll. The host's page Statement says how."))
    fold_all(room=room)
    statement = statement_of(room)
    row = queries.clause(room, clause) if clause else None
    if row is not None:
        in_force.check_open(row)
        _check_taken_back([(queries.number_of(row), row)])
    else:
        numbered = queries.numbered(statement)
        if not numbered:
            raise Refused(_("There is no clause to settle yet."))
        _check_taken_back(_not_yet(numbered), statement)
    if Settling.objects.filter(statement=statement, clause=row).exclude(poll__state=PollState.CLOSED).exists():
        raise Refused(_("A poll is prepared for this already."))
    number = {"number": queries.number_of(row)} if row else {}
    question = _("Shall clause %(number)d be settled as it reads?") % number if row else _("Shall the text be settled?")
    if rules.majority != Majority.HALF:
        question += " " + _("It needs: %(majority)s.") % {"majority": rules.get_majority_display()}
    yes = _("Yes: settle it")
    options = [yes, _("No: go on drafting")]
    asked: dict[str, Any] = {"question": question, "kind": PollKind.ONE, "secret": True, "blind": True}
    handle = ballots.prepare(room=room, by=by, options=options, **asked).data["poll"]
    Settling.objects.create(
        statement=statement,
        clause=row,
        poll=Poll.objects.get(handle=handle),
        digest=digest_of(statement, row),
        option=yes,
        majority=rules.majority,
    )
    note(room, by, "put to a poll", f"poll:{handle}", f"clause:{row.handle}" if row else "statement")
    said = _("The poll is prepared. If it carries, it settles the words as they read now: leave them until it closes.")
    return Answer(say=said, data={"poll": handle})


@decider
def by_poll(room: Any, by: Any, poll: Poll) -> None:
    """What a poll settles when it closes: the words that were put, where it carries and they still read so."""
    asked = Settling.objects.select_related("statement", "clause").filter(poll=poll).first()
    if asked is None:
        return
    fold_all(room=room)
    if asked.clause is not None:
        asked.clause.refresh_from_db()
    words = texts(poll)
    votes = {words[option]: count for option, count in result(poll)["figures"]["votes"]}
    yes = votes.get(asked.option, 0)
    if not core.carried(yes, sum(votes.values()) - yes, Majority(asked.majority)):
        note(room, by, "left open", poll, f"clause:{asked.clause.handle}" if asked.clause else "statement")
    elif digest_of(asked.statement, asked.clause) != asked.digest or (
        asked.clause is not None and asked.clause.removed
    ):
        note(room, by, "left open", poll, "reworded")
    elif queries.rules(room.event).settle_by != Way.POLL:
        note(room, by, "left open", poll, "rule")
    elif in_force.version(asked.statement) is not None:
        note(room, by, "left open", poll, "settled")
    elif unfit([asked.clause] if asked.clause else [row for _number, row in queries.numbered(asked.statement)]):
        note(room, by, "left open", poll, "unfit")
    elif _taken_back(asked):
        note(room, by, "left open", poll, "to_reword")
    elif asked.clause is not None:
        _clause(room, by, asked.clause, Way.POLL)
    else:
        _whole(room, by, asked.statement, Way.POLL)


def digest_of(statement: Statement, clause: Clause | None) -> str:
    """Names the words that a poll is about."""
    if clause is not None:
        return core.seal({"clause": clause.handle, "text": clause.text})
    rows: list[core.Json] = [[row.handle, row.text] for _number, row in queries.numbered(statement)]
    return core.seal({"title": statement.title, "preamble": statement.preamble, "clauses": rows})


def _not_yet(numbered: list[tuple[int, Clause]]) -> list[tuple[int, Clause]]:
    """Those of these clauses that are not settled by themselves."""
    done = queries.settled_as_they_read(row for _number, row in numbered)
    return [(number, row) for number, row in numbered if row.pk not in done]


def _taken_back(asked: Settling) -> bool:
    """Whether words that were taken back stand in what a poll is about, as far as is known."""
    if asked.clause is not None:
        return asked.clause.to_reword
    numbered = _not_yet(queries.numbered(asked.statement))
    return asked.statement.to_reword or any(row.to_reword for _number, row in numbered)


def _check_taken_back(numbered: list[tuple[int, Clause]], named: Statement | None = None) -> None:
    """Refused where words that were taken back stand in these clauses, or in the title or the preamble of the statement `named`."""
    if named is not None and named.to_reword:
        said = _(
            "Words that stand in the title or the preamble were taken back. A drafter takes them out first, or says that "
            "they are out."
        )
        raise Refused(said, code="to_reword")
    for number, row in numbered:
        if row.to_reword:
            said = _(
                "Clause %(number)d: words that stand in it were taken back. A drafter takes them out first, or says that "
                "they are out."
            )
            raise Refused(said % {"number": number}, code="to_reword")


def _check(room: Any, numbered: list[tuple[int, Clause]]) -> None:
    """Refused where the host's rule does not let these clauses be settled yet, saying what is in the way of which."""
    rules = queries.rules(room.event)
    waiting = unfit(row for _number, row in numbered)
    # Who left the room, or ended their seat, is neither heard nor in the way: their words stay beside the text.
    here = participants(room)
    totals, seats = queries.totals([row for _number, row in numbered], among=here), here.count()
    for number, row in numbered:
        if row.pk in waiting:
            said = _(
                "Clause %(number)d: drafters have typed what can't be a clause yet. Cut it down first, or undo it."
            )
            raise Refused(said % {"number": number}, code="unfit")
        stood = totals.get(row.pk, queries.Totals())
        why = core.in_the_way(
            Way(rules.settle_by), stood.counts, stood.earlier, seats, rules.quorum, Majority(rules.majority)
        )
        if why is not None:
            raise Refused(_("Clause %(number)d: %(why)s") % {"number": number, "why": _said(why)}, code=why.value)


def _check_consensus(room: Any, numbered: list[tuple[int, Clause]]) -> None:
    """Refused where a text is settled by consensus, and somebody in the room can't accept one of these clauses, which were
    settled by themselves: they may say so since."""
    if queries.rules(room.event).settle_by != Way.CONSENSUS:
        return
    totals = queries.totals([row for _number, row in numbered], among=participants(room))
    for number, row in numbered:
        if totals.get(row.pk, queries.Totals()).counts.block:
            said = _(
                "Clause %(number)d is settled, but somebody can't accept it. Read why under Support; the host can reopen it."
            )
            raise Refused(said % {"number": number}, code="blocked")


def _said(why: Amiss) -> str:
    return {
        Amiss.NOBODY_STOOD: _("nobody has taken a stand on it as it reads now."),
        Amiss.TOO_FEW: _("too few have taken a stand on it as it reads now."),
        Amiss.BLOCKED: _("somebody can't accept it. Read why under Support."),
        Amiss.NOT_CARRIED: _("too few support it or can live with it."),
        Amiss.BY_POLL: _("the room settles it by a poll, which a moderator puts."),
    }[why]


def _clause(room: Any, by: Any, row: Clause, way: str) -> Answer:
    number = {"number": queries.number_of(row)}
    if in_force.clauses([row]):
        return Answer(say=_("Clause %(number)d is settled already.") % number)
    moment = now()
    frozen, quotes, written = sealed_alone(row, moment)
    frozen["settled_by"] = str(way)
    digest = core.seal(frozen)
    made = SettledClause.objects.create(
        clause=row, revision=row.revision, settled_at=moment, content=frozen, quotes=quotes, hash=digest
    )
    keep_writers(made, written)
    note(room, by, "settled a clause", row, digest)
    touch(room, *TEXT)
    return Answer(say=_("Clause %(number)d is settled as it reads.") % number, data={"hash": digest})


@holder
def settled_on(row: Clause) -> bool:
    """The clause was settled as it reads: that wording is kept."""
    return SettledClause.objects.filter(clause=row, revision=row.revision).exists()


def _whole(room: Any, by: Any, statement: Statement, way: str) -> Answer:
    last = queries.versions(room).first()
    number, moment = last.number + 1 if last else 1, now()
    frozen, quotes, written = sealed(statement, number, moment)
    frozen["settled_by"] = str(way)
    digest = core.seal(frozen)
    version = Version.objects.create(
        statement=statement, number=number, settled_at=moment, content=frozen, quotes=quotes, hash=digest
    )
    keep_writers(version, written)
    note(room, by, "settled", f"version:{number}", digest)
    touch(room, *TEXT)
    said = _("Version %(number)d is settled.") % {"number": number}
    return Answer(say=said, data={"version": number, "hash": digest})
