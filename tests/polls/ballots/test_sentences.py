from __future__ import annotations

import pytest

from polls.ballots.core import BadChoice, Kind, Question, Wrong, rows
from polls.ballots.outcome import NO_GROUP, Named, result
from polls.ballots.paper import SameRank
from polls.ballots.sentences import spelled, told, why_not

TEXTS = {"a": "Hearings", "b": "A fund", "c": "A report"}
YOUTH: Named = {"handle": "youth", "name": "Youth", "initial": "Y", "colour": 1}
MEDIA: Named = {"handle": "media", "name": "Media", "initial": "M", "colour": 2}
ARTISTS: Named = {"handle": "artists", "name": "Artists", "initial": "A", "colour": 3}


def text(question: Question, *box: tuple[str, str, int], asked: str = "Which first?", secret: bool = True) -> str:
    ends = ("not safe", "safe") if question.kind is Kind.SCALE else ("", "")
    found = result(question, rows(box), 60, [YOUTH, MEDIA, ARTISTS, NO_GROUP], k=5)
    return told(asked, question, TEXTS, ends, secret, found)


def test_one_choice_is_told_in_plain_sentences() -> None:
    assert text(Question(Kind.ONE, ("a", "b", "c")), ("", "a", 23), ("", "b", 15), ("", "-", 3)) == (
        "Which first? 41 of 60 voted, by secret ballot. Hearings: 23. A fund: 15. A report: 0. Abstained: 3."
    )


def test_several_choices_say_that_they_add_up_to_more() -> None:
    said = text(Question(Kind.SEVERAL, ("a", "b", "c")), ("", "a,b", 2), asked="Put forward", secret=False)
    assert said == (
        "Put forward. 2 of 60 voted, by open ballot. Each could choose several. "
        "Hearings: 2. A fund: 2. A report: 0. Abstained: 0."
    )


def test_a_scale_tells_its_ends_its_median_and_its_spread() -> None:
    assert text(Question(Kind.SCALE, low=1, high=3), ("", "1", 1), ("", "2", 1), ("", "3", 2)) == (
        "Which first? 4 of 60 voted, by secret ballot. From 1 (not safe) to 3 (safe). "
        "Median 2.5; the middle half chose 1.5 to 3. 1: 1. 2: 1. 3: 2. Abstained: 0."
    )


def test_a_ranking_tells_every_round_and_its_ties() -> None:
    question = Question(Kind.RANKING, ("a", "b", "c"))
    assert text(question, ("", "a", 2), ("", "b>a", 1), ("", "c", 1)) == (
        "Which first? 4 of 60 voted, by secret ballot. Hearings wins by instant-runoff, in 2 rounds. "
        "Round 1: Hearings 2, A fund 1, A report 1; A report is out (a tie: it stands lowest on the ballot). "
        "Round 2: Hearings 2, A fund 1; no longer counting 1. "
        "Hearings beats every other option one to one. Abstained: 0."
    )


def test_a_ranking_that_nobody_ranked_has_no_winner() -> None:
    said = text(Question(Kind.RANKING, ("a", "b")), ("", "-", 2))
    assert "Nobody ranked anything. Abstained: 2." in said


def test_groups_are_told_in_their_cells() -> None:
    box = [("youth", "a", 3), ("artists", "b", 2), ("media", "a", 6), ("media", "-", 1)]
    said = text(Question(Kind.ONE, ("a", "b")), *box)
    assert said.endswith(
        "Media, 7 ballots: Hearings 6, A fund 0, abstained 1. "
        "Youth, Artists and no group together, 5 ballots: Hearings 3, A fund 2, abstained 0."
    )


@pytest.mark.parametrize("asked", ["Where now?", "Say it.", "مَن أولاً؟"])
def test_a_question_keeps_its_own_end(asked: str) -> None:
    assert text(Question(Kind.ONE, ("a", "b")), asked=asked).startswith(f"{asked} 0 of 60")


@pytest.mark.parametrize("code", list(Wrong))
def test_every_refusal_has_words(code: Wrong) -> None:
    assert why_not(BadChoice(code, chosen=3, limit=2, low=1, high=5)).endswith(".")


@pytest.mark.parametrize(
    ("question", "key", "words"),
    [
        (Question(Kind.ONE, ("a", "b", "c")), "a", "Hearings"),
        (Question(Kind.SEVERAL, ("a", "b", "c")), "a,c", "Hearings; A report"),
        (Question(Kind.SCALE), "4", "4"),
        (Question(Kind.RANKING, ("a", "b", "c")), "c>a", "1 A report; 2 Hearings"),
        (Question(Kind.RANKING, ("a", "b", "c")), "-", "Abstained"),
    ],
)
def test_a_choice_is_spelled_in_words(question: Question, key: str, words: str) -> None:
    assert spelled(question, TEXTS, key) == words


def test_two_options_of_one_rank_have_words_too() -> None:
    assert why_not(SameRank(2)) == "Two options are both 2. Give each number once."


def test_a_scale_by_group_is_told_by_its_medians() -> None:
    said = text(Question(Kind.SCALE), ("youth", "2", 5), ("media", "4", 6), ("media", "-", 1), ("artists", "1", 1))
    assert said.endswith(
        "Media, 7 ballots: median 4, abstained 1. Youth, Artists and no group together, 6 ballots: median 2, abstained 0."
    )
