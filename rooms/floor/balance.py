"""How long groups and places were heard, beside their share of the seats. Turns that are over; small groups folded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from deliberate.live.times import clock_text
from rooms.events.models import Group
from rooms.floor.models import Turn
from rooms.floor.queries import Floor
from rooms.seats.models import Where


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: a place, a group, or several groups told of together (`group` is then None). Percent run from 0 to 100."""

    label: str
    group: Group | None
    time: str
    percent: int
    seats_percent: int


def by_group(floor: Floor, groups: Iterable[Group]) -> list[Bar]:
    """A bar for each group with k seats or more, and one for the others together; none where that gives somebody away."""
    named = {group.handle: group for group in groups}  # in the host's order
    seats = {group or "": count for group, count in floor.shares.groups.items()}
    bars = []
    for cell in floor.cells():
        turns = [turn for turn in floor.spoken if (turn.group.handle if turn.group else "") in cell.groups]
        names = [group.name for handle, group in named.items() if handle in cell.groups]
        label = ", ".join(names + [_("no group")] * ("" in cell.groups))
        group = None if cell.folded else named.get(cell.groups[0])
        bars.append(_bar(floor, label, group, turns, cell.size, sum(seats.values())))
    return bars


def by_place(floor: Floor) -> list[Bar]:
    """A bar for the hall and one for those who are remote."""
    seats = {str(place): count for place, count in floor.shares.places.items()}
    return [
        _bar(
            floor,
            str(place.label),
            None,
            [turn for turn in floor.spoken if turn.place == place],
            seats.get(place, 0),
            sum(seats.values()),
        )
        for place in Where
    ]


def total(floor: Floor) -> str:
    """All the time heard so far, as minutes:seconds."""
    return clock_text(round(_seconds(floor.spoken)))


def _bar(floor: Floor, label: str, group: Group | None, turns: list[Turn], seats: int, all_seats: int) -> Bar:
    seconds, all_seconds = _seconds(turns), _seconds(floor.spoken)
    return Bar(
        label=label,
        group=group,
        time=clock_text(round(seconds)),
        percent=round(100 * seconds / all_seconds) if all_seconds else 0,
        seats_percent=round(100 * seats / all_seats) if all_seats else 0,
    )


def _seconds(turns: list[Turn]) -> float:
    return sum(turn.spoken_s for turn in turns)
