"""`deliberate serve`: one process of a deployment."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand

from deliberate.shell.server import serve


class Command(BaseCommand):
    help = "Serve on a port. Database, Redis and hosts come from the environment (docs/operations.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--data", help="the folder for collected static files and, without DATABASE_URL, the data")
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") and not os.environ.get("SECRET_KEY"):
            raise CommandError(
                "SECRET_KEY is empty. Every process of a deployment needs the same long random one, or seats of one "
                "process are unknown to the next."
            )
        if not settings.ALLOWED_HOSTS:
            raise CommandError("ALLOWED_HOSTS is empty. Name the hosts that people type, divided by commas.")
        if options["migrate"]:
            call_command("migrate", verbosity=0, interactive=False)
        call_command("purge", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        serve(options["host"], options["port"], ready=lambda: self.stdout.write(f"serving on port {options['port']}"))
