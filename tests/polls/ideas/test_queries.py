from __future__ import annotations

from itertools import product

import pytest
from pytest_django import DjangoAssertNumQueries

from polls.ideas import queries
from polls.ideas.core import Order
from polls.ideas.models import Idea, Upvote
from polls.pseudonyms.models import Pseudonym
from rooms.events.models import Event
from tests import make
from tests.polls.ideas.make import ideas, merge, moderator, people, upvote

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event()


def test_the_board_is_sorted_by_support_or_by_age(event: Event) -> None:
    wells, courts, radio = ideas(event, "Dig wells", "Open courts", "Fund radio")
    ann, ben = people(event, 2)
    upvote(courts, ann, ben)
    upvote(wells, ann)
    room = make.room(event)
    assert [card.handle for card in queries.shown(room)] == [courts.handle, wells.handle, radio.handle]
    newest = [card.handle for card in queries.shown(room, Order.NEWEST)]
    assert newest == [radio.handle, courts.handle, wells.handle]


def test_a_board_holds_the_ideas_of_its_room_alone(event: Event) -> None:
    ideas(event, "Dig wells")
    assert queries.shown(make.room(make.event("Another meeting"))) == []


def test_an_idea_answers_to_its_number_and_to_its_handle(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    room = make.room(event)
    assert [queries.handle_of(room, name) for name in ("1", wells.handle, "2")] == [wells.handle, wells.handle, ""]


def test_what_is_off_the_board_is_told_apart(event: Event) -> None:
    wells, water, radio = ideas(event, "Dig wells", "Water for all", "Fund radio")
    Event.objects.update(approve_ideas=True)
    (courts,) = ideas(event, "Open courts")
    merge(water, wells)
    make.act(moderator(event), "ideas.hide", idea=radio.handle, reason="Off topic")
    room = make.room(event)
    assert list(queries.waiting(room)) == [courts]
    assert list(queries.aside(room)) == [radio, water]
    assert list(queries.off_board(room)) == [courts, radio, water]


def test_five_hundred_ideas_with_ten_thousand_upvotes_take_three_queries(
    event: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    room = make.room(event)
    Pseudonym.objects.bulk_create(Pseudonym(pk=number, room=room, key=f"key {number}") for number in range(1, 201))
    Idea.objects.bulk_create(Idea(room=room, number=number, text=f"Idea {number}") for number in range(1, 501))
    many = list(Idea.objects.order_by("number"))
    Upvote.objects.bulk_create(
        Upvote(idea=idea, pseudonym_id=(idea.number + step) % 200 + 1) for idea, step in product(many, range(20))
    )
    merge(many[1], many[0])
    with django_assert_num_queries(3):
        cards = queries.shown(room)
    assert len(cards) == 499
    assert (cards[0].number, cards[0].support) == (1, 21)
    assert {card.support for card in cards[1:]} == {20}
