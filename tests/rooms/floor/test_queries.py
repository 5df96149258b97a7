from __future__ import annotations

from datetime import timedelta

import pytest

from rooms.events.models import Event
from rooms.floor import queries, terms
from rooms.floor.models import Turn
from tests import make

pytestmark = pytest.mark.django_db


def handles(event: Event) -> list[str]:
    return [ahead.turn.handle for ahead in queries.read(make.room(event)).line]


def ask(event: Event, kind: str = "point", **fields: str) -> str:
    return str(make.act(make.seat(event, **fields), "floor.ask", kind=kind).data["turn"])


def speak(event: Event, seconds: float, kind: str = "point", **fields: str) -> Turn:
    """Somebody asked, was called, and spoke for so long."""
    turn = Turn.objects.get(handle=ask(event, kind, **fields))
    chair = make.seat(event, "moderator")
    make.act(chair, "floor.call", turn=turn.handle, reason="A test")
    make.act(chair, "floor.start")
    make.act(chair, "floor.end")
    turn.refresh_from_db()
    assert turn.ended_at is not None
    Turn.objects.filter(pk=turn.pk).update(started_at=turn.ended_at - timedelta(seconds=seconds))
    turn.refresh_from_db()
    return turn


def test_the_line_follows_the_rule_and_says_why() -> None:
    event = make.event()
    hall, order, remote = ask(event), ask(event, "point_of_order"), ask(event, place="remote")
    speak(event, 10)
    line = queries.read(make.room(event)).line
    assert [ahead.turn.handle for ahead in line] == [order, remote, hall]
    assert [ahead.reason.code for ahead in line] == [
        terms.Because.POINT_OF_ORDER,
        terms.Because.PLACE,
        terms.Because.ONLY_ONE,
    ]


def test_the_group_heard_least_for_its_share_comes_first() -> None:
    event = make.event(rule={"place_balance": "off"})
    speak(event, 60, group="Youth")
    youth, diplomat = ask(event, group="Youth"), ask(event, group="Diplomats")
    assert handles(event) == [diplomat, youth]


def test_a_person_without_a_phone_has_spoken_once_they_spoke() -> None:
    event = make.event(rule={"place_balance": "off", "group_weight": 0})
    chair = make.seat(event, "moderator")
    fields = {"group": "", "place": "hall", "kind": "point"}
    make.act(chair, "floor.add", name="Old Mira", **fields)
    make.act(chair, "floor.call_next", expected="")
    make.act(chair, "floor.end")
    again = make.act(chair, "floor.add", name="old mira", **fields).data["turn"]
    fresh = ask(event)
    assert handles(event) == [fresh, again]


def test_the_wait_is_learned_from_this_rooms_turns() -> None:
    event = make.event(seconds_point=120)
    ask(event)
    ask(event)
    assert queries.read(make.room(event)).line[1].wait_s == 120
    for _ in range(20):
        speak(event, 300)
    learned = queries.read(make.room(event)).line[1].wait_s
    assert learned == pytest.approx(270, abs=1)


def test_the_one_speaking_is_waited_for_too() -> None:
    event = make.event(seconds_point=120)
    chair = make.seat(event, "moderator")
    ask(event)
    ask(event)
    make.act(chair, "floor.call_next", expected="")
    assert queries.read(make.room(event)).line[0].wait_s == 120
    make.act(chair, "floor.start")
    assert queries.read(make.room(event)).line[0].wait_s == 60
    make.act(chair, "floor.extend", seconds=60)
    assert queries.read(make.room(event)).line[0].wait_s == 90


def test_the_hosts_settings_stand_over_the_rules_own() -> None:
    event = make.event(rule={"patience": 3, "measure": "seconds", "place_balance": "by_share", "from_the_future": 1})
    rule = queries.rule_of(event)
    assert (rule.patience, rule.measure, rule.place_balance) == (
        3,
        terms.Measure.SECONDS,
        terms.PlaceBalance.BY_SHARE,
    )
    assert rule.replies_per_turn == terms.Rule().replies_per_turn


@pytest.mark.parametrize("rule", [{"measure": "loudness"}, {"patience": 0}])
def test_settings_that_make_no_sense_are_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"loudness|start at 1"):
        queries.rule_of(make.event(rule=rule))


def test_a_turn_that_was_read_from_a_file_is_not_on_this_floor() -> None:
    event = make.event()
    room = make.room(event)
    Turn.objects.create(room=room, name="From a file", state="done", asked_at="2026-01-01T00:00Z")
    floor = queries.read(room)
    assert (floor.waiting, floor.called) == ([], [])
