"""What is published when a poll closes: made once, from the whole box, and never changed afterwards.

Only sums of whole cells leave this module (polls/ballots/folding.py), so what is published never tells of fewer than k
people of a group, and neither does the difference of any two figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NotRequired, TypedDict

from polls.ballots.core import ABSTAIN, Contents, Kind, Question, counts, sizes
from polls.ballots.runoff import Round, instant_runoff, pairs
from polls.ballots.tally import bars, spread
from rooms.events.folding import fold


class Named(TypedDict):
    """A group as it was called at closing; without a handle: those who named none."""

    handle: str
    name: str
    initial: str
    colour: int


class Figures(TypedDict):
    """`ballots` cast, `abstained` among them; `votes`: (option's handle or step as text, votes) in the order of the paper.

    For a ranking the votes are first choices. The last three are a scale's, None elsewhere or where nobody chose."""

    ballots: int
    abstained: int
    votes: list[tuple[str, int]]
    median: float | None
    lower: float | None
    upper: float | None


class Cell(TypedDict):
    """One group, or several folded together, and their figures."""

    groups: list[Named]
    figures: Figures


class Tied(TypedDict):
    """Options equally last; `round`: the earlier round that parted them, None where the order of the paper did."""

    between: list[str]
    round: int | None


class Stage(TypedDict):
    """One round of an instant-runoff: votes of those still in, and who went out after it (None in the last)."""

    votes: dict[str, int]
    exhausted: int
    out: str | None
    tie: Tied | None


class Result(TypedDict):
    """A poll's result as stored. `eligible`: seats that could vote. `rounds`, `winner` and `condorcet` (who beats every
    other option one to one) are a ranking's. `text`: the result in plain sentences, for quoting."""

    eligible: int
    figures: Figures
    cells: list[Cell]
    rounds: list[Stage]
    winner: str | None
    condorcet: str | None
    text: str
    #: Only whether the first option passed: then there are no other figures than the ballots cast. Absent in most results.
    passed: NotRequired[bool]
    #: Of a blind poll whose ballots are published: the four words of its closing hash.
    words: NotRequired[str]


#: From so many ballots on their figures are published even where the host asked for a verdict alone.
VERDICT_BELOW = 20


def verdict(full: Result) -> Result:
    """What is left of a result of one choice where only the verdict is published: more than half of those who chose chose
    the first option, or they did not."""
    made = full["figures"]
    (_first, votes), *_others = made["votes"]
    bare: Figures = {**made, "abstained": 0, "votes": []}
    return {**full, "figures": bare, "cells": [], "passed": 2 * votes > made["ballots"] - made["abstained"]}


def result(question: Question, contents: Contents, eligible: int, groups: Iterable[Named], k: int) -> Result:
    """The result of a box. `groups`: those that have seats, in their order; one without a handle for seats that named none.

    Ballots of a group that isn't among them (it was removed meanwhile) count as of no group. `text` is still empty."""
    named = {group["handle"]: group for group in groups}
    known = tuple((group if group in named else "", key, count) for group, key, count in contents)
    if any(group == "" for group, _key, _count in known):
        named.setdefault("", NO_GROUP)
    everybody = counts(known)
    cells = fold({**dict.fromkeys(named, 0), **sizes(known)}, k)
    ranking = question.kind is Kind.RANKING
    runoff = instant_runoff(question, everybody) if ranking else None
    return {
        "eligible": eligible,
        "figures": figures(question, everybody),
        "cells": [
            {
                "groups": [group for handle, group in named.items() if handle in cell.groups],
                "figures": figures(question, counts(known, cell.groups)),
            }
            for cell in cells
        ],
        "rounds": [_stage(each) for each in runoff.rounds] if runoff else [],
        "winner": runoff.winner if runoff else None,
        "condorcet": pairs(question, everybody).winner if ranking else None,
        "text": "",
    }


def unanimous(contents: Contents, eligible: int) -> bool:
    """Whether all who could vote have voted, and alike: then everybody knows what each of them chose."""
    return len({key for _group, key, _count in contents}) == 1 and sum(count for *_one, count in contents) >= eligible


NO_GROUP: Named = {"handle": "", "name": "", "initial": "", "colour": 0}


def figures(question: Question, made: Mapping[str, int]) -> Figures:
    """Ballots by key as figures."""
    found: Figures = {
        "ballots": sum(made.values()),
        "abstained": made.get(ABSTAIN, 0),
        "votes": [],
        "median": None,
        "lower": None,
        "upper": None,
    }
    if question.kind is Kind.SCALE:
        scale = spread(question, made)
        found["votes"] = [(str(step), votes) for step, votes in scale.votes.items()]
        found["median"], found["lower"], found["upper"] = scale.median, scale.lower, scale.upper
    else:
        found["votes"] = list(bars(question, made).votes.items())
    return found


def _stage(each: Round) -> Stage:
    tie: Tied | None = {"between": list(each.tie.between), "round": each.tie.round} if each.tie else None
    return {"votes": dict(each.votes), "exhausted": each.exhausted, "out": each.out, "tie": tie}
