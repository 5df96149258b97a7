from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberate import clock
from deliberate.live import marks
from deliberate.live.painter import paint
from deliberate.live.parts import parts
from deliberate.roles import MODERATOR, PARTICIPANT
from rooms.events.models import Event, Room
from rooms.floor.models import Turn
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db
FLOOR = sorted(
    (name, audience) for name, part in parts.items() if name.startswith("floor.") for audience in part.audiences
)


def painted(event: Event, name: str, audience: str = PARTICIPANT) -> str:
    return paint(make.room(event), name, audience, "en").html


class Visible(HTMLParser):
    """The text of a picture outside of hidden elements."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[bool] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("input", "br"):
            self.open.append("hidden" in dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.text += data if not any(self.open) else ""


def seen(event: Event, seat: Seat, name: str) -> str:
    """What this seat reads in a part of the event's first room."""
    return read(make.room(event), seat, name)


def read(room: Room, seat: Seat, name: str) -> str:
    reader = Visible()
    reader.feed(marks.apply(paint(room, name, PARTICIPANT, "en").html, make.marks_of("floor", room, seat)))
    assert reader.open == []
    return reader.text.strip()


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def chair(event: Event) -> Seat:
    return make.seat(event, MODERATOR)


def ask(seat: Seat, kind: str = "point") -> str:
    return str(make.act(seat, "floor.ask", kind=kind).data["turn"])


def test_a_direct_reply_is_offered_to_all_but_whose_turn_it_would_answer(event: Event, chair: Seat) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    turn = ask(ann)
    make.act(chair, "floor.call_next", expected=turn)
    for ended in (False, True):
        assert "Direct reply" not in seen(event, ann, "floor.ask")
        assert "Direct reply" in seen(event, ben, "floor.ask")
        if not ended:
            make.act(chair, "floor.end")
    reply = ask(ben, "reply")
    assert Turn.objects.get(handle=reply).reply_to == Turn.objects.get(handle=turn)


def test_who_goes_over_to_another_room_stays_on_the_list_and_is_told_so_in_both(event: Event, chair: Seat) -> None:
    ann = make.seat(event, name="Ann")
    handle = make.act(make.seat(event, "host"), "events.add_room", name="Workshop").data["room"]
    workshop = Room.objects.select_related("event").get(handle=handle)
    turn = ask(ann)
    make.act_in(workshop, ann, "seats.move")
    assert "You are next" in seen(event, ann, "floor.ask")
    assert "You stay on this list" in seen(event, ann, "floor.ask")
    assert "still waiting on the list of: Hall. When" in read(workshop, ann, "floor.ask")
    assert "still waiting" not in read(workshop, make.seat(event), "floor.ask")
    make.act(chair, "floor.call_next", expected=turn)
    assert "It is your turn in Hall" in read(workshop, ann, "floor.turn")
    assert "still waiting" not in read(workshop, ann, "floor.ask")
    make.act(ann, "floor.finish")
    assert read(workshop, ann, "floor.turn") == ""


def test_each_finds_their_own_place_in_the_one_picture(event: Event) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    ask(ann)
    ask(ben)
    for part in ("floor.queue", "floor.ask"):
        assert "You are next" in seen(event, ann, part)
        assert "You are 2nd" in seen(event, ben, part)
        assert "You are" not in seen(event, make.seat(event), part)
    assert "Ann" in seen(event, ben, "floor.queue")
    assert "Ask to speak" not in seen(event, ann, "floor.ask")
    assert "Ask to speak" in seen(event, make.seat(event), "floor.ask")


def test_a_direct_reply_is_offered_once_there_is_something_to_reply_to(event: Event, chair: Seat) -> None:
    assert 'value="reply"' not in painted(event, "floor.ask")
    turn = ask(make.seat(event))
    make.act(chair, "floor.call_next", expected=turn)
    html = painted(event, "floor.ask")
    assert 'value="reply"' in html
    assert f'name="reply_to" value="{turn}"' in html


def test_a_closed_list_offers_a_point_of_order_alone(event: Event, chair: Seat) -> None:
    make.act(chair, "floor.close_list")
    html = painted(event, "floor.ask")
    assert "Raise a point of order" in html
    assert 'value="point"' not in html
    assert "The list is closed" in painted(event, "floor.queue")


def test_the_speakers_phone_is_full_screen_and_nobody_elses(event: Event, chair: Seat) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event)
    turn = ask(ann)
    make.act(chair, "floor.call_next", expected=turn)
    assert make.marks_of("floor", make.room(event), ann) == {f"turn:{turn}", f"speaking:{turn}", f"had:{turn}"}
    assert "It is your turn" in seen(event, ann, "floor.turn")
    assert "It is your turn" not in seen(event, ben, "floor.turn")
    assert "Called to speak" in seen(event, ben, "floor.now")
    assert f'data-turn="{turn}"' in painted(event, "floor.now")


def test_who_was_taken_off_the_list_reads_why_until_they_ask_again(event: Event, chair: Seat) -> None:
    ann = make.seat(event)
    make.act(chair, "floor.remove", turn=ask(ann), reason="We are at the break")
    assert "A moderator took you off the list. We are at the break" in seen(event, ann, "floor.ask")
    assert not any("at the break" in painted(event, name, audience) for name, audience in FLOOR)
    assert "took you off" not in seen(event, make.seat(event), "floor.ask")
    ask(ann)
    assert "took you off" not in seen(event, ann, "floor.ask")


def test_the_moderator_sees_whom_the_rule_proposes_and_why(event: Event, chair: Seat) -> None:
    assert "Nobody is waiting" in painted(event, "floor.console", MODERATOR)
    ask(make.seat(event))
    order = ask(make.seat(event, name="Dora"), "point_of_order")
    html = painted(event, "floor.console", MODERATOR)
    assert f'name="expected" value="{order}"' in html
    assert "Dora" in html
    assert "A point of order comes first." in html


def test_the_keys_follow_the_state_of_the_turn(event: Event, chair: Seat) -> None:
    make.act(chair, "floor.call_next", expected=ask(make.seat(event)))
    assert "do/floor.start" in painted(event, "floor.now", MODERATOR)
    make.act(chair, "floor.start")
    assert "do/floor.pause" in painted(event, "floor.now", MODERATOR)
    assert "data-left=" in painted(event, "floor.now", MODERATOR)
    make.act(chair, "floor.pause")
    html = painted(event, "floor.now", MODERATOR)
    assert "do/floor.resume" in html
    assert "data-left=" not in html
    assert "do/floor.pause" not in painted(event, "floor.now", PARTICIPANT)


def test_a_paused_turn_shows_the_time_that_is_left(event: Event, chair: Seat) -> None:
    make.act(chair, "floor.call_next", expected=ask(make.seat(event)))
    make.act(chair, "floor.start")
    make.act(chair, "floor.pause")
    turn = Turn.objects.get()
    assert turn.paused_at is not None
    Turn.objects.update(started_at=turn.paused_at - timedelta(seconds=90))
    assert "<time>0:30</time>" in painted(event, "floor.now")
    assert "paused" in painted(event, "floor.now")


def test_an_end_can_be_taken_back_without_scripts(event: Event, chair: Seat) -> None:
    room = make.room(event)
    assert make.marks_of("floor", room, chair) == set()
    make.act(chair, "floor.call_next", expected=ask(make.seat(event)))
    make.act(chair, "floor.end")
    assert make.marks_of("floor", room, chair) == {"undo:floor.undo_end"}
    assert "<noscript><form" in painted(event, "floor.console", MODERATOR)


@pytest.mark.parametrize(("name", "audience"), FLOOR)
def test_a_picture_does_not_depend_on_the_moment(
    event: Event, chair: Seat, name: str, audience: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("point", "question", "point"):
        ask(make.seat(event, group="Youth"), kind)
    make.act(chair, "floor.call_next", expected="")
    make.act(chair, "floor.start")
    before = painted(event, name, audience)
    later = clock.now() + timedelta(minutes=5)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert painted(event, name, audience) == before


def test_a_long_list_is_a_small_picture_and_everybody_still_finds_their_place(event: Event) -> None:
    crowd(event, 100)
    last = Turn.objects.select_related("seat").order_by("asked_at").last()
    assert last is not None
    assert last.seat is not None
    assert "and 70 more" in painted(event, "floor.queue")
    assert "You are 100th" in seen(event, last.seat, "floor.ask")
    assert painted(event, "floor.queue", MODERATOR).count("<li") == 100
    for part in ("floor.queue", "floor.ask"):
        assert len(painted(event, part)) < 11_000


def crowd(event: Event, count: int) -> None:
    room, at = make.room(event), clock.now()
    seats = [make.seat(event, name=f"Guest {number}", group="Youth") for number in range(count)]
    Turn.objects.bulk_create(
        Turn(room=room, seat=seat, name=seat.name, group=seat.group, asked_at=at + timedelta(seconds=number))
        for number, seat in enumerate(seats)
    )


@pytest.mark.parametrize(("name", "audience"), FLOOR)
def test_a_hundred_waiting_cost_no_more_queries_than_one(event: Event, name: str, audience: str) -> None:
    def asked_of_the_database() -> int:
        room: Any = Room.objects.select_related("event").get()
        with CaptureQueriesContext(connection) as context:
            paint(room, name, audience, "en")
        return len(context)

    crowd(event, 1)
    one = asked_of_the_database()
    crowd(event, 99)
    assert asked_of_the_database() == one <= 3
