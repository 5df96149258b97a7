from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.ballots.core import (
    BadChoice,
    Contents,
    Kind,
    Question,
    Wrong,
    add,
    choice,
    counts,
    picks,
    rows,
    sizes,
)

ONE = Question(Kind.ONE, ("a", "b", "c"))
SEVERAL = Question(Kind.SEVERAL, ("a", "b", "c"), at_least=2, at_most=2)
SCALE = Question(Kind.SCALE, low=-2, high=2)
RANKING = Question(Kind.RANKING, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("question", "picked", "key"),
    [
        (ONE, ["b"], "b"),
        (SEVERAL, ["c", "a"], "a,c"),
        (SCALE, ["-2"], "-2"),
        (SCALE, ["02"], "2"),
        (RANKING, ["c", "a"], "c>a"),
        (RANKING, ["b", "", "a "], "b>a"),
    ],
)
def test_a_valid_choice_has_one_key(question: Question, picked: list[str], key: str) -> None:
    assert choice(question, picked) == key


@pytest.mark.parametrize("question", [ONE, SEVERAL, SCALE, RANKING])
def test_everybody_may_abstain_in_every_kind(question: Question) -> None:
    assert choice(question, [], abstain=True) == "-"
    assert picks(question, "-") == ()


@pytest.mark.parametrize(
    ("question", "picked", "code", "values"),
    [
        (ONE, [], Wrong.NOTHING_CHOSEN, {}),
        (ONE, [" "], Wrong.NOTHING_CHOSEN, {}),
        (ONE, ["x"], Wrong.UNKNOWN_OPTION, {}),
        (ONE, ["a", "b"], Wrong.TOO_MANY, {"chosen": 2, "limit": 1}),
        (SEVERAL, ["a"], Wrong.TOO_FEW, {"chosen": 1, "limit": 2}),
        (SEVERAL, ["a", "b", "c"], Wrong.TOO_MANY, {"chosen": 3, "limit": 2}),
        (SEVERAL, ["a", "a"], Wrong.CHOSEN_TWICE, {}),
        (SCALE, ["1", "2"], Wrong.TOO_MANY, {"chosen": 2, "limit": 1}),
        (SCALE, ["often"], Wrong.NOT_A_NUMBER, {}),
        (SCALE, ["1.5"], Wrong.NOT_A_NUMBER, {}),
        (SCALE, ["3"], Wrong.OUTSIDE_THE_SCALE, {"low": -2, "high": 2}),
        (SCALE, ["9" * 5000], Wrong.NOT_A_NUMBER, {}),
        (RANKING, ["a", "b", "a"], Wrong.CHOSEN_TWICE, {}),
        (RANKING, ["a", "-"], Wrong.UNKNOWN_OPTION, {}),
    ],
)
def test_a_choice_that_is_not_valid_says_why(
    question: Question, picked: list[str], code: Wrong, values: dict[str, int]
) -> None:
    with pytest.raises(BadChoice) as refusal:
        choice(question, picked)
    assert (refusal.value.code, refusal.value.values) == (code, values)


def test_an_abstention_with_a_choice_is_not_guessed_at() -> None:
    with pytest.raises(BadChoice) as refusal:
        choice(ONE, ["a"], abstain=True)
    assert refusal.value.code is Wrong.ABSTAINED_AND_CHOSE


@pytest.mark.parametrize(
    ("kind", "options", "limits"),
    [
        (Kind.ONE, ("a",), {}),
        (Kind.ONE, ("a", "a"), {}),
        (Kind.RANKING, ("a", "b>c"), {}),
        (Kind.SEVERAL, ("a", "b"), {"at_least": 2, "at_most": 1}),
        (Kind.SEVERAL, ("a", "b"), {"at_most": 3}),
        (Kind.SCALE, (), {"low": 5, "high": 5}),
    ],
)
def test_a_poll_nobody_could_answer_is_not_made(kind: Kind, options: tuple[str, ...], limits: dict[str, int]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Question(kind, options, **limits)


@given(st.permutations(["a", "b", "c"]), st.integers(1, 3))
def test_a_key_says_what_was_picked(order: list[str], many: int) -> None:
    picked = order[:many]
    assert picks(RANKING, choice(RANKING, picked)) == tuple(picked)
    several = Question(Kind.SEVERAL, ("a", "b", "c"))
    assert picks(several, choice(several, picked)) == tuple(sorted(picked))


BALLOTS = st.lists(st.tuples(st.sampled_from(["artists", None]), st.sampled_from(["a", "b", "-"])))


@given(BALLOTS, st.randoms(use_true_random=False))
def test_a_box_does_not_tell_in_which_order_ballots_came(ballots: list[tuple[str | None, str]], random: Random) -> None:
    shuffled = random.sample(ballots, len(ballots))
    box: Contents = ()
    other: Contents = ()
    for group, key in ballots:
        box = add(box, [(group or "", key)])
    for group, key in shuffled:
        other = add(json.loads(json.dumps(other)), [(group or "", key)])  # as it comes back from a table
    assert box == other == add((), [(group or "", key) for group, key in ballots])
    assert box == tuple(sorted(box))
    assert sum(counts(box).values()) == len(ballots)


def test_a_box_is_counted_by_group_and_by_groups_together() -> None:
    box = rows([["youth", "a", 2], ["artists", "a", 1], ["artists", "-", 1], ["", "b", 4]])
    assert counts(box) == {"a": 3, "b": 4, "-": 1}
    assert counts(box, ["artists", ""]) == {"a": 1, "b": 4, "-": 1}
    assert sizes(box) == {"artists": 2, "youth": 2, "": 4}
