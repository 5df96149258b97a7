"""`deliberate purge`: delete what is past its time. A service does it at its start and every hour by itself."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from deliberate.clock import now
from deliberate.door import receipts
from deliberate.shell.traces import compact, wipe


class Command(BaseCommand):
    help = (
        "Delete events after their retention date with all that belongs to them, keys of polls that are over, receipts older "
        "than a day, used-up pairing codes and ended log-ins; and the traces of them that a database keeps."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--data", help="the folder with the data (without DATABASE_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        from polls.ballots.blind.closing import tidy
        from rooms.events.setup.event import remove_due
        from rooms.seats.actions import remove_old_pairings

        events = remove_due(now().date())
        tidy()
        old = receipts.remove_before(now().date() - timedelta(days=1))
        pairings = remove_old_pairings()
        call_command("clearsessions", verbosity=0)
        # Only where an event went: the file may be large, and others wait while it is rewritten.
        done = compact() if events else wipe()
        if options["verbosity"]:
            self.stdout.write(f"deleted: {events} events, {old} receipts, {pairings} pairing codes")
            if not done:
                self.stdout.write(
                    "The database is in use, so it will be rewritten next time. What went is gone all the same."
                )
