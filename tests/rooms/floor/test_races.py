"""Two people press at once: threads with connections of their own, on a database that keeps what it is given."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from deliberate.clock import now
from deliberate.door.registry import Answer
from rooms.events.models import Event
from rooms.floor.models import ON_FLOOR, State, Turn
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event() -> Event:
    return make.event()


def waiting(event: Event, count: int) -> list[str]:
    return [str(make.act(make.seat(event), "floor.ask", kind="point").data["turn"]) for _ in range(count)]


def moderators(event: Event, count: int = 2) -> list[Seat]:
    return [make.seat(event, "moderator") for _ in range(count)]


def test_two_moderators_press_next_and_one_speaker_is_called(event: Event) -> None:
    first, *_others = waiting(event, 3)
    told = at_once(*(lambda by=by: make.act(by, "floor.call_next", expected=first) for by in moderators(event, 4)))
    assert [answer.data["turn"] for answer in told if isinstance(answer, Answer)] == [first] * 4
    assert list(Turn.objects.filter(called_at__isnull=False).values_list("handle", flat=True)) == [first]
    assert broken_at(make.room(event)) is None


def test_two_moderators_press_next_without_a_name_and_one_speaker_is_called(event: Event) -> None:
    waiting(event, 3)
    told = at_once(*(lambda by=by: make.act(by, "floor.call_next", expected="") for by in moderators(event)))
    assert sorted(type(each).__name__ for each in told) == ["Answer", "Refused"]
    assert Turn.objects.filter(called_at__isnull=False).count() == 1


def test_two_calls_out_of_order_leave_one_on_the_floor(event: Event) -> None:
    handles = waiting(event, 2)
    told = at_once(
        *(
            lambda by=by, turn=turn: make.act(by, "floor.call", turn=turn, reason="Now")
            for by, turn in zip(moderators(event), handles, strict=True)
        )
    )
    assert all(isinstance(each, Answer) for each in told)
    assert sorted(Turn.objects.values_list("state", flat=True)) == [State.CALLED, State.DONE]


def test_the_speaker_finishes_while_the_moderator_ends_and_the_turn_ends_once(event: Event) -> None:
    ann, chair = make.seat(event), make.seat(event, "moderator")
    make.act(ann, "floor.ask", kind="point")
    make.act(chair, "floor.call_next", expected="")
    told = at_once(lambda: make.act(ann, "floor.finish"), lambda: make.act(chair, "floor.end"))
    assert sorted(type(each).__name__ for each in told) == ["Answer", "Refused"]
    assert make.room(event).journal.filter(verb="ended").count() == 1


def test_a_double_tap_asks_once(event: Event) -> None:
    ann = make.seat(event)
    told = at_once(*(lambda: make.act(ann, "floor.ask", kind="point") for _ in range(4)))
    assert sum(isinstance(each, Answer) for each in told) == 1
    assert Turn.objects.count() == 1


def test_withdrawing_while_being_called_is_one_or_the_other(event: Event) -> None:
    ann, chair = make.seat(event), make.seat(event, "moderator")
    handle = make.act(ann, "floor.ask", kind="point").data["turn"]
    told = at_once(lambda: make.act(ann, "floor.withdraw"), lambda: make.act(chair, "floor.call_next", expected=handle))
    assert sum(isinstance(each, Answer) for each in told) == 1
    assert Turn.objects.get().state in (State.CALLED, State.WITHDRAWN)


@pytest.mark.parametrize("state", ON_FLOOR)
def test_the_database_itself_keeps_the_floor_for_one(event: Event, state: State) -> None:
    room = make.room(event)
    Turn.objects.create(room=room, state=State.SPEAKING, asked_at=now(), called_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.create(room=room, state=state, asked_at=now(), called_at=now())


def test_the_database_itself_keeps_one_request_a_seat(event: Event) -> None:
    room, ann = make.room(event), make.seat(event)
    Turn.objects.create(room=room, seat=ann, asked_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Turn.objects.create(room=room, seat=ann, asked_at=now())
