"""`deliberate verify-poll FILE|URL`: recount a poll of blind ballots from its published file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from polls.ballots.blind import verify_poll


class Command(BaseCommand):
    help = (
        "Recount a poll of blind ballots with nothing but its published file, and say what holds. It ends with 0 only if all "
        "of it does. The same program runs elsewhere, by itself: polls/ballots/blind/verify_poll.py."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE|URL", help="where the published file lies, or its https address")

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(verify_poll.main([options["file"]]))
