"""What a database leaves on the disk of rows that are gone."""

from __future__ import annotations

import threading
import time

from django.conf import settings
from django.db import DatabaseError, connection

#: Others wait while SQLite's log is emptied: so long it may try.
PATIENCE_MS = 250
_one_at_a_time = threading.Lock()


def wipe(patience_ms: int = PATIENCE_MS) -> bool:
    """Make SQLite forget the earlier contents of its write-ahead log. False where somebody reads at this moment.

    Deleted rows are overwritten in the file itself (PRAGMA secure_delete); the log still holds them. Where it could not
    be emptied now, the next call or the next checkpoint does. Other databases see to it by themselves
    (docs/security.md)."""
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with _one_at_a_time, connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchone()[0] == 0)
        except DatabaseError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {settings.DATABASES['default']['OPTIONS']['timeout'] * 1000}")


class Soon:
    """Wipes in a thread of its own, at once and then every `EVERY_S` at most, however often it is asked; less often where
    the disk is slow, for those who write wait meanwhile.

    Only in a process that serves: `on` is set there."""

    EVERY_S, AT_LEAST_EVERY_S = 0.5, 10.0
    #: Of the time that goes by, what wiping may take: one part in so many.
    SHARE = 20

    def __init__(self) -> None:
        self.on = False
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._last = self._cost = 0.0

    def pause(self) -> float:
        """Seconds from one wipe to the next."""
        return min(self.AT_LEAST_EVERY_S, max(self.EVERY_S, self.SHARE * self._cost))

    def ask(self) -> None:
        """Let the log be emptied; those who write meanwhile are not kept waiting for it."""
        with self._lock:
            if self.on and self._timer is None and connection.vendor == "sqlite":
                self._timer = threading.Timer(max(0.0, self._last + self.pause() - time.monotonic()), self._wipe)
                self._timer.daemon = True
                self._timer.start()

    def _wipe(self) -> None:
        with self._lock:
            self._timer, self._last = None, time.monotonic()
        try:
            emptied = wipe(patience_ms=20)
            self._cost = time.monotonic() - self._last
            if not emptied:
                self.ask()
        finally:
            connection.close()


soon = Soon()


def compact() -> bool:
    """Rewrite the database without the space of deleted rows. False where it is in use just now."""
    if connection.in_atomic_block:
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
    except DatabaseError:
        return False
    return wipe()
