from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.ideas.core import (
    LONGEST,
    Amiss,
    BadIdea,
    Card,
    Merged,
    Order,
    Page,
    ordered,
    page,
    roots,
    text,
    together,
)


def card(number: int, support: int = 0, pinned: bool = False) -> Card:
    return Card(f"h{number}", number, "Words", support=support, pinned=pinned)


BOARD = [card(1, 3), card(2, 9), card(3, 0, True), card(4, 3)]


def test_by_support_the_pinned_come_first_and_of_equals_the_earlier() -> None:
    assert [each.number for each in ordered(BOARD, Order.SUPPORT)] == [3, 2, 1, 4]


def test_by_time_the_pinned_come_first_and_then_the_newest() -> None:
    assert [each.number for each in ordered(BOARD, Order.NEWEST)] == [3, 4, 2, 1]


CARDS = st.lists(
    st.builds(card, st.integers(1, 9), st.integers(0, 2), st.booleans()), unique_by=lambda each: each.number
)


@given(CARDS, st.sampled_from(Order), st.randoms(use_true_random=False))
def test_two_screens_never_order_a_board_differently(cards: list[Card], order: Order, random: Random) -> None:
    assert ordered(cards, order) == ordered(random.sample(cards, len(cards)), order)


def test_a_merge_counts_every_seat_once() -> None:
    assert together([{1, 2}, [2, 3], ()]) == 3


def test_a_merged_idea_counts_where_the_last_merge_led() -> None:
    assert roots({1: 2, 2: 3, 4: 3, 5: 6}) == {1: 3, 2: 3, 4: 3, 5: 6}


@given(st.dictionaries(st.integers(2, 30), st.integers(0, 28)))
def test_no_merged_idea_counts_for_a_merged_one(asked: dict[int, int]) -> None:
    merged = {idea: target for idea, target in asked.items() if target < idea}
    found = roots(merged)
    assert found.keys() == merged.keys()
    assert not set(found.values()) & merged.keys()


def test_a_card_answers_to_the_handles_of_the_ideas_merged_into_it() -> None:
    assert Card("a", 1, "Words", merged=(Merged("b", 2), Merged("c", 3))).handles == ("a", "b", "c")


def test_an_idea_of_280_characters_is_accepted_and_one_more_is_not() -> None:
    assert len(text("x" * LONGEST)) == LONGEST == 280
    with pytest.raises(BadIdea) as refusal:
        text("x" * 281)
    assert (refusal.value.code, refusal.value.length, refusal.value.limit) == (Amiss.TOO_LONG, 281, 280)


def test_accents_and_white_space_do_not_use_up_the_length() -> None:
    assert text("  e\u0301\r\n\r\n" * 140, limit=279) == " ".join("é" * 140)


@pytest.mark.parametrize("written", ["", " \n\t", "\u200b\u200f", "\u00a0", "\u202e"])
def test_an_idea_nobody_could_see_is_refused(written: str) -> None:
    with pytest.raises(BadIdea) as refusal:
        text(written)
    assert refusal.value.code is Amiss.EMPTY


def test_a_page_is_a_slice_and_knows_how_many_there_are() -> None:
    assert page(range(45), 3, 20) == Page(tuple(range(40, 45)), 3, 3, 45)


@pytest.mark.parametrize(("asked", "given_page"), [(0, 1), (-5, 1), (9, 5)])
def test_a_page_outside_the_board_is_the_nearest(asked: int, given_page: int) -> None:
    assert page(range(45), asked).number == given_page


def test_an_empty_board_has_one_empty_page() -> None:
    assert page([], 1) == Page((), 1, 1, 0)
    with pytest.raises(ValueError, match="at least one"):
        page([], 1, size=0)


@given(st.lists(st.integers(), max_size=99), st.integers(1, 7))
def test_the_pages_together_are_the_board(entries: list[int], size: int) -> None:
    pages = page(entries, 1, size).pages
    assert [entry for n in range(1, pages + 1) for entry in page(entries, n, size).entries] == entries
