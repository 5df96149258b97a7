from __future__ import annotations

from datetime import timedelta

import pytest

from deliberate.errors import Refused
from rooms.events.models import Event
from rooms.floor import queries
from rooms.floor.models import State, Turn
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(seconds_point=100)


@pytest.fixture
def chair(event: Event) -> Seat:
    """A moderator who has called somebody."""
    chair = make.seat(event, "moderator")
    make.act(make.seat(event), "floor.ask", kind="point")
    make.act(chair, "floor.call_next", expected="")
    return chair


def turn_of(event: Event) -> Turn:
    found = queries.on_floor(make.room(event))
    assert found is not None
    return found


def back(turn: Turn, seconds: float, *fields: str) -> None:
    """Let `seconds` have passed since the moments in `fields`."""
    moments = {field: getattr(turn, field) - timedelta(seconds=seconds) for field in fields}
    Turn.objects.filter(pk=turn.pk).update(**moments)


def test_the_time_runs_from_the_start_and_not_from_the_call(event: Event, chair: Seat) -> None:
    assert turn_of(event).deadline is None
    make.act(chair, "floor.start")
    turn = turn_of(event)
    assert turn.state == State.SPEAKING
    assert turn.started_at is not None
    assert turn.deadline == turn.started_at + timedelta(seconds=100)


def test_a_pause_moves_the_deadline_by_its_length(event: Event, chair: Seat) -> None:
    make.act(chair, "floor.start")
    before = turn_of(event).deadline
    make.act(chair, "floor.pause")
    assert turn_of(event).deadline is None
    back(turn_of(event), 20, "started_at", "paused_at")
    make.act(chair, "floor.resume")
    turn = turn_of(event)
    assert before is not None
    assert turn.deadline is not None
    assert (turn.deadline - before).total_seconds() == pytest.approx(0, abs=0.5)
    assert turn.paused_s == pytest.approx(20, abs=0.5)


def test_more_time_is_given_while_it_runs_while_paused_and_before_the_start(event: Event, chair: Seat) -> None:
    make.act(chair, "floor.extend", seconds=30)
    assert turn_of(event).seconds == 130
    make.act(chair, "floor.start")
    make.act(chair, "floor.extend", seconds=30)
    turn = turn_of(event)
    assert turn.started_at is not None
    assert turn.deadline == turn.started_at + timedelta(seconds=160)
    make.act(chair, "floor.pause")
    make.act(chair, "floor.extend", seconds=15)
    assert turn_of(event).seconds == 175
    assert turn_of(event).state == State.PAUSED


@pytest.mark.parametrize("seconds", [0, 4, -30, 601, "soon"])
def test_an_extension_that_makes_no_sense_is_refused(event: Event, chair: Seat, seconds: object) -> None:
    with pytest.raises(Refused):
        make.act(chair, "floor.extend", seconds=seconds)
    assert turn_of(event).seconds == 100


def test_pausing_twice_or_starting_twice_is_refused_in_words(chair: Seat) -> None:
    with pytest.raises(Refused, match="does not run"):
        make.act(chair, "floor.pause")
    make.act(chair, "floor.start")
    with pytest.raises(Refused, match="runs already"):
        make.act(chair, "floor.start")
    with pytest.raises(Refused, match="not paused"):
        make.act(chair, "floor.resume")


@pytest.mark.parametrize("name", ["start", "pause", "resume", "end"])
def test_an_empty_floor_has_no_time(name: str) -> None:
    with pytest.raises(Refused, match="Nobody has the floor"):
        make.act(make.seat(make.event(), "moderator"), f"floor.{name}")


def test_pauses_are_no_speech(event: Event, chair: Seat) -> None:
    make.act(chair, "floor.start")
    back(turn_of(event), 50, "started_at")
    make.act(chair, "floor.pause")
    back(turn_of(event), 40, "started_at", "paused_at")
    make.act(chair, "floor.end")
    assert Turn.objects.get().spoken_s == pytest.approx(50, abs=0.5)
