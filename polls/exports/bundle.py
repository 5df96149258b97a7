"""One JSON bundle of a whole event: all that was said, thought and decided, and nothing that leads to a person.

Words carry the attribution that holds now. Ballots, upvotes and stances are counts, never rows: a person's stances on many
ideas are a fingerprint, with or without a name. Nobody's seat has a number here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from polls.exports.bundle_text import ideas, polls, statement, time_text
from polls.exports.figures import people_of, seats, seconds
from polls.statements import queries
from rooms.events.models import Event, Room
from rooms.floor.models import State as TurnState
from rooms.floor.models import Turn
from rooms.journal.queries import broken_at, told
from rooms.transcript.leaving import leaving
from rooms.transcript.models import Segment
from rooms.transcript.queries import attribution_of, segments, shown_as

FORMAT = "deliberate.bundle/2"
Row = dict[str, Any]


def bundle(event: Event) -> Row:
    """The whole event as plain values for JSON. Times are ISO 8601 in UTC; journal times milliseconds since 1970."""
    return {
        "format": FORMAT,
        "event": _event(event),
        "groups": [
            {"handle": group.handle, "name": group.name, "initial": group.initial, "colour": group.colour}
            for group in event.groups.all()
        ],
        "people": {"all": people_of(event)},
        "rooms": [_room(room) for room in event.rooms.select_related("event")],
    }


def _event(event: Event) -> Row:
    rules = queries.rules(event)
    kinds = ("point", "reply", "question", "order")
    return {
        "handle": event.handle,
        "title": event.title,
        "neutral": event.neutral,
        "neutral_title": event.neutral_title,
        "exit_url": event.exit_url,
        "retention_until": event.retention_until.isoformat(),
        "k": event.k,
        "names_on_list": event.names_on_list,
        "attribution": event.attribution,
        "silence": event.silence,
        "approve_ideas": event.approve_ideas,
        **{name: getattr(rules, name) for name in ("majority", "settle_by", "quorum", "public", "reservations")},
        "rule": event.rule,
        "seconds": {kind: getattr(event, f"seconds_{kind}") for kind in kinds},
    }


def _room(room: Room) -> Row:
    def said_by(turn: Turn | None) -> str:
        return attribution_of(turn, room.event)

    return {
        "handle": room.handle,
        "name": room.name,
        "list_open": room.list_open,
        "people": _people(room),
        "agenda": [
            {
                "handle": item.handle,
                "title": item.title,
                "minutes": item.minutes,
                "state": item.state,
                "started_at": time_text(item.started_at),
                "ended_at": time_text(item.ended_at),
            }
            for item in room.agenda.all()
        ],
        "turns": _turns(room, said_by),
        "segments": _segments(room, said_by),
        "ideas": ideas(room),
        "polls": polls(room),
        "statement": statement(room),
        "journal": _journal(room),
    }


def _people(room: Room) -> Row:
    total, by_group = seats(room)
    return {"all": total, "by_group": [{"groups": groups, "people": n} for groups, n in by_group]}


def _turns(room: Room, said_by: Callable[[Turn | None], str]) -> list[Row]:
    """Turns that were called to the floor, in the order in which they were; behind them those that only words belong to:
    they came in a file, or the call was undone. Requests that only waited are nobody's words."""
    called = Q(called_at__isnull=False) & ~Q(state__in=(TurnState.WAITING, TurnState.WITHDRAWN))
    spoken = Q(Exists(Segment.objects.filter(turn=OuterRef("pk"))))
    held = list(
        Turn.objects.filter(called | spoken, room=room)
        .select_related("item", "group", "reply_to")
        .order_by(F("called_at").asc(nulls_last=True), "pk")
    )
    here = {turn.pk for turn in held}
    return [
        {
            "handle": turn.words,
            "item": turn.item.handle if turn.item else None,
            "kind": turn.kind,
            "reply_to": turn.reply_to.words if turn.reply_to and turn.reply_to_id in here else None,
            # Whoever waits for another call is in no bundle; their words are.
            "state": turn.state if turn.called_at else TurnState.DONE,
            "said_by": said_by(turn),
            "shown_as": shown_as(turn, room.event).level.value,
            "silence": turn.silence or room.event.silence,
            "granted": turn.seconds,
            "called_at": time_text(turn.called_at),
            "paused_at": time_text(turn.paused_at),
            "started_at": time_text(turn.started_at),
            "ended_at": time_text(turn.ended_at),
            "seconds": seconds(turn),
        }
        for turn in held
    ]


def _segments(room: Room, said_by: Callable[[Turn | None], str]) -> list[Row]:
    """What was said; words that may not leave the room now are withheld."""
    leaves = set(leaving(segments(room), room.event).values_list("pk", flat=True))
    return [
        {
            "handle": segment.handle,
            "number": segment.number,
            "item": segment.item.handle if segment.item else None,
            "turn": segment.turn.words if segment.turn else None,
            "said_by": said_by(segment.turn),
            "text": segment.text if segment.pk in leaves else "",
            "withheld": segment.pk not in leaves,
            "approved": segment.approved == segment.revision,
            "corrected_by_speaker": segment.mended,
            "revision": segment.revision,
            "started_at": time_text(segment.started_at),
            "ended_at": time_text(segment.ended_at),
            "times": segment.times if segment.pk in leaves else None,
        }
        for segment in segments(room)
    ]


def _journal(room: Room) -> Row:
    return {"whole": broken_at(room) is None, "entries": told(room)}
