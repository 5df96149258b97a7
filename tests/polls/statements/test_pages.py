"""The pages that stand still: the drafter's library, support by group, versions side by side; and all of it with scripts off."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from deliberate.live.painter import paint
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make
from tests.polls.statements.rows import asked, clause, people, reopened, said, settled, texts, thought

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(k=3)


def browser(seat: Seat) -> Client:
    client = Client()
    client.cookies["seat"] = cookie_of(seat)
    client.cookies["plain"] = "1"
    return client


def path(seat: Seat, screen: str = "") -> str:
    return f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/{screen}"


def page(seat: Seat, screen: str = "", **query: str) -> str:
    """The words of a page that are not hidden from this seat."""
    response = browser(seat).get(path(seat, screen), query)
    assert response.status_code == 200
    shown = re.sub(r"<(\w+)[^>]* hidden>.*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def send(seat: Seat, command: str, **fields: str) -> Any:
    return browser(seat).post(path(seat, f"do/{command}"), fields, follow=True)


# ---- the drafter's library -------------------------------------------------------------------------------------------


def test_the_drafter_looks_through_all_that_can_be_quoted(event: Event, drafter: Seat) -> None:
    ann = make.seat(event)
    said(event, "The second visit counts.")
    said(event, "Water was sold twice.")
    thought(ann, "Dig wells")
    asked(event, "Shall we dig?", ann)
    asked(event, "Still open?", close=False)
    assert "Water was sold twice." in page(drafter)
    found = page(drafter, find="second COUNTS")
    assert "The second visit counts." in found
    assert "Water was sold twice." not in found
    assert "No source holds these words." in page(drafter, find="nothing of the kind")
    assert "Dig wells" in page(drafter, kind="idea")
    polls = page(drafter, kind="poll")
    assert "Shall we dig?" in polls
    assert "Still open?" not in polls


def test_a_long_library_has_pages(event: Event, drafter: Seat) -> None:
    ann = make.seat(event)
    for number in range(8):
        thought(ann, f"Idea number {number}")
    assert "Idea number 1" not in page(drafter, kind="idea")
    assert "Idea number 1" in page(drafter, kind="idea", page="2")
    assert "Page 2 of 2" in page(drafter, kind="idea", page="99")


def test_a_library_that_is_open_learns_that_words_were_taken_back(event: Event, drafter: Seat) -> None:
    """Its page names a part whose picture changes then; tests/stories/test_standing_still.py shows it fetched anew."""
    words = said(event, "The second visit counts.")

    def told() -> str:
        whole = browser(drafter).get(path(drafter)).content.decode()
        [hash] = re.findall(r'data-still="statements.gone" data-still-hash="(\w+)"', whole)
        assert 'id="library"' in whole
        assert paint(drafter.room, "statements.gone", "drafter", "en").hash == hash
        return str(hash)

    first = told()
    make.act(make.seat(event, "captioner"), "transcript.correct", segment=words.handle, text="The third.", revision=0)
    assert told() == first, "a captioner's correction leaves alone what is being cut out"
    make.act(make.seat(event, "moderator"), "transcript.strike", segment=words.handle, words="third", sure="on")
    assert told() != first


# ---- support and versions --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["participant", "moderator", "captioner", "drafter", "host"])
def test_everybody_but_the_wall_reads_support_and_versions(event: Event, drafter: Seat, role: str) -> None:
    row = clause(drafter, "Peace.")
    for seat in people(event, *["Youth"] * 3, *["Diplomats"] * 3):
        make.act(seat, "statements.stand", clause=row.handle, value="support")
    seat = make.seat(event, role, group="Youth" if role == "participant" else "")
    assert "Everybody 6 0 0 0 Groups are not told apart yet." in page(seat, "support/")
    assert "No version is settled yet" in page(seat, "versions/")
    settled(drafter)
    shown = page(seat, "support/")
    assert "Youth 3 0" in shown
    assert "Everybody 6 0 0 0 Groups as they stood in version 1." in shown


def test_versions_are_shown_with_what_changed(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Paid for the hours they lose.")
    first = settled(drafter)
    reopened(event)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Paid for the day they lose.", revision=0)
    second = settled(drafter)
    reopened(event)
    clause(drafter, "And heard.")
    reader = make.seat(event)
    shown = page(reader, "versions/")
    assert first.hash in shown
    assert second.hash in shown
    assert "Clause 2, new And heard." in shown
    assert "1 clause is the same." in shown
    html = browser(reader).get(path(reader, "versions/"), {"from": "1", "to": "2"}).content.decode()
    assert "<del>hours</del> <ins>day</ins>" in html.replace("\n", "")


def test_a_version_that_does_not_exist_is_answered_with_the_newest(drafter: Seat) -> None:
    clause(drafter, "Peace.")
    settled(drafter)
    assert "No clause differs." in page(drafter, "versions/", **{"from": "7", "to": "<b>"})


# ---- without scripts -------------------------------------------------------------------------------------------------


def test_a_text_is_drafted_cited_and_settled_by_plain_forms(event: Event, drafter: Seat) -> None:
    words = said(event, "The second visit counts.")
    send(drafter, "statements.name", title="What we promise", preamble="We met.")
    answer = send(
        drafter, "statements.cite", clause="", source=f"segment:{words.handle}", quote="The second visit counts."
    )
    assert "Clause 1 rests on it." in answer.content.decode()
    ann = make.seat(event)
    row = make.room(event).statement.clauses.get()
    send(ann, "statements.stand", clause=row.handle, value="support", revision="0")
    assert "✓ You support it" in page(ann, "text/")
    assert "I support it" not in page(ann, "text/")
    send(drafter, "statements.edit_clause", clause=row.handle, text="We come back.", revision="0")
    assert "The wording has changed since you chose." in page(ann, "text/")
    send(drafter, "statements.settle")
    assert "Version 1 is settled" in page(ann, "text/")


def test_the_text_keeps_still_for_who_writes_and_follows_for_who_asks(event: Event) -> None:
    ann = make.seat(event)
    still, following = (browser(ann).get(path(ann, "text/"), query).content.decode() for query in ({}, {"follow": "1"}))
    assert 'http-equiv="refresh"' not in still
    assert 'http-equiv="refresh" content="20"' in following


def test_a_plain_form_that_came_too_late_keeps_the_words_and_can_be_sent_again(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace now.", revision=0)
    late = send(drafter, "statements.edit_clause", clause=row.handle, text="Peace soon.", revision="0")
    assert late.status_code == 422
    html = late.content.decode()
    assert "Somebody reworded this clause while you wrote." in html
    assert "Peace soon.</textarea>" in html
    revision = re.search(r'name="revision" value="(\d+)"', html)
    assert revision is not None
    send(drafter, "statements.edit_clause", clause=row.handle, text="Peace soon.", revision=revision.group(1))
    assert texts(event) == ["Peace soon."]


def test_a_quote_that_is_refused_keeps_what_was_typed(event: Event, drafter: Seat) -> None:
    words = said(event, "The second visit counts.")
    refused = send(drafter, "statements.cite", clause="", source=f"segment:{words.handle}", quote="The third visit")
    assert refused.status_code == 422
    assert "These words are not in the source." in refused.content.decode()
    assert "The third visit</textarea>" in refused.content.decode()
