"""How busy this process is: how late its event loop comes to what is due.

Measured while lines are open; ticks stretch by it (room.py)."""

from __future__ import annotations

import asyncio

#: Seconds between two looks.
EVERY_S = 0.1
#: A loop that is this late, in seconds, is twice as slow to paint what the crowd does.
LATE_S = 0.03
MOST = 8.0


class _Lateness:
    seconds = 0.0


_lateness = _Lateness()


async def watch() -> None:
    """Look for ever how late the loop is. What was seen wears off within some looks."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + EVERY_S
        await asyncio.sleep(EVERY_S)
        late = max(0.0, loop.time() - due)
        _lateness.seconds = max(late, 0.7 * _lateness.seconds + 0.3 * late)


def lateness() -> float:
    """How late the loop was lately, in seconds."""
    return _lateness.seconds


def stretch() -> float:
    """By how much ticks are longer than on an idle machine, from 1 to MOST."""
    return min(MOST, 1.0 + _lateness.seconds / LATE_S)
