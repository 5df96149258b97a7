"""Every field of every command, sorted by what it takes: the handle of a row, words that people type, or neither.

tests/house/test_fields.py fails where a command has a field that stands in none of the three."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms

from deliberate.door.registry import commands
from polls.ballots.commands import Octets
from polls.ballots.models import Option
from polls.endorsements.models import Endorsement
from rooms.events.models import Room

Handles = Callable[[Room], list[str]]


def _all(rows: Any, *columns: str) -> list[str]:
    return [each for column in columns or ("handle",) for each in rows.values_list(column, flat=True)]


def _clauses(room: Room) -> Any:
    return room.statement.clauses.all()


#: The kinds of handles, and all handles of a kind that a room has. Groups, links and rooms are the event's.
KINDS: dict[str, Handles] = {
    "turn": lambda room: _all(room.turns.all(), "handle", "words"),
    "segment": lambda room: _all(room.segments.all()),
    "idea": lambda room: _all(room.ideas.all()),
    "poll": lambda room: _all(room.polls.all()),
    "option": lambda room: _all(Option.objects.filter(poll__room=room)),
    "item": lambda room: _all(room.agenda.all()),
    "clause": lambda room: _all(_clauses(room)),
    "proposal": lambda room: _all(room.statement.proposals.all()),
    "endorsement": lambda room: _all(Endorsement.objects.filter(version__statement__room=room)),
    "amendment": lambda room: _all(room.statement.amendments.all()),
    "citation": lambda room: [each for clause in _clauses(room) for each in _all(clause.citations.all())],
    "source": lambda room: [f"{kind}:{each}" for kind in ("segment", "idea", "poll") for each in KINDS[kind](room)],
    "subject": lambda room: [each for kind in ("idea", "poll", "clause", "amendment") for each in KINDS[kind](room)],
    "shown": lambda room: [f"{kind}:{each}" for kind in ("turn", "idea") for each in KINDS[kind](room)],
    "group": lambda room: _all(room.event.groups.all()),
    "link": lambda room: _all(room.event.links.all()),
    "room": lambda room: _all(room.event.rooms.all()),
}
#: Kinds that belong to the event: another room of the same event has the same.
OF_THE_EVENT = {"group", "link", "room"}

#: Names of fields that take a handle, with its kind.
HANDLES = {
    "turn": "turn",
    "expected": "turn",
    "reply_to": "turn",
    "segment": "segment",
    "idea": "idea",
    "into": "idea",
    "poll": "poll",
    "choice": "option",
    "item": "item",
    "clause": "clause",
    "after": "clause",
    "proposal": "proposal",
    "amendment": "amendment",
    "endorsement": "endorsement",
    "also": "amendment",
    "citation": "citation",
    "source": "source",
    "shown": "shown",
    "subject": "subject",
    "group": "group",
    "link": "link",
    "room": "room",
}
#: Names of fields that take words.
WORDS = {
    "exit_url", "high_label", "letters", "low_label", "name", "neutral_title", "note", "options", "organisation", "preamble", "question",
    "quote", "reason", "reservation", "text", "title", "words",
}  # fmt: skip
#: Types of fields whose values are no handles and no words, whatever they are called.
PLAIN = (Octets, forms.IntegerField, forms.BooleanField, forms.DateField, forms.DateTimeField, forms.ChoiceField)

HANDLE_FIELDS = [
    (name, field) for name in sorted(commands) for field in commands[name].form.base_fields if field in HANDLES
]
WORD_FIELDS = [
    (name, field) for name in sorted(commands) for field in commands[name].form.base_fields if field in WORDS
]
