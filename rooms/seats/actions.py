from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import resting_on
from deliberate.live.stale import drop_seat, touch, touch_seat
from deliberate.shell.traces import wipe
from rooms.events.models import Event, Group, RoleLink
from rooms.events.queries import home_room
from rooms.seats.models import Pairing, Seat
from rooms.seats.queries import only_room

PAIRING_MINUTES = 5


@transaction.atomic
def take(
    *,
    link: RoleLink,
    handle: str = "",
    name: str = "",
    group: Group | None = None,
    place: str = "hall",
    language: str = "en",
) -> Seat:
    """A seat by way of a role link: a new one, or the link's seat called `handle` where that is there already.

    A tap on "Join" that comes in twice names one handle, so it makes one seat, and the second gets what the first made.
    Nobody is told whether others bear the same name: that would say who is here."""
    seat, made = Seat.objects.get_or_create(
        event=link.event,
        role=link.role,
        handle=handle or tokens.handle(),
        defaults={
            "link": link,
            "room": link.room or home_room(link.event),
            "name": name,
            "group": group,
            "place": place,
            "language": language,
        },
    )
    if made:
        touch_counts(seat.room)
    return seat


@transaction.atomic
def come_again(*, link: RoleLink, by: Seat) -> None:
    """A seat whose role holds in one room alone comes by a link for another room, or for all: it goes by that one from now on."""
    if only_room(by) not in (None, link.room_id):
        Seat.objects.filter(pk=by.pk).update(link=link)
        drop_seat(by)  # its pages of the room left


@transaction.atomic
def pair(*, room: Any, by: Seat) -> Answer:
    """A short code by which one more device may take this seat, once, within five minutes."""
    code = tokens.code()
    until = now() + timedelta(minutes=PAIRING_MINUTES)
    Pairing.objects.update_or_create(seat=by, defaults={"code_hash": _hashed(code), "until": until})
    said = _("Join on your other device with the code %(code)s, within five minutes. It works once.")
    read = tokens.spaced(code)
    return Answer(say=said % {"code": read.replace(" ", "\u00a0")}, data={"code": read})


@transaction.atomic
def take_paired(*, code: str) -> Seat | None:
    """The seat that a pairing code opens; the code is used up. None where it is wrong or too old."""
    found = Pairing.objects.select_for_update(of=("self",)).filter(code_hash=_hashed(tokens.normal_code(code))).first()
    if found is None or found.until < now():
        return None
    seat = found.seat
    found.delete()
    return None if seat.ended else seat


def remove_old_pairings() -> int:
    """Delete pairing codes past their time; how many there were."""
    return Pairing.objects.filter(until__lt=now()).delete()[0]


def _hashed(code: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), b"pairing" + code.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def rename(*, room: Any, by: Seat, name: str, group: str, place: str) -> Answer:
    """Change pseudonym, group (a handle or "") and place of one's own seat.

    What was said before keeps the name it was said under."""
    Seat.objects.filter(pk=by.pk).update(name=name, group=group_of(by.event, group), place=place)
    touch_counts(*by.event.rooms.all())
    return Answer(say=_("Saved."))


@transaction.atomic
def move(*, room: Any, by: Seat) -> None:
    """Go over to `room`: from now on the seat counts there, in its turnout and its shares of the floor."""
    left = by.room
    if left != room:
        Seat.objects.filter(pk=by.pk).update(room=room)
        touch_counts(room, *([left] if left is not None else []))
        touch_seat(by)  # its other pages say where it sits


def group_of(event: Event, handle: str) -> Group | None:
    """The event's group with this handle; None for "". Refused where the event has no such group."""
    if not handle:
        return None
    found = event.groups.filter(handle=handle).first()
    if found is None:
        raise Refused(_("This group is no longer there. Choose another, please."))
    return found


def touch_counts(*rooms: Any) -> None:
    """After a change of who sits where: in these rooms, whatever tells how many, or how many of a group."""
    for room in rooms:
        touch(room, *resting_on("seats"))


def held(seat: Seat) -> Seat:
    """This seat as stored now, locked until the end of the transaction. Whoever changes a seat locks it first, then rooms: so
    no two of them wait for each other."""
    return Seat.objects.select_for_update(of=("self",), no_key=True).select_related("event").get(pk=seat.pk)


@transaction.atomic
def erase(*, room: Any, by: Seat) -> Answer:
    """Take name and group out of everything stored, end the seat everywhere. What was said and decided stays, unsigned.

    A seat that the hosts ended can still be erased by whoever held it."""
    held(by)
    for forget in _erasers:
        forget(by)
    Seat.objects.filter(pk=by.pk).update(
        name="", group=None, room=None, ended=True, ended_by_hosts=False, epoch=by.epoch + 1
    )
    Pairing.objects.filter(seat=by).delete()
    touch_counts(*by.event.rooms.all())
    drop_seat(by)
    transaction.on_commit(wipe)
    return Answer(say=_("You are erased."), forget_seat=True)


Eraser = Callable[[Seat], None]
_erasers: list[Eraser] = []


def eraser(forget: Eraser) -> Eraser:
    """Register what a later feature does when a seat is erased: take its name and group out, and touch what showed them."""
    _erasers.append(forget)
    return forget


@transaction.atomic
def leave(*, by: Seat) -> None:
    """Go, on Exit: the seat sits in no room and asks for nothing any more. It lives on, on its other devices if any."""
    held(by)
    let_all_go(by, by)
    Seat.objects.filter(pk=by.pk).update(room=None)
    if by.room is not None:
        touch_counts(by.room)


#: (who leaves, by whose act)
Leaver = Callable[[Seat, Any], None]
_leavers: list[Leaver] = []


def leaver(let_go: Leaver) -> Leaver:
    """Register what a later feature does when somebody leaves: what would call them by name in their absence."""
    _leavers.append(let_go)
    return let_go


def let_all_go(seat: Seat, by: Any) -> None:
    """Whatever would call this seat in its absence lets it go: it exits, or somebody else (`by`) ends it."""
    for let_go in _leavers:
        let_go(seat, by)
