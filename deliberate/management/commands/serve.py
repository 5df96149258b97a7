"""`deliberate serve`: one process of a deployment."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
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
        if options["migrate"]:
            call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        serve(options["host"], options["port"], ready=lambda: self.stdout.write(f"serving on port {options['port']}"))
