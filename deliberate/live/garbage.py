"""When Python looks for what nobody refers to any more (gc): often and briefly, never long while a room waits."""

from __future__ import annotations

import gc

from deliberate.live import load

#: New objects between two looks at them (some 5 ms). What outlives one is looked at with everything else, when it is calm.
YOUNG = 10_000
#: So many such looks, and everything is due.
BRIEF = 50
#: The objects of one line. What lives is no rubbish: the more of it there is, the later everything is due.
OF_A_LINE = 100
#: As many times that much, and it waits for calm no longer.
OVERDUE = 4
#: A loop that is later than this, in seconds, has something else to do.
CALM_S = 0.01


def begin() -> None:
    """What start-up made lives as long as the process: looking through it again and again would be waste."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 1_000_000, 1_000_000)


def look(living: int) -> bool:
    """Whether everything was looked at, with so many lines open. It takes some 50 µs for each: half a second for ten thousand.
    So it waits for a calm moment, unless it is long overdue. A line that is gone leaves nothing for it to find where a wire
    of ours carried it (on_uvicorn.py)."""
    due = gc.get_count()[1] * YOUNG / (BRIEF * YOUNG + living * OF_A_LINE)
    if due < 1 or (due < OVERDUE and load.lateness() > CALM_S):
        return False
    gc.collect()
    return True
