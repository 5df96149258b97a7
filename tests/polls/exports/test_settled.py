"""The permanent page of a settled version: by its hash, for anybody, where the host says so."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from polls.statements.core import seal
from polls.statements.models import Version
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import clause, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event("Zanzibar")


@pytest.fixture
def drafter(event: Event) -> Seat:
    return make.seat(event, "drafter")


@pytest.fixture
def version(drafter: Seat) -> Version:
    clause(drafter, "We come back.")
    clause(drafter, "We pay.")
    return settled(drafter)


def publish(event: Event, public: str = "on") -> None:
    make.act(make.seat(event, "host"), "statements.rules", majority="half", public=public)


def test_it_is_nobody_s_to_read_until_the_host_says_so(client: Client, event: Event, version: Version) -> None:
    for address in (f"/settled/{version.hash}/", f"/settled/{version.hash}.json", "/settled/nothing/"):
        response = client.get(address)
        assert response.status_code == 404
        assert "Zanzibar" not in response.content.decode()
    publish(event)
    assert client.get(f"/settled/{version.hash}/").status_code == 200
    publish(event, "")
    assert client.get(f"/settled/{version.hash}/").status_code == 404


def test_every_clause_has_a_link_of_its_own_that_stays(
    client: Client, event: Event, drafter: Seat, version: Version
) -> None:
    publish(event)
    before = client.get(f"/settled/{version.hash}/").content.decode()
    for number in (1, 2):
        assert f'id="clause-{number}"' in before
        assert f'href="#clause-{number}"' in before
    clause(drafter, "Later words.")
    after = client.get(f"/settled/{version.hash}/").content.decode()
    assert "Later words" not in after
    assert "We come back." in after
    assert version.hash in after


def test_anybody_can_check_it(client: Client, event: Event, version: Version) -> None:
    publish(event)
    found = json.loads(client.get(f"/settled/{version.hash}.json").content)
    assert seal(found["content"]) == found["hash"] == version.hash


def test_a_neutral_event_does_not_stand_in_its_title(client: Client, event: Event, version: Version) -> None:
    publish(event)
    Event.objects.update(neutral=True, neutral_title="Walk")
    head = client.get(f"/settled/{version.hash}/").content.decode().partition("</head>")[0]
    assert "<title>Walk</title>" in head


def test_the_screen_outcome_leads_there(client: Client, event: Event, drafter: Seat, version: Version) -> None:
    publish(event)
    from tests.polls.amendments.test_screens import page

    assert f"/settled/{version.hash}/" in page(drafter, "outcome/")
