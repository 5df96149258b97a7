"""Words that were taken back and stand in what somebody wrote in words of their own: the drafters' text, amendments, ideas, notes,
reservations, polls. Nobody else's act changes these; drafters are told, and so is whoever takes the words back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from deliberate.live.times import moment_text
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ideas.models import Idea, State
from polls.statements import in_force, queries
from polls.statements.actions import TEXT
from polls.statements.models import Clause, Proposal, Statement, Support
from polls.statements.pads.folding import fold
from rooms.journal.actions import locked, note
from rooms.transcript.struck import as_words, shingles

#: How the journal notes what drafters did with such words.
OUT, OWN = "what was taken back", "kept as the drafters' own"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What was taken back: all its `words`, looked for in the clauses `resting` on the source (by their keys) and what people wrote
    about them; those `telling` ones that are these words wherever they stand; and its `shingles`, by which a clause that rests on
    it is known though somebody changed a word."""

    words: set[str]
    telling: set[str]
    resting: set[int]
    shingles: frozenset[str]

    def stands_in(self, text: str, clause: int | None = None) -> bool:
        """Whether they stand in a text, of this clause or about it."""
        return holds(text, self.words if clause in self.resting else self.telling)

    def nearly(self, text: str, clause: int | None) -> bool:
        """Whether words close to them stand in a text of a clause that rests on them, or about it."""
        return clause in self.resting and self.close_to(text)

    def close_to(self, text: str) -> bool:
        """Whether four words in a row of theirs stand in a text."""
        return not self.shingles.isdisjoint(shingles(text))


#: What of a later feature holds words itself, by name.
Finder = Callable[[Any, TakenBack], list[str]]
_finders: list[Finder] = []


def finder(find: Finder) -> Finder:
    """Register where a later feature keeps what people wrote, to be named to whoever takes words back that stand there."""
    _finders.append(find)
    return find


def to_reword(room: Any, back: TakenBack) -> list[str]:
    """Mark what holds such words itself for the drafters to reword; say which it is."""
    statement, said = queries.statement(room), []
    if statement is None:
        return []
    if any(back.stands_in(text) for text in (statement.title, statement.preamble)):
        Statement.objects.filter(pk=statement.pk).update(to_reword=True)
        said.append(_("The title or the preamble holds them itself: a drafter can reword it."))
    numbers = {row.pk: number for number, row in queries.numbered(statement)}
    for row in Clause.objects.filter(statement=statement):
        near = not back.stands_in(row.text, row.pk)
        if near and not back.nearly(row.text, row.pk):
            continue
        Clause.objects.filter(pk=row.pk).update(to_reword=True, to_reword_at=row.revision)
        if row.removed:
            said.append(_("A clause that was taken out holds them itself: only drafters can read it."))
            continue
        told = _("Clause %(number)d holds them itself: a drafter can reword it.")
        if in_force.over(row) is not None:
            told = _("Clause %(number)d holds them itself and is settled: the host can reopen it.")
        elif near:
            told = _("Clause %(number)d holds words close to them: a drafter can reword it.")
        said.append(told % {"number": numbers[row.pk]})
    if said:
        touch(room, *TEXT)
    return said


def elsewhere(room: Any, source: Any, back: TakenBack) -> list[str]:
    """Where words stand that others wrote, which are theirs: said to whoever takes the words back."""
    names = [name for find in _finders for name in find(room, back)]
    shown = Idea.objects.filter(room=room, state__in=(State.SHOWN, State.WAITING)).order_by("number")
    ideas = [row for row in shown if row != source and back.stands_in(row.text)]
    names = [*(_("idea %(n)d") % {"n": row.number} for row in ideas), *names]
    close: list[str] = []
    notes, near = _notes(room, source, back)
    if notes or near:
        (names if notes else close).append(_("a note on a proposed source"))
    written = Support.objects.filter(clause__statement__room=room).exclude(reservation="")
    if any(back.stands_in(text) for text in written.values_list("reservation", flat=True)):
        names.append(_("a reservation"))
    for poll in Poll.objects.filter(room=room).prefetch_related("options"):
        texts = [poll.question, poll.low_label, poll.high_label, *(option.text for option in poll.options.all())]
        if any(map(back.stands_in, texts)):
            names.append(_name_of(poll))
        elif any(map(back.close_to, texts)):
            close.append(_name_of(poll))
    told = [
        (_("They also stand in what others wrote: %(where)s."), names),
        (_("Words close to them stand in: %(where)s."), close),
    ]
    return [said % {"where": ", ".join(dict.fromkeys(where))} for said, where in told if where]


def _notes(room: Any, source: Any, back: TakenBack) -> tuple[bool, bool]:
    """Whether words stand in notes on proposals, or in answers to them; and whether words close to them do in those on this source."""
    rows = Proposal.objects.filter(statement__room=room).select_related("segment", "idea")
    texts = [(text, source in (row.segment, row.idea)) for row in rows for text in (row.note, row.reason)]
    return (
        any(back.stands_in(text) for text, _own in texts),
        any(own and back.close_to(text) for text, own in texts),
    )


def _name_of(poll: Poll) -> str:
    """A poll without its words: they may be those that were taken back, and of a prepared one only moderators read any."""
    if poll.state == PollState.CLOSED and poll.closed_at is not None:
        return _("the poll that closed on %(moment)s") % {"moment": moment_text(poll.closed_at)}
    return _("the poll that is open") if poll.state == PollState.OPEN else _("a poll that is not open yet")


@transaction.atomic
def reworded(*, room: Any, by: Any, clause: str, own: bool = False) -> Answer:
    """A drafter says that words which were taken back are out of a clause, or without one of the title and preamble. Saying it
    again changes nothing. Of a clause that reads as it did then they can only say that its words are the drafters' `own`."""
    room = locked(room)
    if clause:
        fold(room=room, clause=clause)
    row: Any = queries.clause(room, clause) if clause else queries.statement(room)
    if row is not None and row.to_reword:
        if clause and row.as_then and not own:
            said = _("This clause reads as it did when words in it were taken back. Take them out first.")
            raise Refused(said, code="unchanged")
        type(row).objects.filter(pk=row.pk).update(to_reword=False)
        note(room, by, "reworded", f"clause:{clause}" if clause else "statement", OWN if own else OUT)
        touch(room, "statements.drafter", "statements.gone", "statements.reserved")
    return Answer(say=_("Noted."))


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words stands in a text, as whole words."""
    return any(as_words(piece, text).places for piece in words)
