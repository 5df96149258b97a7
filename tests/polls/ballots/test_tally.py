from __future__ import annotations

from collections import Counter
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.ballots.core import Kind, Question
from polls.ballots.tally import Turnout, bars, spread, turnout

ONE = Question(Kind.ONE, ("a", "b", "c"))


def test_abstentions_are_ballots_but_no_votes() -> None:
    cast = {"a": 3, "b": 1, "-": 2}
    assert turnout(cast, seats=12) == Turnout(12, 6, 2)
    assert (turnout(cast, 12).share, turnout(cast, 12).choosing) == (0.5, 4)
    assert bars(ONE, cast).ballots == 4
    assert bars(ONE, cast).share("a") == 0.75


def test_turnout_never_passes_all_seats() -> None:
    assert Turnout(3, 4, 0).share == 1.0
    assert Turnout(0, 0, 0).share == 0.0


def test_every_option_has_a_bar_in_the_order_of_the_paper() -> None:
    assert list(bars(ONE, {"c": 1}).votes.items()) == [("a", 0), ("b", 0), ("c", 1)]


@pytest.mark.parametrize(
    ("cast", "leaders"),
    [({"a": 2, "b": 1}, ("a",)), ({"a": 2, "c": 2}, ("a", "c")), ({"-": 9}, ()), ({}, ())],
)
def test_a_tie_has_more_than_one_leader(cast: dict[str, int], leaders: tuple[str, ...]) -> None:
    assert bars(ONE, cast).leaders == leaders


def test_several_choices_count_for_every_option_picked() -> None:
    result = bars(Question(Kind.SEVERAL, ("a", "b", "c")), {"a,b": 2, "b": 1})
    assert (dict(result.votes), result.ballots) == ({"a": 2, "b": 3, "c": 0}, 3)


def test_the_bars_of_a_ranking_are_first_choices() -> None:
    result = bars(Question(Kind.RANKING, ("a", "b", "c")), {"c>a": 2, "a": 1})
    assert dict(result.votes) == {"a": 1, "b": 0, "c": 2}


# The two worked examples of the Wikipedia article "Quartile", method 1.


def test_median_and_quartiles_of_an_odd_number() -> None:
    cast = Counter(map(str, (6, 7, 15, 36, 39, 40, 41, 42, 43, 47, 49)))
    result = spread(Question(Kind.SCALE, low=0, high=50), cast)
    assert (result.lower, result.median, result.upper, result.middle) == (15, 40, 43, 28)


def test_median_and_quartiles_of_an_even_number() -> None:
    cast = Counter(map(str, (7, 15, 36, 39, 40, 41)))
    result = spread(Question(Kind.SCALE, low=0, high=50), cast)
    assert (result.lower, result.median, result.upper) == (15, 37.5, 40)


def test_the_scale_shows_every_point_and_leaves_abstentions_out() -> None:
    result = spread(Question(Kind.SCALE, low=1, high=3), {"3": 2, "-": 5})
    assert (dict(result.votes), result.ballots) == ({1: 0, 2: 0, 3: 2}, 2)


def test_without_ballots_there_is_no_median() -> None:
    result = spread(Question(Kind.SCALE), {"-": 5})
    assert (result.median, result.lower, result.upper, result.middle) == (None,) * 4


def test_a_single_ballot_is_its_own_median_and_quartiles() -> None:
    result = spread(Question(Kind.SCALE), {"4": 1})
    assert (result.median, result.lower, result.upper) == (4, 4, 4)


@given(st.lists(st.integers(-3, 3), min_size=2))
def test_the_median_and_quartiles_are_those_of_the_ballots_in_a_row(ballots: list[int]) -> None:
    result = spread(Question(Kind.SCALE, low=-3, high=3), Counter(map(str, ballots)))
    row = sorted(ballots)
    half = len(row) // 2
    assert result.median == median(row)
    assert result.lower == median(row[:half])
    assert result.upper == median(row[-half:])
