"""What bears on a text, by its words."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.suggestions import core
from polls.suggestions.core import Words, terms


def test_words_are_compared_without_capitals_accents_and_endings() -> None:
    assert terms("Éducation, EDUCATED!") == ["educati", "educate"]
    assert terms("Éducation", letters=0) == ["education"]
    assert terms("educating education educational")[0] == terms("Educations")[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("水が大切", ["水が", "が大", "大切"]),  # Japanese: two letters each
        ("水", ["水"]),
        ("บ้านเรา", ["บ้า", "้าน", "านเ", "นเร", "เรา"]),  # Thai: three
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),  # Hindi has spaces; its vowels belong to its letters
        ("물은 생명", ["물은", "생명"]),
        ("مُعَلِّم", ["معلم"]),  # Arabic with its vowels written, and without
        ("iPhone水", ["iphone", "水"]),
        ("", []),
        ("—!?", []),
    ],
)
def test_scripts_are_read_as_they_are_written(text: str, found: list[str]) -> None:
    assert terms(text) == found


def test_bm25_is_what_the_formula_says() -> None:
    """Worked out by hand: two texts of 2 and 4 words, "water" once in the first and twice in the second."""
    index = Words([["water", "now"], ["water", "water", "for", "all"]], reach=0)
    weight = math.log(1 + (2 - 2 + 0.5) / (2 + 0.5))
    first = weight * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 3))
    second = weight * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 3))
    assert index.scores(["water"]) == pytest.approx([first, second])


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    index = Words([["the", "well"], ["the", "day"], ["the", "night"]], reach=0)
    scores = index.scores(["the", "well"])
    assert scores[0] > 2 * scores[1] > 0


def test_what_stands_beside_the_words_counts_too_and_less_the_further_away() -> None:
    words = ("one", "two", "three", "four", "water", "six", "seven", "eight", "nine")
    scores = Words([[word] for word in words], near=0.5, reach=2).scores(["water"])
    assert scores[4] > scores[3] > scores[2] > 0
    assert scores[5:7] == pytest.approx(scores[3:1:-1])
    assert scores[0] == scores[1] == scores[7] == scores[8] == 0


def test_an_ideas_neighbours_do_not_count() -> None:
    assert Words([["water"], ["fire"]], reach=0).scores(["water"])[1] == 0


def test_meaning_brings_up_what_shares_no_word() -> None:
    index = Words([["water", "well"], ["thirst", "drought"], ["tax", "law"]], reach=0)
    by_words = [hit.place for hit in core.bearing(index, ["water"], None, 3)]
    assert by_words == [0]
    both = [hit.place for hit in core.bearing(index, ["water"], [0.9, 0.7, 0.1], 3)]
    assert both == [0, 1]


def test_an_idea_that_says_the_same_in_other_words_and_order_is_found() -> None:
    ideas = ["Lower the voting age to sixteen", "Build a well in every village", "Pay for the day"]
    index = Words([terms(each) for each in ideas], reach=0)
    assert [hit.place for hit in core.alike(index, terms("voting age sixteen please"), None, 3)] == [0]
    assert core.alike(index, terms("Plant more trees along the road"), None, 3) == []


def test_a_word_or_two_are_not_compared_yet() -> None:
    index = Words([terms("Lower the voting age to sixteen")], reach=0)
    assert core.alike(index, terms("voting age"), [1.0], 3) == []


def test_nothing_is_found_in_nothing() -> None:
    assert Words([]).scores(["water"]) == []
    assert core.bearing(Words([]), ["water"], None, 5) == []


@given(st.lists(st.text(max_size=30), max_size=12), st.text(max_size=40), st.integers(0, 3))
def test_any_texts_can_be_compared(texts: list[str], asked: str, reach: int) -> None:
    index = Words([terms(each) for each in texts], reach=reach)
    scores = index.scores(terms(asked))
    assert len(scores) == len(texts)
    assert all(score >= 0 and math.isfinite(score) for score in scores)
    assert all(0 <= share <= 1.000001 for share in index.shares(terms(asked)))


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20))
def test_standard_scores_have_mean_nought(values: list[float]) -> None:
    assert sum(core.standard(values)) == pytest.approx(0, abs=1e-3)
