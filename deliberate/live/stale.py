"""What an action says of the screens: which parts of which room went stale. A hint, never the truth."""

from __future__ import annotations

from django.db import transaction

from deliberate.door.entrance import Room, Seat
from deliberate.live import hints


def touch(room: Room, *parts: str, crowd: bool = False) -> None:
    """After the commit: let every screen of `room` that shows one of `parts` ("feature.part") be painted anew.

    `crowd`: by what a whole room does at once. It is shown when there is time; all else is shown at once."""
    hint = hints.Hint(room=room.pk, parts=parts, crowd=crowd)
    transaction.on_commit(lambda: hints.send(hint))


def tell(room: Room, about: str, text: str = "") -> None:
    """After the commit: let every process that serves hear something of a feature about a room (beside.py). It may be lost."""
    hint = hints.Hint(room=room.pk, told=(about, text))
    transaction.on_commit(lambda: hints.send(hint))


def touch_seat(seat: Seat) -> None:
    """After the commit: let the open lines of one seat learn their marks anew, because somebody else changed them."""
    hint = hints.Hint(seat=seat.pk)
    transaction.on_commit(lambda: hints.send(hint))


def touch_marks(room: Room) -> None:
    """After the commit: let all lines of a room learn their marks anew. Whose changed, nobody here knows."""
    hint = hints.Hint(room=room.pk, parts=(hints.MARKS,))
    transaction.on_commit(lambda: hints.send(hint))


def drop_seat(seat: Seat) -> None:
    """After the commit: close the open lines of a seat that has ended."""
    hint = hints.Hint(seat=seat.pk, end=True)
    transaction.on_commit(lambda: hints.send(hint))
