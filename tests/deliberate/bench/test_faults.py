"""The checker finds what is lost, doubled or from nowhere; and one small storm is played to its end."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from deliberate.bench import faults_report
from deliberate.bench.faults import Planned, Rounds, planned, played
from deliberate.bench.faults_check import violations
from deliberate.bench.faults_kinds import FAULTS
from deliberate.bench.faults_phones import Doing
from deliberate.bench.result import Asked

HANDLES = ["ann", "bea", "cyd"]
EMPTY: dict[str, Any] = {"voted": [], "turnout": 0, "box": {}, "upvotes": [], "stances": [], "ideas": [], "turns": []}
_ids = iter(range(1000))


def act(number: int, command: str, sent: float = 1.0, took: float = 0.1, ok: bool = True, **fields: str) -> Doing:
    """An act that was done; `took` 0: never answered."""
    made = Doing(f"act{next(_ids)}", number, command, fields, b"", sent)
    made.answered, made.ok, made.code = (sent + took if took else 0.0), ok, "" if ok else "closed"
    return made


def vote(number: int, choice: str, **more: Any) -> Doing:
    return act(number, "ballots.cast", poll="p", choice=choice, **more)


def found(acts: list[Doing], **stored: Any) -> int:
    """How many violations there are, acts without an answer left aside: each of those is one by itself."""
    after = EMPTY | stored
    after["turnout"] = stored.get("turnout", len(after["voted"]))
    return len(violations(acts, HANDLES, EMPTY, after, "p")) - sum(not each.answered for each in acts)


def test_ballots_that_are_all_there_are_no_violation() -> None:
    acts = [vote(0, "a"), vote(1, "b"), vote(2, "b", took=0)]
    assert found(acts, voted=["ann", "bea"], box=Counter("ab")) == 0
    assert found(acts, voted=["ann", "bea", "cyd"], box=Counter("abb")) == 0


def test_a_ballot_that_is_lost_doubled_changed_or_stored_though_refused_is_found() -> None:
    assert found([vote(0, "a")]) == 2  # the seat has not voted, and its choice is missing
    assert found([vote(0, "a")], voted=["ann"], box=Counter("aa")) == 2  # one too many, and the turnout differs
    assert found([vote(0, "a")], voted=["ann"], box=Counter("b")) == 2
    assert found([vote(0, "a", ok=False)], voted=["ann"], box=Counter("a")) == 2
    assert found([vote(0, "a")], voted=["ann"], box=Counter("a"), turnout=2) == 1


def test_an_act_without_an_answer_is_a_violation_by_itself() -> None:
    [said] = violations([vote(0, "a", took=0)], HANDLES, EMPTY, EMPTY, "p")
    assert said == "ballots.cast of phone 0 was never answered"


def test_of_two_words_the_later_one_counts_unless_both_were_under_way() -> None:
    up, down = act(0, "ideas.upvote", 1.0, idea="i"), act(0, "ideas.unvote", 2.0, idea="i")
    assert found([up, down]) == 0
    assert found([up, down], upvotes=[["ann", "i"]]) == 1
    at_once = act(0, "ideas.unvote", 1.05, idea="i")
    assert found([up, at_once], upvotes=[["ann", "i"]]) == 0
    assert found([up], upvotes=[["ann", "i"], ["ann", "i"]]) == 1
    assert found([], upvotes=[["ann", "i"]]) == 1
    assert found([act(1, "opinions.say", idea="i", value="agree")], stances=[["bea", "i", "pass"]]) == 1


def test_ideas_stand_once() -> None:
    post = act(0, "ideas.post", text="alders")
    assert found([post], ideas=[["ann", "alders"]]) == 0
    assert found([post]) == 1
    assert found([post], ideas=[["ann", "alders"], ["ann", "alders"]]) == 1
    assert found([], ideas=[["ann", "alders"]]) == 1


def test_a_request_for_the_floor_is_one_row() -> None:
    ask = act(0, "floor.ask", kind="point")
    ask.data = {"turn": "t1"}
    assert found([ask], turns=[["ann", "t1", "waiting"]]) == 0
    assert found([ask]) == 1
    assert found([ask], turns=[["ann", "t1", "waiting"], ["ann", "t2", "withdrawn"]]) == 1
    assert found([ask, act(0, "floor.withdraw", 2.0)], turns=[["ann", "t1", "waiting"]]) == 1


@pytest.mark.parametrize("setup", ["one", "several"])
def test_a_seed_gives_the_same_rounds_again(setup: str) -> None:
    plan = planned(setup, 300, 5, [], quick=False)
    assert plan == planned(setup, 300, 5, [], quick=False) != planned(setup, 300, 6, [], quick=False)
    assert {each.fault.name for each in plan} == {each.name for each in FAULTS.values() if setup in each.setups}
    assert len(planned(setup, 0, 5, [], quick=True)) == len({each.fault.name for each in plan})


async def test_a_storm_in_which_everybody_loses_the_line_is_played_to_its_end() -> None:
    rounds, plan = Rounds(), [Planned(FAULTS["all at once"], 0.2)]
    await played("one", plan, Asked(say=lambda _text: None, phones=(6,), quick=True), 1, rounds)
    [outcome] = rounds.outcomes
    assert (outcome.votes, outcome.wrong) == (6, [])
    assert outcome.acts > outcome.votes
    result = faults_report.report(rounds.outcomes, rounds.skipped, 1, part=True)
    assert all(each.ok for each in result.reach)
