"""`deliberate serve`: a deployment's processes on this machine."""

from __future__ import annotations

import os
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from deliberate.management.stored import tables_are_there
from deliberate.shell import workers
from deliberate.shell.server import DEFAULT, SERVERS, serve


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) <= 256:
        raise ArgumentTypeError(f"{text} is no number of processes. From 1 to 256.")
    return int(text)


def _several_can() -> None:
    """CommandError where several processes would not make one service."""
    if not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        raise CommandError("Several workers need PostgreSQL: set DATABASE_URL. With SQLite, serve with one.")
    if not settings.REDIS_URLS:
        raise CommandError(
            "Several workers need Redis: set REDIS_URL. Without it the people of one worker would not see what those of "
            "another do."
        )


class Command(BaseCommand):
    help = "Serve on a port. Database, Redis and hosts come from the environment (docs/operations.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--data", help="the folder for collected static files and, without DATABASE_URL, the data")
        parser.add_argument(
            "--workers", type=_count, default=1, help="processes on this port; more than one need PostgreSQL and Redis"
        )
        parser.add_argument("--server", choices=SERVERS, default=DEFAULT, help="what speaks HTTP and sockets")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") and not os.environ.get("SECRET_KEY"):
            raise CommandError(
                "SECRET_KEY is empty. Every process of a deployment needs the same long random one, or seats of one "
                "process are unknown to the next."
            )
        if not settings.ALLOWED_HOSTS:
            raise CommandError("ALLOWED_HOSTS is empty. Name the hosts that people type, divided by commas.")
        if options["workers"] > 1:
            _several_can()
        if options["migrate"]:
            call_command("migrate", verbosity=0, interactive=False)
        else:
            tables_are_there()
        call_command("purge", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        host, port, server, count = options["host"], options["port"], options["server"], options["workers"]

        def ready() -> None:
            self.stdout.write(f"serving on port {port}" + (f" with {count} workers" if count > 1 else ""))
            self.stdout.flush()

        try:
            if count > 1:
                workers.serve(host, port, count=count, server=server, ready=ready)
            else:
                serve(host, port, server=server, ready=ready)
        except OSError as error:
            raise CommandError(f"Port {port} on {host} can't be used ({os.strerror(error.errno or 0)}).") from None
