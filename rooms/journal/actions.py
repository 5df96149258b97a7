from __future__ import annotations

from typing import Any

from django.apps import apps

from deliberate.clock import epoch_ms, now
from deliberate.compiled import Compiled
from rooms.journal import core
from rooms.journal.models import Entry

_last = Compiled(lambda room: Entry.objects.filter(room=room).order_by("-number")[:1])
_locked = Compiled(
    lambda room: (
        apps.get_model("rooms", "Room").objects.select_for_update(of=("self",)).select_related("event").filter(pk=room)
    )
)


def note(room: Any, by: Any, verb: str, subject: Any = "", detail: str = "") -> Entry:
    """Write an act into the room's journal. Call it inside the act's transaction, with the room's row locked.

    `subject` is a row with a handle, or a text without names; `detail` likewise. A turn goes by what its words go by."""
    last = _last.first(room.pk)
    number = last.number + 1 if last else 1
    at = now()
    role = by.role if by is not None else "service"
    name = (
        subject
        if isinstance(subject, str)
        else f"{type(subject).__name__.lower()}:{getattr(subject, 'words', subject.handle)}"
    )
    digest = core.chained(last.hash if last else core.START, number, epoch_ms(at), role, verb, name, detail)
    return Entry.objects.create(
        room_id=room.pk, number=number, at=at, role=role, verb=verb, subject=name, detail=detail, hash=digest
    )


def locked(room: Any) -> Any:
    """The room's row, locked until the end of the transaction: whoever decides something for a room waits in line."""
    [found] = _locked(room.pk)
    return found
