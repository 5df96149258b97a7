"""`deliberate event TITLE`: a new event in a deployment, and its six links."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from deliberate.management.stored import tables_are_there


class Command(BaseCommand):
    help = "Make an event with one room and print its role links; the host link leads to everything else."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("title")
        parser.add_argument(
            "--group", action="append", default=[], help="a stakeholder group; may be given several times"
        )
        parser.add_argument("--room", default="Main hall")
        parser.add_argument("--url", help="the address people will use (default: PUBLIC_URL)")
        parser.add_argument("--data", help="the folder with the data (without DATABASE_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        from rooms.events.actions import create_event
        from rooms.events.queries import addresses

        tables_are_there()
        event = create_event(title=options["title"], groups=options["group"], room=options["room"], agenda=[])
        where = (options["url"] or settings.PUBLIC_URL or "http://localhost:8000").rstrip("/")
        for role, address in addresses(event, where).items():
            self.stdout.write(f"{role}: {address}")
