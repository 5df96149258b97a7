"""What a host sets of the floor."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.door.perform import BadFields
from rooms.floor.queries import rule_of
from rooms.floor.setup import RULE_FIELDS, FloorForm
from rooms.floor.terms import Measure, PlaceBalance, Rule
from tests import make

pytestmark = pytest.mark.django_db

USUAL: dict[str, Any] = {
    "seconds_point": "120",
    "seconds_reply": "60",
    "seconds_question": "60",
    "seconds_order": "60",
    "point_of_order_first": "on",
    "orders_in_a_row": "2",
    "replies_per_turn": "2",
    "patience": "10",
    "first_time_first": "on",
    "group_weight": "4",
    "measure": "turns",
    "place_balance": "by_turns",
}


def test_every_field_of_the_rule_can_be_set() -> None:
    assert set(RULE_FIELDS) <= set(FloorForm.base_fields)


def test_what_differs_from_the_usual_rule_is_stored_and_nothing_else() -> None:
    event = make.event()
    host = make.seat(event, "host")
    make.act(host, "floor.settings", **USUAL)
    event.refresh_from_db()
    assert event.rule == {}
    changed = {"group_weight": "0", "measure": "seconds", "place_balance": "by_share", "first_time_first": ""}
    make.act(host, "floor.settings", **{**USUAL, **changed, "seconds_point": "90"})
    event.refresh_from_db()
    assert event.seconds_point == 90
    assert rule_of(event) == Rule(
        group_weight=0, measure=Measure.SECONDS, place_balance=PlaceBalance.BY_SHARE, first_time_first=False
    )


@pytest.mark.parametrize(
    ("field", "value"), [("patience", "0"), ("orders_in_a_row", "0"), ("group_weight", "-1"), ("seconds_point", "5")]
)
def test_a_rule_that_makes_no_sense_is_refused(field: str, value: str) -> None:
    with pytest.raises(BadFields):
        make.act(make.seat(make.event(), "host"), "floor.settings", **{**USUAL, field: value})
