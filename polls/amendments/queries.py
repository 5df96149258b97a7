from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.errors import Refused
from polls.amendments import core
from polls.amendments.models import Amendment, Kind, State
from polls.ballots.models import Kind as PollKind
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import result, texts
from polls.statements import in_force, signing
from polls.statements.models import Clause, ClauseRevision
from polls.statements.queries import numbered, statement
from rooms.transcript.core import Diff, diff
from rooms.transcript.core import Shown as ShownAs
from rooms.transcript.struck import MARK

#: States in which the drafters or the room still have a word.
WAITING = (State.OPEN, State.CARRIED)
#: Kinds that change the words of a clause that stands.
WITHIN = (Kind.CHANGE, Kind.DELETE)
#: States of what stands in the text.
IN_TEXT = (State.ACCEPTED, State.MERGED)
DECIDED = (*IN_TEXT, State.DECLINED)


def amendment(room: Any, handle: str, *states: str) -> Amendment:
    """One amendment of the room in one of these states, WAITING by default. Refused where there is none."""
    rows = Amendment.objects.select_related("clause__statement", "group", "poll", "seat")
    found = rows.filter(statement__room=room, handle=handle, state__in=states or WAITING).first()
    if found is None:
        raise Refused(_("This amendment is decided already, or no longer there."))
    return found


def waiting(room: Any) -> QuerySet[Amendment]:
    """What waits to be decided, in the order of the clauses; of clauses that were taken out last."""
    rows = Amendment.objects.filter(statement__room=room, state__in=WAITING)
    return rows.order_by("clause__removed", "clause__position", "clause__pk", "number")


def decided(room: Any) -> QuerySet[Amendment]:
    """What was decided, the newest amendment first."""
    return Amendment.objects.filter(statement__room=room, state__in=DECIDED).order_by("-number")


def of_clause(clause: Clause) -> QuerySet[Amendment]:
    """What waits on a clause."""
    return Amendment.objects.filter(clause=clause, state__in=WAITING)


# ---- words -----------------------------------------------------------------------------------------------------------


def wordings(rows: Iterable[Amendment]) -> dict[int, str]:
    """By the amendment's key, the wording of the clause that it amends: one query for those that were reworded since. Empty
    where that was not kept, so that nothing is put in place of words which were never read beside it."""
    rows = list(rows)
    kept = earlier(rows)
    return {row.pk: kept.get(row.pk, "") if _reworded(row) else row.clause.text for row in rows}


def earlier(rows: Iterable[Amendment]) -> dict[int, str]:
    """The same, of those alone whose clause was reworded since and that wording kept."""
    some = [row for row in rows if _reworded(row)]
    kept = ClauseRevision.objects.filter(clause__in={row.clause_id for row in some})
    texts = {(clause, number): text for clause, number, text in kept.values_list("clause", "number", "text")}
    return {row.pk: texts[place] for row in some if (place := (row.clause_id, row.revision)) in texts}


def _reworded(row: Amendment) -> bool:
    return row.revision != row.clause.revision


def fitted(row: Amendment, base: str) -> str | None:
    """What a changed clause would read now: the amendment's words, carried over to the wording that stands. None where
    they touch words that changed since, or were hidden when the event came here, so that there are none."""
    if row.kind == Kind.CHANGE and not row.text:
        return None
    return core.carried_over(base, row.text, row.clause.text)


def rivals(rows: Iterable[Amendment]) -> dict[int, list[Amendment]]:
    """By key, for those of these that touch words others of the same clause touch: those others."""
    by_clause: dict[int, list[Amendment]] = defaultdict(list)
    for row in Amendment.objects.select_related("clause").filter(
        clause__in={row.clause_id for row in rows}, state__in=WAITING, kind__in=WITHIN
    ):
        by_clause[row.clause_id].append(row)
    found: dict[int, list[Amendment]] = {}
    for some in by_clause.values():
        bases = wordings(some)
        readings = [core.Reading(row.pk, bases[row.pk], row.text, fitted(row, bases[row.pk])) for row in some]
        known = {row.pk: row for row in some}
        for key, others in core.pairs_of_rivals(some[0].clause.text, readings).items():
            found[key] = [known[other] for other in others]
    return found


# ---- who -------------------------------------------------------------------------------------------------------------


def proposed_as(row: Amendment, event: Any) -> ShownAs:
    """Who an amendment is shown as proposed by, as far as they chose and the event allows now."""
    return signing.shown_as(row, event)


def proposer(row: Amendment, event: Any) -> str:
    """The same in words; empty for nobody."""
    return proposed_as(row, event).text


def credit(row: Amendment, event: Any) -> str:
    """That an amendment stands in the text, and of whom, in a few words."""
    who = proposer(row, event)
    words = {"n": row.number, "who": who}
    return _("Amendment %(n)d, proposed by %(who)s") % words if who else _("Amendment %(n)d") % words


def credits(of: Any, until: Any = None) -> dict[str, list[str]]:
    """By the clause's handle, which amendments stand in it, with their proposers as far as they are shown now; `until`: those
    that were decided by then."""
    rows = Amendment.objects.select_related("made", "group").filter(
        statement__room=of, state__in=IN_TEXT, made__isnull=False
    )
    # Of a deletion that was accepted nothing stands, also where its clause was put back.
    rows = rows.exclude(kind=Kind.DELETE, state=State.ACCEPTED)
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows.filter(decided_at__lte=until) if until else rows:
        assert row.made is not None
        found[row.made.handle].append(credit(row, of.event))
    return found


def adopted(room: Any) -> dict[int, list[tuple[str, str]]]:
    """By the key of a closed poll, what came of the amendments that it carried: a sentence about each, and how the clause that
    it stands in reads now, empty where words that were taken back stand there. Not how it was proposed: drafters take such words
    out of the text, and nobody takes them out of what was carried."""
    rows = Amendment.objects.select_related("made", "poll").filter(
        statement__room=room,
        state__in=IN_TEXT,
        made__isnull=False,
        poll__state=PollState.CLOSED,
    )
    numbers = {row.pk: number for number, row in numbered(statement(room))}
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in rows.order_by("number"):
        assert row.made is not None
        assert row.poll is not None
        if core.chosen(votes(row.poll), "", core.Majority(row.majority)) != row.option:
            continue  # the poll was changed by hand and decided nothing
        number = numbers.get(row.made.pk)
        if number is None:
            told = (_("Amendment %(n)d: its clause is not in the text any more.") % {"n": row.number}, "")
        elif row.kind == Kind.DELETE and row.state == State.ACCEPTED:
            continue  # the clause was put back
        else:
            said = _("Amendment %(n)d stands in clause %(clause)d, as it reads now") % {
                "n": row.number,
                "clause": number,
            }
            told = (said, "" if row.made.to_reword else row.made.text)
        found[row.poll.pk].append(told)
    return found


# ---- as a screen shows it --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """An amendment as a page shows it. `clause`: the number of its clause, None where that was taken out; `words`: what it
    changes, marked; `pieces`: the same for a sentence; `overtaken`: the words it amends changed since; `suggested`: what
    a drafter begins from who merges it; `polled`: a poll is "prepared" or "open" that decides it; `reworded`: that poll
    asks something else now, so it decides nothing; `settled`: the words it amends, or the text it would stand in, stay as they
    read until the host reopens them."""

    row: Amendment
    clause: int | None
    words: Diff
    pieces: tuple[tuple[str, str], ...]
    by: str
    cosigned: int
    rivals: tuple[int, ...]
    others: tuple[Amendment, ...]
    overtaken: bool
    suggested: str
    polled: str
    reworded: bool
    settled: bool


def shown(room: Any, rows: Any) -> list[Shown]:
    """These amendments as a page shows them: eight queries, whatever their number."""
    some = list(rows.select_related("clause", "group", "poll").annotate(signed=Count("cosignatures")))
    bases, against = wordings(some), rivals([row for row in some if row.state in WAITING])
    numbers = {row.pk: number for number, row in numbered(statement(room))}
    offered: dict[int, set[str]] = defaultdict(set)
    for poll, text in Poll.objects.filter(amendments__in=some).values_list("pk", "options__text"):
        offered[poll].add(text)
    waits: dict[int, list[Amendment]] = defaultdict(list)
    for row in Amendment.objects.filter(clause__in={row.clause_id for row in some}, state__in=WAITING):
        waits[row.clause_id].append(row)
    whole, alone = in_force.version(statement(room)) is not None, in_force.clauses(row.clause for row in some)
    found = []
    for row in some:
        now = fitted(row, bases[row.pk]) if row.kind == Kind.CHANGE else row.text
        words = _words(row, bases[row.pk])
        found.append(
            Shown(
                row=row,
                clause=numbers.get(row.clause_id),
                words=words,
                pieces=tuple(core.pieces(words)) if row.kind == Kind.CHANGE else (),
                by=proposer(row, room.event),
                cosigned=row.signed,
                rivals=tuple(sorted(other.number for other in against.get(row.pk, ()))),
                others=tuple(other for other in waits[row.clause_id] if other.pk != row.pk),
                overtaken=now is None,
                suggested=row.text if now is None else now,
                polled=row.poll.state if row.poll is not None else "",
                reworded=row.poll_id is not None and row.option not in offered[row.poll_id],
                settled=whole or (row.kind in WITHIN and row.clause_id in alone),
            )
        )
    return found


def _words(row: Amendment, base: str) -> Diff:
    """What an amendment changes, marked: a new clause is all new, one that is deleted all gone. Of a wording from which words were
    taken back nothing is marked: what its proposer left alone would look like words of theirs."""
    if row.kind in (Kind.BEFORE, Kind.AFTER):
        return diff("", row.text)
    if row.kind == Kind.CHANGE and row.text and MARK in base:
        return diff(row.text, row.text)
    return diff(base, row.text if row.text or row.kind == Kind.DELETE else base)


def waits(room: Any) -> dict[str, list[str]]:
    """By the clause's handle, how many amendments wait on it, in words."""
    counted = Amendment.objects.filter(statement__room=room, state__in=WAITING).order_by()
    rows = counted.values_list("clause__handle").annotate(n=Count("pk"))
    return {handle: [ngettext("%(n)d amendment waits", "%(n)d amendments wait", n) % {"n": n}] for handle, n in rows}


def votes(poll: Poll) -> dict[str, int]:
    """Of a closed poll, votes by the option's text; of a ranking those of its last round."""
    found, words = result(poll), texts(poll)
    if poll.kind == PollKind.RANKING:
        rounds = found["rounds"]
        return {words[option]: count for option, count in (rounds[-1]["votes"].items() if rounds else ())}
    return {words[option]: count for option, count in found["figures"]["votes"]}


def put(room: Any) -> Poll | None:
    """The poll that is open in the room where it decides amendments; else None."""
    return Poll.objects.filter(room=room, state=PollState.OPEN, amendments__isnull=False).distinct().first()
