from __future__ import annotations

from datetime import timedelta

import pytest

from rooms.events.models import Event
from rooms.floor import balance, queries
from rooms.floor.models import Turn
from tests import make

pytestmark = pytest.mark.django_db


def spoke(event: Event, seconds: int, group: str = "", place: str = "hall") -> None:
    seat = make.seat(event, group=group, place=place)
    handle = make.act(seat, "floor.ask", kind="point").data["turn"]
    chair = make.seat(event, "moderator")
    make.act(chair, "floor.call_next", expected=handle)
    make.act(chair, "floor.start")
    make.act(seat, "floor.finish")
    turn = Turn.objects.get(handle=handle)
    assert turn.ended_at is not None
    Turn.objects.filter(pk=turn.pk).update(started_at=turn.ended_at - timedelta(seconds=seconds))


def bars(event: Event) -> list[tuple[str, str, int, int]]:
    floor = queries.read(make.room(event))
    return [
        (bar.label, bar.time, bar.percent, bar.seats_percent) for bar in balance.by_group(floor, event.groups.all())
    ]


def test_groups_of_k_seats_stand_alone_and_small_ones_together() -> None:
    event = make.event(k=2)
    spoke(event, 90, "Youth")
    spoke(event, 30, "Diplomats")
    for group in ("Youth", "Fieldworkers"):
        make.seat(event, group=group)
    assert bars(event) == [("Youth", "1:30", 75, 50), ("Fieldworkers, Diplomats", "0:30", 25, 50)]


def test_where_groups_would_give_somebody_away_there_is_no_breakdown() -> None:
    event = make.event(k=5)
    spoke(event, 90, "Youth")
    spoke(event, 30)
    assert bars(event) == []


def test_hall_and_remote_are_measured_by_time_and_seats() -> None:
    event = make.event()
    spoke(event, 60)
    spoke(event, 180, place="remote")
    make.seat(event)
    make.seat(event)
    floor = queries.read(make.room(event))
    assert [(bar.time, bar.percent, bar.seats_percent) for bar in balance.by_place(floor)] == [
        ("1:00", 25, 75),
        ("3:00", 75, 25),
    ]
    assert balance.total(floor) == "4:00"


def test_nobody_has_spoken_and_nothing_breaks() -> None:
    floor = queries.read(make.room(make.event()))
    assert [bar.percent for bar in balance.by_place(floor)] == [0, 0]
