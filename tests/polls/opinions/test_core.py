from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from polls.opinions.core import Counts, Said, counts, standing

ANN, BEN = 1, 2
WELLS, WATER, COURTS = 10, 20, 30


def test_of_what_somebody_said_of_one_idea_the_last_word_stands() -> None:
    assert standing([Said(ANN, WELLS, 1), Said(ANN, WELLS, -1)], {}) == [Said(ANN, WELLS, -1)]


def test_of_what_somebody_said_of_merged_ideas_the_last_word_stands_wherever_it_was_said() -> None:
    said = [Said(ANN, WELLS, 1), Said(ANN, WATER, -1), Said(BEN, WATER, 0), Said(BEN, WELLS, 1)]
    assert standing(said, {WATER: WELLS}) == [Said(ANN, WATER, -1), Said(BEN, WELLS, 1)]


def test_counts_stand_with_the_idea_that_stays() -> None:
    said = [Said(ANN, WELLS, 1), Said(BEN, WATER, 0), Said(ANN, COURTS, -1)]
    assert counts(said, {WATER: WELLS}) == {WELLS: Counts(agree=1, passed=1), COURTS: Counts(disagree=1)}


SAID = st.lists(st.builds(Said, st.integers(1, 4), st.integers(1, 5), st.sampled_from([1, 0, -1])))


@given(SAID, st.sampled_from([{}, {1: 2}, {1: 2, 3: 2}]))
def test_everybody_counts_once_an_idea(said: list[Said], root: dict[int, int]) -> None:
    summed = counts(said, root)
    assert set(summed) == {root.get(each.idea, each.idea) for each in said}
    for idea, of in summed.items():
        people = {each.who for each in said if root.get(each.idea, each.idea) == idea}
        assert of.agree + of.disagree + of.passed == len(people)
