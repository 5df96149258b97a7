"""Asking for the floor and giving it. Whoever decides something for the room waits in line at the room's row."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.limits import room_for
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch, touch_seat
from rooms.events.models import Group, Room
from rooms.events.queries import current_item
from rooms.floor import queries, terms
from rooms.floor.disowning import disown, give_back
from rooms.floor.models import ON_FLOOR, Kind, State, Turn
from rooms.floor.queries import Floor
from rooms.journal.actions import locked, note
from rooms.seats.actions import leaver
from rooms.seats.models import Seat

PARTS = (
    "floor.now", "floor.turn", "floor.ask", "floor.queue", "floor.console", "floor.balance", "wall.scene",
)  # fmt: skip
UNDO = {"command": "floor.undo_end", "fields": {}}


@transaction.atomic
def ask(*, room: Any, by: Seat, kind: str, reply_to: str = "") -> Answer:
    """Put the seat on the list. A direct reply answers the turn `reply_to`, else the one being discussed."""
    room = locked(room)
    if not room.list_open and kind != Kind.ORDER:
        raise Refused(_("The list is closed. A point of order may still be raised."))
    if Turn.objects.filter(room=room, seat=by, state=State.WAITING).exists():
        raise Refused(_("You are on the list already. Withdraw first if you want to ask for something else."))
    if (has := queries.on_floor(room)) is not None and has.seat_id == by.pk:
        raise Refused(_("You have the floor. Finish first, then ask again."))
    room_for(Turn.objects.filter(room=room))
    answered = _answered(room, reply_to) if kind == Kind.REPLY else None
    if answered is not None and answered.seat_id == by.pk:
        raise Refused(_("That was your own turn. Ask for a new point."))
    turn = Turn.objects.create(
        room=room, seat=by, name=by.name, group=by.group, place=by.place, kind=kind, reply_to=answered, asked_at=now()
    )
    note(room, by, "asked", turn, kind)
    changed(room, turn)
    return Answer(say=_("You are on the list."), data={"turn": turn.handle})


def _answered(room: Any, reply_to: str) -> Turn:
    handle = reply_to or queries.read(room).subject
    found = Turn.objects.filter(room=room, handle=handle, called_at__isnull=False).first() if handle else None
    if found is None:
        raise Refused(_("Nobody has spoken yet, so there is nothing to reply to. Ask for a new point."))
    return found


@transaction.atomic
def withdraw(*, room: Any, by: Seat) -> Answer:
    """Take one's own request off the list."""
    room = locked(room)
    turn = Turn.objects.filter(room=room, seat=by, state=State.WAITING).first()
    if turn is None:
        raise Refused(_("You are not on the list any more."))
    turn.state = State.WITHDRAWN
    turn.save(update_fields=["state"])
    note(room, by, "withdrew", turn)
    changed(room, turn)
    return Answer(say=_("You are off the list."))


@transaction.atomic
def finish(*, room: Any, by: Seat) -> Answer:
    """The speaker ends their own turn."""
    room = locked(room)
    turn = queries.on_floor(room)
    if turn is None or turn.seat_id != by.pk:
        raise Refused(_("You do not have the floor any more."))
    _end(room, by, turn)
    changed(room, turn)
    return Answer(say=_("Thank you. Your turn has ended."))


@transaction.atomic
def call_next(*, room: Any, by: Any, expected: str = "") -> Answer:
    """End the turn on the floor, if any, and call whom the rule proposes.

    `expected` is the handle the moderator saw proposed; two who press at once so call one speaker. Without it somebody is
    called only while the floor is free."""
    room = locked(room)
    floor = queries.read(room)
    if floor.now is not None and floor.now.handle == expected:
        return Answer(say=_("They have been called already."), data={"turn": expected})
    if not floor.line:
        raise Refused(_("Nobody is waiting."))
    proposed = floor.line[0]
    if expected != proposed.turn.handle and (expected or floor.now is not None):
        raise Refused(_("The list has changed meanwhile. Look who comes next now, then call again."), code="changed")
    why = {"code": proposed.reason.code.value, "values": dict(proposed.reason.values)}
    return _call(room, by, floor, proposed.turn, why, "called")


@transaction.atomic
def call(*, room: Any, by: Any, turn: str, reason: str) -> Answer:
    """End the turn on the floor, if any, and call somebody out of order, for a reason that everybody can read."""
    room = locked(room)
    floor = queries.read(room)
    if floor.now is not None and floor.now.handle == turn:
        return Answer(say=_("They have been called already."), data={"turn": turn})
    chosen = next((each for each in floor.waiting if each.handle == turn), None)
    if chosen is None:
        raise Refused(_("This request is not on the list any more."))
    return _call(room, by, floor, chosen, {"words": reason}, "called out of order")


def _call(room: Any, by: Any, floor: Floor, turn: Turn, why: dict[str, Any], verb: str) -> Answer:
    at = now()
    if floor.now is not None:
        _end(room, by, floor.now, at)
    turn.state, turn.called_at, turn.why = State.CALLED, at, why
    turn.item = current_item(room)
    turn.seconds = int(queries.planned(room.event)[terms.Kind(turn.kind)])
    turn.save(update_fields=["state", "called_at", "why", "item", "seconds"])
    note(room, by, verb, turn)
    changed(room, turn, floor.now)
    return Answer(say=_("The next speaker is called."), data={"turn": turn.handle, "undo": UNDO})


@transaction.atomic
def end(*, room: Any, by: Any, turn: str = "") -> Answer:
    """End the turn on the floor: the one seen there, `turn`, where it is given."""
    room = locked(room)
    held = seen_on_floor(room, turn)
    _end(room, by, held)
    changed(room, held)
    return Answer(say=_("The turn has ended."), data={"turn": held.handle, "undo": UNDO})


def seen_on_floor(room: Any, seen: str) -> Turn:
    """The turn on the floor, with the room locked. Refused where nobody has it, or by now another turn than `seen`."""
    turn = queries.on_floor(room)
    if turn is None:
        raise Refused(_("Nobody has the floor."))
    if seen and seen != turn.handle:
        raise Refused(_("Somebody else has the floor by now. Look who it is, then press again."), code="changed")
    return turn


@transaction.atomic
def undo_end(*, room: Any, by: Any) -> Answer:
    """Take the last end back, and with it the call that ended the turn; nobody loses time or place by it."""
    room = locked(room)
    called, ended = queries.undoable(room, now())
    if called is None and ended is None:
        raise Refused(_("It is too late to take this back: somebody has begun to speak, or a minute has passed."))
    if called is not None:
        called.state, called.called_at, called.why, called.item, called.silence = State.WAITING, None, {}, None, ""
        called.save(update_fields=["state", "called_at", "why", "item", "silence"])
        note(room, by, "put back", called)
        disown(Turn.objects.filter(pk=called.pk))
    if ended is not None:
        ended.keep(ended.timer.reopen(now()))
        note(room, by, "reopened", ended)
    if called is not None:
        give_back(room, by, called, ended)
    changed(room, called, ended)
    return Answer(say=_("Taken back."))


@transaction.atomic
def add(*, room: Any, by: Any, name: str, group: Group | None, place: str, kind: str) -> Answer:
    """Put somebody without a phone on the list."""
    room = locked(room)
    if group is not None and group.event_id != room.event_id:
        raise Refused(_("That group is not of this event."))
    room_for(Turn.objects.filter(room=room))
    answered = _answered(room, "") if kind == Kind.REPLY else None
    turn = Turn.objects.create(
        room=room, name=name, group=group, place=place, kind=kind, reply_to=answered, asked_at=now()
    )
    note(room, by, "added", turn, kind)
    changed(room, turn)
    return Answer(say=_("They are on the list."), data={"turn": turn.handle})


@transaction.atomic
def remove(*, room: Any, by: Any, turn: str, reason: str = "") -> Answer:
    """Take a request off the list; whoever asked reads the reason."""
    room = locked(room)
    found = Turn.objects.filter(room=room, handle=turn, state=State.WAITING).first()
    if found is None:
        raise Refused(_("This request is not on the list any more."))
    found.state, found.why = State.WITHDRAWN, {"removed": reason}
    found.save(update_fields=["state", "why"])
    note(room, by, "removed", found)
    changed(room, found)
    return Answer(say=_("The request is off the list."))


@transaction.atomic
def open_list(*, room: Any, by: Any) -> Answer:
    """Take new requests."""
    _set_list(room, by, True)
    return Answer(say=_("The list is open."), data={"undo": {"command": "floor.close_list", "fields": {}}})


@transaction.atomic
def close_list(*, room: Any, by: Any) -> Answer:
    """Take no new requests, but for points of order. Who waits stays on the list."""
    _set_list(room, by, False)
    return Answer(say=_("The list is closed."), data={"undo": {"command": "floor.open_list", "fields": {}}})


def _set_list(room: Any, by: Any, to: bool) -> None:
    room = locked(room)
    if room.list_open != to:
        Room.objects.filter(pk=room.pk).update(list_open=to)
        note(room, by, "opened the list" if to else "closed the list")
        changed(room)


@leaver
def let_go(seat: Seat, by: Any) -> None:
    """Whoever left, or whose seat somebody else ended, is not called any more, and does not keep the floor."""
    for turn in Turn.objects.filter(seat=seat, state__in=(State.WAITING, *ON_FLOOR)).select_related("room__event"):
        room = locked(turn.room)
        turn.refresh_from_db()
        if turn.state in ON_FLOOR:
            _end(room, by, turn)
        elif turn.state == State.WAITING:
            turn.state = State.WITHDRAWN
            turn.save(update_fields=["state"])
            note(room, by, "withdrew" if by.pk == seat.pk else "removed", turn)
        changed(room, turn)


def _end(room: Any, by: Any, turn: Turn, at: Any = None) -> None:
    turn.keep(turn.timer.end(at or now()))
    note(room, by, "ended", turn)


def changed(room: Any, *turns: Turn | None) -> None:
    """Every screen of the floor is painted anew, and these turns' seats learn their marks on all their devices."""
    touch(room, *PARTS, *resting_on("floor"))
    for turn in turns:
        if turn is not None and turn.seat is not None:
            touch_seat(turn.seat)
