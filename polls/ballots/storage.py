"""What a database keeps beside its rows, and how the traces of a secret poll leave it."""

from __future__ import annotations

import structlog
from django.db import OperationalError, connection

from deliberate.shell.traces import wipe
from polls.ballots.models import BallotBox, BlindBallot, Participation, Voucher

log = structlog.get_logger("deliberate.ballots")
#: What holds a secret poll while it is open, and nothing of it afterwards.
TABLES = ", ".join(model._meta.db_table for model in (BallotBox, BlindBallot, Participation, Voucher))
#: How long a table may be asked for whole: who votes elsewhere meanwhile waits behind it.
PATIENCE = "1s"


def forget_old_pages() -> None:
    """Call it after the commit that deleted what a poll held: earlier pages show it ballot by ballot, as they came.

    SQLite: moves the write-ahead log into the database, where freed bytes are overwritten, and empties it.
    PostgreSQL: writes the tables anew, without what is gone; where somebody reads them for longer than PATIENCE (a backup), it
    frees the dead rows at least. What its own log and backups keep is the operator's (docs)."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{PATIENCE}'")
            try:
                cursor.execute(f"VACUUM (FULL) {TABLES}")
            except OperationalError:
                log.warning("the tables of a closed poll could not be written anew; its rows are freed")
                cursor.execute(f"VACUUM {TABLES}")
            finally:
                cursor.execute("RESET lock_timeout")
    elif not wipe():
        log.warning("the write-ahead log could not be emptied; it will be with the next secret poll")
