"""What people think of ideas: one stance each, also where several ideas count as one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """What `who` (a pseudonym) said of `idea` (their keys); `value` is 1 for agree, 0 for pass, -1 for disagree."""

    who: int
    idea: int
    value: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many say each of one idea."""

    agree: int = 0
    disagree: int = 0
    passed: int = 0


def standing(said: Iterable[Said], root: Mapping[int, int]) -> list[Said]:
    """The stances that count, given all of them from the earliest to the latest.

    `root` says where merged ideas count. Of what somebody said of ideas that count as one, the latest stands."""
    last: dict[tuple[int, int], Said] = {}
    for each in said:
        last[each.who, root.get(each.idea, each.idea)] = each
    return list(last.values())


def counts(said: Iterable[Said], root: Mapping[int, int]) -> dict[int, Counts]:
    """How many say what, by the idea that it counts for."""
    sums: dict[int, dict[int, int]] = {}
    for each in standing(said, root):
        values = sums.setdefault(root.get(each.idea, each.idea), {1: 0, 0: 0, -1: 0})
        values[each.value] += 1
    return {idea: Counts(agree=of[1], disagree=of[-1], passed=of[0]) for idea, of in sums.items()}
