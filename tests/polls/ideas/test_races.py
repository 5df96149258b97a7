"""Several act at once: threads with connections of their own, on a database that keeps what it is given."""

from __future__ import annotations

import pytest

from polls.ideas.models import Idea, State, Upvote
from rooms.events.models import Event
from rooms.journal.queries import broken_at
from tests import make
from tests.polls.ideas.make import board, ideas, merge, moderator, people, post, upvote
from tests.races import at_once, refusals

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event() -> Event:
    return make.event()


def test_ideas_posted_at_once_have_numbers_of_their_own(event: Event) -> None:
    seats = people(event, 6)
    told = at_once(*(lambda seat=seat, n=n: post(seat, f"Idea {n}") for n, seat in enumerate(seats)))
    assert refusals(told) == []
    assert sorted(Idea.objects.values_list("number", flat=True)) == [1, 2, 3, 4, 5, 6]


def test_one_form_sent_twice_at_once_is_one_idea(event: Event) -> None:
    ann = make.seat(event)
    assert refusals(at_once(*[lambda: post(ann, "Dig wells")] * 2)) == []
    assert Idea.objects.count() == 1


def test_a_seat_that_upvotes_on_two_devices_at_once_counts_once(event: Event) -> None:
    (idea,) = ideas(event, "Dig wells")
    ann, ben = people(event, 2)
    assert refusals(at_once(*[lambda: upvote(idea, ann)] * 3, lambda: upvote(idea, ben))) == []
    assert board(event) == {"Dig wells": 2}
    assert Upvote.objects.count() == 2


def test_two_moderators_hide_and_merge_at_once_and_one_of_them_is_told(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    one, two = moderator(event), make.seat(event, "moderator")
    told = at_once(
        lambda: make.act(one, "ideas.hide", idea=water.handle, reason="Said before"),
        lambda: make.act(two, "ideas.merge", idea=water.handle, into=wells.handle),
    )
    assert [str(each) for each in refusals(told)] == [
        "This idea has just been changed by somebody else. Look at it again."
    ]
    assert Idea.objects.get(pk=water.pk).state in (State.HIDDEN, State.MERGED)
    assert broken_at(make.room(event)) is None


def test_two_merges_against_each_other_leave_no_circle(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    moderator(event)
    assert len(refusals(at_once(lambda: merge(wells, water), lambda: merge(water, wells)))) == 1
    assert len(board(event)) == 1
