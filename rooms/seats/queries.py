from __future__ import annotations

import hashlib
import secrets
from typing import Any, NamedTuple

from django.db.models import Q

from deliberate import rows, tokens
from deliberate.clock import now
from deliberate.compiled import Compiled
from deliberate.door.entrance import Door, Place
from deliberate.roles import HOST, PARTICIPANT
from rooms.events.models import Event, Group, Room
from rooms.seats import core
from rooms.seats.models import Seat


def cookie_of(seat: Seat) -> str:
    """The signed value of a cookie of a seat. A text stands in it that is drawn anew for each, and stored nowhere else: what is
    derived of a cookie can be derived by nobody who has all that is stored."""
    return tokens.sign({"s": seat.handle, "e": seat.epoch, "r": secrets.token_urlsafe(16)}, "seat")


def _behind(cookie: str) -> tuple[Seat | None, object]:
    """The seat that a cookie of ours names, ended or not, and the epoch it was given in."""
    value = tokens.unsign(cookie, "seat") if cookie else None
    if value is None:
        return None, None
    named = Seat.objects.select_related("event", "group", "link").filter(handle=value.get("s", ""))
    return named.first(), value.get("e")


def seat_of(cookie: str) -> Seat | None:
    """The living seat behind a cookie: not ended, its role link not revoked, its event not past its retention."""
    seat, epoch = _behind(cookie)
    return seat if seat is not None and _lives(seat, epoch) and seat.event.retention_until >= now().date() else None


def why_ended(cookie: str) -> str:
    """Why a cookie opens nothing: "erased", "hosts" (they ended the seat), "revoked", "over" (the event is gone), or "" where
    it tells nothing."""
    seat, epoch = _behind(cookie)
    if epoch is None:
        return ""
    if seat is None or seat.event.retention_until < now().date():
        return "over"
    if seat.ended:
        return "hosts" if seat.ended_by_hosts else "erased"
    return "revoked" if seat.link is None or seat.link.revoked_at is not None else ""


def ended_by_hosts(cookie: str) -> Seat | None:
    """The seat behind a cookie, where the hosts ended it and it was not erased since."""
    seat, _epoch = _behind(cookie)
    return seat if seat is not None and seat.ended_by_hosts else None


def enter(doors: list[Door]) -> list[Place | None]:
    """Who stands at each door: the seat behind the cookie in that room, if it is of that event and role and its role holds in
    that room. Three queries, however many doors."""
    values = [tokens.unsign(cookie, "seat") if cookie else None for _event, _role, _room, cookie in doors]
    handles = {value.get("s", "") for value in values if value is not None}
    seats = {seat.handle: seat for seat in Seat.objects.select_related("link").filter(handle__in=handles)}
    events = {seat.event_id for seat in seats.values()}
    # What stands in the address of somebody without a seat is never looked up: it could be anything.
    asked = {door[2] for door, value in zip(doors, values, strict=True) if value is not None}
    rooms = {
        (room.event_id, room.handle): room
        for room in Room.objects.select_related("event").filter(event__in=events, handle__in=asked)
    }
    groups = Group.objects.in_bulk({seat.group_id for seat in seats.values() if seat.group_id is not None})
    found: list[Place | None] = []
    for (event, role, handle, cookie), value in zip(doors, values, strict=True):
        seat = seats.get(value.get("s", "")) if value is not None else None
        room = rooms.get((seat.event_id, handle)) if seat is not None else None
        if (
            value is None
            or seat is None
            or room is None
            or not _may_be_in(seat, room, value.get("e"))
            or seat.role != role
            or room.event.handle != event
        ):
            found.append(None)
        else:
            _attach(seat, room.event, groups)
            found.append(Place(seat, room, room.event, cookie))
    return found


def _lives(seat: Seat, epoch: object) -> bool:
    """Whether a seat gives access to whoever shows a cookie of this epoch: not ended, its role link not revoked."""
    if seat.ended or seat.epoch != epoch:
        return False
    return seat.role == PARTICIPANT or (seat.link is not None and seat.link.revoked_at is None)


def _may_be_in(seat: Seat, room: Room, epoch: object) -> bool:
    """Whether a living seat has access to this room today."""
    here = only_room(seat) in (None, room.pk) and room.event.retention_until >= now().date()
    return here and _lives(seat, epoch)


def _attach(seat: Seat, event: Event, groups: dict[int, Group]) -> None:
    """Give a seat its event and group as they are known already: no query for each seat."""
    seat.event = event
    seat.group = groups.get(seat.group_id) if seat.group_id is not None else None


def only_room(seat: Seat) -> Any:
    """The key of the one room in which the seat has its role, by a link that was made for that room; None: in all rooms.

    Participants go everywhere, and hosts set up the whole event: their links only begin in a room."""
    if seat.role in (PARTICIPANT, HOST) or seat.link is None:
        return None
    return seat.link.room_id


_locked = Compiled(lambda key: Seat.objects.select_for_update(no_key=True).filter(pk=key))
_seat = Compiled(lambda key: Seat.objects.select_related("room", "group", "link").filter(pk=key))
_room = Compiled(lambda key: Room.objects.select_related("event").filter(pk=key))


def room_of(key: int) -> Room | None:
    """The room of this key as stored now, with its event."""
    return _room.first(key)


def still_here(place: Place) -> Place | None:
    """This place as stored now, the seat's row locked; None where it was ended since it was read, or all its cookies were, or
    its role link was revoked."""
    # Locked alone: what a join shows beside a row that had to be waited for is from before the wait.
    _locked(place.seat.pk)
    seat, room = _seat.first(place.seat.pk), room_of(place.room.pk)
    if seat is None or room is None or not _may_be_in(seat, room, place.seat.epoch):
        return None
    seat.event = room.event
    return Place(seat, room, room.event, place.secret)


class Sitting(NamedTuple):
    """A seat among a crowd. `group` is its group's handle, "" for none."""

    pk: int
    epoch: int
    language: str
    name: str
    group: str


# The group is asked for by a query of its own: a join would show the one from before, where the row had to be waited for.
SITTING = """
    SELECT id, epoch, language, name,
           COALESCE((SELECT handle FROM rooms_group WHERE rooms_group.id = rooms_seat.group_id), '')
    FROM rooms_seat WHERE id = ANY(%s) AND NOT ended ORDER BY id FOR NO KEY UPDATE OF rooms_seat
"""


def all_still_here(seats: list[Seat]) -> list[Sitting | None]:
    """The same for many seats, in one query; they are locked in one order, so that no two crowds wait for each other."""
    stored = {row[0]: Sitting(*row) for row in rows.read(SITTING, [seat.pk for seat in seats])}
    return [
        found if (found := stored.get(seat.pk)) is not None and found.epoch == seat.epoch else None for seat in seats
    ]


LIVING = "SELECT id, epoch FROM rooms_seat WHERE id = ANY(%s) AND NOT ended"


def all_living(seats: list[Seat]) -> list[bool]:
    """Whether these seats have not ended, nor all their cookies, in one query that locks none of them."""
    stored = dict(rows.read(LIVING, sorted({seat.pk for seat in seats}))) if seats else {}
    return [stored.get(seat.pk) == seat.epoch for seat in seats]


def living_among(keys: set[Any]) -> set[Any]:
    """Those of these seats that may still look: not ended, their role link not revoked, their event not over."""
    seats = Seat.objects.filter(pk__in=keys, ended=False, event__retention_until__gte=now().date())
    crew = ~Q(role=PARTICIPANT)
    return set(seats.exclude(crew & (Q(link=None) | Q(link__revoked_at__isnull=False))).values_list("pk", flat=True))


def called(seat: Seat) -> str:
    """What a seat goes by among its own crew: its name, else a pseudonym that stays the same for it."""
    chosen = iter(hashlib.blake2b(seat.handle.encode(), digest_size=2).digest())
    return seat.name or core.suggestion(lambda words: words[next(chosen) % len(words)])


def suggest_name() -> str:
    """A pseudonym to start from. Names that are taken are suggested too: else their absence would tell who is here."""
    return core.suggestion(secrets.choice)
