"""Where two amendments touch the same words, what can be carried over, and what a vote decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.amendments import core
from polls.amendments.core import Edit, Majority
from rooms.transcript.core import diff

BASE = "We ask for four hearings a year in every village."


def changed(**words: str) -> str:
    text = BASE
    for before, after in words.items():
        assert before in text
        text = text.replace(before, after, 1)
    return text


def test_an_edit_is_of_whole_words() -> None:
    assert core.edits(BASE, changed(four="fourteen")) == (Edit(11, 15, "fourteen"),)


def test_two_that_change_different_words_are_no_rivals_and_both_can_be_made() -> None:
    more, wider = changed(four="twelve"), changed(village="town")
    assert not core.rivals(BASE, more, wider)
    assert core.carried_over(BASE, more, wider) == "We ask for twelve hearings a year in every town."


def test_two_that_change_the_same_word_are_rivals_and_neither_is_carried_over() -> None:
    more, fewer = changed(four="twelve"), changed(four="two")
    assert core.rivals(BASE, more, fewer)
    assert core.carried_over(BASE, more, fewer) is None


def test_to_delete_all_touches_every_word() -> None:
    assert core.rivals(BASE, "", changed(year="month"))


def test_words_put_in_at_one_place_are_rivals_and_at_two_are_not() -> None:
    here, there, elsewhere = (changed(hearings=f"hearings {word}") for word in ("open", "public", "here"))
    assert core.rivals(BASE, here, there)
    assert core.rivals(BASE, there, elsewhere)
    assert not core.rivals(BASE, here, changed(village="village of ours"))


def test_the_same_change_on_both_sides_is_made_once() -> None:
    more = changed(four="twelve")
    assert core.carried_over(BASE, more, more) == more


def test_a_sentence_about_a_change_says_what_becomes_what() -> None:
    words = diff(BASE, changed(four="twelve", every="each", year="year, openly,"))
    assert core.pieces(words) == [("four", "twelve"), ("", ", openly,"), ("every", "each")]


def test_a_long_piece_is_quoted_from_both_ends() -> None:
    [(out, came)] = core.pieces(diff("", "word " * 100))
    assert out == ""
    assert len(came) <= core.QUOTED + 3
    assert "…" in came


WORDS = st.lists(st.sampled_from(["we", "ask", "for", "peace", "now", "and", "land", "."]), max_size=12).map(" ".join)


@given(base=WORDS, text=WORDS)
def test_the_edits_of_any_text_make_it(base: str, text: str) -> None:
    found, at = "", 0
    for edit in core.edits(base, text):
        assert at <= edit.start <= edit.end
        found += base[at : edit.start] + edit.words
        at = edit.end
    assert found + base[at:] == text


@given(base=WORDS, one=WORDS, other=WORDS)
def test_rivalry_is_mutual_and_whoever_is_no_rival_can_be_carried_over(base: str, one: str, other: str) -> None:
    assert core.rivals(base, one, other) == core.rivals(base, other, one)
    if not core.rivals(base, one, other):
        assert core.carried_over(base, one, other) is not None


@given(base=WORDS, one=WORDS, other=WORDS)
def test_it_is_the_same_in_which_order_two_are_made(base: str, one: str, other: str) -> None:
    assert core.carried_over(base, one, other) == core.carried_over(base, other, one)


@given(base=WORDS, text=WORDS)
def test_what_nothing_came_before_stays_as_it_is(base: str, text: str) -> None:
    assert core.carried_over(base, text, base) == text
    assert core.carried_over(base, base, text) == text


@pytest.mark.parametrize(
    ("yes", "no", "majority", "carries"),
    [
        (0, 0, Majority.HALF, False),
        (1, 0, Majority.HALF, True),
        (5, 5, Majority.HALF, False),
        (6, 5, Majority.HALF, True),
        (2, 1, Majority.TWO_THIRDS, True),
        (199, 100, Majority.TWO_THIRDS, False),
        (3, 1, Majority.THREE_QUARTERS, True),
        (74, 26, Majority.THREE_QUARTERS, False),
        (0, 3, Majority.HALF, False),
    ],
)
def test_what_carries(yes: int, no: int, majority: Majority, carries: bool) -> None:
    assert core.carried(yes, no, majority) is carries


@pytest.mark.parametrize(
    ("votes", "majority", "option"),
    [
        ({"for": 3, "against": 2}, Majority.HALF, "for"),
        ({"for": 2, "against": 2}, Majority.HALF, None),
        ({"for": 3, "against": 2}, Majority.TWO_THIRDS, None),
        ({"a": 5, "b": 2, "against": 2}, Majority.HALF, "a"),
        ({"a": 4, "b": 3, "against": 2}, Majority.HALF, None),
        ({"a": 1, "against": 6}, Majority.HALF, None),
        ({}, Majority.HALF, None),
    ],
)
def test_which_option_a_vote_carries(votes: dict[str, int], majority: Majority, option: str | None) -> None:
    assert core.chosen(votes, "against", majority) == option


@pytest.mark.parametrize("other", [f"{BASE} And a report.", f"Today: {BASE}", "", "Another."])
def test_to_delete_all_is_a_rival_of_every_change(other: str) -> None:
    assert core.rivals(BASE, "", other)
    assert core.rivals(BASE, other, "")


def test_what_was_added_to_since_is_not_deleted() -> None:
    assert core.carried_over(BASE, "", BASE) == ""
    assert core.carried_over(BASE, "", f"{BASE} And a report.") is None
