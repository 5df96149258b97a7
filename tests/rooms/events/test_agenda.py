from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from deliberate import clock
from deliberate.errors import Refused
from deliberate.live.painter import paint
from deliberate.live.times import fill
from rooms.events.models import AgendaItem, Event
from rooms.events.queries import current_item
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db
FIRST, SECOND, THIRD = (title for title, _minutes in make.AGENDA)


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def chair(event: Event) -> Seat:
    return make.seat(event, "moderator")


def item(event: Event) -> str:
    found = current_item(make.room(event))
    return found.title if found else ""


def handle(title: str) -> str:
    return AgendaItem.objects.get(title=title).handle


def clock_in(event: Event, part: str = "events.now", after: float = 0) -> str:
    """What the clock of the agenda says so many minutes from now."""
    html = paint(make.room(event), part, "participant", "en").html
    text = fill(html, clock.now() + timedelta(minutes=after))
    return text.partition("data-late=")[2].partition(">")[2].partition("<")[0]


def test_the_moderator_moves_from_item_to_item_to_the_end(event: Event, chair: Seat) -> None:
    for title in (FIRST, SECOND, THIRD, ""):
        answer = make.act(chair, "events.move_on")
        assert item(event) == title
        assert answer.data["undo"] == {"command": "events.move_back", "fields": {}}
    with pytest.raises(Refused, match="at its end"):
        make.act(chair, "events.move_on")


def test_a_move_is_taken_back_as_if_it_had_not_been(event: Event, chair: Seat) -> None:
    make.act(chair, "events.move_on")
    begun = AgendaItem.objects.get(title=FIRST).started_at
    make.act(chair, "events.move_on")
    make.act(chair, "events.move_back")
    first, second = AgendaItem.objects.get(title=FIRST), AgendaItem.objects.get(title=SECOND)
    assert (first.state, first.started_at, first.ended_at) == ("current", begun, None)
    assert (second.state, second.started_at) == ("ahead", None)
    make.act(chair, "events.move_back")
    assert item(event) == ""
    with pytest.raises(Refused, match="has not begun"):
        make.act(chair, "events.move_back")


def test_the_end_of_the_agenda_is_taken_back_too(event: Event, chair: Seat) -> None:
    for _ in range(4):
        make.act(chair, "events.move_on")
    make.act(chair, "events.move_back")
    assert item(event) == THIRD


def test_pressing_twice_on_one_picture_moves_on_once(event: Event, chair: Seat) -> None:
    make.act(chair, "events.move_on")
    second = handle(SECOND)
    assert make.act(chair, "events.move_on", item=second).data["item"] == second
    assert make.act(make.seat(event, "moderator"), "events.move_on", item=second).data["item"] == second
    assert item(event) == SECOND
    make.act(chair, "events.move_on")
    with pytest.raises(Refused, match="changed meanwhile"):
        make.act(chair, "events.move_on", item=second)


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_move_on_once(event: Event) -> None:
    first = handle(FIRST)

    def press(by: Seat) -> None:
        try:
            make.act(by, "events.move_on", item=first)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(press, [make.seat(event, "moderator") for _ in range(3)]))
    assert item(event) == FIRST


def test_moves_are_noted(event: Event, chair: Seat) -> None:
    make.act(chair, "events.move_on")
    make.act(chair, "events.move_back")
    notes = Entry.objects.values_list("verb", "subject")
    assert list(notes) == [("moved on", f"agendaitem:{handle(FIRST)}"), ("moved back", "")]


def test_an_item_that_began_on_time_is_on_time_until_its_minutes_are_over(event: Event, chair: Seat) -> None:
    make.act(chair, "events.move_on")
    assert clock_in(event) == "on time"
    assert clock_in(event, after=9) == "on time"
    assert clock_in(event, after=14) == "4 min behind"


def test_a_late_start_is_carried_along_and_an_early_one_too(event: Event, chair: Seat) -> None:
    make.act(chair, "events.move_on")
    AgendaItem.objects.filter(title=FIRST).update(started_at=clock.now() - timedelta(minutes=13))
    make.act(chair, "events.move_on")
    assert clock_in(event) == "3 min behind"
    assert clock_in(event, after=17) == "3 min behind"
    assert clock_in(event, after=23) == "6 min behind"
    make.act(chair, "events.move_on")
    assert clock_in(event) == "17 min ahead"
    assert clock_in(event, after=15 + 17) == "on time"


def test_everybody_sees_what_is_on_and_what_comes_and_the_moderator_may_move(event: Event, chair: Seat) -> None:
    html = paint(make.room(event), "events.now", "wall", "en").html
    assert f"First: {FIRST}" in html
    make.act(chair, "events.move_on")
    html = paint(make.room(event), "events.now", "participant", "en").html
    assert FIRST in html
    assert f"Next: {SECOND}" in html
    for audience, may in (("moderator", True), ("participant", False), ("host", False)):
        html = paint(make.room(event), "events.agenda", audience, "en").html
        assert ("do/events.move_on" in html) is may
        assert 'aria-current="step"' in html


def test_the_way_back_is_offered_where_there_is_an_item_to_go_back_to(event: Event, chair: Seat) -> None:
    offered = []
    for _item in range(4):
        picture = paint(make.room(event), "events.agenda", "moderator", "en").html
        offered.append("events.move_back" in picture)
        make.act(chair, "events.move_on")
    assert offered == [False, False, True, True]


def test_an_empty_agenda_says_so() -> None:
    event = make.event()
    AgendaItem.objects.all().delete()
    for name in ("events.now", "events.agenda"):
        assert "still empty" in paint(make.room(event), name, "participant", "en").html
    with pytest.raises(Refused, match="at its end"):
        make.act(make.seat(event, "moderator"), "events.move_on")
