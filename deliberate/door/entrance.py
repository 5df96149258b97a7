"""Who comes in, and whether they are still there. The feature that keeps the seats answers for the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Seat(Protocol):
    """What the door needs to know of whoever asks."""

    pk: Any
    role: str
    language: str


class Room(Protocol):
    """What the door and the live engine need to know of a room."""

    pk: Any


@dataclass(frozen=True, slots=True)
class Place:
    """A seat and the room it looks at: the answer to "who asks, and where".

    `secret`: the text of the cookie that opened the seat, "" where none did. It stays in memory; a pseudonym is derived of it."""

    seat: Any
    room: Any
    event: Any
    secret: str = field(default="", repr=False, compare=False)


#: Where somebody wants in: the event's handle, the role, the room's handle, the seat's cookie.
Door = tuple[str, str, str, str]


class Entrance(Protocol):
    """What the door and the live engine ask of whoever keeps the seats."""

    def enter(self, doors: list[Door]) -> list[Place | None]:
        """Who stands at each of these doors: None where the cookie names no living seat of that event and role."""

    def still_here(self, place: Place) -> Place | None:
        """This place as stored now, its seat locked until the end of the transaction; None where the seat has ended since it
        was read, or has no access any more."""

    def all_still_here(self, seats: list[Any]) -> Sequence[Any]:
        """What a crowd's action needs to know of these seats, as stored now and locked; None for each that has ended."""

    def all_living(self, seats: list[Any]) -> list[bool]:
        """Whether these seats still have access, without locking them: for what must not stand beside a seat's row."""

    def living_among(self, keys: set[Any]) -> set[Any]:
        """Those of these seats that may still hold a line."""

    def room_of(self, key: Any) -> Any:
        """The room of this key as stored now, with its event; None where there is none."""


_entrances: list[Entrance] = []


def keeps_seats(entrance: Entrance) -> None:
    """Register the one that answers: a module with these functions, too."""
    _entrances[:] = [entrance]


def entrance() -> Entrance:
    """Whoever keeps the seats."""
    return _entrances[0]


def enter(event: str, role: str, room: str, cookie: str) -> Place | None:
    """Who stands at this one door."""
    return entrance().enter([(event, role, room, cookie)])[0]
