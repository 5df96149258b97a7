"""The statement as plain values: support by group, reservations, and no names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from polls.statements import queries
from polls.statements.content import content, together
from polls.statements.models import Clause
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import clause, people, said, settled, thought

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(k=3)


def support_of(event: Event, row: Clause, settling: int | None = None) -> Any:
    """Support of a clause in the draft, or in the version of that number that would be settled now."""
    statement = queries.statement(make.room(event))
    assert statement is not None
    clauses: Any = content(statement, settling)["clauses"]
    return next(each["support"] for each in clauses if each["handle"] == row.handle)


def stand(row: Clause, *seats: Seat, value: str = "support", reservation: str = "") -> None:
    for seat in seats:
        make.act(seat, "statements.stand", clause=row.handle, value=value, reservation=reservation)


def test_support_is_counted_by_group_and_small_groups_together(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    field = people(event, *["Fieldworkers"] * 3)
    young, none = people(event, "Youth", "Youth", ""), people(event, "", "")
    stand(row, *field, *young[:2])
    stand(row, none[0], value="block", reservation="Too short.")
    support = support_of(event, row, settling=1)
    assert (support["support"], support["block"]) == (5, 1)
    assert support["by_group"] == [
        {"groups": ["Fieldworkers"], "support": 3, "live": 0, "reserve": 0, "block": 0},
        {"groups": ["Youth", ""], "support": 2, "live": 0, "reserve": 0, "block": 1},
    ]


def test_too_few_stands_have_no_breakdown(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    stand(row, *people(event, "Fieldworkers", "Youth"))
    assert support_of(event, row, settling=1)["by_group"] == []


def test_groups_are_told_at_settling_and_totals_at_once(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    stand(row, *people(event, *["Fieldworkers"] * 3, *["Youth"] * 3))
    assert (support_of(event, row)["support"], support_of(event, row)["by_group"]) == (6, [])
    settled(drafter)
    told = support_of(event, row)
    assert (told["by_group_version"], [cell["support"] for cell in told["by_group"]]) == (1, [3, 3])
    stand(row, *people(event, "Youth"))
    after = support_of(event, row)
    assert (after["support"], after["by_group"], after["by_group_version"]) == (7, told["by_group"], 1)


def test_whoever_comes_alone_between_two_versions_is_not_told_by_their_group(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    field = people(event, *["Fieldworkers"] * 9)
    stand(row, *field, *people(event, *["Youth"] * 3))
    first = settled(drafter).content["clauses"][0]["support"]["by_group"]
    stand(row, *people(event, "Youth"))
    second = settled(drafter).content["clauses"][0]["support"]
    assert (second["support"], second["by_group"], second["by_group_version"]) == (13, first, 1)
    stand(row, *people(event, "Youth", "Youth"))
    third = settled(drafter).content["clauses"][0]["support"]
    assert ([cell["support"] for cell in third["by_group"]], third["by_group_version"]) == ([9, 6], 3)
    # Six go and come back with one more: no two of the versions differ by that one.
    stand(row, *field[:6], value="none")
    settled(drafter)
    stand(row, *field[:6], *people(event, "Youth"))
    assert settled(drafter).content["clauses"][0]["support"]["by_group_version"] == 4


def test_reservations_stand_without_names_and_not_in_the_order_of_writing(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    for seat, why in zip(people(event, "", "", ""), ["Too short", "And war?", "Now"], strict=True):
        stand(row, seat, value="block", reservation=why)
    assert [each["text"] for each in support_of(event, row)["reservations"]] == ["And war?", "Now", "Too short"]


def test_stands_on_an_earlier_wording_are_told_apart(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    one, two = people(event, "", "")
    stand(row, one)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace now.", revision=0)
    stand(row, two)
    assert support_of(event, row)["earlier_wording"] == 1
    stand(row, one)
    assert support_of(event, row)["earlier_wording"] == 0


def test_the_content_names_nobody(event: Event, drafter: Seat) -> None:
    event.attribution = "name"
    event.save()
    zoe = make.seat(event, name="Zoe Quarrel", group="Youth")
    words = said(event, "The second visit counts.", by=zoe)
    idea = thought(zoe, "Dig wells", show_author="on")
    row = clause(drafter, "We come back.")
    for source, quote in ((f"segment:{words.handle}", "second visit"), (f"idea:{idea.handle}", "Dig wells")):
        make.act(drafter, "statements.cite", clause=row.handle, source=source, quote=quote)
    stand(row, zoe, value="block", reservation="Too short.")
    statement = queries.statement(make.room(event))
    assert statement is not None
    assert "Zoe" not in json.dumps(content(statement))


def test_groups_counted_together_are_named_together() -> None:
    assert together(["Youth"]) == "Youth"
    assert together(["eHealth"]) == "eHealth", "a name is the host's, letter for letter"
    assert together(["Youth", "Artists", ""]) == "Youth, Artists and no group together"
    assert together([""]) == "No group"


def test_figures_told_with_a_clause_alone_are_not_told_anew_for_one_who_comes(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    stand(row, *people(event, *["Fieldworkers"] * 3, *["Youth"] * 3))
    make.act(drafter, "statements.settle", clause=row.handle)
    first = row.settlings.get().content["clauses"][0]["support"]
    assert (first["by_group_version"], [cell["support"] for cell in first["by_group"]]) == (0, [3, 3])
    stand(row, *people(event, "Youth"))
    second = settled(drafter).content["clauses"][0]["support"]
    assert (second["support"], second["by_group"], second["by_group_version"]) == (7, first["by_group"], 0)
