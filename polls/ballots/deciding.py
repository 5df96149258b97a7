"""What later features decide by a poll's result, in the transaction that closes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from polls.ballots.models import Poll

#: (room, who closes it, the poll with its result)
Decider = Callable[[Any, Any, Poll], None]
_deciders: list[Decider] = []


def decider(decide: Decider) -> Decider:
    """Register what a later feature does when a poll has closed. It is called with the room locked."""
    _deciders.append(decide)
    return decide


def decide(room: Any, by: Any, poll: Poll) -> None:
    """Let everybody decide by this poll who registered."""
    for each in _deciders:
        each(room, by, poll)
