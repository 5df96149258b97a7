"""What is wrong with the service just now, in words for whoever works for the room, for as long as it lasts.

Not stored: it is told over the lines as it is found, because what should store it may be what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

import structlog
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.clock import now
from deliberate.door.models import Receipt
from deliberate.live import hints, load, threads

log = structlog.get_logger("deliberate.live")
#: Seconds between two looks, and how long the database may take to answer one.
EVERY_S, PATIENCE_S = 1.0, 4.0
#: A loop that is so late, in seconds, makes everybody wait.
LATE_S = 1.0
_PROBE = "probe"


class Wrong(StrEnum):
    STORAGE = "storage"
    OTHERS = "others"
    LATE = "late"


def words(wrong: Wrong, language: str) -> str:
    """What to tell of it, in a language."""
    with override(language):
        return {
            Wrong.STORAGE: _(
                "Nothing can be stored at the moment. What people do is tried again by itself; what was answered is safe."
            ),
            Wrong.OTHERS: _("Parts of the service do not reach each other. Some screens are up to a minute behind."),
            Wrong.LATE: _("The service is overloaded. Answers and screens come late."),
        }[wrong]


class Trouble:
    """What is wrong, as this process sees it."""

    def __init__(self) -> None:
        self.now: frozenset[Wrong] = frozenset()
        self._unstored = self._elsewhere = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="probe")

    def found(self, problem: BaseException) -> None:
        """Something went wrong while storing or reading. It is told at the next look, even where a small thing could be
        stored by then: on a full disk small ones may still fit. The look after it tells whether it is over."""
        if isinstance(problem, (OperationalError, InterfaceError)):
            self._unstored = True

    def heard(self) -> None:
        """Another process could not store something: what it stands on is what this one stands on."""
        self._elsewhere = True

    async def watch(self, tell: Callable[[], None]) -> None:
        """Look for ever; `tell` is called when something begins to be wrong, and when it is over."""
        while True:
            before, self.now = self.now, frozenset(await self._look())
            if before != self.now:
                log.warning("trouble", now=sorted(self.now))
                tell()
            await asyncio.sleep(EVERY_S)

    async def _look(self) -> list[Wrong]:
        wrong = []
        failed, self._unstored = self._unstored, False
        elsewhere, self._elsewhere = self._elsewhere, False
        if failed:
            hints.tell_others(hints.Hint(unstored=True))
        if failed or elsewhere or not await self._stores(write=Wrong.STORAGE in self.now):
            wrong.append(Wrong.STORAGE)
        if hints.here.away_since is not None:
            wrong.append(Wrong.OTHERS)
        if load.lateness() > LATE_S:
            wrong.append(Wrong.LATE)
        return wrong

    async def _stores(self, *, write: bool) -> bool:
        looking = asyncio.get_running_loop().run_in_executor(self._thread, threads.fresh, _write if write else _read)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await looking
        except (Error, TimeoutError):
            return False
        return True


def _read() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def _write() -> None:
    """Write something for real, and take it back: a full disk answers questions all day."""
    with transaction.atomic():
        Receipt.objects.filter(key=_PROBE).delete()
        Receipt.objects.create(key=_PROBE, answer={}, day=now().date(), scope="")
    Receipt.objects.filter(key=_PROBE).delete()


trouble = Trouble()
