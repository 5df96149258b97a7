"""What a database keeps beside its rows, and how the traces of a secret poll leave it."""

from __future__ import annotations

import structlog
from django.db import connection

from deliberate.shell.traces import wipe
from polls.ballots.models import BallotBox, Participation

log = structlog.get_logger("deliberate.ballots")


def forget_old_pages() -> None:
    """Call it after the commit that deleted a poll's box and participations: earlier pages show the box ballot by ballot.

    SQLite: moves the write-ahead log into the database, where freed bytes are overwritten, and empties it.
    PostgreSQL: frees the dead rows of both tables; what its own log and backups keep is the operator's (docs)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM {BallotBox._meta.db_table}, {Participation._meta.db_table}")
    elif not wipe():
        log.warning("the write-ahead log could not be emptied; it will be with the next secret poll")
