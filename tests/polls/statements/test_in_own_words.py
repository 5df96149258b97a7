"""Whoever takes words back is told where they stand in polls, and in part in notes on these very words."""

from __future__ import annotations

import pytest

from deliberate.live.times import moment_text
from polls.ballots.models import Poll
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make
from tests.polls.statements.rows import asked, said
from tests.rooms.transcript.test_say import take_back

pytestmark = pytest.mark.django_db

WORDS = "The minister promised us forty wells before the rains."


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


@pytest.fixture
def segment(event: Event, ann: Seat) -> Segment:
    return said(event, WORDS, by=ann)


def withdraws(ann: Seat, segment: Segment) -> str:
    assert segment.turn is not None
    return take_back(ann, segment.turn, segment)


def prepared(event: Event, question: str, options: str = "Yes\nNo") -> None:
    fields = {"question": question, "kind": "one", "options": options, "secret": "sealed"}
    make.act(make.seat(event, "moderator"), "ballots.prepare", **fields)


def test_a_closed_poll_that_holds_the_words_is_named_by_its_time(event: Event, ann: Seat, segment: Segment) -> None:
    poll = asked(event, f"Do we put “{WORDS}” into the text?", ann)
    assert poll.closed_at is not None
    told = withdraws(ann, segment)
    assert f"They also stand in what others wrote: the poll that closed on {moment_text(poll.closed_at)}." in told
    assert "wells" not in told


def test_an_open_poll_is_named_too(event: Event, ann: Seat, segment: Segment) -> None:
    asked(event, f"Do we put “{WORDS}” into the text?", ann, close=False)
    assert "what others wrote: the poll that is open." in withdraws(ann, segment)


def test_of_a_prepared_one_no_word_is_shown(event: Event, ann: Seat, segment: Segment) -> None:
    """Its options are looked at as its question is; several are named once."""
    prepared(event, "What do we take over?", f"{WORDS}\nNothing of the zebra")
    prepared(event, f"Is it true that {WORDS}")
    prepared(event, "Do we come back?")
    assert Poll.objects.count() == 3
    told = withdraws(ann, segment)
    assert "what others wrote: a poll that is not open yet." in told
    assert "zebra" not in told


def test_a_poll_with_a_part_of_the_words_holds_some_close_to_them(event: Event, ann: Seat, segment: Segment) -> None:
    asked(event, "Who was promised us forty wells, and by whom?", ann, close=False)
    told = withdraws(ann, segment)
    assert "Words close to them stand in: the poll that is open." in told
    assert "what others wrote" not in told


def test_a_part_of_the_words_in_a_note_on_them_is_told(event: Event, ann: Seat, segment: Segment) -> None:
    note = "Forty wells before the rains matters"
    make.act(make.seat(event), "statements.propose", source=f"segment:{segment.handle}", note=note)
    assert "Words close to them stand in: a note on a proposed source." in withdraws(ann, segment)


def test_a_note_on_something_else_is_not_told_for_four_words(event: Event, ann: Seat, segment: Segment) -> None:
    other = said(event, "Nobody has asked us.")
    note = "Forty wells before the rains matters"
    make.act(make.seat(event), "statements.propose", source=f"segment:{other.handle}", note=note)
    assert "stand in" not in withdraws(ann, segment)
