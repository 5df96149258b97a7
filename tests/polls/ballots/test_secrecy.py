"""Thirty secret ballots, cast in a known order by known people: what all tables together tell of them."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from polls.ballots.models import BallotBox, Participation, Poll
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.ballots.make import OPTIONS, closed, opened, option, people, vote

pytestmark = pytest.mark.django_db

Tables = dict[str, dict[Any, dict[str, Any]]]


@pytest.fixture
def event() -> Event:
    return make.event(groups=["Fieldworkers", "Youth"])


@pytest.fixture
def seats(event: Event) -> list[Seat]:
    found = people(event, 15, "Fieldworkers") + people(event, 15, "Youth")
    Random(1).shuffle(found)
    return found


def tables() -> Tables:
    """Every row of every table, by table and key."""
    return {
        model._meta.label: {row["pk"]: row for row in model._base_manager.values("pk", *_columns(model))}
        for model in apps.get_models(include_auto_created=True)
    }


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def changed(before: Tables, after: Tables) -> dict[str, set[str]]:
    """The columns, by table, that differ; of rows that came or went all of them."""
    found: dict[str, set[str]] = {}
    for table in after:
        for key in before[table].keys() | after[table].keys():
            old, new = before[table].get(key, {}), after[table].get(key, {})
            differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
            if differing:
                found[table] = found.get(table, set()) | differing
    return found


def test_while_the_poll_is_open_votes_leave_a_count_and_who_has_voted_and_nothing_else(
    event: Event, seats: list[Seat]
) -> None:
    poll = opened(event)
    before = tables()
    for number, seat in enumerate(seats):
        vote(seat, poll, OPTIONS[number % 3])
    assert changed(before, tables()) == {
        "polls.Poll": {"turnout"},
        "polls.BallotBox": {"contents"},
        "polls.Participation": {"pk", "id", "poll_id", "seat_id"},
    }
    assert {field.attname for field in Participation._meta.concrete_fields} == {"id", "poll_id", "seat_id"}


def test_the_box_is_the_same_in_whatever_order_ballots_fall(event: Event, seats: list[Seat]) -> None:
    boxes = []
    choices = {seat.pk: OPTIONS[number % 3] for number, seat in enumerate(seats)}
    for order in (seats, seats[::-1], sorted(seats, key=lambda seat: choices[seat.pk])):
        poll = opened(event)
        texts = {option(poll, text): text for text in OPTIONS}
        for seat in order:
            vote(seat, poll, choices[seat.pk])
        contents = BallotBox.objects.get(poll=poll).contents
        assert contents == sorted(contents)
        boxes.append(Counter({(group, texts[key]): count for group, key, count in contents}))
        closed(poll)
    assert boxes[0] == boxes[1] == boxes[2]
    assert boxes[0] == Counter((seat.group.handle, choices[seat.pk]) for seat in seats if seat.group)


def test_after_closing_no_table_knows_who_voted(event: Event, seats: list[Seat]) -> None:
    poll = opened(event)
    before = tables()
    for number, seat in enumerate(seats):
        vote(seat, poll, OPTIONS[number % 3])
    closed(poll)
    after = tables()
    assert changed(before, after).keys() == {"polls.Poll", "polls.BallotBox", "rooms.Entry"}
    assert not after["polls.BallotBox"]
    assert not after["polls.Participation"]
    (entry,) = (row for key, row in after["rooms.Entry"].items() if key not in before["rooms.Entry"])
    assert (entry["verb"], entry["subject"], entry["detail"]) == ("closed", f"poll:{poll.handle}", "")
    result = str(Poll.objects.values_list("result", flat=True).get(pk=poll.pk))
    assert [seat.handle for seat in seats if seat.handle in result or seat.name in result] == []
