"""A clause names the groups of the event that have not been heard on it, and never tells of fewer than k people by that."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from polls.exports.bundle import bundle
from polls.exports.markdown import written
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.statements.content import content
from polls.statements.content import settled as read
from polls.statements.models import Clause, Version
from polls.statements.queries import versions
from rooms.events.models import Event
from rooms.seats.actions import erase
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import clause, people, settled
from tests.polls.statements.test_pages import page

pytestmark = pytest.mark.django_db

GROUPS = ["Artists", "Business", "Diplomats", "Farmers", "Fishers", "Media", "Nurses", "Pilots", "Youth"]


@pytest.fixture
def event() -> Event:
    return make.event(groups=GROUPS, k=3)


@pytest.fixture
def row(drafter: Seat) -> Clause:
    return clause(drafter, "We come back.")


def unheard(row: Clause) -> list[str]:
    text: Any = content(row.statement)
    found: list[str] = text["clauses"][0]["support"]["not_heard"]
    return found


def heard(row: Clause) -> set[str]:
    return set(GROUPS) - set(unheard(row))


def stand(row: Clause, *some: Seat, value: str = "support") -> None:
    for who in some:
        make.act(who, "statements.stand", clause=row.handle, value=value)


def test_every_group_of_the_event_is_named_but_those_that_were_heard(event: Event, row: Clause) -> None:
    youth, diplomats = people(event, *["Youth"] * 3), people(event, *["Diplomats"] * 3)
    assert unheard(row) == GROUPS, "in the host's order, whoever is in the room"
    stand(row, *youth)
    assert unheard(row) == [name for name in GROUPS if name != "Youth"]
    stand(row, *diplomats)
    assert heard(row) == {"Youth", "Diplomats"}


def test_that_stands_on_every_screen_and_in_every_file(event: Event, drafter: Seat, row: Clause) -> None:
    ann = make.seat(event, name="Ann")
    everybody = f"Not heard yet, or from too few to say so: {', '.join(GROUPS)}."
    for seat, screen in ((ann, "text/"), (ann, "support/"), (drafter, ""), (drafter, "support/")):
        assert everybody in page(seat, screen), "also before anybody took a stand"
    stand(row, *people(event, *["Youth"] * 3))
    told = f"Not heard yet, or from too few to say so: {', '.join(GROUPS[:-1])}."
    for seat, screen in ((ann, "text/"), (ann, "support/"), (drafter, ""), (drafter, "support/")):
        assert told in page(seat, screen)
    for version in (None, settled(drafter)):
        found = outcome(make.room(event), version)
        assert found.clauses[0].silent == told
        assert told in written(document(found))  # every other file is made of the same document
    text: Any = bundle(event)["rooms"][0]["statement"]
    assert text["clauses"][0]["support"]["not_heard"] == GROUPS[:-1]


def test_in_an_event_without_groups_nothing_is_said() -> None:
    event = make.event(groups=[], k=3)
    drafter = make.seat(event, "drafter")
    row = clause(drafter, "We come back.")
    stand(row, *people(event, "", "", ""))
    assert unheard(row) == []
    assert outcome(make.room(event), None).clauses[0].silent == ""
    assert "Not heard yet" not in page(drafter)
    assert "Not heard yet" not in page(drafter, "support/")


def test_a_group_that_is_added_has_not_been_heard_and_one_that_is_removed_is_not_named(
    event: Event, row: Clause
) -> None:
    host = make.seat(event, "host")
    make.act(host, "events.add_group", name="Teachers")
    assert unheard(row) == [*GROUPS, "Teachers"]
    make.act(host, "events.remove_group", group=event.groups.get(name="Media").handle)
    assert unheard(row) == [name for name in (*GROUPS, "Teachers") if name != "Media"]


def test_it_is_told_anew_only_with_k_stands_together(event: Event, drafter: Seat, row: Clause) -> None:
    """Else the name that goes with a stand would tell the group of whoever took it."""
    youth, diplomats = people(event, *["Youth"] * 4), people(event, *["Diplomats"] * 4)
    stand(row, *youth[:2], diplomats[0])
    assert heard(row) == set()
    stand(row, youth[2])
    assert heard(row) == set(), "three of the youth were heard; one stand alone came"
    assert "Youth" in outcome(make.room(event), settled(drafter)).clauses[0].silent, "settling tells no more"


def test_nor_does_a_name_come_back_with_one_stand_that_is_taken_back(event: Event, row: Clause) -> None:
    youth = people(event, *["Youth"] * 3)
    stand(row, *youth)
    assert heard(row) == {"Youth"}
    stand(row, *youth[:2], value="none")
    assert heard(row) == {"Youth"}
    stand(row, youth[2], value="none")
    assert heard(row) == set()


def test_who_comes_and_goes_moves_no_name(event: Event, row: Clause) -> None:
    """A name tells nothing of whether the few of a group are in the room."""
    youth = people(event, *["Youth"] * 3)
    stand(row, *youth)
    erase(room=make.room(event), by=youth[0])
    assert heard(row) == {"Youth"}
    Seat.objects.filter(pk=youth[1].pk).update(room=None, ended=True)
    before = unheard(row)
    people(event, "Nurses", "Nurses", "Pilots")
    assert unheard(row) == before


def test_who_was_heard_stays_heard_when_they_have_left_the_room(event: Event, row: Clause) -> None:
    youth, others = people(event, *["Youth"] * 3), people(event, *["Media"] * 3)
    stand(row, *youth)
    Seat.objects.filter(pk=youth[0].pk).update(room=None)
    stand(row, *others)
    assert heard(row) == {"Youth", "Media"}, "nor does a later telling say that one of them has gone"


def test_another_k_moves_no_name(event: Event, row: Clause) -> None:
    """Else a host could read from it how many of each group took a stand."""
    stand(row, *people(event, *["Youth"] * 3), *people(event, *["Media"] * 2))
    assert heard(row) == {"Youth"}
    for k in (2, 4):
        Event.objects.filter(pk=event.pk).update(k=k)
        assert heard(Clause.objects.get(pk=row.pk)) == {"Youth"}


def test_what_was_told_before_keeps_its_groups_and_no_figures(event: Event, row: Clause) -> None:
    youth, media = (event.groups.get(name=name).handle for name in ("Youth", "Media"))
    Clause.objects.filter(pk=row.pk).update(heard={"of": [5, 0, 0, 0], "by": {youth: 3, media: 2, "": 4}})
    import_module("polls.migrations.0017_heard_groups").name(apps, None)
    assert Clause.objects.get(pk=row.pk).heard == {"of": [5, 0, 0, 0], "groups": [youth]}


def test_a_version_that_told_groups_together_names_each_and_keeps_its_seal(
    event: Event, drafter: Seat, row: Clause
) -> None:
    version = settled(drafter)
    version.content["clauses"][0]["support"]["not_heard"] = [["Media", "Youth", ""], ["Pilots"]]
    Version.objects.filter(pk=version.pk).update(content=version.content)
    found = versions(make.room(event))[0]
    told: Any = read(found)
    assert told["clauses"][0]["support"]["not_heard"] == ["Media", "Youth", "Pilots"]
    assert found.content == version.content
