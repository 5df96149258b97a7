"""The permanent page of a settled version: by its hash, for anybody, where the host says so."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from polls.statements.content import intact
from polls.statements.core import seal
from polls.statements.models import Clause, SettledClause, Version
from rooms.events.models import Event
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.test_screens import page
from tests.polls.statements.rows import clause, people, reopened, said, settled

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
    reopened(event)
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
    assert f"/settled/{version.hash}/" in page(drafter, "outcome/")


def alone(drafter: Seat, text: str, *stands: tuple[Seat, str, str]) -> SettledClause:
    """A clause that is settled by itself, with these stands on it: who, which, written words."""
    row = clause(drafter, text)
    for who, value, words in stands:
        make.act(who, "statements.stand", clause=row.handle, value=value, reservation=words, signed="name")
    make.act(drafter, "statements.settle", clause=row.handle)
    return row.settlings.get()


def words(client: Client, hash: str) -> str:
    html = client.get(f"/settled/{hash}/").content.decode()
    return " ".join(re.sub("<[^>]+>", " ", html).split())


def test_a_clause_settled_by_itself_has_a_page_with_its_dissent(client: Client, event: Event, drafter: Seat) -> None:
    some = people(event, *["Youth"] * 3, "Fieldworkers")
    found = alone(
        drafter, "We come back.", *((who, "support", "") for who in some[:3]), (some[3], "block", "Who pays?")
    )
    assert client.get(f"/settled/{found.hash}/").status_code == 404
    publish(event)
    shown = words(client, found.hash)
    assert "Clause 1" in shown
    assert "Settled by itself" in shown
    assert "We come back." in shown
    assert "Who pays?" in shown
    assert "Person 3" not in shown, "the host's rule publishes no names"
    assert "Fieldworkers 0 0" not in shown, "one person alone is folded"
    assert "Everybody 3 0 0 1" in shown
    told = json.loads(client.get(f"/settled/{found.hash}.json").content)
    assert seal(told["content"]) == told["hash"] == found.hash
    assert page(some[0], "text/").count(f"/settled/{found.hash}/") == 1


def test_a_reopened_page_stays_as_it_was_and_leads_to_what_is_newer(
    client: Client, event: Event, drafter: Seat, version: Version
) -> None:
    publish(event)
    reopened(event)
    before = words(client, version.hash)
    assert "It stays here as it was settled, and is not in force any more. Why A figure was wrong." in before
    assert "Nothing newer is settled yet." in before
    row = Clause.objects.get(text="We come back.")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We stay.", revision=0)
    newer = settled(drafter)
    html = client.get(f"/settled/{version.hash}/").content.decode()
    assert f'<a href="/settled/{newer.hash}/">See what is newer: Version 2</a>' in html
    assert "We come back." in html
    assert "We stay." not in html
    assert "Reopened" not in words(client, newer.hash)


def test_a_reopened_clause_leads_to_its_newer_wording(client: Client, event: Event, drafter: Seat) -> None:
    publish(event)
    found = alone(drafter, "We come back.")
    reopened(event, found.clause.handle)
    assert "Nothing newer is settled yet." in words(client, found.hash)
    make.act(drafter, "statements.edit_clause", clause=found.clause.handle, text="We stay.", revision=0)
    make.act(drafter, "statements.settle", clause=found.clause.handle)
    newer = found.clause.settlings.get(reopened_at=None)
    assert f'<a href="/settled/{newer.hash}/">' in client.get(f"/settled/{found.hash}/").content.decode()
    assert "We stay." not in words(client, found.hash)


def test_words_struck_from_what_was_said_leave_the_page_of_a_clause_and_its_hash_holds(
    client: Client, event: Event, drafter: Seat
) -> None:
    publish(event)
    spoken, row = said(event, "The well was promised by Asha Obi."), clause(drafter, "A well.")
    cited = {"source": f"segment:{spoken.handle}", "quote": "promised by Asha Obi"}
    make.act(drafter, "statements.cite", clause=row.handle, **cited)
    make.act(drafter, "statements.settle", clause=row.handle)
    found = row.settlings.get()
    assert "promised by Asha Obi" in words(client, found.hash)
    struck = {"segment": spoken.handle, "words": "Asha Obi", "sure": "on"}
    answer = make.act(make.seat(event, "moderator"), "transcript.strike", **struck)
    assert "settled by itself is struck too" in str(answer.say)
    found.refresh_from_db()
    assert intact(found)
    assert broken_at(make.room(event)) is None
    for address in (f"/settled/{found.hash}/", f"/settled/{found.hash}.json"):
        shown = client.get(address).content.decode()
        assert "Asha" not in shown
        assert "promised by [struck]" in shown


def test_a_name_taken_back_leaves_the_page_of_a_clause(client: Client, event: Event, drafter: Seat) -> None:
    make.act(make.seat(event, "host"), "statements.rules", majority="half", public="on", reservations="name")
    Event.objects.update(attribution="name")
    (ann,) = people(event, "")
    found = alone(drafter, "We come back.", (ann, "reserve", "Too soon."))
    assert "Reservation of Person 0" in words(client, found.hash)
    make.act(ann, "statements.stand", clause=found.clause.handle, value="none")
    after = words(client, found.hash)
    assert "Too soon." in after
    assert "Person 0" not in after
    assert intact(SettledClause.objects.get())
