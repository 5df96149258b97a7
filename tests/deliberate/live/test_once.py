"""What several parts and audiences rest on is read once a painting."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberate.live.room import _paint_all
from deliberate.roles import MODERATOR, PARTICIPANT, WALL
from rooms.events.models import Room
from rooms.floor import queries
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Room:
    event = make.event()
    for name in ("Ann", "Ben"):
        make.act(make.seat(event, name=name), "floor.ask", kind="point")
    return make.room(event)


def test_more_audiences_and_languages_cost_no_more_reading(room: Room) -> None:
    def reads(*keys: tuple[str, str, str]) -> int:
        with CaptureQueriesContext(connection) as asked:
            painted = _paint_all(room.pk, list(keys))
        assert len(painted) == len(keys)
        return sum("rooms_turn" in each["sql"] for each in asked)

    one = reads(("floor.queue", PARTICIPANT, "en"))
    many = reads(
        *((name, who, "en") for name in ("floor.now", "floor.queue") for who in (PARTICIPANT, MODERATOR, WALL)),
        ("floor.ask", PARTICIPANT, "fr"),
        ("floor.console", MODERATOR, "ar"),
    )
    assert one == many == 1


def test_each_painting_reads_anew(room: Room) -> None:
    key = ("floor.queue", PARTICIPANT, "en")
    before = _paint_all(room.pk, [key])[key]
    make.act(make.seat(room.event, name="Cem"), "floor.ask", kind="point")
    assert "Cem" not in before.html
    assert "Cem" in _paint_all(room.pk, [key])[key].html


def test_outside_a_painting_everything_is_read_each_time(room: Room) -> None:
    assert len(queries.read(room).waiting) == 2
    make.act(make.seat(room.event, name="Cem"), "floor.ask", kind="point")
    assert len(queries.read(room).waiting) == 3


def test_a_room_that_is_gone_is_not_painted(room: Room) -> None:
    key = room.pk
    room.event.delete()
    assert _paint_all(key, [("floor.queue", PARTICIPANT, "en")]) == {}
