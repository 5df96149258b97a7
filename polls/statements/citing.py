"""From what was said, thought and decided into the text: proposing, quoting, and standing by a clause or against it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch, touch_seat
from polls.statements import core, heard, in_force, queries, signing, sources
from polls.statements.actions import TEXT, USES, put_clause, statement_of
from polls.statements.models import Citation, Clause, FormerCitation, Proposal, Reserved, Rules, Statement, Support
from rooms.journal.actions import locked, note
from rooms.transcript.struck import WITHDRAWN


@transaction.atomic
def propose(*, room: Any, by: Any, source: str, note: str) -> Answer:
    """Say that a source belongs in the statement. Who said so before only changes their note."""
    room = locked(room)
    found = sources.named(room, source)
    room_for(Proposal.objects.filter(statement__room=room))
    mine = {"statement": statement_of(room), "seat": by, "state": Proposal.State.OPEN, **found.column}
    _note_goes(room, Proposal.objects.filter(**mine).exclude(note=note))
    _row, fresh = Proposal.objects.update_or_create(**mine, defaults={"note": note})
    touch(room, "statements.proposals", *USES)
    undo = {"undo": {"command": "statements.withdraw", "fields": {"source": source}}} if fresh else {}
    return Answer(say=_("The drafters will see it."), data=undo, on=(f"proposed:{source}",))


@transaction.atomic
def withdraw(*, room: Any, by: Any, source: str) -> Answer:
    """Take one's own proposal back, as long as no drafter has answered it. Doing it again changes nothing."""
    room = locked(room)
    kind, _colon, handle = source.partition(":")
    mine = Proposal.objects.filter(statement__room=room, seat=by, state=Proposal.State.OPEN)
    mine = mine.filter(**{f"{kind}__handle": handle})
    _note_goes(room, mine)
    mine.delete()
    touch(room, "statements.proposals", *USES)
    return Answer(say=_("Taken back."), off=(f"proposed:{source}",))


def _note_goes(room: Any, proposals: QuerySet[Proposal]) -> None:
    """Before the note of one of these is gone: drafters whose open page shows it are shown what stands now. The journal says
    nothing of it: it would tell when."""
    if proposals.exclude(note="").exists():
        Statement.objects.filter(room=room).update(notes_gone=F("notes_gone") + 1)
        touch(room, "statements.gone")


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
    place = {"start": row.start, "end": row.end, "source_revision": row.source_revision, kind: source}
    if kind != sources.POLL and not FormerCitation.objects.filter(clause=row.clause, **place).exists():
        FormerCitation.objects.create(clause=row.clause, **place)
    row.delete()
    touch(room, *TEXT, *USES)
    return Answer(say=_("The quote is taken out."), data=data)


@transaction.atomic
def stand(
    *, room: Any, by: Any, clause: str, value: str, reservation: str, revision: int | None, signed: str = ""
) -> Answer:
    """Take one of the four stands on a clause, say that it still holds ("same"), or take it back ("none"). The last one
    counts. `signed`: what a reservation is signed with; as far as the host's rule allows where nothing is said.

    `revision` is the wording that was read; without it, the one that stands. No room is locked for a tap and nothing noted:
    a whole room does this at once, and in which order is nobody's business. Who writes, or takes back, may show less of
    themselves, and waits for what is being settled: their name is taken off there, too."""
    if value == "none" or reservation:
        room = locked(room)
    row = queries.clause(room, clause)
    touch(room, "statements.text", "statements.drafter", "statements.wall", "statements.reserved")
    before = Support.objects.filter(clause=row, seat=by).first()
    off = core.marks(clause, before.value, before.revision, before.reservation) if before else set()
    if value == "none":
        Support.objects.filter(clause=row, seat=by).delete()
        heard.tell(room, row)
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
    heard.tell(room, row)
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
