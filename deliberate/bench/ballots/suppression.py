"""Ten thousand polls are made up and published as the service does; a solver looks for whoever could be told from them."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from deliberate.bench.ballots import solver
from deliberate.bench.ballots.made_up import STEP, Held, held
from deliberate.bench.ballots.solver import Sum
from deliberate.bench.result import Asked, Reach, Table
from polls.ballots.core import Contents, rows
from polls.ballots.outcome import figures

POLLS, FEW = 10_000, 500


@dataclass
class Suppressed:
    """`named`: groups (of a poll) all of whose choices are certain though their cell was not of one mind; `small`: sets of fewer
    than k whose figures can be worked out; `steps`: turnouts that were shown and are no step; `tallies`: how many were shown; `control`: polls in which a
    careless rule gave somebody away; `alike` and `few`: what is warned of and not hidden."""

    polls: int = 0
    blind: int = 0
    cells: int = 0
    sets: int = 0
    bounds: int = 0
    named: list[str] = field(default_factory=list)
    small: list[str] = field(default_factory=list)
    steps: int = 0
    tallies: int = 0
    control: int = 0
    alike: int = 0
    few: int = 0


def look(poll: Held, found: Suppressed) -> None:
    """Everything that can be worked out of one poll."""
    found.polls += 1
    found.blind += poll.blind
    sizes = Counter(group for group, _key in poll.ballots)
    everybody = len(poll.ballots)
    found.few += everybody < poll.k
    found.tallies += len(poll.tallies)
    found.steps += sum(poll.blind and count % STEP > 0 for count in poll.turnout)
    for before, after in pairwise([(), *poll.tallies, final(poll)]):
        then, now = Counter(dict(_rows(before))), Counter(dict(_rows(after)))
        fresh, gone = now - then, then - now
        if gone or (poll.tallies and sum(fresh.values()) < poll.k):
            found.small.append(f"two tallies differ by {sum(fresh.values())} ballots, k is {poll.k}")
    groups = sorted(poll.seats)
    published = solver.sums(poll.published, poll.seats)
    found.cells += len(published) - 1
    if poll.blind and poll.published["cells"]:
        found.small.append("a blind poll was broken down by group")
    for some in solver.narrowed(published, groups):
        found.sets += 1
        ballots = sum(sizes[group] for group in some)
        if ballots < poll.k and some != frozenset(groups):
            found.small.append(f"{ballots} ballots of {sorted(some)}, k is {poll.k}")
    known = {(each.groups, answer): votes for each in published for answer, votes in each.answers.items()}
    for each in solver.bounds(published, poll.seats, poll.k):
        found.bounds += 1
        low, high = each.ballots
        if low == high == 0 or each.least < high:
            continue
        cell = next(one for one in reversed(published) if each.group in one.groups)
        if known[cell.groups, each.answer] == cell.ballots:
            found.alike += 1
        else:
            found.named.append(f"all {high} of {each.group} chose {each.answer}")
    found.control += _careless(poll, sizes)


def final(poll: Held) -> Contents:
    """What the published ballots of a blind poll add up to."""
    return rows([("", key, 1) for _group, key in poll.ballots])


def _rows(contents: Contents) -> list[tuple[str, int]]:
    return [(key, count) for _group, key, count in contents]


def _careless(poll: Held, sizes: Counter[str]) -> bool:
    """Whether a rule that hides small groups alone, and nothing with them, would have given some away."""
    if poll.blind:
        return False
    groups = sorted(poll.seats)

    def of(some: frozenset[str]) -> Sum:
        told = figures(poll.question, Counter(key for group, key in poll.ballots if group in some))
        return Sum(some, told["ballots"], dict(told["votes"]))

    careless = solver.careless({group: sizes[group] for group in groups}, poll.k)
    published = [of(frozenset(groups)), *(of(each) for each in careless)]
    return any(sum(sizes[g] for g in some) < poll.k for some in solver.narrowed(published, groups))


def looked(polls: int, seed: int) -> Suppressed:
    chance, found = random.Random(f"{seed} suppression"), Suppressed()
    for _poll in range(polls):
        look(held(chance), found)
    return found


async def bench(asked: Asked) -> Suppressed:
    polls = 10 * asked.phones[0] if asked.phones else FEW if asked.quick else POLLS
    asked.say(f"suppression: {polls} polls")
    found = await asyncio.to_thread(looked, polls, asked.seed)
    asked.say(f"{found.sets} sets, {found.bounds} bounds: {len(found.named)} named, {len(found.small)} under k")
    return found


def reached(found: Suppressed) -> list[Reach]:
    return [
        Reach("polls that were made up and searched", found.polls, min(found.polls, POLLS), least=True),
        Reach("groups whose choices are certain", len(found.named), 0),
        Reach("sets of fewer than k whose figures follow", len(found.small), 0),
        Reach("turnouts of open blind polls that are no step", found.steps, 0),
        Reach("polls in which a careless rule is seen through (a control)", found.control, 1, least=True),
    ]


ASSUMED = (
    "The reader knows the seats of each group at the closing, k, and the rule; not how any one person voted. What is searched: the "
    "figures of everybody, of each cell, and turnout and tallies while it was open, for sealed and blind polls of every kind. A set of "
    "groups is found out where its figures are a sum or difference of published ones; a group where what is certain of it, over "
    "every turnout that fits, is that all of it chose the same. Not hidden but warned of: a cell, or a room, in which all chose "
    "alike; a poll with fewer than k ballots in all; the tally of everybody, in which an answer may have one vote. Two polls are "
    "other questions, so they are not subtracted from each other; in an open poll names are published on purpose."
)


def tables(found: Suppressed) -> list[Table]:
    heads = [
        "polls",
        "of them blind",
        "cells",
        "tallies",
        "sets that can be worked out",
        "bounds",
        "all alike",
        "under k in all",
        "careless",
    ]
    row = [
        found.polls,
        found.blind,
        found.cells,
        found.tallies,
        found.sets,
        found.bounds,
        found.alike,
        found.few,
        found.control,
    ]
    shown = [Table("What follows from what is published", heads, [row], ASSUMED)]
    wrong = [[each] for each in [*found.named, *found.small][:40]]
    return [*shown, Table("Who is given away", ["what"], wrong)] if wrong else shown
