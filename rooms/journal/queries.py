from __future__ import annotations

from typing import Any

from deliberate.clock import epoch_ms
from rooms.journal import core
from rooms.journal.models import Entry


def told(room: Any) -> list[core.Told]:
    """The journal of a room, from its first entry on."""
    return [
        {
            "number": entry.number,
            "at_ms": epoch_ms(entry.at),
            "role": entry.role,
            "verb": entry.verb,
            "subject": entry.subject,
            "detail": entry.detail,
            "hash": entry.hash,
        }
        for entry in Entry.objects.filter(room=room).order_by("number")
    ]


def broken_at(room: Any) -> int | None:
    """The number of the first entry that does not fit the chain; None where it is whole."""
    previous = core.START
    for number, entry in enumerate(Entry.objects.filter(room=room).order_by("number"), start=1):
        expected = core.chained(
            previous, number, epoch_ms(entry.at), entry.role, entry.verb, entry.subject, entry.detail
        )
        if entry.number != number or entry.hash != expected:
            return number
        previous = entry.hash
    return None
