from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliberate.live.marks import Held, veiled_marks
from polls.opinions import queries


@veiled_marks("opinions")
def own(room: Any, pseudonyms: Sequence[Any]) -> Held:
    """What a pseudonym said of each idea: stance:<handle>:agree, :pass or :disagree."""
    found: dict[Any, set[str]] = {}
    for who, handle, word in queries.own(room, pseudonyms):
        found.setdefault(who, set()).add(f"stance:{handle}:{word}")
    return found
