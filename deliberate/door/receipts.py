"""Receipts: what was done once is not done again, however often and however late it comes in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import date
from typing import Any

from deliberate import rows
from deliberate.clock import now
from deliberate.door.models import Receipt
from deliberate.door.registry import Answer

KEPT = "SELECT key, answer FROM deliberate_receipt WHERE key = ANY(%s)"
#: So many are deleted at a time: an act that comes meanwhile waits for one such slice at most.
SLICE = 2000


def key_of(seat: Any, act: str, said: str) -> str:
    """What is the same act: the seat's key, the phone's id for it, and what it said (command and fields). "" without an id.

    The id is random and stored nowhere: a key tells nothing of the other two."""
    return hashlib.blake2b(f"{seat} {act} {said}".encode(), digest_size=16).hexdigest() if act else ""


def again(answer: Answer) -> Answer:
    """What the repetition of an act hears. What it turned on may have been turned off since: the door looks the marks up."""
    return Answer(say=answer.say, data=answer.data)


def said_before(keys: list[str]) -> dict[str, Answer]:
    """By key, what was answered to those of these acts that were done."""
    found = rows.read(KEPT, keys) if keys else []
    return {key: Answer(**json.loads(kept)) for key, kept in found}


def keep(done: Iterable[tuple[str, str, Answer]]) -> None:
    """Keep receipts of acts: key, the event's handle, answer. IntegrityError where one of them has been done.

    Call it in the act's transaction. Rows stand by their keys: their order within it tells nothing."""
    day = now().date().isoformat()
    kept = sorted(
        (key, json.dumps({"say": str(answer.say), "data": answer.data}), day, scope) for key, scope, answer in done
    )
    rows.insert(Receipt, ("key", "answer", "day", "scope"), kept)


def remove_before(day: date) -> int:
    """Delete the receipts of earlier days, by the slice; how many there were."""
    count = 0
    while old := list(Receipt.objects.filter(day__lt=day).values_list("key")[:SLICE]):
        rows.delete(Receipt, ("key",), old)
        count += len(old)
    return count
