"""What a database leaves on the disk of rows that are gone."""

from __future__ import annotations

from contextlib import closing

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

log = structlog.get_logger("deliberate.shell")
PATIENCE_MS = 250


def wipe() -> None:
    """Make SQLite forget the earlier contents of its write-ahead log. Never waits long and never raises.

    Deleted rows are overwritten in the file itself (PRAGMA secure_delete); only the log still holds them. Where
    somebody reads at this moment the log stays, and the next call or checkpoint empties it. Other databases clean up
    by themselves (docs/security.md)."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except DatabaseError:
        log.info("the write-ahead log was not emptied now")
    finally:
        timeout_s = settings.DATABASES["default"]["OPTIONS"]["timeout"]
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {timeout_s * 1000}")


def compact() -> bool:
    """Rewrite the database without the space of deleted rows. False where it is in use just now."""
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("VACUUM")
    except DatabaseError:
        return False
    wipe()
    return True
