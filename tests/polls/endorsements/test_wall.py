"""Who signed, as the hall sees it: numbers alone."""

from __future__ import annotations

import re

import pytest

from deliberate.live.painter import paint
from rooms.events.models import Event
from rooms.wall.scenes import scenes
from tests import make
from tests.polls.endorsements.test_actions import sign
from tests.polls.statements.rows import clause, people, reopened, settled

pytestmark = pytest.mark.django_db


def wall(event: Event) -> list[str]:
    html = paint(make.room(event), "endorsements.wall", "wall", "en").html
    lines = re.findall(r"<(?:h1|p|li)>(.*?)</(?:h1|p|li)>", html, re.DOTALL)
    return [" ".join(re.sub("<[^>]+>", " ", line).split()) for line in lines]


def gist(event: Event) -> list[str]:
    told = scenes["signed"].gist
    assert told is not None
    return told(make.room(event))


def test_it_counts_people_organisations_and_groups_as_far_as_they_are_told() -> None:
    event = make.event(k=2, attribution="name")
    drafter = make.seat(event, "drafter")
    assert wall(event) == ["Who signed", "No version is settled yet."]
    assert gist(event) == ["No version is settled yet."]
    clause(drafter, "We come back.")
    settled(drafter)
    assert wall(event) == ["Version 1 is settled", "0 people signed"]
    some = people(event, "Youth", "Youth", "Youth", "Diplomats")
    for each in some:
        sign(each, signed="name")
    sign(some[0], organisation="The Union of Salt Carriers")
    found = wall(event)
    assert found[:3] == ["Version 1 is settled", "4 people signed", "1 organisation"]
    assert not any("Diplomats" in line and line.startswith("1 ") for line in found), "one person is no group to tell"
    assert "Person" not in " ".join(found)
    assert gist(event)[:2] == ["4 people signed", "1 organisation"]


def test_what_was_reopened_is_not_called_settled() -> None:
    event = make.event()
    drafter = make.seat(event, "drafter")
    clause(drafter, "We come back.")
    settled(drafter)
    reopened(event)
    assert wall(event)[0] == "Version 1 was reopened"


def test_the_clause_on_the_wall_says_that_it_is_settled_until_it_is_reopened() -> None:
    event = make.event()
    drafter = make.seat(event, "drafter")
    row = clause(drafter, "We come back.")

    def head() -> str:
        found = re.search("<h1[^>]*>(.*?)</h1>", paint(make.room(event), "statements.wall", "wall", "en").html)
        assert found
        return found[1]

    assert head() == "Clause 1"
    make.act(drafter, "statements.settle", clause=row.handle)
    assert head() == "Clause 1, settled"
    reopened(event, row.handle)
    assert head() == "Clause 1"
