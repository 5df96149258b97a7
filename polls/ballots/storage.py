"""What a database keeps beside its rows, and how the traces of a secret poll leave it."""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.db import OperationalError, connection

from deliberate.shell.traces import wipe
from polls.ballots.models import BallotBox, BlindBallot, Participation, Voucher

log = structlog.get_logger("deliberate.ballots")
#: What holds a secret poll while it is open, and nothing of it afterwards.
TABLES = ", ".join(model._meta.db_table for model in (BallotBox, BlindBallot, Participation, Voucher))
#: How long a table may be asked for whole, since who votes elsewhere waits behind it; and how long to wait for those who still
#: read the database as it was. In seconds.
PATIENCE_S = 1
#: Whether somebody does, or still writes, in any database of the cluster: for them PostgreSQL keeps rows that were deleted.
OLDER = """
    SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid()
    AND greatest(age(backend_xmin), age(backend_xid)) > age(%s::xid))
"""


def forget_old_pages() -> None:
    """Call it after the commit that deleted what a poll held: earlier pages show it ballot by ballot, as they came.

    SQLite: moves the write-ahead log into the database, where freed bytes are overwritten, and empties it.
    PostgreSQL: writes the tables anew, without what is gone; where somebody reads them for longer than PATIENCE_S (a backup), it
    frees the dead rows as far as it can. What its own log and backups keep is the operator's (docs)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            _let_others_end(cursor)
            cursor.execute(f"SET lock_timeout = '{PATIENCE_S}s'")
            try:
                cursor.execute(f"VACUUM (FULL) {TABLES}")
            except OperationalError:
                log.warning("the tables of a closed poll could not be written anew; its rows are freed")
                cursor.execute(f"VACUUM {TABLES}")
            finally:
                cursor.execute("RESET lock_timeout")
    elif not wipe():
        log.warning("the write-ahead log could not be emptied; it will be with the next secret poll")


def _let_others_end(cursor: Any) -> None:
    """Wait for whoever began before now, where they end soon."""
    cursor.execute("SELECT pg_current_xact_id()::xid::text")
    [(now,)] = cursor.fetchall()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        cursor.execute(OLDER, [now])
        if cursor.fetchall() == [(False,)]:
            return
        time.sleep(0.02)
    log.warning("somebody reads the database as it was before a poll closed; what they hold is freed with the next one")
