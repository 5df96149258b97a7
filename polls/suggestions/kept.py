"""Themes of rooms, found once for all who look at them within some seconds; and what happens when words are struck or taken back."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from polls.ideas.models import Idea
from polls.ideas.muting import taken_back
from polls.statements.sources import IDEA, SEGMENT
from polls.suggestions import queries
from polls.suggestions.finding import ANSWER_S, Away, Themes, finder
from rooms.transcript.models import Segment
from rooms.transcript.striking import striker
from rooms.transcript.struck import Left

#: Seconds for which themes are not looked for anew, and after which they are forgotten.
FRESH_S, FORGET_S = 20.0, 60.0
_found: dict[int, tuple[float, Themes]] = {}
_one_at_a_time = threading.Lock()


def themes(room: Any) -> list[queries.Theme]:
    """The room's themes, of at most so many seconds ago, shown as its words stand now. Away where there is no answer now."""
    now = time.monotonic()
    for key in [key for key, (moment, _themes) in list(_found.items()) if now - moment > FORGET_S]:
        _found.pop(key, None)
    held = _found.get(room.pk)
    if held is None or now - held[0] > FRESH_S:
        # Whoever comes meanwhile is shown those of before, or waits where there are none.
        if _one_at_a_time.acquire(timeout=0.05 if held else ANSWER_S):
            try:
                held = _found.get(room.pk, held)
                if held is None or now - held[0] > FRESH_S:
                    held = _found[room.pk] = (time.monotonic(), _looked_for(room))
            finally:
                _one_at_a_time.release()
        elif held is None:
            raise Away("others are being answered")
    return queries.themes(room, held[1])


def _looked_for(room: Any) -> Themes:
    return finder().themes([queries.shelf(room, IDEA), queries.shelf(room, SEGMENT)], queries.THEMES)


@striker
def forget(room: Any, by: Any, segment: Segment, texts: Mapping[int, Left]) -> list[str]:
    """What was struck is gone from the finder's memory at once, without anybody waiting for it."""
    _forget(room, SEGMENT)
    return []


@taken_back
def forget_idea(room: Any, idea: Idea) -> None:
    """So is an idea that its author took back."""
    _forget(room, IDEA)


def _forget(room: Any, kind: str) -> None:
    def gone() -> None:
        _found.pop(room.pk, None)
        threading.Thread(target=finder().forget, args=([f"{room.pk}:{kind}"],), name="forget", daemon=True).start()

    transaction.on_commit(gone)
