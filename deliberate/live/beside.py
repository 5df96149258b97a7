"""What a feature does beside the hub in a process that serves: it hears all hints, and is called at each sweep."""

from __future__ import annotations

from typing import Protocol

import structlog

from deliberate.live.sheaf import Hint

log = structlog.get_logger("deliberate.live")


class Beside(Protocol):
    """Works on the hub's event loop."""

    def take(self, hint: Hint) -> None:
        """A hint has arrived, from this process or another one."""

    async def sweep(self) -> None:
        """Now and then: look whether something that was said has been lost."""


_all: list[Beside] = []


def beside(one: Beside) -> None:
    """Register somebody who works beside the hub."""
    _all.append(one)


def take(hint: Hint) -> None:
    """Hand a hint to all of them."""
    for one in _all:
        try:
            one.take(hint)
        except Exception:  # the hub has to go on
            log.exception("a hint was not taken")


async def sweep() -> None:
    """Let all of them sweep."""
    for one in _all:
        try:
            await one.sweep()
        except Exception:
            log.exception("a sweep failed")
