"""What may be asked from outside. Each feature registers its commands here; the door knows nothing else of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from django import forms


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
    """A seat and the room it looks at: the answer to "who asks, and where"."""

    seat: Any
    room: Any
    event: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What the one who acted gets back, after the commit. `say` is shown to them; `data` is for programs.

    `on` and `off`: the marks that the act gave the seat and took from it, where the action knows; else the door looks
    up all marks of the feature. `forget_seat` tells the door to end the cookie of whoever asked."""

    say: object = ""
    data: dict[str, Any] = field(default_factory=dict)
    on: tuple[str, ...] = ()
    off: tuple[str, ...] = ()
    forget_seat: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What one seat asks of a crowd's action: what is known of the seat now (all_still_here), and the cleaned fields.

    `key` gives what the act is known by, "" for none: for actions that keep receipts of some of their acts alone."""

    by: Any
    fields: dict[str, Any]
    key: Callable[[], str]


class NoFields(forms.Form):
    """The form of a command that needs nothing but its name."""


#: Gives an Answer or None; where a crowd asks, a list of Answers and Refused.
Action = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that may be asked: its name, form, roles, and the action behind it."""

    name: str
    form: type[forms.Form]
    who: frozenset[str]
    action: Action
    per_minute: int | None
    remembered: bool
    crowd: bool
    marks: bool

    @property
    def feature(self) -> str:
        return self.name.partition(".")[0]


commands: dict[str, Command] = {}


def command(
    name: str,
    *,
    form: type[forms.Form],
    who: Iterable[str],
    per_minute: int | None = None,
    remembered: bool = True,
    crowd: bool = False,
    marks: bool = True,
) -> Callable[[Action], Action]:
    """Offer `action(*, room, by, **cleaned fields)` under `name` ("feature.verb") to the roles in `who`.

    `crowd`: a whole room does this at once. The action is `action(*, room, asked)`: it does what several seats asked, in
    their order, within the door's transaction, and gives an Answer or a Refused for each.

    `per_minute` limits one seat beyond the general limit. `remembered=False` keeps no receipt, for acts whose
    repetition is harmless by itself, however late it comes, or that must leave no trace. `marks=False` looks up no marks
    afterwards, for acts that change none of whoever asks."""

    def register(action: Action) -> Action:
        if name in commands:
            raise ValueError(f"{name} is registered twice")
        commands[name] = Command(name, form, frozenset(who), action, per_minute, remembered, crowd, marks)
        return action

    return register


#: Where somebody wants in: the event's handle, the role, the room's handle, the seat's cookie.
Door = tuple[str, str, str, str]
Enter = Callable[[list[Door]], list[Place | None]]
_enter: list[Enter] = []


def entrance(find: Enter) -> Enter:
    """Register the one function that says who stands at each of these doors."""
    _enter[:] = [find]
    return find


Still = Callable[[Any], Any]
_still: list[Still] = []
AllStill = Callable[[list[Any]], list[Any]]
_all_still: list[AllStill] = []


def still(find: Still) -> Still:
    """Register seat -> the same seat as stored now, its row locked; None where it has ended since it was read."""
    _still[:] = [find]
    return find


def still_here(seat: Any) -> Any:
    """This seat as stored now, locked until the end of the transaction; None where it has ended in the meantime."""
    return _still[0](seat)


def all_still(find: AllStill) -> AllStill:
    """Register the same for many seats; of each only what a crowd's action needs to know."""
    _all_still[:] = [find]
    return find


def all_still_here(seats: list[Any]) -> list[Any]:
    """What a crowd's action needs to know of these seats, as stored now and locked; None for each that has ended."""
    return _all_still[0](seats)


Living = Callable[[set[Any]], set[Any]]
_living: list[Living] = []


def living(find: Living) -> Living:
    """Register keys of seats -> those among them that may still hold a line."""
    _living[:] = [find]
    return find


def still_living(keys: set[Any]) -> set[Any]:
    """Those of these seats that have not ended."""
    return _living[0](keys)


def enter(event: str, role: str, room: str, cookie: str) -> Place | None:
    """Who stands at the door: None where the cookie names no living seat of that event and role."""
    return _enter[0]([(event, role, room, cookie)])[0]


def enter_all(doors: list[Door]) -> list[Place | None]:
    """The same for many at once, in a few queries."""
    return _enter[0](doors)
