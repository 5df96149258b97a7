from __future__ import annotations

import threading

import pytest
from django.db import connections

from deliberate.errors import Refused
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.wall import queries
from rooms.wall.models import Projection
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def moderator(event: Event) -> Seat:
    return make.seat(event, "moderator")


def on_the_wall(event: Event) -> tuple[str, str, bool]:
    showing = queries.showing(make.room(event))
    return showing.scene, showing.subject, showing.by_itself


def test_the_wall_follows_the_room_until_a_moderator_chooses(event: Event, moderator: Seat) -> None:
    assert on_the_wall(event) == ("welcome", "", True)
    make.act(moderator, "wall.show", scene="balance")
    assert on_the_wall(event) == ("balance", "", False)
    make.act(moderator, "wall.auto")
    assert on_the_wall(event) == ("welcome", "", True)


def test_a_choice_stays_whatever_the_room_does(event: Event, moderator: Seat) -> None:
    make.act(moderator, "wall.show", scene="captions")
    make.act(make.seat(event), "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    assert on_the_wall(event) == ("captions", "", False)


@pytest.fixture
def idea(event: Event) -> str:
    return str(make.act(make.seat(event), "ideas.post", text="Open the books").data["idea"])


def test_one_thing_is_put_on_the_wall_by_its_handle(event: Event, moderator: Seat, idea: str) -> None:
    make.act(moderator, "wall.show", scene="ideas", subject=idea)
    assert queries.subject(make.room(event), "ideas") == idea
    assert queries.subject(make.room(event), "clause") == ""


@pytest.mark.parametrize("scene", ["ideas", "clause", "balance"])
def test_what_the_room_does_not_have_for_a_scene_is_not_put_on_the_wall(
    event: Event, moderator: Seat, scene: str
) -> None:
    hidden = make.act(make.seat(event), "ideas.post", text="Close the books").data["idea"]
    make.act(moderator, "ideas.hide", idea=hidden, reason="Said before")
    for handle in ("k3b9", hidden):
        with pytest.raises(Refused, match="no longer there to be shown"):
            make.act(moderator, "wall.show", scene=scene, subject=handle)
    assert not Projection.objects.exists()


def test_what_was_put_up_by_mistake_is_taken_back_with_what_stood_there(
    event: Event, moderator: Seat, idea: str
) -> None:
    make.act(moderator, "wall.show", scene="ideas", subject=idea)
    answer = make.act(moderator, "wall.show", scene="balance")
    undo = answer.data["undo"]
    make.act(moderator, undo["command"], **undo["fields"])
    assert on_the_wall(event) == ("ideas", idea, False)


def test_the_first_choice_is_taken_back_to_the_room_choosing(event: Event, moderator: Seat) -> None:
    make.act(moderator, "wall.show", scene="balance")
    make.act(moderator, "wall.undo")
    assert on_the_wall(event) == ("welcome", "", True)


def test_choosing_the_same_twice_does_not_lose_what_undo_comes_back_to(event: Event, moderator: Seat) -> None:
    make.act(moderator, "wall.show", scene="queue")
    make.act(moderator, "wall.show", scene="balance")
    make.act(moderator, "wall.show", scene="balance")
    make.act(moderator, "wall.undo")
    assert on_the_wall(event) == ("queue", "", False)


def test_nothing_can_be_taken_back_before_a_choice(moderator: Seat) -> None:
    with pytest.raises(Refused, match="Nothing was put on the wall yet"):
        make.act(moderator, "wall.undo")


@pytest.mark.parametrize("fields", [{"scene": "fireworks"}, {}, {"scene": "ideas", "subject": "a b<c"}])
def test_a_scene_that_is_not_there_is_refused(event: Event, moderator: Seat, fields: dict[str, str]) -> None:
    with pytest.raises(Refused):
        make.act(moderator, "wall.show", **fields)
    assert not Projection.objects.exists()


@pytest.mark.parametrize("role", ["participant", "captioner", "drafter", "host", "wall"])
def test_only_moderators_choose(event: Event, role: str) -> None:
    with pytest.raises(Refused, match="may not"):
        make.act(make.seat(event, role), "wall.show", scene="balance")


def test_choices_stand_in_the_journal(event: Event, moderator: Seat, idea: str) -> None:
    make.act(moderator, "wall.show", scene="ideas", subject=idea)
    make.act(moderator, "wall.auto")
    entries = Entry.objects.filter(verb="put on the wall").values_list("subject", flat=True)
    assert list(entries) == [f"ideas:{idea}", "auto"]


@pytest.mark.django_db(transaction=True)
def test_two_moderators_at_once_leave_one_choice_and_a_way_back() -> None:
    event = make.event()
    moderators = [make.seat(event, "moderator"), make.seat(event, "moderator")]
    start = threading.Barrier(2)

    def choose(moderator: Seat, scene: str) -> None:
        start.wait()
        make.act(moderator, "wall.show", scene=scene)
        connections.close_all()

    people = [threading.Thread(target=choose, args=pair) for pair in zip(moderators, ("queue", "balance"), strict=True)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    projection = Projection.objects.get()
    assert {projection.scene, projection.before} == {"queue", "balance"}
