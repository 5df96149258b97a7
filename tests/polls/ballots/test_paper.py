from __future__ import annotations

import pytest

from polls.ballots.core import BadChoice, Kind, Question
from polls.ballots.paper import SameRank, by_popularity, read

ONE = Question(Kind.ONE, ("a", "b", "c"))
SEVERAL = Question(Kind.SEVERAL, ("a", "b", "c"))
SCALE = Question(Kind.SCALE)
RANKING = Question(Kind.RANKING, ("a", "b", "c"))


@pytest.mark.parametrize(
    ("question", "fields", "key"),
    [
        (ONE, ["b"], "b"),
        (ONE, ["abstain"], "-"),
        (SEVERAL, ["c", "a"], "a,c"),
        (SCALE, ["4"], "4"),
        (RANKING, ["a:2", "b:1", "c:"], "b>a"),
        (RANKING, ["a:3", "", "c:1"], "c>a"),
        (RANKING, ["", "", "", "abstain"], "-"),
    ],
)
def test_what_a_form_sends_is_read_as_a_choice(question: Question, fields: list[str], key: str) -> None:
    assert read(question, fields) == key


@pytest.mark.parametrize("fields", [["a:x"], ["a:1:2"], ["a"], ["z:1"], ["a:9999"]])
def test_a_rank_that_is_none_is_refused(fields: list[str]) -> None:
    with pytest.raises(BadChoice):
        read(RANKING, fields)


def test_one_rank_for_two_options_is_refused_by_its_number() -> None:
    with pytest.raises(SameRank) as problem:
        read(RANKING, ["a:2", "b:2"])
    assert problem.value.rank == 2


def test_the_most_frequent_choice_comes_first_and_abstention_last() -> None:
    assert by_popularity(["-", "-", "-", "b", "a", "a", "c"]) == ["a", "b", "c", "-"]
