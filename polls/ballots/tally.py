"""Counting: turnout, one choice, several choices, a scale. Rankings are in runoff.py.

Every function takes ballots by key (see `core.counts`) and leaves abstentions out of the figures:
they are counted in `Turnout`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from polls.ballots.core import ABSTAIN, Kind, Question, picks


@dataclass(frozen=True, slots=True)
class Turnout:
    """`seats`: those who could vote; `ballots`: cast, abstentions too; `choosing`: the rest."""

    seats: int
    ballots: int
    abstained: int

    @property
    def choosing(self) -> int:
        return self.ballots - self.abstained

    @property
    def share(self) -> float:
        """Ballots per seat, 0 to 1. A seat may be gone since: then ballots are the seats."""
        seats = max(self.seats, self.ballots)
        return self.ballots / seats if seats else 0.0


@dataclass(frozen=True, slots=True)
class Bars:
    """Votes by option in the order of the paper. `leaders`: those with most votes, more than one
    in a tie, none where nobody chose. With several choices there may be more votes than ballots."""

    votes: Mapping[str, int]
    ballots: int
    leaders: tuple[str, ...]

    def share(self, option: str) -> float:
        """Votes for the option per ballot that chose something, 0 to 1."""
        return self.votes[option] / self.ballots if self.ballots else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """A scale: votes by point, every point from low to high.

    The median of an even number of ballots is half way between the two in the middle. The
    quartiles are the medians of the lower and of the upper half, the ballot in the middle of an odd
    number belonging to neither (the method of Moore and McCabe); of a single ballot, that ballot.
    `middle` is the distance between them, which holds the middle half. All None without ballots.
    """

    votes: Mapping[int, int]
    ballots: int
    median: float | None
    lower: float | None
    upper: float | None

    @property
    def middle(self) -> float | None:
        if self.lower is None or self.upper is None:
            return None
        return self.upper - self.lower


def turnout(counts: Mapping[str, int], seats: int) -> Turnout:
    return Turnout(seats, sum(counts.values()), counts.get(ABSTAIN, 0))


def bars(question: Question, counts: Mapping[str, int]) -> Bars:
    """One choice or several: votes for each option. For a ranking: first choices."""
    votes = dict.fromkeys(question.options, 0)
    ballots = 0
    for key, count in counts.items():
        chosen = picks(question, key)
        for option in chosen[:1] if question.kind is Kind.RANKING else chosen:
            votes[option] += count
        ballots += count if chosen else 0
    most = max(votes.values(), default=0)
    leaders = tuple(option for option in votes if votes[option] == most) if most else ()
    return Bars(votes, ballots, leaders)


def spread(question: Question, counts: Mapping[str, int]) -> Spread:
    votes = dict.fromkeys(range(question.low, question.high + 1), 0)
    for key, count in counts.items():
        for number in picks(question, key):
            votes[int(number)] += count
    ballots = sum(votes.values())
    if ballots == 0:
        return Spread(votes, 0, None, None, None)
    half = ballots // 2
    lower = upper = median = _median(votes, 0, ballots)
    if half:
        lower = _median(votes, 0, half)
        upper = _median(votes, ballots - half, ballots)
    return Spread(votes, ballots, float(median), float(lower), float(upper))


def _median(votes: Mapping[int, int], start: int, end: int) -> Fraction:
    """The median of the sorted ballots from position start up to, not including, end."""
    below = _at(votes, (start + end - 1) // 2)
    above = _at(votes, (start + end) // 2)
    return Fraction(below + above, 2)


def _at(votes: Mapping[int, int], position: int) -> int:
    for point in sorted(votes):
        if position < votes[point]:
            return point
        position -= votes[point]
    raise IndexError(position)
