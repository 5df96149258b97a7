"""`deliberate import FILE`: the event of a JSON bundle, brought into this service."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from deliberate.management.stored import tables_are_there

#: Letters of a file, at most: it is read whole.
LARGEST = 400_000_000


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text} is no day. Write it as 2027-01-31.") from None


class Command(BaseCommand):
    help = (
        "Bring an event in from the JSON bundle that another service, or this one, exported, and print its new role links. "
        "Nothing is stored where the file is not whole, or its event is here already."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--keep-until", type=_day, help="keep it to this day in place of its own (2027-01-31)")
        parser.add_argument("--url", help="the address people will use (default: PUBLIC_URL)")
        parser.add_argument("--data", help="the folder with the data (without DATABASE_URL)")

    def handle(self, *args: Any, **options: Any) -> None:
        from polls.exports.bringing import bring_in
        from polls.exports.checking import warnings
        from polls.exports.reading import BadBundle
        from rooms.events.queries import addresses

        tables_are_there()
        path: Path = options["file"]
        try:
            if path.stat().st_size > LARGEST:
                raise CommandError(f"{path} is larger than any bundle.")
            event = bring_in(path.read_text(encoding="utf-8"), until=options["keep_until"])
        except OSError as error:
            raise CommandError(f"{path} can't be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CommandError(f"{path} is no text in UTF-8.") from None
        except BadBundle as bad:
            raise CommandError(f"Nothing was stored. {bad}") from None
        self.stdout.write(f"{event.title}: brought in, to be kept until {event.retention_until}.")
        for warning in warnings(event):
            self.stdout.write(f"Note: {warning}")
        where = (options["url"] or settings.PUBLIC_URL or "http://localhost:8000").rstrip("/")
        for role, address in addresses(event, where).items():
            self.stdout.write(f"{role}: {address}")
