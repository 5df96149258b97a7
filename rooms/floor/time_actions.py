"""The time of the turn on the floor. Each act moves one absolute deadline, and every screen counts to it.

`turn` is the one seen on the floor: what was meant for it does not hit the next. Empty: whoever has the floor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from rooms.floor.actions import changed, seen_on_floor
from rooms.floor.timer import Timer, WrongState
from rooms.journal.actions import locked, note


@transaction.atomic
def start(*, room: Any, by: Any, turn: str = "") -> Answer:
    """The one called begins to speak: their time runs."""
    return _move(room, by, turn, "started", lambda timer, at: timer.start(at), _("Their time runs already."))


@transaction.atomic
def pause(*, room: Any, by: Any, turn: str = "") -> Answer:
    """The time stands still."""
    return _move(room, by, turn, "paused", lambda timer, at: timer.pause(at), _("The time does not run just now."))


@transaction.atomic
def resume(*, room: Any, by: Any, turn: str = "") -> Answer:
    """The time runs on with what was left."""
    return _move(room, by, turn, "resumed", lambda timer, at: timer.resume(at), _("The time is not paused."))


@transaction.atomic
def extend(*, room: Any, by: Any, seconds: int, turn: str = "") -> Answer:
    """More time for the turn on the floor."""
    return _move(room, by, turn, "extended", lambda timer, at: timer.extend(seconds), "", f"{seconds} s")


def _move(
    room: Any, by: Any, seen: str, verb: str, change: Callable[[Timer, datetime], Timer], wrong: str, detail: str = ""
) -> Answer:
    room = locked(room)
    turn = seen_on_floor(room, seen)
    try:
        turn.keep(change(turn.timer, now()))
    except WrongState as error:
        raise Refused(wrong) from error
    note(room, by, verb, turn, detail)
    changed(room)
    return Answer(data={"turn": turn.handle})
