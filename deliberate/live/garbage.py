"""When Python looks for what nobody refers to any more (gc): often and briefly, never long while a room waits."""

from __future__ import annotations

import gc

from deliberate.live import load

#: New objects between two looks at them (some 5 ms). What outlives one is looked at with everything else, when it is calm.
YOUNG = 10_000
#: So many such looks, and everything is due.
BRIEF = 50
#: A line leaves some objects that refer to each other. Fewer lines than this are not worth a look at everything.
FEW = 200
#: As many times that much, and it waits for calm no longer.
OVERDUE = 4
#: A loop that is later than this, in seconds, has something else to do.
CALM_S = 0.01


def begin() -> None:
    """What start-up made lives as long as the process: looking through it again and again would be waste."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 1_000_000, 1_000_000)


class Gone:
    """Counts lines that are gone; everything is looked at when they are many beside those that live."""

    def __init__(self) -> None:
        self.lines = 0

    def look(self, living: int) -> bool:
        """Whether everything was looked at. It takes some 50 µs for each line, living or gone: half a second for ten thousand.
        So it waits for a calm moment, unless it is long overdue."""
        due = max(self.lines / max(FEW, living), gc.get_count()[1] / BRIEF)
        if due < 1 or (due < OVERDUE and load.lateness() > CALM_S):
            return False
        self.lines = 0
        gc.collect()
        return True
