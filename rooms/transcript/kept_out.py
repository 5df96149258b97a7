"""What the captions of a recording may not bring back: words that were withdrawn, corrected by who spoke, or struck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from rooms.floor.models import Turn
from rooms.transcript import queries
from rooms.transcript.models import Revision, Segment
from rooms.transcript.struck import WITHDRAWN

#: Captions come this much later than the words, or a recording's clock goes wrong by so much, whatever stands beside them.
LAG = timedelta(seconds=8)


class KeptOut:
    """When words were said in a room that are to stand nowhere any more. Nobody knows to the second when that was: captions come
    later than speech. So a piece reaches to where the one before it began, and to where the one after it ended."""

    def __init__(self, room: Any) -> None:
        self._spans: dict[Any, list[tuple[datetime | None, datetime]]] = defaultdict(list)
        all_of_it = list(Segment.objects.filter(room=room).select_related("turn").order_by("started_at", "number"))
        earlier: dict[Any, list[str]] = defaultdict(list)
        for piece, text in (
            Revision.objects.filter(segment__room=room).order_by("number").values_list("segment", "text")
        ):
            earlier[piece].append(text)
        by_turn: dict[Any, list[Segment]] = defaultdict(list)
        for segment in all_of_it:
            by_turn[_key(segment.turn)].append(segment)
        for key, some in by_turn.items():
            # Between turns a neighbour is whatever was said before: else all between turns would be one stretch.
            beside = some if key is not None else all_of_it
            for at, segment in enumerate(beside):
                if _key(segment.turn) == key and overwritten(segment, earlier[segment.pk]):
                    self._spans[key].append(_span(beside, at))

    def holds(self, turn: Turn | None, since: datetime, until: datetime) -> bool:
        """Whether what was said then, in this turn or in none, may be of such words."""
        if queries.withdrawn_with(turn, since):
            return True
        return any((begin is None or begin < until) and since < end for begin, end in self._spans[_key(turn)])


def overwritten(segment: Segment, earlier: Sequence[str]) -> bool:
    """Whether words were taken out of a segment for good, by its `earlier` texts in order: a captioner's correction leaves another
    text before it, an overwriting the same one. Of what came with a bundle they are missing: there it is wherever one was."""
    texts = [*earlier, segment.text]
    return segment.text == WITHDRAWN or len(texts) <= segment.revision or any(a == b for a, b in pairwise(texts))


def _key(turn: Turn | None) -> Any:
    """Which turn, of those that were on the floor: a file's own turns are made anew with each file."""
    return turn.pk if turn is not None and turn.called_at is not None else None


def _span(said: Sequence[Segment], at: int) -> tuple[datetime | None, datetime]:
    """From when to when its words may have been said. All that was said in a turn before its first piece may be of that."""
    segment = said[at]
    before = said[at - 1].started_at if at else None
    after = said[at + 1].ended_at if at + 1 < len(said) else segment.ended_at
    since = min(before, segment.started_at - LAG) if before is not None else None
    return since, max(after, segment.ended_at + LAG)
