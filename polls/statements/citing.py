"""From what was said, thought and decided into the text: proposing, quoting, and standing by a clause or against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from deliberate.door.limits import room_for
from deliberate.door.models import Receipt
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch, touch_seat
from polls.ideas.models import Idea
from polls.ideas.muting import taken_back
from polls.statements import core, in_force, queries, signing, sources
from polls.statements.actions import TEXT, USES, put_clause, statement_of
from polls.statements.content import strike_from_version, texts_of
from polls.statements.models import Citation, Clause, ClauseRevision, Proposal, Reserved, Rules, SettledClause, Support
from polls.statements.pads.folding import renew_all
from polls.statements.sources import IDEA, SEGMENT
from rooms.journal.actions import locked, note
from rooms.transcript.models import Segment
from rooms.transcript.striking import striker
from rooms.transcript.struck import WITHDRAWN, Left
from rooms.transcript.struck import strike as struck_from


@transaction.atomic
def propose(*, room: Any, by: Any, source: str, note: str) -> Answer:
    """Say that a source belongs in the statement. Who said so before only changes their note."""
    room = locked(room)
    found = sources.named(room, source)
    room_for(Proposal.objects.filter(statement__room=room))
    _row, fresh = Proposal.objects.update_or_create(
        statement=statement_of(room), seat=by, state=Proposal.State.OPEN, **found.column, defaults={"note": note}
    )
    touch(room, "statements.proposals", *USES)
    undo = {"undo": {"command": "statements.withdraw", "fields": {"source": source}}} if fresh else {}
    return Answer(say=_("The drafters will see it."), data=undo, on=(f"proposed:{source}",))


@transaction.atomic
def withdraw(*, room: Any, by: Any, source: str) -> Answer:
    """Take one's own proposal back, as long as no drafter has answered it. Doing it again changes nothing."""
    room = locked(room)
    kind, _colon, handle = source.partition(":")
    mine = Proposal.objects.filter(statement__room=room, seat=by, state=Proposal.State.OPEN)
    mine.filter(**{f"{kind}__handle": handle}).delete()
    touch(room, "statements.proposals", *USES)
    return Answer(say=_("Taken back."), off=(f"proposed:{source}",))


@transaction.atomic
def decline(*, room: Any, by: Any, proposal: str, reason: str) -> Answer:
    """Say no to a proposed source, with a reason that everybody can read beside it."""
    room = locked(room)
    row = Proposal.objects.filter(statement__room=room, handle=proposal, state=Proposal.State.OPEN).first()
    if row is None:
        raise Refused(_("This proposal is no longer open."))
    kind, source = queries.source_row(row)
    _decide(
        Proposal.objects.filter(statement=row.statement, state=Proposal.State.OPEN, **{kind: source}),
        Proposal.State.DECLINED,
        reason,
    )
    note(room, by, "declined", f"{kind}:{source.handle}")
    touch(room, "statements.proposals", *USES)
    return Answer(say=_("Declined."))


@transaction.atomic
def cite(*, room: Any, by: Any, clause: str, source: str, quote: str) -> Answer:
    """Let a clause rest on words of a source, which must stand there verbatim. Without a clause, a new one begins with
    the quoted words."""
    room = locked(room)
    found = sources.named(room, source)
    start, end = sources.place_of(quote, found)
    words = found.text[start:end]
    row = queries.clause(room, clause) if clause else put_clause(room, by, words)
    in_force.check_open(row)
    place = {"start": start, "end": end, "source_revision": found.revision, **found.column}
    if Citation.objects.filter(clause=row, **place).exists():
        raise Refused(_("The clause rests on these words already."))
    room_for(Citation.objects.filter(clause__statement=row.statement))
    cited = Citation.objects.create(clause=row, quote=words, **place)
    # Declined before or not: it stands in the text now.
    _decide(Proposal.objects.filter(statement=row.statement, **found.column), Proposal.State.CITED)
    note(room, by, "cited", cited, f"{found.name} in clause:{row.handle}")
    touch(room, *TEXT, *USES)
    said = _("Clause %(number)d rests on it.") % {"number": queries.number_of(row)}
    return Answer(say=said, data={"clause": row.handle, "citation": cited.handle})


@striker
def strike(room: Any, by: Any, segment: Segment, texts: Mapping[int, Left]) -> list[str]:
    """Strike from every quote of a segment what was struck from its texts; say which clauses hold such words themselves."""
    # Before earlier wordings are looked at, for what is typed becomes one; and what was typed holds the words.
    renew_all(room=room)
    return _strike(room, by, SEGMENT, segment, texts)


@taken_back
def strike_idea(room: Any, idea: Idea) -> None:
    """Strike every quote of an idea that its author took back. What nobody quoted stands nowhere else: anybody may post an idea
    of one letter and take it back, and the text stays as it is."""
    if not idea.text:
        return
    clauses = set(idea.citations.values_list("clause", flat=True))
    if clauses:
        renew_all(room=room)
    _strike(room, None, IDEA, idea, {0: struck_from("", [idea.text])[0]}, clauses)


def _strike(
    room: Any, by: Any, kind: str, source: Any, texts: Mapping[int, Left], clauses: set[int] | None = None
) -> list[str]:
    """Strike from every quote of a source what was struck from its `texts`, by revision; from earlier wordings its words and its
    quotes. Of `clauses`: from the earlier wordings of these alone, and its quotes only."""
    words = set() if clauses is not None else {piece.casefold() for each in texts.values() for piece in each.words}
    for row in Citation.objects.filter(**{kind: source}, source_revision__in=texts):
        before = row.quote
        row.start, row.end, row.quote = texts[row.source_revision].quote(row.start, row.end)
        row.save(update_fields=["start", "end", "quote"])
        words |= {before.casefold()} if row.quote != before else set()
    _strike_earlier(room, words, clauses)
    # What would bring a quote back that was taken out holds its words.
    undo = {"command": "statements.cite", "fields__source": f"{kind}:{source.handle}"}
    Receipt.objects.filter(
        scope=room.event.handle, **{f"answer__data__undo__{each}": value for each, value in undo.items()}
    ).delete()
    said = []
    for number, clause in queries.numbered(queries.statement(room)):
        if _holds(clause.text, words):
            holds = _("Clause %(number)d holds them itself: a drafter can reword it.")
            if in_force.over(clause) is not None:
                holds = _("Clause %(number)d holds them itself and is settled: the host can reopen it.")
            said.append(holds % {"number": number})
    for version in queries.versions(room).reverse():
        if strike_from_version(version, f"{kind}:{source.handle}", texts):
            note(room, by, "struck", f"version:{version.number}")
            said.append(
                _("A quote in version %(number)d is struck too, and the version says so.") % {"number": version.number}
            )
        if any(_holds(text, words) for text in texts_of(version)):
            said.append(
                _("Version %(number)d holds them itself, and stays as it was settled.") % {"number": version.number}
            )
    for alone in (
        SettledClause.objects.filter(clause__statement__room=room).exclude(content={}).select_related("clause")
    ):
        if strike_from_version(alone, f"{kind}:{source.handle}", texts):
            note(room, by, "struck", alone.clause, "settled")
            said.append(_("A quote under a clause that was settled by itself is struck too, and its page says so."))
        if any(_holds(text, words) for text in texts_of(alone)):
            said.append(_("A clause that was settled by itself holds them, and stays as it was settled."))
    return list(dict.fromkeys(said))


def _strike_earlier(room: Any, words: Iterable[str], clauses: set[int] | None) -> None:
    """Strike words from earlier wordings of clauses (of these alone, where some are given), which nobody can reword: the wall
    shows what changed since."""
    rows = ClauseRevision.objects.filter(clause__statement__room=room)
    for row in rows if clauses is None else rows.filter(clause__in=clauses):
        left = row.text
        for piece in sorted(filter(str.strip, words), key=len):  # the words alone, where a whole quote holds them
            left = struck_from(piece, [left])[0].left
        if left != row.text:
            ClauseRevision.objects.filter(pk=row.pk).update(text=left)
            touch(room, *TEXT)


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(piece in text.casefold() for piece in words)


def _decide(proposals: QuerySet[Proposal], state: Proposal.State, reason: str = "") -> None:
    """Answer these proposals; whoever made them may propose the same again."""
    for row in proposals.filter(state=Proposal.State.OPEN).select_related("seat"):
        if row.seat is not None:
            touch_seat(row.seat)
    proposals.update(state=state, reason=reason)


@transaction.atomic
def uncite(*, room: Any, by: Any, citation: str) -> Answer:
    """Take a quote from under a clause."""
    room = locked(room)
    row = queries.with_sources(Citation.objects.filter(clause__statement__room=room, handle=citation)).first()
    if row is None:
        raise Refused(_("This quote is no longer there."))
    in_force.check_open(row.clause)
    kind, source = queries.source_row(row)
    name = f"{kind}:{source.handle}"
    again = {"clause": row.clause.handle, "source": name, "quote": row.quote}
    back = name not in queries.withheld(room) and row.quote != WITHDRAWN
    data = {"undo": {"command": "statements.cite", "fields": again}} if back else {}
    note(room, by, "took out a quote", row)
    row.delete()
    touch(room, *TEXT, *USES)
    return Answer(say=_("The quote is taken out."), data=data)


@transaction.atomic
def stand(
    *, room: Any, by: Any, clause: str, value: str, reservation: str, revision: int | None, signed: str = ""
) -> Answer:
    """Take one of the four stands on a clause, say that it still holds ("same"), or take it back ("none"). The last one
    counts. `signed`: what a reservation is signed with; as far as the host's rule allows where nothing is said.

    `revision` is the wording that was read; without it, the one that stands. No room is locked and nothing noted: a
    whole room does this at once, and in which order is nobody's business."""
    row = queries.clause(room, clause)
    touch(room, "statements.text", "statements.drafter", "statements.wall", "statements.reserved")
    before = Support.objects.filter(clause=row, seat=by).first()
    off = core.marks(clause, before.value, before.revision, before.reservation) if before else set()
    if value == "none":
        Support.objects.filter(clause=row, seat=by).delete()
        Reserved.objects.filter(seat=by, clause=row.handle).update(**signing.UNSIGNED)
        return Answer(say=_("Taken back."), off=tuple(sorted(off)))
    same = value == "same"
    if same:
        if before is None:
            raise Refused(_("You have taken no stand on this clause yet."))
        value, reservation = before.value, before.reservation
    read = row.revision if revision is None else min(revision, row.revision)
    fields = {"value": value, "reservation": reservation, "revision": read}
    if not same:
        fields |= _signature(room, by, row, reservation, signed)
    Support.objects.update_or_create(clause=row, seat=by, defaults=fields)
    said = _("You support this clause.")
    if value == Support.Value.LIVE:
        said = _("You can live with this clause.")
    elif reservation:
        said = _("Your words stand beside the clause, signed as you chose.")
        if fields.get("level", "nobody") == "nobody":
            said = _("Your words stand beside the clause, without your name.")
    on = core.marks(clause, value, read, reservation)
    return Answer(say=said, on=tuple(sorted(on)), off=tuple(sorted(off - on)))


def _signature(room: Any, by: Any, clause: Clause, reservation: str, signed: str) -> dict[str, Any]:
    """Columns of what is signed. Who signs with less than before does so in settled versions too."""
    if not reservation:
        return signing.UNSIGNED
    policy = queries.rules(room.event).reservations
    fields = signing.kept(room, by, policy, signed or policy)
    earlier = Reserved.objects.filter(seat=by, clause=clause.handle)
    if signed == Rules.Signed.NOBODY:
        earlier.update(**signing.UNSIGNED)
    elif signed == Rules.Signed.GROUP:
        earlier.filter(level=Rules.Signed.NAME).update(level=Rules.Signed.GROUP, author="")
    return fields
