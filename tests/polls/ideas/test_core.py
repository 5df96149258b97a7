from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.ideas.core import (
    LONGEST,
    Amiss,
    BadIdea,
    Idea,
    Order,
    Page,
    Stance,
    merged_stances,
    merged_support,
    ordered,
    page,
    text,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def idea(handle: str, minute: int, support: int = 0, pinned: bool = False) -> Idea:
    return Idea(handle, NOON + timedelta(minutes=minute), support, pinned)


BOARD = [idea("old", 0, 3), idea("top", 1, 9), idea("pin", 2, 0, True), idea("new", 3, 3)]


def test_by_support_the_pinned_come_first_and_of_equals_the_earlier() -> None:
    assert [i.handle for i in ordered(BOARD, Order.SUPPORT)] == ["pin", "top", "old", "new"]


def test_by_time_the_pinned_come_first_and_then_the_newest() -> None:
    assert [i.handle for i in ordered(BOARD, Order.NEWEST)] == ["pin", "new", "top", "old"]


IDEAS = st.lists(
    st.builds(idea, st.text("abc", max_size=4), st.integers(0, 2), st.integers(0, 2), st.booleans()),
    unique_by=lambda i: i.handle,
)


@given(IDEAS, st.sampled_from(Order), st.randoms(use_true_random=False))
def test_two_screens_never_order_a_board_differently(ideas: list[Idea], order: Order, random: Random) -> None:
    assert ordered(ideas, order) == ordered(random.sample(ideas, len(ideas)), order)


def test_a_merge_counts_every_seat_once() -> None:
    assert merged_support([{"a", "b"}, ["b", "c"], ()]) == {"a", "b", "c"}


def test_in_a_merge_the_stance_on_the_kept_idea_stands() -> None:
    kept = {"a": Stance.AGREE}
    others = [{"a": Stance.DISAGREE, "b": Stance.PASS}, {"b": Stance.AGREE, "c": Stance.AGREE}]
    merged = merged_stances(kept, others)
    assert merged == {"a": Stance.AGREE, "b": Stance.PASS, "c": Stance.AGREE}
    assert kept == {"a": Stance.AGREE}


def test_an_idea_of_280_characters_is_accepted_and_one_more_is_not() -> None:
    assert len(text("x" * LONGEST)) == LONGEST == 280
    with pytest.raises(BadIdea) as refusal:
        text("x" * 281)
    assert (refusal.value.code, refusal.value.length, refusal.value.limit) == (
        Amiss.TOO_LONG,
        281,
        280,
    )


def test_accents_and_white_space_do_not_use_up_the_length() -> None:
    assert text("  e\u0301\r\n\r\n" * 140, limit=279) == " ".join("é" * 140)


@pytest.mark.parametrize("written", ["", " \n\t", "\u200b\u200f", "\u00a0"])
def test_an_idea_nobody_could_see_is_refused(written: str) -> None:
    with pytest.raises(BadIdea) as refusal:
        text(written)
    assert refusal.value.code is Amiss.EMPTY


def test_a_page_is_a_slice_and_knows_how_many_there_are() -> None:
    assert page(range(45), 3) == Page(tuple(range(40, 45)), 3, 3, 45)


@pytest.mark.parametrize(("asked", "given_page"), [(0, 1), (-5, 1), (9, 3)])
def test_a_page_outside_the_board_is_the_nearest(asked: int, given_page: int) -> None:
    assert page(range(45), asked).number == given_page


def test_an_empty_board_has_one_empty_page() -> None:
    assert page([], 1) == Page((), 1, 1, 0)
    with pytest.raises(ValueError, match="at least one"):
        page([], 1, size=0)


@given(st.lists(st.integers()), st.integers(1, 7))
def test_the_pages_together_are_the_board(entries: list[int], size: int) -> None:
    pages = page(entries, 1, size).pages
    joined = [entry for n in range(1, pages + 1) for entry in page(entries, n, size).entries]
    assert joined == entries
