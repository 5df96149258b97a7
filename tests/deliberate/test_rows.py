"""Plain statements, alike on both databases."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from deliberate import rows
from polls.ideas.models import Idea, Upvote
from polls.pseudonyms.models import Pseudonym
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def seats() -> list[Seat]:
    event = make.event()
    return [make.seat(event, name=name) for name in ("Ann", "Ben", "Cem")]


@pytest.fixture
def ideas(seats: list[Seat]) -> list[Idea]:
    made = [make.act(seats[0], "ideas.post", text=text).data["idea"] for text in ("Dig wells", "Plant trees")]
    return [Idea.objects.get(handle=handle) for handle in made]


@pytest.fixture
def names(ideas: list[Idea]) -> list[int]:
    """Keys of three pseudonyms."""
    made = [Pseudonym(pk=number, room=ideas[0].room, key=f"key {number}") for number in (1, 2, 3)]
    return [each.pk for each in Pseudonym.objects.bulk_create(made)]


def upvotes() -> list[tuple[int, int]]:
    return list(Upvote.objects.order_by("pk").values_list("idea_id", "pseudonym_id"))


def test_many_keys_are_asked_for_in_one_list(seats: list[Seat]) -> None:
    ask = "SELECT name FROM rooms_seat WHERE id = ANY(%s) AND NOT ended ORDER BY id FOR NO KEY UPDATE OF rooms_seat"
    assert rows.read(ask, [seats[2].pk, seats[0].pk, 0]) == [("Ann",), ("Cem",)]
    assert rows.read(ask, []) == []


def test_rows_are_stored_in_their_order_and_no_rows_are_no_statement(ideas: list[Idea], names: list[int]) -> None:
    given = [(ideas[1].pk, names[2]), (ideas[0].pk, names[0]), (ideas[1].pk, names[1])]
    rows.insert(Upvote, ("idea", "pseudonym"), given)
    rows.insert(Upvote, ("idea", "pseudonym"), [])
    rows.delete(Upvote, ("idea", "pseudonym"), [])
    assert upvotes() == given


def test_what_is_there_already_stays_once_or_is_an_error(ideas: list[Idea], names: list[int]) -> None:
    first, second = (ideas[0].pk, names[0]), (ideas[0].pk, names[1])
    rows.insert(Upvote, ("idea", "pseudonym"), [first])
    rows.insert(Upvote, ("idea", "pseudonym"), [first, second], "ON CONFLICT DO NOTHING")
    assert upvotes() == [first, second]
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.insert(Upvote, ("idea", "pseudonym"), [(ideas[1].pk, names[0]), first])
    assert upvotes() == [first, second]


def test_rows_are_deleted_by_all_their_values_together(ideas: list[Idea], names: list[int]) -> None:
    every = [(idea.pk, name) for idea in ideas for name in names]
    rows.insert(Upvote, ("idea", "pseudonym"), every)
    rows.delete(Upvote, ("idea", "pseudonym"), [every[0], every[4]])
    assert upvotes() == [every[1], every[2], every[3], every[5]]


def test_texts_are_stored_as_they_are_and_never_cut(ideas: list[Idea]) -> None:
    text = "50 % \"quoted\", 'quoted', {braces}, \\ and 水"
    rows.write("UPDATE polls_idea SET text = %s WHERE id = ANY(%s)", text, [ideas[0].pk])
    assert set(Idea.objects.values_list("text", flat=True)) == {text, "Plant trees"}
    row = (ideas[0].room_id, "h" * 12, 99, text, "", "shown", "shown", "", False, False)
    names = ("room", "handle", "number", "text", "author", "state", "before", "reason", "pinned", "taken_up")
    rows.insert(Idea, names, [row])
    assert Idea.objects.get(number=99).text == text
    if connection.vendor == "postgresql":  # SQLite has no longest
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.insert(Idea, names, [(ideas[0].room_id, "h" * 13, 100, *row[3:])])
