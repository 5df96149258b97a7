"""Taking somebody's name and group out of the floor: by themselves from their seat, by a moderator who added them by name."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch
from deliberate.shell.traces import wipe
from rooms.events.models import Attribution, Room
from rooms.floor.actions import changed
from rooms.floor.disowning import disown
from rooms.floor.models import State, Turn
from rooms.journal.actions import locked, note
from rooms.seats.actions import eraser
from rooms.seats.models import Seat


@eraser
def forget(seat: Seat) -> None:
    """An erased seat: its requests leave the list; name, group and reasons leave its turns, and the words' attribution."""
    for room in Room.objects.filter(event=seat.event_id).order_by("pk"):
        room = locked(room)
        _forget(room, seat, Turn.objects.filter(room=room, seat=seat), "withdrew")


@transaction.atomic
def erase(*, room: Any, by: Any, turn: str = "", name: str = "") -> Answer:
    """Take name and group of somebody without a phone out of everything stored in the event.

    They are whoever was put on the list, or came in with a transcript, under the name of this `turn` of theirs, or under
    this `name`; capitals do not matter. What they said stays, unsigned."""
    own = Turn.objects.filter(room=room, handle=turn, seat=None).first() if turn else None
    wanted = (own.name if own is not None else name).casefold()
    found = {each.pk: each.room_id for each in _without_seat(room) if wanted and each.name.casefold() == wanted}
    if not found:
        raise Refused(_("Nobody without a phone has this name here. Type it as it stands on the list."))
    for each in Room.objects.filter(pk__in=found.values()).order_by("pk"):
        each = locked(each)
        _forget(each, by, Turn.objects.filter(room=each, pk__in=found), "removed")
        touch(each, *resting_on("attribution"))
    transaction.on_commit(wipe)
    return Answer(say=_("Erased. What they said stays, and names nobody."))


def _without_seat(room: Any) -> QuerySet[Turn]:
    """The named turns of the event that are nobody's seat's."""
    return Turn.objects.filter(room__event=room.event_id, seat=None).exclude(name="")


def _forget(room: Any, by: Any, turns: QuerySet[Turn], verb: str) -> None:
    """With the room locked: requests among these turns leave the list, and nothing in them tells who it was."""
    disown(turns)
    waiting = turns.filter(state=State.WAITING)
    for turn in waiting:
        note(room, by, verb, turn)
    waiting.update(state=State.WITHDRAWN)
    if turns.update(name="", group=None, why={}, attribution=Attribution.NOBODY):
        changed(room)
