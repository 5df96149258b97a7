from __future__ import annotations

import pytest
from django.utils.translation import override

from deliberate.errors import Refused
from polls.ballots import queries
from tests import make
from tests.polls.ballots.make import closed, opened, people, prepared, vote

pytestmark = pytest.mark.django_db


def test_the_text_of_a_result_is_written_at_closing_and_stays() -> None:
    event = make.event()
    poll = opened(event)
    assert queries.as_text(poll) == ""
    for seat in people(event, 2):
        vote(seat, poll, "Hearings")
    closed(poll)
    text = "Which first? 2 of 2 voted, by secret ballot. Hearings: 2. A fund: 0. A report: 0. Abstained: 0."
    assert queries.as_text(poll) == text
    people(event, 3)
    with override("fr"):
        assert queries.as_text(queries.closed(make.room(event)).get()) == text


def test_there_is_no_result_before_the_closing() -> None:
    poll = opened(make.event())
    with pytest.raises(Refused, match="no result yet"):
        queries.result(poll)


def test_who_chose_what_is_told_of_open_ballots_and_only_after_the_closing() -> None:
    event = make.event()
    ann = make.seat(event, name="Ann")
    poll = opened(event, secret="")
    vote(ann, poll, "Hearings")
    assert queries.who_chose(poll) == []
    assert queries.who_chose(closed(poll)) == [("Hearings", ["Ann"], 0)]


def test_who_can_vote_are_the_participants_of_the_event() -> None:
    event = make.event()
    poll = opened(event)
    people(event, 3)
    make.seat(event, "drafter")
    make.seat(make.event())
    assert queries.eligible(poll) == 3
    assert closed(poll).eligible == 3
    people(event, 2)
    assert queries.eligible(poll) == 3


def test_prepared_polls_wait_in_their_order() -> None:
    event = make.event()
    first, second = prepared(event), prepared(event)
    assert list(queries.prepared(make.room(event))) == [first, second]
    assert queries.open_poll(make.room(event)) is None


def test_only_groups_with_seats_are_named() -> None:
    event = make.event()
    people(event, 1, "Youth")
    assert [group["name"] for group in queries.groups_with_seats(event)] == ["Youth"]
    people(event, 1)
    assert [group["name"] for group in queries.groups_with_seats(event)] == ["Youth", ""]
