"""Words that were still being written down when their turn was withdrawn: their beginning is kept as a seal, nothing of them as
words. So what the captioner goes on typing of them is known again, and goes the same way."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from rooms.floor.models import ON_FLOOR, Turn
from rooms.transcript.models import Interim
from rooms.transcript.pieces import KNOWN_BY

#: The columns of words that are under no seal.
BARE: dict[str, Any] = {"sealed": "", "letters": 0}


def seal(room: Any, turn: Turn) -> None:
    """Put a seal in the place of what is being said in this turn."""
    row = Interim.objects.filter(room=room, turn=turn).exclude(text="").first()
    if row is not None:
        letters = min(KNOWN_BY, len(row.text))
        Interim.objects.filter(pk=row.pk).update(text="", sealed=_seal(row.text[:letters]), letters=letters)


def rest_of(row: Interim, text: str) -> bool:
    """Whether `text` is what was sealed, typed on. By fewer letters than words are known by, only while the turn goes on: else
    "W" would be known again in the next "We"."""
    if not text or not row.sealed or (row.letters < KNOWN_BY and (row.turn is None or row.turn.state not in ON_FLOOR)):
        return False
    return constant_time_compare(_seal(text[: row.letters]), row.sealed)


def _seal(beginning: str) -> str:
    return salted_hmac("what was being said", beginning).hexdigest()
