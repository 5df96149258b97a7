"""Words that were taken back leave the statement: its quotes, clauses that are a quote and no more, earlier wordings and settled
versions. Where drafters wrote them into the text itself, drafters are told."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.models import Receipt
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from polls.ideas.models import Idea, State
from polls.ideas.muting import taken_back
from polls.statements import in_force, queries
from polls.statements.actions import TEXT
from polls.statements.content import strike_from_version, texts_of
from polls.statements.models import (
    Citation,
    Clause,
    ClauseRevision,
    FormerCitation,
    Proposal,
    SettledClause,
    Statement,
    Support,
)
from polls.statements.pads.folding import fold, renew_all
from polls.statements.rewording import reword
from polls.statements.sources import IDEA, SEGMENT
from rooms.journal.actions import locked, note
from rooms.transcript.models import Segment
from rooms.transcript.striking import striker
from rooms.transcript.struck import Left, as_words
from rooms.transcript.struck import strike as struck_from

#: (room, words, keys of clauses that rest on them, words that are telling) -> what of a later feature holds words itself, by name.
Finder = Callable[[Any, set[str], set[int], set[str]], list[str]]
_finders: list[Finder] = []


def finder(find: Finder) -> Finder:
    """Register where a later feature keeps what people wrote, to be named to whoever takes words back that stand there."""
    _finders.append(find)
    return find


@striker
def strike(room: Any, by: Any, segment: Segment, texts: Mapping[int, Left]) -> list[str]:
    """Strike from every quote of a segment what was struck from its texts; say which clauses hold such words themselves."""
    # Before earlier wordings are looked at, for what is typed becomes one; and what was typed holds the words.
    renew_all(room=room)
    words = {piece for each in texts.values() for piece in each.words}
    telling = {piece for each in texts.values() for piece in each.words if _telling(piece) or piece != each.text}
    return _strike(room, by, SEGMENT, segment, texts, words=words, telling=telling)


@taken_back
def strike_idea(room: Any, idea: Idea) -> None:
    """Strike every quote of an idea that its author took back. What nobody quoted stands nowhere else: anybody may post an idea
    of one letter and take it back, and the text stays as it is."""
    if not idea.text:
        return
    clauses = _resting_on(IDEA, idea)
    if clauses:
        renew_all(room=room)
    _strike(room, None, IDEA, idea, {0: struck_from("", [idea.text])[0]}, clauses)


def _telling(piece: str) -> bool:
    """Whether words are so many that wherever they stand they are these. "Yes" and "the well" stand in many a text of their own:
    whoever withdraws them must not make holes in wordings that have nothing to do with it."""
    return len(piece.split()) >= 3 or len(piece) >= 12


def _resting_on(kind: str, source: Any) -> set[int]:
    """The keys of the clauses that quote a source, or once did."""
    rows = [model.objects.filter(**{kind: source}) for model in (Citation, FormerCitation)]
    return {clause for some in rows for clause in some.values_list("clause", flat=True)}


def _strike(
    room: Any,
    by: Any,
    kind: str,
    source: Any,
    texts: Mapping[int, Left],
    clauses: set[int] | None = None,
    *,
    words: Collection[str] = (),
    telling: Collection[str] = (),
) -> list[str]:
    """Strike from every quote of a source what was struck from its `texts`, by revision; from earlier wordings its quotes and
    `words`, where the clause quotes it or once did; `telling` ones, and its quotes that are, wherever they stand. Of `clauses`:
    from the earlier wordings of these alone."""
    words, telling, said, followed = set(words), set(telling), list[str](), False
    for row in Citation.objects.filter(**{kind: source}, source_revision__in=texts).select_related("clause"):
        before = row.quote
        row.start, row.end, row.quote = texts[row.source_revision].quote(row.start, row.end)
        row.save(update_fields=["start", "end", "quote"])
        if row.quote != before:
            words.add(before)
            if _follows(row, before):
                reword(room, by, row.clause, row.quote)
                followed = True
                if not row.clause.removed:
                    number = {"number": queries.number_of(row.clause)}
                    said.append(_("Clause %(number)d was nothing but that quote, and reads as it does now.") % number)
    for former in FormerCitation.objects.filter(**{kind: source}, source_revision__in=texts):
        left = texts[former.source_revision]
        before = left.text[former.start : former.end]
        former.start, former.end, quote = left.quote(former.start, former.end)
        former.save(update_fields=["start", "end"])
        words |= {before} if quote != before else set()
    resting = clauses
    if resting is None:
        resting = _resting_on(kind, source)
        telling |= set(filter(_telling, words))
        _strike_earlier(room, telling, None)
    _strike_earlier(room, words, resting)
    # What would bring a quote back that was taken out holds its words.
    undo = {"command": "statements.cite", "fields__source": f"{kind}:{source.handle}"}
    Receipt.objects.filter(
        scope=room.event.handle, **{f"answer__data__undo__{each}": value for each, value in undo.items()}
    ).delete()
    if followed:
        renew_all(room=room)  # what the clauses read before stands on their pads
    said += _to_reword(room, words, resting, telling)
    said += _elsewhere(
        room, source, telling, [name for find in _finders for name in find(room, words, resting, telling)]
    )
    settled = words if clauses is not None else telling
    for version in queries.versions(room).reverse():
        if strike_from_version(version, f"{kind}:{source.handle}", texts):
            note(room, by, "struck", f"version:{version.number}")
            said.append(
                _("A quote in version %(number)d is struck too, and the version says so.") % {"number": version.number}
            )
        if any(holds(text, settled) for text in texts_of(version)):
            said.append(
                _("Version %(number)d holds them itself, and stays as it was settled.") % {"number": version.number}
            )
    for alone in (
        SettledClause.objects.filter(clause__statement__room=room).exclude(content={}).select_related("clause")
    ):
        if strike_from_version(alone, f"{kind}:{source.handle}", texts):
            note(room, by, "struck", alone.clause, "settled")
            said.append(_("A quote under a clause that was settled by itself is struck too, and its page says so."))
        if any(holds(text, settled) for text in texts_of(alone)):
            said.append(_("A clause that was settled by itself holds them, and stays as it was settled."))
    return list(dict.fromkeys(said))


def _follows(row: Citation, before: str) -> bool:
    """Whether a clause is this quote and no more, so that it reads as the quote does: nobody wrote it, it began with the quote."""
    return row.clause.text == before and in_force.over(row.clause) is None


def _strike_earlier(room: Any, words: Iterable[str], clauses: set[int] | None) -> None:
    """Strike words from earlier wordings of clauses (of these alone, where some are given), which nobody can reword: the wall
    shows what changed since."""
    rows = ClauseRevision.objects.filter(clause__statement__room=room)
    for row in rows if clauses is None else rows.filter(clause__in=clauses):
        left = row.text
        for piece in sorted(filter(str.strip, words), key=len):  # the words alone, where a whole quote holds them
            left = as_words(piece, left).left
        if left != row.text:
            ClauseRevision.objects.filter(pk=row.pk).update(text=left)
            touch(room, *TEXT)


def _to_reword(room: Any, words: set[str], resting: set[int], telling: set[str]) -> list[str]:
    """Mark what holds `telling` words itself for the drafters to reword, of the clauses `resting` on the source what holds any of
    its `words`; say which it is. The words that drafters wrote are theirs: nobody else's act changes them."""
    statement, said = queries.statement(room), []
    if statement is None:
        return []
    if any(holds(text, telling) for text in (statement.title, statement.preamble)):
        Statement.objects.filter(pk=statement.pk).update(to_reword=True)
        said.append(_("The title or the preamble holds them itself: a drafter can reword it."))
    numbers = {row.pk: number for number, row in queries.numbered(statement)}
    for row in Clause.objects.filter(statement=statement):
        if not holds(row.text, words if row.pk in resting else telling):
            continue
        Clause.objects.filter(pk=row.pk).update(to_reword=True, to_reword_at=row.revision)
        if row.removed:
            said.append(_("A clause that was taken out holds them itself: only drafters can read it."))
            continue
        told = _("Clause %(number)d holds them itself: a drafter can reword it.")
        if in_force.over(row) is not None:
            told = _("Clause %(number)d holds them itself and is settled: the host can reopen it.")
        said.append(told % {"number": numbers[row.pk]})
    if said:
        touch(room, *TEXT)
    return said


def _elsewhere(room: Any, source: Any, telling: set[str], names: list[str]) -> list[str]:
    """Where words stand that others wrote, which are theirs: said to whoever takes the words back."""
    shown = Idea.objects.filter(room=room, state__in=(State.SHOWN, State.WAITING)).order_by("number")
    ideas = [row for row in shown if row != source and holds(row.text, telling)]
    names = [*(_("idea %(n)d") % {"n": row.number} for row in ideas), *names]
    notes = Proposal.objects.filter(statement__room=room, state=Proposal.State.OPEN).exclude(note="")
    if any(holds(note, telling) for note in notes.values_list("note", flat=True)):
        names.append(_("a note on a proposed source"))
    written = Support.objects.filter(clause__statement__room=room).exclude(reservation="")
    if any(holds(text, telling) for text in written.values_list("reservation", flat=True)):
        names.append(_("a reservation"))
    return [_("They also stand in what others wrote: %(where)s.") % {"where": ", ".join(names)}] if names else []


@transaction.atomic
def reworded(*, room: Any, by: Any, clause: str, own: bool = False) -> Answer:
    """A drafter says that words which were taken back are out of a clause, or without one of the title and preamble. Saying it
    again changes nothing. Of a clause that reads as it did then they can only say that its words are the drafters' `own`."""
    room = locked(room)
    if clause:
        fold(room=room, clause=clause)
    row: Any = queries.clause(room, clause) if clause else queries.statement(room)
    if row is not None and row.to_reword:
        if clause and row.revision == row.to_reword_at and not own:
            said = _("This clause reads as it did when words in it were taken back. Take them out first.")
            raise Refused(said, code="unchanged")
        type(row).objects.filter(pk=row.pk).update(to_reword=False)
        detail = "kept as the drafters' own" if own else "what was taken back"
        note(room, by, "reworded", f"clause:{clause}" if clause else "statement", detail)
        touch(room, "statements.drafter")
    return Answer(say=_("Noted."))


def holds(text: str, words: Iterable[str]) -> bool:
    """Whether any of the words stands in a text, as whole words."""
    return any(as_words(piece, text).places for piece in words)
