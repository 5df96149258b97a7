"""Polls that nobody held: rooms of every make, with what the service publishes of them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from polls.ballots import outcome
from polls.ballots.blind import tallies
from polls.ballots.blind.tallies import Tallies
from polls.ballots.core import ABSTAIN, Contents, Kind, Question, choice
from polls.ballots.outcome import NO_GROUP, Named, Result

#: In steps of so many the turnout of a blind poll is shown while it is open (polls/ballots/screens.py).
STEP = 5
MOST_GROUPS, MOST_SEATS = 7, 40


@dataclass(frozen=True)
class Held:
    """`seats`: by group, as whoever looks around the hall may know them; `ballots`: (group, choice) of each that was cast;
    `published`: the result; `turnout` and `tallies`: what was shown while it was open, in order."""

    blind: bool
    k: int
    question: Question
    seats: dict[str, int]
    ballots: tuple[tuple[str, str], ...]
    published: Result
    turnout: tuple[int, ...]
    tallies: tuple[Contents, ...]


def held(chance: random.Random) -> Held:
    """A poll of any kind: groups of one to forty, many or few who vote, torn or nearly of one mind."""
    k, blind = chance.choice((3, 5, 5, 5, 8)), chance.random() < 0.3
    question = _question(chance)
    groups = [f"g{number}" for number in range(chance.randint(1, MOST_GROUPS))] + (
        [""] if chance.random() < 0.3 else []
    )
    small = chance.random()
    seats = {group: chance.randint(1, k + 1 if chance.random() < small else MOST_SEATS) for group in groups}
    share, torn = chance.choice((0.2, 0.6, 0.9, 1.0)), chance.choice((0.02, 0.2, 0.6, 1.0))
    liked = {group: _choice(question, chance) for group in groups}
    one_mind = _choice(question, chance) if chance.random() < 0.4 else ""
    ballots = [
        (group, _choice(question, chance) if chance.random() < torn else one_mind or liked[group])
        for group, count in seats.items()
        for _seat in range(count)
        if chance.random() < share
    ]
    chance.shuffle(ballots)
    counted = Counter(("" if blind else group, key) for group, key in ballots)
    contents: Contents = tuple(sorted((group, key, count) for (group, key), count in counted.items()))
    named = [] if blind else [_named(group) for group in groups]
    published = outcome.result(question, contents, sum(seats.values()), named, k)
    if question.kind is Kind.ONE and not blind and len(ballots) < outcome.VERDICT_BELOW and chance.random() < 0.3:
        published = outcome.verdict(published)
    steps = [count // STEP * STEP if blind else count for count in range(len(ballots) + 1)]
    shown = told(chance, [key for _group, key in ballots], k) if blind and chance.random() < 0.5 else ()
    return Held(blind, k, question, seats, tuple(ballots), published, tuple(dict.fromkeys(steps)), shown)


def told(chance: random.Random, keys: list[str], k: int) -> tuple[Contents, ...]:
    """The tallies that are shown while these ballots fall in, some to a commit."""
    box: Contents = ()
    so_far: Tallies = {}
    shown: list[Contents] = []
    while keys:
        many = chance.choice((1, 1, 2, 5, 32))
        box, keys = tallies.fallen(box, keys[:many]), keys[many:]
        so_far = tallies.further(so_far, box, k)
        if so_far["shown"] and so_far["shown"] not in shown:
            shown.append(so_far["shown"])
    return tuple(shown)


def _named(group: str) -> Named:
    return {"handle": group, "name": group, "initial": group[:1], "colour": 0} if group else NO_GROUP


def _question(chance: random.Random) -> Question:
    kind = chance.choice(list(Kind))
    if kind is Kind.SCALE:
        return Question(kind, low=1, high=chance.randint(3, 7))
    options = tuple("abcdef"[: chance.randint(2, 6)])
    most: Any = chance.randint(1, len(options)) if kind is Kind.SEVERAL else None
    return Question(kind, options, at_most=most)


def _choice(question: Question, chance: random.Random) -> str:
    if chance.random() < 0.08:
        return ABSTAIN
    if question.kind is Kind.SCALE:
        return str(chance.randint(question.low, question.high))
    order = list(question.options)
    chance.shuffle(order)
    return choice(question, order[: chance.randint(1, question.limit)])
