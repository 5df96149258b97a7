"""Rankings: instant-runoff with every round, and the Condorcet winner where there is one.

Instant-runoff. Every ballot counts for the highest of its options still in. Whoever has more than
half of the ballots still counting wins; else the option with fewest votes goes out and the next
round begins. A ballot none of whose options is still in is exhausted and counts no longer.

Ties for going out, and for winning among the last two, are broken by one stated rule:

1. the tied option with fewest votes in the round before goes out; if that is a tie too, the round
   before that one, and so on, among those still tied;
2. if they were equal in every round, the one that stands lowest on the ballot paper goes out.

A round says when this rule was used, and how far it had to go.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from polls.ballots.core import ABSTAIN, Question, picks


class TieBrokenBy(StrEnum):
    EARLIER_ROUND = "earlier_round"
    PAPER_ORDER = "paper_order"


@dataclass(frozen=True, slots=True)
class Tie:
    """`between`: the options equally last; `round`: the earlier round, from 1, that parted them."""

    between: tuple[str, ...]
    broken_by: TieBrokenBy
    round: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """Votes of those still in, in the order of the paper; `out` is who leaves after this round,
    None in the last."""

    votes: Mapping[str, int]
    exhausted: int
    out: str | None
    tie: Tie | None


@dataclass(frozen=True, slots=True)
class Runoff:
    """`winner` None where no ballot ranked anything."""

    rounds: tuple[Round, ...]
    winner: str | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """`prefer[a, b]`: ballots that rank a above b. `winner`: who beats every other one to one."""

    prefer: Mapping[tuple[str, str], int]
    winner: str | None


def instant_runoff(question: Question, counts: Mapping[str, int]) -> Runoff:
    ballots = _ballots(question, counts)
    if not ballots:
        return Runoff((), None)
    still_in = list(question.options)
    rounds: list[Round] = []
    while True:
        votes, exhausted = _count(ballots, still_in)
        counting = sum(votes.values())
        ahead = max(still_in, key=lambda option: votes[option])
        if 2 * votes[ahead] > counting:
            rounds.append(Round(votes, exhausted, None, None))
            return Runoff(tuple(rounds), ahead)
        out, tie = _last(votes, rounds, question.options)
        rounds.append(Round(votes, exhausted, out, tie))
        still_in.remove(out)


def pairs(question: Question, counts: Mapping[str, int]) -> Pairs:
    """Every option against every other. Unranked options are below all ranked ones, and equal."""
    ballots = _ballots(question, counts)
    prefer = dict.fromkeys(permutations(question.options, 2), 0)
    for ranked, count in ballots.items():
        place = {option: n for n, option in enumerate(ranked)}
        for a, b in prefer:
            if place.get(a, len(place)) < place.get(b, len(place)):
                prefer[a, b] += count
    winner = None
    for a in question.options:
        if all(prefer[a, b] > prefer[b, a] for b in question.options if b != a):
            winner = a
    return Pairs(prefer, winner)


def _ballots(question: Question, counts: Mapping[str, int]) -> dict[tuple[str, ...], int]:
    return {picks(question, key): count for key, count in counts.items() if key != ABSTAIN and count}


def _count(ballots: Mapping[tuple[str, ...], int], still_in: Sequence[str]) -> tuple[dict[str, int], int]:
    votes = dict.fromkeys(still_in, 0)
    exhausted = 0
    for ranked, count in ballots.items():
        highest = next((option for option in ranked if option in votes), None)
        if highest is None:
            exhausted += count
        else:
            votes[highest] += count
    return votes, exhausted


def _last(votes: Mapping[str, int], rounds: Sequence[Round], paper: Sequence[str]) -> tuple[str, Tie | None]:
    """Who goes out, and the tie that had to be broken for it."""
    between = tied = _fewest(votes, list(votes))
    if len(tied) == 1:
        return tied[0], None
    for number in range(len(rounds), 0, -1):
        tied = _fewest(rounds[number - 1].votes, tied)
        if len(tied) == 1:
            return tied[0], Tie(tuple(between), TieBrokenBy.EARLIER_ROUND, number)
    lowest = max(tied, key=paper.index)
    return lowest, Tie(tuple(between), TieBrokenBy.PAPER_ORDER)


def _fewest(votes: Mapping[str, int], among: Sequence[str]) -> list[str]:
    least = min(votes[option] for option in among)
    return [option for option in among if votes[option] == least]
