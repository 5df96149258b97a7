"""`deliberate load MODE`: thousands of phones for any deployment, and how it served them."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from deliberate.load.fleet import Away
from deliberate.load.run import MODES, Found, Wish, run
from deliberate.rehearsal.phone import Away as NoSeat


class Command(BaseCommand):
    help = "Bring many phones to a room, over real sockets, and tell how long everything took them."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "mode", choices=MODES, help="arrive, hold the line, vote in what opens, or drop and come back"
        )
        parser.add_argument("--url", required=True, help="the service's address, https://plenary.example.org")
        parser.add_argument(
            "--join", default="", help="the participants' link or code: seats are taken by the join page"
        )
        parser.add_argument("--seats", type=Path, help="a file of seats made beforehand (deliberate seats)")
        parser.add_argument("--phones", type=int, default=100, help="how many (default 100)")
        parser.add_argument(
            "--within", type=float, default=5.0, help="seconds within which they come, and vote (default 5)"
        )
        parser.add_argument(
            "--seconds", type=float, default=10.0, help="how long they hold the line, or wait for a poll"
        )
        parser.add_argument(
            "--moderator", default="", help="a moderator's link: polls are opened by it, not waited for"
        )
        parser.add_argument("--polls", type=int, default=1, help="how many polls to vote in (default 1)")
        parser.add_argument("--processes", type=int, default=1, help="over so many processes (default 1)")
        parser.add_argument("--no-page", action="store_true", help="open the sockets alone, without the page before")
        parser.add_argument("--deflate", action="store_true", help="offer compression, as browsers do")
        parser.add_argument("--record", type=Path, help="a folder for every act and its answer, one line of JSON each")
        parser.add_argument("--json", type=Path, help="write the figures to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["join"] and not options["seats"]:
            raise CommandError("Name whose seats to take: --join LINK or CODE, or --seats FILE.")
        if options["record"]:
            options["record"].mkdir(parents=True, exist_ok=True)
        wish = Wish(
            mode=options["mode"],
            url=options["url"].rstrip("/"),
            phones=options["phones"],
            within_s=options["within"],
            seconds=options["seconds"],
            polls=options["polls"],
            join=options["join"],
            seats=options["seats"],
            moderator=options["moderator"],
            processes=options["processes"],
            page=not options["no_page"],
            deflate=options["deflate"],
            record=options["record"],
        )
        try:
            found = asyncio.run(run(wish, Bar()))
        except (Away, NoSeat, OSError) as error:
            raise CommandError(str(error)) from None
        if options["json"]:
            options["json"].write_text(json.dumps(found.as_json(), indent=2) + "\n")
        self.stdout.write(told(found))
        if found.connected < found.phones:
            sys.exit(1)


class Bar:
    """How far it is, on standard error: over itself on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self.shown = 0.0

    def __call__(self, at: dict[str, int]) -> None:
        moment, terminal = time.monotonic(), sys.stderr.isatty()
        if moment - self.shown < (0.2 if terminal else 2):
            return
        self.shown = moment
        text = "  ".join(f"{name} {value}" for name, value in at.items())
        sys.stderr.write(f"\r{text:<100}" if terminal else f"{text}\n")
        sys.stderr.flush()


def told(found: Found) -> str:
    """The figures as lines of text."""
    every = found.as_json()
    rows = [("connected", f"{found.connected} of {found.phones}")]
    for name in ("arrive_ms", "page_ms", "handshake_ms", "acks_ms", "screens_ms", "back_ms", "consistent_ms"):
        if every.get(name, {}).get("count"):
            rows.append((name, ", ".join(f"{word} {value:g}" for word, value in every[name].items())))
    rows += [(name, str(every[name])) for name in ("sent", "answered", "pictures", "repeated", "bytes_in", "bytes_out")]
    rows += [
        (name, str(every[name])) for name in ("reconnects", "failures", "refused", "ended", "differ") if every.get(name)
    ]
    rows.append(("seconds", f"{every['seconds']:.1f}"))
    rows.append(("its own share of a core, at its busiest process", f"{every['busiest']:.2f}"))
    lines = [f"{name:<48} {value}" for name, value in rows]
    if every["busiest"] > 0.85:
        lines.append("The load client itself was short of time: give it more --processes, or fewer phones.")
    return "\n".join(lines)
