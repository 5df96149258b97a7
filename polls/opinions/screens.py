from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliberate.live.marks import Held, marks
from polls.opinions import queries


@marks("opinions")
def own(room: Any, seats: Sequence[Any]) -> Held:
    """What a seat said of each idea: stance:<handle>:agree, :pass or :disagree."""
    found: dict[Any, set[str]] = {}
    for seat, handle, word in queries.own(room, seats):
        found.setdefault(seat, set()).add(f"stance:{handle}:{word}")
    return found
