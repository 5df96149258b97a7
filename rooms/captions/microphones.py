"""The microphones that this process hears. Whose seat ends is heard no more from that moment on."""

from __future__ import annotations

import asyncio
from typing import Any

from django.conf import settings

from deliberate.live.beside import beside
from deliberate.live.sheaf import Hint


class Microphones:
    """All of them, each as an event that is set when its seat has ended. It works beside the hub."""

    def __init__(self) -> None:
        self._open: dict[asyncio.Event, Any] = {}

    def full(self) -> bool:
        """Whether this process hears as many as it may."""
        return len(self._open) >= int(settings.CAPTIONS_MICROPHONES)

    def join(self, ended: asyncio.Event, seat: Any) -> None:
        self._open[ended] = seat

    def leave(self, ended: asyncio.Event) -> None:
        self._open.pop(ended, None)

    def take(self, hint: Hint) -> None:
        """A hint has arrived: of the end of a seat, perhaps."""
        if hint.end:
            for ended, seat in self._open.items():
                if seat == hint.seat:
                    ended.set()

    async def sweep(self) -> None:
        """Nothing to do: a seat is looked at with everything that is stored for it."""


microphones = Microphones()
beside(microphones)
