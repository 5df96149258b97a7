"""What a database leaves on the disk of rows that are gone."""

from __future__ import annotations

from django.conf import settings
from django.db import DatabaseError, connection

#: Others wait while SQLite's log is emptied: so long it may try.
PATIENCE_MS = 250


def wipe(patience_ms: int = PATIENCE_MS) -> bool:
    """Make SQLite forget the earlier contents of its write-ahead log. False where somebody reads at this moment.

    Deleted rows are overwritten in the file itself (PRAGMA secure_delete); the log still holds them. Where it could not
    be emptied now, the next call or the next checkpoint does. Other databases see to it by themselves
    (docs/security.md)."""
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {patience_ms}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return bool(cursor.fetchone()[0] == 0)
        except DatabaseError:
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {settings.DATABASES['default']['OPTIONS']['timeout'] * 1000}")


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
