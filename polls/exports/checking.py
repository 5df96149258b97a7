"""What a host should know of an event that was brought in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from polls.ballots.models import Poll, State
from polls.statements.content import intact
from polls.statements.models import SettledClause, Version
from rooms.journal.queries import broken_at


def warnings(event: Any) -> Iterator[str]:
    """Sentences, in English: journals and settled texts that no longer fit their hashes, and polls that were open."""
    for room in event.rooms.all():
        at = broken_at(room)
        if at is not None:
            yield f"the journal of {room.name} does not fit its hashes from entry {at} on."
        for version in Version.objects.filter(statement__room=room):
            if not intact(version):
                yield f"version {version.number} of the statement of {room.name} does not fit its hash."
        for alone in SettledClause.objects.filter(clause__statement__room=room).exclude(content={}):
            if not intact(alone):
                when = f"{alone.settled_at:%Y-%m-%d %H:%M}"
                yield f"a clause of the statement of {room.name}, settled by itself on {when}, does not fit its hash."
        for poll in Poll.objects.filter(room=room, state=State.PREPARED):
            yield f'the poll "{poll.question}" was open when the event was exported. It comes as prepared, without ballots.'
