"""Figures by group without giving small groups away.

`fold` parts the groups into cells. Only totals of a cell are published, so all an observer can
work out from the published figures are sums of whole cells: a group stands alone only if it is a
cell by itself. The rule keeps every cell at k or more:

- a group with k or more stands by itself, any smaller one goes into the remainder;
- while the remainder holds fewer than k, the next smallest group goes into it too. This covers the
  remainder of one small group, which "total minus the others" would show;
- what would be one cell is no breakdown: it would only repeat the total. So is k above the total.

A group with no ballots counts as small: that none of three people voted is a fact about three
people. Give only groups that have seats.

The rule looks at sizes alone, never at choices. Somebody who knows it may therefore narrow down
how many a folded group were, but learns nothing of what they chose. Use the same cells for every
figure of a poll (turnout, choices, abstentions): two partings of the same ballots could be
subtracted from one another. See the threshold rule and secondary suppression in Hundepool et al.,
Statistical Disclosure Control (2012), chapter 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

K = 5


@dataclass(frozen=True, slots=True)
class Cell:
    """Groups published together, in the order of the names, and how many they are."""

    groups: tuple[str, ...]
    size: int

    @property
    def folded(self) -> bool:
        return len(self.groups) > 1


def fold(sizes: Mapping[str, int], k: int = K) -> tuple[Cell, ...]:
    """The cells that may be published, largest first and the folded one last.

    `sizes`: ballots by group, every group of the event that has seats, those without ballots as 0.
    Empty where no breakdown may be shown.
    """
    if k < 1 or any(size < 0 for size in sizes.values()):
        raise ValueError("k starts at 1 and sizes at 0")
    rising = sorted(sizes, key=lambda group: (sizes[group], group))
    small = sum(size < k for size in sizes.values())
    remainder = sum(sizes[group] for group in rising[:small])
    while 0 < small < len(rising) and remainder < k:
        remainder += sizes[rising[small]]
        small += 1
    cells = [Cell((group,), sizes[group]) for group in reversed(rising[small:])]
    if small:
        cells.append(Cell(tuple(sorted(rising[:small])), remainder))
    return tuple(cells) if len(cells) > 1 else ()


def alone(sizes: Mapping[str, int], k: int = K) -> frozenset[str]:
    """The groups that are a cell by themselves: those that may be named."""
    return frozenset(cell.groups[0] for cell in fold(sizes, k) if not cell.folded)
