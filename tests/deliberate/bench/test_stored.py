"""The checker finds what is lost, doubled or changed, and does not cry where an answer is merely missing."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.bench.stored import compared

HANDLES = ["ann", "bea", "cyd"]


def done(seat: int, choice: str, stored: bool = True) -> list[Any]:
    return [f"act{seat}", seat, "poll", choice, 1.0, 1.1, stored, "" if stored else "closed"]


def cut(seat: int, choice: str) -> list[Any]:
    """An act that was sent and never answered."""
    return [f"act{seat}", seat, "poll", choice, 1.0]


@pytest.mark.parametrize(
    ("acts", "voted", "box", "found"),
    [
        ([done(0, "a"), done(1, "b")], ["ann", "bea"], {"a": 1, "b": 1}, (0, 0, 0)),
        ([done(0, "a"), done(1, "b")], ["ann"], {"a": 1}, (1, 0, 1)),
        ([done(0, "a")], ["ann"], {"a": 2}, (0, 0, 1)),
        ([done(0, "a")], ["ann"], {"b": 1}, (0, 0, 2)),
        ([done(0, "a")], ["ann", "cyd"], {"a": 1, "b": 1}, (0, 1, 1)),
        ([done(0, "a"), cut(2, "b")], ["ann", "cyd"], {"a": 1, "b": 1}, (0, 0, 0)),
        ([done(0, "a"), cut(2, "b")], ["ann"], {"a": 1}, (0, 0, 0)),
        ([done(0, "a"), done(1, "b", stored=False)], ["ann"], {"a": 1}, (0, 0, 0)),
        ([done(0, "a"), done(1, "b", stored=False)], ["ann", "bea"], {"a": 1, "b": 1}, (0, 1, 1)),
    ],
    ids=["all well", "lost", "box doubled", "changed", "from nowhere", "unanswered and stored", "unanswered", "refused", "refused and stored"],
)  # fmt: skip
def test_what_was_said_beside_what_is_stored(
    acts: list[list[Any]], voted: list[str], box: dict[str, int], found: tuple[int, int, int]
) -> None:
    result = compared(acts, HANDLES, {"voted": voted, "turnout": len(voted), "box": box})
    assert (result.lost, result.double, result.choices_differ) == found


def test_a_turnout_that_counts_otherwise_is_told() -> None:
    assert compared([done(0, "a")], HANDLES, {"voted": ["ann"], "turnout": 2, "box": {"a": 1}}).choices_differ == 1
