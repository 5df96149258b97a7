"""One JSON bundle of a whole event: all that was said, thought and decided, and nothing that leads to a person.

Words carry the attribution that holds now. Ballots, upvotes and stances are counts, never rows: a person's stances on many
ideas are a fingerprint, with or without a name. Nobody's seat has a number here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Count

from deliberate.clock import epoch_ms
from polls.amendments.models import Amendment
from polls.amendments.models import State as AmendmentState
from polls.amendments.queries import proposer
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import as_text, result
from polls.exports.figures import seats, seconds
from polls.ideas.models import Idea
from polls.ideas.queries import shown, withheld
from polls.opinions.queries import counts
from polls.statements import queries
from polls.statements.content import content, shown_quotes
from polls.statements.content import shown as as_shown
from polls.statements.models import Proposal
from rooms.events.models import Event, Room
from rooms.events.queries import participants
from rooms.floor.models import State as TurnState
from rooms.floor.models import Turn
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.transcript.queries import attribution_of, segments

FORMAT = "deliberate.bundle/1"
Row = dict[str, Any]


def bundle(event: Event) -> Row:
    """The whole event as plain values for JSON. Times are ISO 8601 in UTC; journal times milliseconds since 1970."""
    return {
        "format": FORMAT,
        "event": _event(event),
        "groups": [{"handle": group.handle, "name": group.name} for group in event.groups.all()],
        "people": {"all": participants(event).count()},
        "rooms": [_room(room) for room in event.rooms.select_related("event")],
    }


def _event(event: Event) -> Row:
    kinds = ("point", "reply", "question", "order")
    return {
        "handle": event.handle,
        "title": event.title,
        "retention_until": event.retention_until.isoformat(),
        "k": event.k,
        "names_on_list": event.names_on_list,
        "attribution": event.attribution,
        "approve_ideas": event.approve_ideas,
        "majority": queries.rules(event).majority,
        "rule": event.rule,
        "seconds": {kind: getattr(event, f"seconds_{kind}") for kind in kinds},
    }


def _room(room: Room) -> Row:
    def said_by(turn: Turn | None) -> str:
        return attribution_of(turn, room.event)

    return {
        "handle": room.handle,
        "name": room.name,
        "people": _people(room),
        "agenda": [
            {
                "handle": item.handle,
                "title": item.title,
                "minutes": item.minutes,
                "state": item.state,
                "started_at": _time(item.started_at),
                "ended_at": _time(item.ended_at),
            }
            for item in room.agenda.all()
        ],
        "turns": _turns(room, said_by),
        "segments": _segments(room, said_by),
        "ideas": _ideas(room),
        "polls": _polls(room),
        "statement": _statement(room),
        "journal": _journal(room),
    }


def _people(room: Room) -> Row:
    total, by_group = seats(room)
    return {"all": total, "by_group": [{"groups": groups, "people": n} for groups, n in by_group]}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _turns(room: Room, said_by: Callable[[Turn | None], str]) -> list[Row]:
    """Turns that were called to the floor, in the order in which they were; requests that only waited are nobody's words."""
    held = Turn.objects.filter(room=room, called_at__isnull=False).exclude(
        state__in=(TurnState.WAITING, TurnState.WITHDRAWN)
    )
    return [
        {
            "handle": turn.words,
            "item": turn.item.handle if turn.item else None,
            "kind": turn.kind,
            "reply_to": turn.reply_to.words if turn.reply_to else None,
            "state": turn.state,
            "said_by": said_by(turn),
            "started_at": _time(turn.started_at),
            "ended_at": _time(turn.ended_at),
            "seconds": seconds(turn),
        }
        for turn in held.select_related("item", "group", "reply_to").order_by("called_at", "pk")
    ]


def _segments(room: Room, said_by: Callable[[Turn | None], str]) -> list[Row]:
    return [
        {
            "handle": segment.handle,
            "number": segment.number,
            "item": segment.item.handle if segment.item else None,
            "turn": segment.turn.words if segment.turn else None,
            "said_by": said_by(segment.turn),
            "text": segment.text,
            "revision": segment.revision,
            "started_at": _time(segment.started_at),
            "ended_at": _time(segment.ended_at),
        }
        for segment in segments(room)
    ]


def _ideas(room: Room) -> list[Row]:
    """Every idea; what a moderator hid, or never let through, without its words. Counts of a merged idea stand at the one
    it was merged into."""
    support = {card.handle: card.support for card in shown(room)}
    stances, secret = counts(room), withheld(room)
    rows = []
    for idea in Idea.objects.filter(room=room).select_related("merged_into").order_by("number"):
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
                "taken_up": idea.taken_up,
                "support": support.get(idea.handle, 0),
                "agree": said.agree if said else 0,
                "disagree": said.disagree if said else 0,
                "pass": said.passed if said else 0,
            }
        )
    return rows


def _polls(room: Room) -> list[Row]:
    """Polls that were opened; results of those that closed."""
    put = Poll.objects.filter(room=room).exclude(state=PollState.PREPARED).prefetch_related("options")
    return [
        {
            "handle": poll.handle,
            "question": poll.question,
            "kind": poll.kind,
            "secret": poll.secret,
            "state": poll.state,
            "options": [{"handle": option.handle, "text": option.text} for option in poll.options.all()],
            "least": poll.least,
            "most": poll.most,
            "opened_at": _time(poll.opened_at),
            "closed_at": _time(poll.closed_at),
            "turnout": poll.turnout,
            "result": result(poll) if poll.state == PollState.CLOSED else None,
            "as_text": as_text(poll),
        }
        for poll in put.order_by("opened_at", "pk")
    ]


def _statement(room: Room) -> Row:
    """The draft, and the versions as they were sealed with the quotes that are not withheld now."""
    statement = queries.statement(room)
    if statement is None:
        return {"title": "", "preamble": "", "clauses": [], "versions": [], "proposals": [], "amendments": []}
    proposals = queries.with_sources(Proposal.objects.filter(statement=statement))
    hidden = queries.withheld(room)
    return {
        **as_shown(content(statement), hidden),
        "versions": [
            {
                "number": version.number,
                "hash": version.hash,
                "content": version.content,
                "quotes": shown_quotes(version, hidden),
            }
            for version in queries.versions(room).reverse()
        ],
        "proposals": [_proposal(row) for row in proposals],
        "amendments": _amendments(room),
    }


def _proposal(row: Proposal) -> Row:
    kind, source = queries.source_row(row)
    return {"source": f"{kind}:{source.handle}", "state": row.state, "note": row.note, "reason": row.reason}


def _amendments(room: Room) -> list[Row]:
    """Every amendment with what became of it; one that a moderator hid without its words. Co-signatures are counts."""
    rows = Amendment.objects.filter(statement__room=room).select_related("clause", "group", "poll", "made")
    found = []
    for row in rows.annotate(signed=Count("cosignatures")):
        public = row.state != AmendmentState.HIDDEN
        found.append(
            {
                "handle": row.handle,
                "number": row.number,
                "clause": row.clause.handle,
                "kind": row.kind,
                "revision": row.revision,
                "text": row.text if public else "",
                "reason": row.reason if public else "",
                "proposed_by": proposer(row, room.event) if public else "",
                "cosigned": row.signed,
                "state": row.state,
                "answer": row.answer if public else "",
                "poll": row.poll.handle if row.poll else None,
                "made": row.made.handle if row.made else None,
                "decided_at": _time(row.decided_at),
            }
        )
    return found


def _journal(room: Room) -> Row:
    """The journal with its chain: the hash of an entry is the SHA-256 of [the hash before it, number, at_ms, role, verb,
    subject, detail] as compact JSON; before the first stand 64 zeros."""
    entries = Entry.objects.filter(room=room).order_by("number")
    return {
        "whole": broken_at(room) is None,
        "entries": [
            {
                "number": entry.number,
                "at_ms": epoch_ms(entry.at),
                "role": entry.role,
                "verb": entry.verb,
                "subject": entry.subject,
                "detail": entry.detail,
                "hash": entry.hash,
            }
            for entry in entries
        ],
    }
