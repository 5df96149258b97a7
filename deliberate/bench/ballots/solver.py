"""What follows from a published result, for whoever reads all of it, knows the seats of each group, and the rule by which small
groups are folded: sums and differences of whatever is published, and the bounds between which every hidden count lies.

It is written from what is published alone, and shares nothing with the rule but its description (rooms/events/folding.py)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Any

from rooms.events.folding import fold

#: Turnouts of folded groups that are tried one by one; beyond, bounds alone are used.
MOST_TRIED = 4000


@dataclass(frozen=True)
class Sum:
    """A published figure: of which groups together, how many ballots, and how many of them each answer has."""

    groups: frozenset[str]
    ballots: int
    answers: Mapping[str, int]


def sums(published: Any, seats: Mapping[str, int]) -> list[Sum]:
    """Everything that is said of people in a result: everybody, and each cell."""
    groups = frozenset(seats)
    cells = [(frozenset(group["handle"] for group in cell["groups"]), cell["figures"]) for cell in published["cells"]]
    return [
        Sum(some, figures["ballots"], {**dict(figures["votes"]), "-": figures["abstained"]})
        for some, figures in [(groups, published["figures"]), *cells]
    ]


def narrowed(published: Sequence[Sum], groups: Sequence[str]) -> Iterator[frozenset[str]]:
    """Every set of groups whose own figures are a sum or difference of published ones: those in the span of what is published,
    by elimination over the rationals."""
    rows = [[Fraction(int(group in each.groups)) for group in groups] for each in published]
    basis = reduced(rows)
    for some in chain.from_iterable(combinations(range(len(groups)), size) for size in range(1, len(groups) + 1)):
        wanted = [Fraction(int(place in some)) for place in range(len(groups))]
        if not any(remainder(wanted, basis)):
            yield frozenset(groups[place] for place in some)


def reduced(rows: Sequence[Sequence[Fraction]]) -> list[tuple[int, list[Fraction]]]:
    """Rows in echelon form, each with the column of its first entry, which is 1."""
    basis: list[tuple[int, list[Fraction]]] = []
    for row in rows:
        left = remainder(row, basis)
        pivot = next((place for place, each in enumerate(left) if each), None)
        if pivot is not None:
            basis.append((pivot, [each / left[pivot] for each in left]))
    return basis


def remainder(row: Sequence[Fraction], basis: Sequence[tuple[int, list[Fraction]]]) -> list[Fraction]:
    """What is left of a row when all that the basis can say is taken away."""
    left = list(row)
    for pivot, known in basis:
        if times := left[pivot]:
            left = [a - times * b for a, b in zip(left, known, strict=True)]
    return left


@dataclass(frozen=True)
class Bounds:
    """How many of a group gave an answer, at least, and how many of the group voted, at least and at most."""

    group: str
    answer: str
    least: int
    ballots: tuple[int, int]


def bounds(published: Sequence[Sum], seats: Mapping[str, int], k: int) -> Iterator[Bounds]:
    """For each group and answer what is certain, over every turnout of the groups that fits what is published.

    Within a cell of T ballots, X of them with an answer, n ballots of a group hold at least n - (T - X) of it, and no more can
    be said (M. Fréchet, 1951)."""
    for each in published:
        if any(other.groups < each.groups for other in published):
            continue  # its parts say more
        names = sorted(each.groups)
        for group, (low, high) in turnouts(each, published, names, seats, k).items():
            for answer, votes in each.answers.items():
                yield Bounds(group, answer, max(0, low - (each.ballots - votes)), (low, high))


def turnouts(
    cell: Sum, published: Sequence[Sum], names: Sequence[str], seats: Mapping[str, int], k: int
) -> dict[str, tuple[int, int]]:
    """Between which numbers the ballots of each group of a cell lie: by its seats, by the others', and, where there are few
    enough ways, by whether the rule would have folded them so."""
    whole = sum(seats[name] for name in names)
    ranges = [range(max(0, cell.ballots - (whole - seats[name])), min(seats[name], cell.ballots) + 1) for name in names]
    ways = 1
    for each in ranges[:-1]:
        ways *= len(each)
    if len(names) == 1 or ways > MOST_TRIED:
        return {name: (each[0], each[-1]) for name, each in zip(names, ranges, strict=True)}
    others = {next(iter(each.groups)): each.ballots for each in published if len(each.groups) == 1}
    fits = [
        way for way in _ways(ranges, cell.ballots) if _would_fold(dict(zip(names, way, strict=True)), others, names, k)
    ]
    return {name: (min(way[n] for way in fits), max(way[n] for way in fits)) for n, name in enumerate(names)}


def _ways(ranges: Sequence[range], total: int) -> Iterator[tuple[int, ...]]:
    for some in product(*ranges[:-1]):
        last = total - sum(some)
        if last in ranges[-1]:
            yield (*some, last)


def _would_fold(inside: Mapping[str, int], others: Mapping[str, int], names: Sequence[str], k: int) -> bool:
    cells = fold({**inside, **others}, k)
    return not others or any(cell.groups == tuple(sorted(names)) for cell in cells)


def careless(sizes: Mapping[str, int], k: int) -> list[frozenset[str]]:
    """What many services do: figures of everybody, and of each group that is large enough. The control: here the solver must
    find something."""
    return [frozenset([group]) for group, size in sizes.items() if size >= k]
