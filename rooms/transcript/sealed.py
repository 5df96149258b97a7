"""Words that were still being written down when their turn was withdrawn: their beginning is kept as a seal, nothing of them as
words. So what the captioner goes on typing of them is known again, and goes the same way."""

from __future__ import annotations

from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac

from rooms.floor.models import Turn
from rooms.transcript.models import Interim
from rooms.transcript.pieces import KNOWN_BY
from rooms.transcript.struck import WITHDRAWN


def seal(room: Any, turn: Turn) -> None:
    """Put a seal in the place of what is being said in this turn."""
    row = Interim.objects.filter(room=room, turn=turn).exclude(text="").first()
    if row is not None and not is_sealed(row):
        letters = min(KNOWN_BY, len(row.text))
        text = f"{WITHDRAWN} {letters} {_seal(row.text[:letters])}"
        Interim.objects.filter(pk=row.pk).update(text=text)


def is_sealed(row: Interim) -> bool:
    """Whether only a seal of it is kept."""
    return row.turn_id is not None and row.text.startswith(f"{WITHDRAWN} ")


def rest_of(row: Interim, text: str) -> bool:
    """Whether `text` is what was sealed, typed on."""
    if not text or not is_sealed(row):
        return False
    letters, known = row.text.removeprefix(f"{WITHDRAWN} ").split(" ")
    return constant_time_compare(_seal(text[: int(letters)]), known)


def _seal(beginning: str) -> str:
    return salted_hmac("what was being said", beginning).hexdigest()
