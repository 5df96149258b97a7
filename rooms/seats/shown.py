"""Whose something is. There is no list of people: a seat is named by something of it that stands on a screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from deliberate.errors import Refused
from deliberate.roles import PARTICIPANT
from rooms.seats.models import Seat


class Shown(NamedTuple):
    """Something of a seat as its screens show it: `name` as far as this audience sees it, else what stands in its place;
    `what` it is, in words."""

    seat: Seat
    name: str
    what: str


#: (room, handle, audience) -> what bears this handle and whose it is; None where it is nobody's, or does not say whose.
Finder = Callable[[Any, str, str], Shown | None]
_finders: dict[str, Finder] = {}


def shows_seat(kind: str) -> Callable[[Finder], Finder]:
    """Register how a later feature finds whose a row is, by "<kind>:<handle>". It tells no more than its screens do."""

    def register(find: Finder) -> Finder:
        _finders[kind] = find
        return find

    return register


def whose(room: Any, shown: str, audience: str) -> Shown:
    """What `shown` ("turn:<handle>", "idea:<handle>") names in this room. Refused where that shows nobody's seat."""
    kind, _colon, handle = shown.partition(":")
    found = _finders[kind](room, handle, audience) if kind in _finders else None
    if found is None or found.seat.role != PARTICIPANT:
        raise Refused(_("Nobody’s seat stands behind this here. Look at the list once more."))
    return found
