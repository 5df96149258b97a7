from __future__ import annotations

import pytest

from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.wall import scenes
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "scenes", {})


@pytest.mark.usefixtures("registry")
def test_of_the_scenes_that_claim_the_wall_the_highest_rank_shows() -> None:
    room = make.room(make.event())
    scenes.scene("low", lambda room: True, 1, title="Low", key="1")
    scenes.scene("high", lambda room: True, 9, title="High", key="2")
    scenes.scene("higher, idle", lambda room: False, 10, title="Idle", key="3")
    scenes.scene("never by itself", None, 99, title="Never", key="4")
    assert scenes.claimed(room) == "high"


@pytest.mark.usefixtures("registry")
def test_a_scene_has_one_place() -> None:
    scenes.scene("poll", title="Poll", key="v")
    with pytest.raises(ValueError, match="registered twice"):
        scenes.scene("poll", title="Poll", key="v")


def test_the_rooms_state_chooses_welcome_then_who_waits_then_who_speaks() -> None:
    event = make.event(names_on_list="all")
    room, moderator = make.room(event), make.seat(event, "moderator")
    assert scenes.claimed(room) == "welcome"
    make.act(make.seat(event), "floor.ask", kind="point")
    assert scenes.claimed(room) == "queue"
    make.act(moderator, "floor.call_next", expected="")
    assert scenes.claimed(room) == "speaker"
    make.act(moderator, "floor.end")
    assert scenes.claimed(room) == "welcome"


def test_a_list_without_names_does_not_claim_the_wall() -> None:
    event = make.event(names_on_list="nobody")
    make.act(make.seat(event), "floor.ask", kind="point")
    assert scenes.claimed(make.room(event)) == "welcome"


def test_a_poll_claims_the_wall_while_it_is_open_and_its_results_until_something_else_begins() -> None:
    event = make.event()
    room, moderator, person = make.room(event), make.seat(event, "moderator"), make.seat(event)
    poll = make.act(
        moderator, "ballots.prepare", question="Which?", kind="one", options="This\nThat", secret="sealed"
    ).data["poll"]
    assert scenes.claimed(room) == "welcome"
    make.opens(moderator, poll)
    assert scenes.claimed(room) == "poll"
    make.act(moderator, "ballots.close", poll=poll, sure="on")
    assert scenes.claimed(room) == "results"
    make.act(person, "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    make.act(moderator, "floor.end")
    assert scenes.claimed(room) == "welcome"


def asked(moderator: Seat) -> str:
    """A poll that is open."""
    fields = {"question": "Which?", "kind": "one", "options": "This\nThat", "secret": "sealed"}
    poll: str = make.act(moderator, "ballots.prepare", **fields).data["poll"]
    make.opens(moderator, poll)
    return poll


def spoken(event: Event, moderator: Seat) -> None:
    """Somebody was called, spoke and has ended."""
    make.act(make.seat(event), "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    make.act(moderator, "floor.end")


def test_a_clause_takes_the_wall_from_a_result_and_the_next_result_takes_it_from_the_clause() -> None:
    event = make.event()
    room, moderator, drafter = make.room(event), make.seat(event, "moderator"), make.seat(event, "drafter")
    make.act(moderator, "ballots.close", poll=asked(moderator))
    assert scenes.claimed(room) == "results"
    make.act(drafter, "statements.add_clause", text="Every promise has a name.", after="")
    assert scenes.claimed(room) == "clause"
    poll = asked(moderator)
    assert scenes.claimed(room) == "poll"
    make.act(moderator, "ballots.close", poll=poll, sure="on")
    assert scenes.claimed(room) == "results"
    spoken(event, moderator)
    assert scenes.claimed(room) == "clause"


def test_a_clause_stays_between_speakers_until_the_agenda_moves_on() -> None:
    event = make.event()
    room, moderator, drafter = make.room(event), make.seat(event, "moderator"), make.seat(event, "drafter")
    clause = make.act(drafter, "statements.add_clause", text="Every promise has a name.", after="").data["clause"]
    spoken(event, moderator)
    assert scenes.claimed(room) == "clause"
    make.act(moderator, "events.move_on")
    assert scenes.claimed(room) == "welcome"
    make.act(drafter, "statements.edit_clause", clause=clause, text="Every promise has a day.", revision="0")
    assert scenes.claimed(room) == "clause"


def test_a_result_ends_with_its_agenda_item_and_comes_back_when_the_move_is_taken_back() -> None:
    event = make.event()
    room, moderator = make.room(event), make.seat(event, "moderator")
    make.act(moderator, "events.move_on")
    make.act(moderator, "ballots.close", poll=asked(moderator))
    assert scenes.claimed(room) == "results"
    make.act(moderator, "events.move_on")
    assert scenes.claimed(room) == "welcome"
    make.act(moderator, "events.move_back")
    assert scenes.claimed(room) == "results"


def test_whoever_speaks_is_not_hidden_by_a_result() -> None:
    event = make.event()
    room, moderator = make.room(event), make.seat(event, "moderator")
    make.act(make.seat(event), "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    poll = asked(moderator)
    assert scenes.claimed(room) == "poll"
    make.act(moderator, "ballots.close", poll=poll, sure="on")
    assert scenes.claimed(room) == "speaker"
    make.act(moderator, "floor.end")
    assert scenes.claimed(room) == "results"
