"""Ideas, polls and the statement of a room, out of a bundle."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from deliberate.clock import now
from polls.amendments.models import Amendment, CoSignature
from polls.amendments.models import State as AmendmentState
from polls.ballots.models import Option, Poll, Published
from polls.ballots.models import State as PollState
from polls.exports import bringing_stands
from polls.exports.bringing_rows import Bearers, Kept, checked
from polls.exports.reading import Part
from polls.ideas.models import Idea, State, Upvote
from polls.opinions.models import Stance, Value
from polls.pseudonyms.models import Pseudonym
from polls.pseudonyms.queries import of_chance
from polls.statements.models import Citation, Clause, ClauseRevision, FormerCitation, Proposal, Statement, Version
from polls.statements.sources import IDEA, KINDS, SEGMENT
from rooms.events.models import Attribution


def bring_in(kept: Kept, about: Part, bearers: Bearers) -> None:
    """Store them, in an order in which each finds what it points at."""
    _ideas(kept, about.parts("ideas", kept.most))
    polls = about.parts("polls", kept.most)
    _polls(kept, polls)
    statement = about.part("statement")
    made = _statement(kept, statement, bearers) if any(statement.value.values()) else None
    bringing_stands.settles(kept, polls, made)


# ---- ideas -----------------------------------------------------------------------------------------------------------


def _ideas(kept: Kept, rows: list[Part]) -> None:
    """Ideas that were merged come after what they were merged into."""
    left, here = rows, kept.rows.setdefault("idea", {})
    while left:
        ready = [row for row in left if not row.named("merged_into") or row.named("merged_into") in here]
        if not ready:
            raise left[0].wrong("merged_into", "these ideas were merged in a circle, or into one that is not there")
        kept.add("idea", Idea, ready, _idea)
        handled = {row.handle("handle") for row in ready}
        left = [row for row in left if row.handle("handle") not in handled]
    upvotes, stances = [], []
    nobodies = _Nobodies(kept.room)
    for row in rows:
        idea = here[row.handle("handle")]
        upvotes += [Upvote(idea=idea, pseudonym=each) for each in nobodies(row.count("support"))]
        said = [
            (Value.AGREE, row.count("agree")),
            (Value.DISAGREE, row.count("disagree")),
            (Value.PASS, row.count("pass")),
        ]
        values = [value for value, many in said for _one in range(many)]
        stances += [
            Stance(idea=idea, pseudonym=each, value=value)
            for each, value in zip(nobodies(len(values)), values, strict=True)
        ]
    Upvote.objects.bulk_create(upvotes, batch_size=500)
    Stance.objects.bulk_create(stances, batch_size=500)


class _Nobodies:
    """Pseudonyms of chance that bear what is counted of ideas: nobody has their keys."""

    def __init__(self, room: Any) -> None:
        self.room = room
        self.made: list[Pseudonym] = []

    def __call__(self, count: int) -> list[Pseudonym]:
        fresh = [of_chance(self.room) for _one in range(count - len(self.made))]
        self.made += Pseudonym.objects.bulk_create(fresh, batch_size=500)
        return self.made[:count]


def _idea(kept: Kept, row: Part, _position: int) -> Idea:
    state, text = row.text("state"), row.text("text")
    unseen = state == State.MERGED and not text
    return Idea(
        room=kept.room,
        item=kept.one_or_none("item", row, "item"),
        handle=row.handle("handle"),
        number=row.number("number"),
        text=text or _("[Words that were off the board when this event was exported]"),
        author=row.text("author"),
        state=state,
        # What it was merged as decides whether its words are withheld: without any they were.
        before=State.WAITING if unseen else State.SHOWN,
        reason=_("Hidden before the event came here") if state == State.HIDDEN else "",
        merged_into=kept.one_or_none("idea", row, "merged_into"),
        pinned=row.truth("pinned"),
        taken_up=row.truth("taken_up"),
    )


# ---- polls -----------------------------------------------------------------------------------------------------------


def _polls(kept: Kept, rows: list[Part]) -> None:
    kept.add("poll", Poll, rows, _poll)
    options, files = [], []
    for row in rows:
        poll = kept.one("poll", row, "handle")
        for position, each in enumerate(row.parts("options", 100)):
            option = Option(poll=poll, handle=each.handle("handle"), text=each.text("text"), position=position)
            options.append(checked(each, option))
        if row.value.get("published") is not None:
            files.append(Published(poll=poll, text=row.text("published")))
    Option.objects.bulk_create(options, batch_size=500)
    Published.objects.bulk_create(files, batch_size=10)


def _poll(kept: Kept, row: Part, _position: int) -> Poll:
    """A poll that closed, as it was. One that was open comes as prepared: its ballots are in no bundle."""
    closed = row.text("state") == PollState.CLOSED
    if not closed and row.text("state") != PollState.OPEN:
        raise row.wrong("state", "a poll in a bundle is open or closed")
    held: dict[str, Any] = {"state": PollState.PREPARED}
    if closed:
        held = {name: row.moment(name) for name in ("opened_at", "closed_at")}
        held |= {name: row.number(name) for name in ("turnout", "eligible")}
        held |= {"state": PollState.CLOSED, "result": row.part("result").value, "definition": row.text("definition")}
    return Poll(
        room=kept.room,
        item=kept.one_or_none("item", row, "item"),
        handle=row.handle("handle"),
        **{name: row.text(name) for name in ("question", "kind", "low_label", "high_label")},
        **{name: row.truth(name) for name in ("secret", "blind", "change", "live", "verdict")},
        **{name: row.number(name, least=-32_768, most=32_767) for name in ("least", "most")},
        position=row.number("position"),
        **held,
    )


# ---- the statement ---------------------------------------------------------------------------------------------------


def _statement(kept: Kept, about: Part, bearers: Bearers) -> Statement:
    texts = {name: about.text(name) for name in ("title", "preamble")}
    made = Statement(room=kept.room, to_reword=about.truth("to_reword"), **texts)
    statement = checked(about, made, but=("title",))
    statement.save()

    def clause(_kept: Kept, row: Part, position: int) -> Clause:
        revision = row.number("revision")
        return Clause(
            statement=statement,
            handle=row.handle("handle"),
            position=position,
            text=row.text("text"),
            revision=revision,
            changed_at=now(),
            to_reword=row.truth("to_reword"),
        )

    def removed(_kept: Kept, row: Part, position: int) -> Clause:
        fields = {"handle": row.handle("handle"), "revision": row.number("revision")}
        return Clause(statement=statement, position=position, text="", removed=True, changed_at=now(), **fields)

    rows = about.parts("clauses", kept.most)
    kept.add("clause", Clause, rows, clause)
    out = about.parts("removed", kept.most)
    kept.add("clause", Clause, out, removed, but=("text",))
    _citations(kept, rows)
    bringing_stands.stands(kept, rows, bearers, about.part("reserved_by"))
    bringing_stands.settled(kept, [*rows, *out])
    kept.add("version", Version, about.parts("versions", kept.most), lambda _kept, row, _at: _version(statement, row))
    bringing_stands.beside_versions(kept, statement, about.parts("versions", kept.most), bearers)
    kept.add(
        "proposal",
        Proposal,
        about.parts("proposals", kept.most),
        lambda _kept, row, _at: _proposal(kept, statement, row),
    )
    _amendments(kept, statement, about.parts("amendments", kept.most), bearers)
    return statement


def _citations(kept: Kept, rows: list[Part]) -> None:
    """What clauses rest on, and where quotes stood that were taken from under them."""
    found, former = [], []
    for row in rows:
        clause = kept.one("clause", row, "handle")
        for each in row.parts("citations", kept.most):
            cited = Citation(clause=clause, quote=each.text("quote"), **_place(kept, each))
            found.append(checked(each, cited, but=("quote",)))
        for each in row.parts("former_citations", kept.most):
            former.append(checked(each, FormerCitation(clause=clause, **_place(kept, each, (SEGMENT, IDEA)))))
    Citation.objects.bulk_create(found, batch_size=500)
    FormerCitation.objects.bulk_create(former, batch_size=500)


def _place(kept: Kept, row: Part, kinds: Collection[str] = KINDS) -> dict[str, Any]:
    """Columns of where a quote stands, or stood."""
    numbers = {"start": row.number("start"), "end": row.number("end"), "source_revision": row.number("revision")}
    return numbers | _source(kept, row, kinds)


def _source(kept: Kept, row: Part, kinds: Collection[str] = KINDS) -> dict[str, Any]:
    """The column that points at what a part names as "kind:handle"."""
    kind, _colon, handle = row.text("source").partition(":")
    found = kept.rows.get(kind, {}).get(handle) if kind in kinds else None
    if found is None:
        raise row.wrong("source", "this room has no such source")
    return {kind: found}


def _version(statement: Statement, row: Part) -> Version:
    content = row.part("content")
    fields = {"number": row.number("number"), "hash": row.text("hash"), "settled_at": content.at_ms("settled_at_ms")}
    fields |= {"reopened_at": row.moment_or_none("reopened_at"), "reason": row.text("reason")}
    return Version(statement=statement, content=content.value, quotes=row.part("quotes").value, **fields)


def _proposal(kept: Kept, statement: Statement, row: Part) -> Proposal:
    said = {name: row.text(name) for name in ("state", "note", "reason")}
    return Proposal(statement=statement, **said, **_source(kept, row))


def _amendments(kept: Kept, statement: Statement, rows: list[Part], bearers: Bearers) -> None:
    def amendment(_kept: Kept, row: Part, _position: int) -> Amendment:
        level, by, state = row.text("shown_as"), row.text("proposed_by"), row.text("state")
        unseen = _("Hidden before the event came here") if state == AmendmentState.HIDDEN else ""
        return Amendment(
            statement=statement,
            clause=kept.one("clause", row, "clause"),
            handle=row.handle("handle"),
            number=row.number("number"),
            revision=row.number("revision"),
            to_reword=row.truth("to_reword"),
            **{name: row.text(name) for name in ("kind", "text", "reason", "option", "majority")},
            level=level,
            author=by if level == Attribution.NAME else "",
            group=kept.group(by) if level == Attribution.GROUP else None,
            state=state,
            before=row.text("before"),
            answer=row.text("answer") or (unseen if row.text("before") == AmendmentState.DECLINED else ""),
            hidden_for=unseen,
            poll=kept.one_or_none("poll", row, "poll"),
            made=kept.one_or_none("clause", row, "made"),
            decided_at=row.moment_or_none("decided_at"),
        )

    kept.add("amendment", Amendment, rows, amendment)
    _amended(kept, rows)
    signed = [
        CoSignature(amendment=kept.one("amendment", row, "handle"), seat=seat)
        for row in rows
        for seat in bearers(row.count("cosigned"))
    ]
    CoSignature.objects.bulk_create(signed, batch_size=500)


def _amended(kept: Kept, rows: list[Part]) -> None:
    """Earlier wordings that amendments change: each once, whatever the number of those."""
    found: dict[tuple[int, int], ClauseRevision] = {}
    for row in rows:
        if row.value.get("amends") is None:
            continue
        clause, number = kept.one("clause", row, "clause"), row.number("revision")
        if number >= clause.revision:
            raise row.wrong("amends", "this clause has no such earlier wording")
        wording = ClauseRevision(clause=clause, number=number, text=row.text("amends"), replaced_at=now())
        if found.setdefault((clause.pk, number), checked(row, wording, but=("text",))).text != wording.text:
            raise row.wrong("amends", "another amendment says that this wording was another")
    ClauseRevision.objects.bulk_create(found.values(), batch_size=500)
