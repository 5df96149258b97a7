"""Group commit: what a whole room does at once (ballots, upvotes, stances) is stored together.

What comes while one transaction is being committed makes the next. Everybody hears only after the commit; a batch that
fails as a whole has changed nothing, and whoever may be to blame for it is tried alone.
DeWitt et al., "Implementation techniques for main memory database systems" (SIGMOD 1984), section 5: group commit."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import Error, IntegrityError, transaction

from deliberate.door import receipts
from deliberate.door.entrance import Place
from deliberate.door.perform import Fields, Prepared, absent, do_all, language_of, outcome, prepared, seats_of, stored
from deliberate.door.registry import Answer
from deliberate.door.veil import veil
from deliberate.languages import by_language
from deliberate.shell import metrics

#: The most acts of one transaction: a moderator's act waits for one of them at most.
MOST = 500


@dataclass(frozen=True, slots=True)
class Asking:
    """One act as it came in."""

    place: Place
    name: str
    fields: Fields
    act: str


Result = Answer | BaseException


def do_together(asking: list[Asking]) -> list[Result]:
    """Do these acts of crowds, in their order, in one transaction; an Answer for each that is stored, else why it is not."""
    started = time.perf_counter()
    results: list[Result | None] = [None] * len(asking)
    ready: dict[int, Prepared] = {}
    for number, each in by_language(asking, lambda each: language_of(each.place)):
        try:
            ready[number] = prepared(each.place, each.name, each.fields, each.act)
        except Exception as problem:
            results[number] = problem
    for veiled in (False, True):  # each in a transaction of its own: no seat stands beside a pseudonym
        numbers = sorted(number for number, each in ready.items() if each.veiled is veiled)
        done = _stored([ready[number] for number in numbers], [asking[number] for number in numbers], veiled)
        for number, result in zip(numbers, done, strict=True):
            results[number] = result
    found = [result for result in results if result is not None]
    _told(asking, found, time.perf_counter() - started)
    return found


def _stored(ready: list[Prepared], asking: list[Asking], veiled: bool) -> list[Result]:
    """Results for these, all of them veiled or none."""
    if not ready:
        return []
    try:
        problems = veil().admit([each.place for each in ready]) if veiled else [None] * len(ready)
        good = [each for each, problem in zip(ready, problems, strict=True) if problem is None]
        done = iter(_commit(good) if good else ())
        return [problem or next(done) for problem in problems]
    except IntegrityError:  # a twin of one of them came in by another process just now
        return [_alone(each) for each in asking]
    except Error as problem:  # the database is away, or full: trying each alone would only take longer
        return [problem] * len(asking)
    except Exception:
        return [_alone(each) for each in asking]


def _told(asking: list[Asking], results: list[Result], seconds: float) -> None:
    """Log and count how these went; what took time was one transaction."""
    went = Counter(
        outcome(each.place, each.name, result if isinstance(result, BaseException) else None)
        for each, result in zip(asking, results, strict=True)
    )
    for labels, times in went.items():
        metrics.acts.labels(*labels).inc(times)
    metrics.act_seconds.observe(seconds)


def _alone(asking: Asking) -> Result:
    try:
        return stored(asking.place, asking.name, asking.fields, asking.act)
    except Exception as problem:
        return problem


def _commit(ready: list[Prepared]) -> list[Result]:
    """Results for these, in order, after the commit."""
    keys = [each.receipt() for each in ready]
    firsts: dict[str, int] = {}
    #: For each where it came first: sent twice within one batch, it is done once.
    first = [firsts.setdefault(key, number) if key else number for number, key in enumerate(keys)]
    with transaction.atomic():
        seats = seats_of(ready)
        # Only now: what another process has done for one of these seats is committed.
        done_before = receipts.said_before(
            [key for key, number in firsts.items() if not absent(seats[number], ready[number])]
        )
        results: dict[int, Result] = {firsts[key]: answer for key, answer in done_before.items()}
        todo = [number for number in dict.fromkeys(first) if number not in results]
        # Room by room: some of these lock theirs, and processes that lock two do so in the same order.
        for _kind, these in sorted(_rounds(ready, todo).items(), key=lambda round: (round[0][2], round[0])):
            done = do_all([ready[number] for number in these], [seats[number] for number in these])
            results |= zip(these, done, strict=True)
        receipts.keep(
            (keys[number], ready[number].place.event.handle, ready[number].command.kept(answer))
            for number in todo
            if keys[number] and isinstance(answer := results[number], Answer)
        )
    return [results[here] if here == number else _repeated(results[here]) for number, here in enumerate(first)]


def _repeated(result: Result) -> Result:
    return receipts.again(result) if isinstance(result, Answer) else result


def _rounds(ready: list[Prepared], numbers: list[int]) -> dict[tuple[int, str, int], list[int]]:
    """These acts by round, command and room. What one seat asks after something of another kind is for a later round: its
    acts are done in their order."""
    rounds: dict[tuple[int, str, int], list[int]] = {}
    last: dict[Any, tuple[int, str, int]] = {}
    for number in numbers:
        act = ready[number]
        kind, before = (act.command.name, act.place.room.pk), last.get(act.place.seat.pk)
        turn = 0 if before is None else before[0] if before[1:] == kind else before[0] + 1
        last[act.place.seat.pk] = (turn, *kind)
        rounds.setdefault((turn, *kind), []).append(number)
    return rounds
