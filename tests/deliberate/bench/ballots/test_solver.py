"""The solver sees through what hides too little, and through nothing else."""

from __future__ import annotations

import random
from dataclasses import replace

from deliberate.bench.ballots.made_up import Held, held
from deliberate.bench.ballots.solver import Sum, bounds, narrowed
from deliberate.bench.ballots.suppression import Suppressed, look
from polls.ballots.outcome import Cell


def said(groups: str, ballots: int, **answers: int) -> Sum:
    return Sum(frozenset(groups), ballots, answers)


def test_one_hidden_group_follows_from_the_others_and_the_whole() -> None:
    published = [said("abc", 20, yes=11), said("a", 9, yes=4), said("b", 8, yes=6)]
    assert frozenset("c") in set(narrowed(published, "abc"))


def test_two_groups_that_are_hidden_together_stay_together() -> None:
    published = [said("abcd", 30, yes=11), said("a", 9, yes=4), said("b", 8, yes=6)]
    found = set(narrowed(published, "abcd"))
    assert frozenset("cd") in found
    assert not found & {frozenset("c"), frozenset("d"), frozenset("ac")}


def test_figures_that_overlap_are_subtracted_from_one_another() -> None:
    found = set(narrowed([said("ab", 9, yes=1), said("bc", 9, yes=1), said("ac", 9, yes=1)], "abc"))
    assert frozenset("a") in found


def test_where_few_chose_otherwise_some_of_a_group_are_certain_but_nobody_is_named() -> None:
    published = [said("ab", 10, yes=9, no=1)]
    found = {(each.group, each.answer): each for each in bounds(published, {"a": 6, "b": 4}, 5)}
    assert found["a", "yes"].ballots == (6, 6), "everybody has voted"
    assert found["a", "yes"].least == 5
    assert found["b", "no"].least == 0


def test_a_cell_of_one_mind_tells_of_all_in_it() -> None:
    [each] = [
        each
        for each in bounds([said("ab", 10, yes=10, no=0)], {"a": 6, "b": 4}, 5)
        if (each.group, each.answer) == ("a", "yes")
    ]
    assert each.least == each.ballots[1] == 6


def breakdown() -> Held:
    """A made-up poll with cells of groups."""
    chance = random.Random(5)
    while True:
        poll = held(chance)
        if any(len(cell["groups"]) > 1 for cell in poll.published["cells"]) and len(poll.published["cells"]) > 1:
            return poll


def test_a_cell_that_names_one_small_group_is_found() -> None:
    poll, found = breakdown(), Suppressed()
    look(poll, found)
    assert (found.named, found.small) == ([], [])
    small = next(group for group in poll.seats if sum(other == group for other, _key in poll.ballots) < poll.k)
    cells: list[Cell] = [
        {**cell, "groups": [group for group in cell["groups"] if group["handle"] != small]}
        for cell in poll.published["cells"]
    ]
    look(replace(poll, published={**poll.published, "cells": cells}), found)
    assert found.small


def test_a_tally_that_shows_one_more_ballot_is_found() -> None:
    chance = random.Random(1)
    poll = next(each for each in (held(chance) for _try in range(1000)) if len(each.tallies) > 1)
    found = Suppressed()
    look(poll, found)
    assert found.small == []
    [(group, key, count), *others] = poll.tallies[-1]
    look(replace(poll, tallies=(*poll.tallies, ((group, key, count + 1), *others))), found)
    assert found.small
