"""Group commit: what a whole room does at once (ballots, upvotes, stances) is stored together.

What comes while one transaction is being committed makes the next. Everybody hears only after the commit; a batch that
fails as a whole has changed nothing, and whoever may be to blame for it is tried alone.
DeWitt et al., "Implementation techniques for main memory database systems" (SIGMOD 1984), section 5: group commit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import groupby

from django.db import Error, IntegrityError, transaction
from django.utils.translation import override

from deliberate.door.models import Receipt
from deliberate.door.perform import (
    Fields,
    Prepared,
    do_all,
    language_of,
    perform,
    prepared,
    receipt,
    said_before,
    told,
)
from deliberate.door.registry import Answer, Place

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
    """Do these acts, in their order, in one transaction; an Answer for each that is stored, else why it is not."""
    started = time.perf_counter()
    results: list[Result | None] = [None] * len(asking)
    ready: list[tuple[int, Prepared]] = []
    for number, each in enumerate(asking):
        try:
            with override(language_of(each.place)):
                ready.append((number, prepared(each.place, each.name, each.fields, each.act)))
        except Exception as problem:
            results[number] = problem
    try:
        for (number, _act), result in zip(ready, _commit([act for _number, act in ready]), strict=True):
            results[number] = result
    except IntegrityError:  # a twin of one of them came in by another process just now
        return [result or _alone(each) for each, result in zip(asking, results, strict=True)]
    except Error as problem:  # the database is away, or full: trying each alone would only take longer
        results = [result or problem for result in results]
    except Exception:
        return [result or _alone(each) for each, result in zip(asking, results, strict=True)]
    found = [result for result in results if result is not None]
    spent = (time.perf_counter() - started) / max(1, len(asking))
    for each, result in zip(asking, found, strict=True):
        told(each.place, each.name, result if isinstance(result, BaseException) else None, spent)
    return found


def _alone(asking: Asking) -> Result:
    try:
        return perform(asking.place, asking.name, asking.fields, asking.act)
    except Exception as problem:
        return problem


def _commit(ready: list[Prepared]) -> list[Result]:
    """Results for these, in order, after the commit."""
    results: dict[int, Result] = {}
    with transaction.atomic():
        before = dict(
            Receipt.objects.filter(key__in=[act.key for act in ready if act.key]).values_list("key", "answer")
        )
        results |= {number: said_before(before[act.key]) for number, act in enumerate(ready) if act.key in before}
        first = _first_of_each(ready)
        new = [
            number for number, act in enumerate(ready) if number not in results and first.get(act.key, number) == number
        ]
        kept = []
        for _what, numbers in groupby(sorted(new, key=lambda n: _kind(ready[n])), key=lambda n: _kind(ready[n])):
            acts = [(number, ready[number]) for number in numbers]
            for (number, act), result in zip(acts, do_all([act for _number, act in acts]), strict=True):
                results[number] = result
                if act.key and isinstance(result, Answer):
                    kept.append(receipt(act, result))
        Receipt.objects.bulk_create(kept)
    return [results[number] if number in results else results[first[act.key]] for number, act in enumerate(ready)]


def _kind(act: Prepared) -> tuple[str, int]:
    return act.command.name, act.place.room.pk


def _first_of_each(ready: list[Prepared]) -> dict[str, int]:
    """By the key of its receipt, where an act comes first: sent twice within one batch, it is done once."""
    first: dict[str, int] = {}
    for number, act in enumerate(ready):
        if act.key:
            first.setdefault(act.key, number)
    return first
