"""Words that were taken back leave the statement: its quotes, clauses that are a quote and no more, earlier wordings and settled
versions. What people wrote in words of their own is theirs: in_own_words.py."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from deliberate.door.models import Receipt
from deliberate.live.stale import touch
from polls.ideas.models import Idea
from polls.ideas.muting import taken_back
from polls.statements import in_force, queries
from polls.statements.actions import TEXT
from polls.statements.content import strike_from_version, texts_of
from polls.statements.in_own_words import TakenBack, elsewhere, holds, to_reword
from polls.statements.models import (
    Citation,
    Clause,
    ClauseRevision,
    FormerCitation,
    SettledClause,
)
from polls.statements.pads.folding import renew_all
from polls.statements.rewording import reword
from polls.statements.sources import IDEA, SEGMENT
from rooms.journal.actions import note
from rooms.transcript.models import Segment
from rooms.transcript.striking import striker
from rooms.transcript.struck import Left, Struck, all_as_words, shingles
from rooms.transcript.struck import strike as struck_from


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
    _strike(room, None, IDEA, idea, {0: struck_from("", [idea.text])[0]}, clauses, words=[idea.text])


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
    clauses_of: dict[int, Clause] = {}
    for row in Citation.objects.filter(**{kind: source}, source_revision__in=texts).select_related("clause"):
        before = row.quote
        row.start, row.end, row.quote = texts[row.source_revision].quote(row.start, row.end)
        row.save(update_fields=["start", "end", "quote"])
        row.clause = clauses_of.setdefault(row.clause_id, row.clause)  # two quotes of one clause: it is reworded twice
        if row.quote != before:
            words |= _itself(texts[row.source_revision], before, row.quote)
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
        words |= _itself(left, before, quote)
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
    struck = [piece for each in texts.values() if isinstance(each, Struck) for piece in each.words]
    back = TakenBack(words, telling, resting, frozenset[str]().union(*map(shingles, struck)))
    said += to_reword(room, back) + elsewhere(room, source, back)
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


def _itself(left: Left, before: str, quote: str) -> set[str]:
    """The quote as it was, where striking the source's words from other texts would not strike all that it lost."""
    return {before} if quote != before and all_as_words(left.words, before).left != quote else set()


def _follows(row: Citation, before: str) -> bool:
    """Whether a clause is this quote and no more, so that it reads as the quote does: nobody wrote it, it began with the quote."""
    return row.clause.text == before and in_force.over(row.clause) is None


def _strike_earlier(room: Any, words: Collection[str], clauses: set[int] | None) -> None:
    """Strike words from earlier wordings of clauses (of these alone, where some are given), which nobody can reword: the wall
    shows what changed since."""
    rows = ClauseRevision.objects.filter(clause__statement__room=room)
    for row in rows if clauses is None else rows.filter(clause__in=clauses):
        left = all_as_words(filter(str.strip, words), row.text).left
        if left != row.text:
            ClauseRevision.objects.filter(pk=row.pk).update(text=left)
            touch(room, *TEXT)
