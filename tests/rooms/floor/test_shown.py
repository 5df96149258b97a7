from __future__ import annotations

import pytest

from deliberate.live.painter import paint
from deliberate.live.parts import parts
from deliberate.roles import MODERATOR, PARTICIPANT, WALL
from rooms.events.models import Event, Names
from rooms.floor import queries, shown
from rooms.floor.models import Turn
from rooms.floor.queries import Floor
from rooms.floor.terms import Because, Reason
from tests import make

pytestmark = pytest.mark.django_db


def floor_of(event: Event) -> Floor:
    return queries.read(make.room(event))


def waiting(event: Event, **fields: str) -> None:
    make.act(make.seat(event, **fields), "floor.ask", kind="point")


@pytest.mark.parametrize(
    ("names", "sees"),
    [
        (Names.ALL, {PARTICIPANT, MODERATOR, WALL}),
        (Names.MODERATORS, {MODERATOR}),
        (Names.NOBODY, set()),
    ],
)
def test_names_are_shown_to_whom_the_host_chose(names: Names, sees: set[str]) -> None:
    event = make.event(names_on_list=names)
    waiting(event, name="Quiet Heron", group="Youth", place="remote")
    for audience in (PARTICIPANT, MODERATOR, WALL):
        row = shown.rows(floor_of(event), audience)[0]
        assert row.name == ("Quiet Heron" if audience in sees else "")
        assert (row.group is not None) == (audience in sees)
        assert row.where == "Remote"


def test_who_asked_while_names_were_hidden_stays_without_one_until_they_ask_anew() -> None:
    event = make.event(names_on_list=Names.NOBODY)
    bea = make.seat(event, name="Bea", group="Youth")
    make.act(bea, "floor.ask", kind="point")
    settings = {"title": "A meeting", "attribution": "nobody", "k": "5"}
    make.act(make.seat(event, "host"), "events.settings", **settings, names_on_list="all")
    row = shown.rows(floor_of(event), PARTICIPANT)[0]
    assert (row.name, row.group) == ("", None)
    reason = Reason(Because.GROUP, {"group": "x", "heard": 0, "seats": 1})
    assert "Youth" not in shown.reason_text(floor_of(event), reason, row.turn, MODERATOR)
    make.act(make.seat(event, MODERATOR), "floor.call_next", expected=row.turn.handle)
    for name, each in parts.items():
        for audience in each.audiences:
            assert "Bea" not in paint(make.room(event), name, audience, "en").html, name
    make.act(bea, "floor.finish")
    make.act(bea, "floor.ask", kind="point")
    assert shown.rows(floor_of(event), PARTICIPANT)[0].name == "Bea"


def test_without_a_name_a_group_is_shown_only_where_k_seats_have_it() -> None:
    event = make.event(names_on_list=Names.NOBODY, k=3)
    for _seat in range(3):
        make.seat(event, group="Diplomats")
    waiting(event, group="Youth")
    make.seat(event, group="Youth")
    assert shown.rows(floor_of(event), MODERATOR)[0].group is None
    third = make.seat(event, group="Youth")
    group = shown.rows(floor_of(event), MODERATOR)[0].group
    assert group is not None
    assert group.name == "Youth"
    make.act(third, "seats.erase")
    assert shown.rows(floor_of(event), PARTICIPANT)[0].group is None


def test_a_group_of_k_seats_is_not_named_where_a_smaller_one_is_folded_into_it() -> None:
    event = make.event(names_on_list=Names.NOBODY, k=2)
    for group in ("Diplomats", "Diplomats", "Diplomats", "Youth", "Fieldworkers"):
        make.seat(event, group=group)
    waiting(event, group="Diplomats")
    waiting(event, group="Youth")
    assert [row.group and row.group.name for row in shown.rows(floor_of(event), MODERATOR)] == ["Diplomats", None]


def test_a_place_is_said_in_a_sentence() -> None:
    assert shown.place_text(1, 20) == "You are next, less than a minute"
    assert shown.place_text(2, 70) == "You are 2nd, about 1 minute"
    assert shown.place_text(3, 360) == "You are 3rd, about 6 minutes"


@pytest.mark.parametrize("code", list(Because))
def test_every_reason_has_a_sentence(code: Because) -> None:
    event = make.event()
    waiting(event, group="Youth")
    floor = floor_of(event)
    values: dict[str, str | int] = {
        "times": 2, "to": "", "number": 1, "limit": 2, "group": "", "heard": 0, "seats": 1, "place": "hall",
    }  # fmt: skip
    said = shown.reason_text(floor, Reason(code, values), floor.waiting[0], MODERATOR)
    assert said.endswith(".")
    assert "%" not in said


def test_a_small_group_is_not_named_in_a_reason_where_names_are_hidden() -> None:
    event = make.event(names_on_list=Names.MODERATORS)
    waiting(event, group="Youth")
    floor = floor_of(event)
    reason = Reason(Because.GROUP, {"group": "x", "heard": 0, "seats": 1})
    assert "Youth" in shown.reason_text(floor, reason, floor.waiting[0], MODERATOR)
    assert "Youth" not in shown.reason_text(floor, reason, floor.waiting[0], PARTICIPANT)


def test_the_reason_of_a_group_is_right_for_who_chose_none_and_tells_them_from_no_small_group() -> None:
    event = make.event(names_on_list=Names.MODERATORS)
    waiting(event, group="Youth")
    waiting(event)
    floor = floor_of(event)
    reason = Reason(Because.GROUP, {"group": "x", "heard": 0, "seats": 1})
    said = {shown.reason_text(floor, reason, turn, PARTICIPANT) for turn in floor.waiting}
    assert said == {"Those of small groups, or of none, were heard least for their share of the seats."}


def test_hall_and_remote_are_told_by_turns_or_by_share() -> None:
    reason = Reason(Because.PLACE, {"place": "remote"})
    for setting, word in (("by_turns", "take turns"), ("by_share", "heard least")):
        event = make.event(rule={"place_balance": setting})
        waiting(event)
        floor = floor_of(event)
        assert word in shown.reason_text(floor, reason, floor.waiting[0], PARTICIPANT)


def test_who_was_called_out_of_order_is_shown_with_the_moderators_words() -> None:
    event = make.event()
    waiting(event)
    make.act(
        make.seat(event, MODERATOR), "floor.call", turn=Turn.objects.get().handle, reason="Her flight leaves at four"
    )
    floor = floor_of(event)
    assert floor.now is not None
    for audience in (PARTICIPANT, MODERATOR, WALL):
        assert shown.row(floor, floor.now, audience).reason == "Called out of order: Her flight leaves at four"


def test_who_was_called_alone_is_not_said_to_be_alone_when_others_have_come() -> None:
    event = make.event()
    waiting(event)
    make.act(make.seat(event, MODERATOR), "floor.call_next", expected="")
    waiting(event)
    floor = floor_of(event)
    assert floor.now is not None
    assert shown.row(floor, floor.now, PARTICIPANT).reason == "Nobody else was waiting."
