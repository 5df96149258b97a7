"""What a bundle holds of ideas, polls and the statement of a room."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Count

from polls.amendments.models import Amendment
from polls.amendments.models import State as AmendmentState
from polls.amendments.queries import WITHIN, earlier, proposed_as
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import as_text, result
from polls.endorsements import queries as endorsements
from polls.ideas.models import Idea
from polls.ideas.queries import shown, withheld
from polls.opinions.queries import counts
from polls.statements import queries
from polls.statements.content import drafted, shown_quotes
from polls.statements.content import shown as as_shown
from polls.statements.models import Clause, FormerCitation, Proposal, Sealed, Statement, Version
from polls.statements.reserving import writers, writers_then
from polls.statements.settling import digest_of
from polls.statements.sources import IDEA, SEGMENT
from rooms.events.models import Room
from rooms.transcript.core import Shown

Row = dict[str, Any]


def time_text(moment: datetime | None) -> str | None:
    """A moment as every bundle has it: ISO 8601 with milliseconds."""
    return moment.isoformat(timespec="milliseconds") if moment else None


def ideas(room: Room) -> list[Row]:
    """Every idea; what a moderator hid, or never let through, without its words. Counts of a merged idea stand at the one
    it was merged into."""
    support = {card.handle: card.support for card in shown(room)}
    stances, secret = counts(room), withheld(room)
    rows = []
    for idea in Idea.objects.filter(room=room).select_related("merged_into", "item").order_by("number"):
        public = idea.handle not in secret
        said = stances.get(idea.handle)
        rows.append(
            {
                "handle": idea.handle,
                "number": idea.number,
                "state": idea.state,
                "text": idea.text if public else "",
                "author": idea.author if public else "",
                "merged_into": idea.merged_into.handle if idea.merged_into else None,
                "item": idea.item.handle if idea.item else None,
                "pinned": idea.pinned,
                "taken_up": idea.taken_up,
                "support": support.get(idea.handle, 0),
                "agree": said.agree if said else 0,
                "disagree": said.disagree if said else 0,
                "pass": said.passed if said else 0,
            }
        )
    return rows


def polls(room: Room) -> list[Row]:
    """Polls that were opened; results of those that closed."""
    put = (
        Poll.objects.filter(room=room)
        .exclude(state=PollState.PREPARED)
        .select_related("item", "published", "settling__clause", "settling__statement")
        .prefetch_related("options")
    )
    return [
        {
            "handle": poll.handle,
            "question": poll.question,
            "kind": poll.kind,
            "secret": poll.secret,
            "blind": poll.blind,
            "change": poll.change,
            "live": poll.live,
            "verdict": poll.verdict,
            "definition": poll.definition,
            "item": poll.item.handle if poll.item else None,
            "state": poll.state,
            "options": [{"handle": option.handle, "text": option.text} for option in poll.options.all()],
            "least": poll.least,
            "most": poll.most,
            "low_label": poll.low_label,
            "high_label": poll.high_label,
            "position": poll.position,
            "opened_at": time_text(poll.opened_at),
            "closed_at": time_text(poll.closed_at),
            "turnout": poll.turnout,
            "eligible": poll.eligible,
            "result": result(poll) if poll.state == PollState.CLOSED else None,
            "as_text": as_text(poll),
            "published": poll.published.text if hasattr(poll, "published") else None,
            "settles": _settles(poll),
        }
        for poll in put.order_by("opened_at", "pk")
    ]


def _settles(poll: Poll) -> Row | None:
    """What an open poll settles if it carries: a clause, or the whole text; whether that still reads as it was put, in
    place of the hash that it is known by, from which words that were taken back could be guessed."""
    if poll.state == PollState.CLOSED or not hasattr(poll, "settling"):
        return None
    asked = poll.settling
    return {
        "clause": asked.clause.handle if asked.clause else None,
        "option": asked.option,
        "majority": asked.majority,
        "as_put": digest_of(asked.statement, asked.clause) == asked.digest,
    }


def statement(room: Room) -> Row:
    """The draft, and the versions as they were sealed with the quotes that are not withheld now."""
    found = queries.statement(room)
    if found is None:
        empty: Row = {"title": "", "preamble": ""}
        return (
            empty
            | {"to_reword": False, "reserved_by": {}}
            | {name: [] for name in ("clauses", "removed", "versions", "proposals", "amendments")}
        )
    proposals = queries.with_sources(Proposal.objects.filter(statement=found))
    hidden = queries.withheld(room)
    draft = drafted(found)
    text: Any = as_shown(draft.text, hidden)
    rows, former = {row.handle: row for row in Clause.objects.filter(statement=found)}, _former(found)
    for clause in text["clauses"]:
        row = rows[clause["handle"]]
        clause |= {"former_citations": former[row.pk], "revision": row.revision, "to_reword": row.to_reword}
        clause["settled"] = _settled(row, hidden, room.event)
    return {
        **text,
        "to_reword": found.to_reword,
        # Amendments may point at a clause that was taken out, and it may have been settled once; its words since are the
        # drafters' alone.
        "removed": [
            {"handle": row.handle, "revision": row.revision, "settled": _settled(row, hidden, room.event)}
            for row in rows.values()
            if row.removed
        ],
        "versions": [
            {
                "number": version.number,
                "hash": version.hash,
                **_reopened(version),
                "content": version.content,
                "quotes": shown_quotes(version, hidden),
                "reserved_by": _reserved_by(writers_then(version, room.event)),
                "signed": _signed(version, room.event),
            }
            for version in queries.versions(room).reverse()
        ],
        "reserved_by": _reserved_by(writers(draft.written, room.event)),
        "proposals": [_proposal(row) for row in proposals],
        "amendments": _amendments(room),
    }


def _former(of: Statement) -> dict[int, list[Row]]:
    """By the clause's key, where quotes stood that were taken from under it: words that are taken back leave it, too."""
    found: dict[int, list[Row]] = defaultdict(list)
    rows = FormerCitation.objects.filter(clause__statement=of).select_related(SEGMENT, IDEA)
    for row in rows.order_by("pk"):
        source = next(f"{kind}:{one.handle}" for kind in (SEGMENT, IDEA) if (one := getattr(row, kind)) is not None)
        place = {"start": row.start, "end": row.end, "revision": row.source_revision}
        found[row.clause_id].append({"source": source, **place})
    return found


def _settled(clause: Clause, hidden: Collection[str], event: Any) -> list[Row]:
    """The wordings of a clause that were settled by themselves."""
    return [
        {
            "revision": row.revision,
            "hash": row.hash,
            "settled_at": time_text(row.settled_at),
            "content": row.content,
            "quotes": shown_quotes(row, hidden) if row.content else {},
            "reserved_by": _reserved_by(writers_then(row, event)),
            **_reopened(row),
        }
        for row in clause.settlings.order_by("settled_at", "pk")
    ]


def _reopened(settled: Sealed) -> Row:
    """Since when it is not in force any more, and why."""
    return {"reopened_at": time_text(settled.reopened_at), "reason": settled.reason}


def _reserved_by(writers: dict[str, list[Shown]]) -> Row:
    """By the clause's handle, who its reservations are shown as written by, in their order."""
    return {
        handle: [{"by": who.text, "shown_as": who.level.value} for who in some]
        for handle, some in sorted(writers.items())
    }


def _signed(version: Version, event: Any) -> Row:
    """Who signed a version, as far as it is shown now; people by group as they were last counted, `counted` of them."""
    found = endorsements.of(version, event)
    return {
        "organisations": [name for name, _handle in found.organisations],
        "named": list(found.named),
        "people": found.people,
        "by_group": [{"groups": names, "people": count} for names, count in found.cells],
        "counted": found.counted,
    }


def _proposal(row: Proposal) -> Row:
    kind, source = queries.source_row(row)
    return {"source": f"{kind}:{source.handle}", "state": row.state, "note": row.note, "reason": row.reason}


def _amendments(room: Room) -> list[Row]:
    """Every amendment with what became of it; one that a moderator hid without its words. Co-signatures are counts. `amends`:
    the wording that it changes, where the clause was reworded since."""
    rows = Amendment.objects.filter(statement__room=room).select_related("clause", "group", "poll", "made")
    found = []
    rows = rows.annotate(signed=Count("cosignatures")).order_by("number")  # a count forgets the model's own order
    amended = earlier(row for row in rows if row.kind in WITHIN and row.state != AmendmentState.HIDDEN)
    for row in rows:
        public, by = row.state != AmendmentState.HIDDEN, proposed_as(row, room.event)
        poll = row.poll if row.poll is not None and row.poll.state != PollState.PREPARED else None
        found.append(
            {
                "handle": row.handle,
                "number": row.number,
                "clause": row.clause.handle,
                "kind": row.kind,
                "revision": row.revision,
                "amends": amended.get(row.pk),
                "text": row.text if public else "",
                "to_reword": row.to_reword,
                "reason": row.reason if public else "",
                "proposed_by": by.text if public else "",
                "shown_as": by.level.value if public else "nobody",
                "cosigned": row.signed,
                "state": row.state,
                "before": row.before,
                "answer": row.answer if public else "",
                # A poll that is only prepared is in no bundle: then it waits to be put to one.
                "option": row.option if public and poll else "",
                "majority": row.majority if poll else "",
                "poll": poll.handle if poll else None,
                "made": row.made.handle if row.made else None,
                "decided_at": time_text(row.decided_at),
            }
        )
    return found
