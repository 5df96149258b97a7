"""`deliberate bench NAME`: figures beside what they are to reach, as a page for people and JSON for programs."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from deliberate.bench import machine
from deliberate.bench.page import as_json, written
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Result
from deliberate.bench.servers.guarded import NoServer
from deliberate.load.fleet import Away
from deliberate.rehearsal.phone import Away as NoSeat
from deliberate.shell.server import DEFAULT, SERVERS

#: Each is a module of deliberate/bench with `async def bench(asked) -> Result`.
NAMES = ("fanout", "storm", "join", "reconnect", "weight", "writes", "faults", "captions", "ballots")
#: Of a feature's own, likewise: the machinery knows none.
FEATURES = {"suggestions": "polls.suggestions.bench"}


class Command(BaseCommand):
    help = "Measure one thing on this machine, on servers of its own, and write a report (docs/benchmarks.md)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", choices=(*NAMES, *FEATURES))
        parser.add_argument("--quick", action="store_true", help="a short run: fewer sizes, one round")
        parser.add_argument(
            "--report", type=Path, default=Path("reports"), help="the folder for NAME.html (default reports)"
        )
        parser.add_argument("--json", type=Path, help="write the figures to this file, `reach` among them")
        parser.add_argument(
            "--phones", type=int, action="append", default=[], help="a size in place of its own; again for more"
        )
        parser.add_argument("--repeats", "--rounds", type=int, default=0, help="rounds in place of its own number")
        parser.add_argument(
            "--seconds",
            type=float,
            default=0.0,
            help="how long each measurement takes; of ballots: when no more kills begin",
        )
        parser.add_argument("--workers", type=int, default=1, help="serve by so many processes (storm, reconnect)")
        parser.add_argument(
            "--server", choices=SERVERS, default=DEFAULT, help="what serves the product (all but writes)"
        )
        parser.add_argument("--seed", type=int, default=0, help="what the order of rounds comes from (faults, ballots)")
        parser.add_argument(
            "--only", action="append", default=[], help="this fault or part alone; again for more (faults, ballots)"
        )
        parser.add_argument(
            "--audio",
            type=Path,
            default=Path("../shared/data/audio"),
            help="a folder of recordings with their texts (captions; default ../shared/data/audio)",
        )
        parser.add_argument(
            "--meetings",
            type=Path,
            default=Path("../shared/data/meetings"),
            help="a folder of meetings with marked answers (suggestions; default ../shared/data/meetings)",
        )
        parser.add_argument("--node-modules", type=Path, help="a node_modules with socket.io, to stand beside (fanout)")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = Asked(
            say=self._say,
            quick=options["quick"],
            phones=tuple(options["phones"]),
            repeats=options["repeats"],
            seconds=options["seconds"],
            workers=options["workers"],
            server=options["server"],
            node_modules=options["node_modules"],
            seed=options["seed"],
            only=tuple(options["only"]),
            meetings=options["meetings"],
            audio=options["audio"],
        )
        self.began = time.monotonic()
        here = machine.described()
        module = importlib.import_module(FEATURES.get(options["name"], f"deliberate.bench.{options['name']}"))
        try:
            result: Result = asyncio.run(_until_told(module.bench(asked)))
        except asyncio.CancelledError:
            raise CommandError("Told to end: nothing was written.") from None
        except (Away, NoSeat, NoServer, NotReady) as error:
            raise CommandError(str(error)) from None
        here["Took"] = f"{time.monotonic() - self.began:.0f} s"
        path = written(result, here, options["report"])
        if options["json"]:
            options["json"].write_text(as_json(result, here), encoding="utf-8")
        for reach in result.reach:
            way = "at least" if reach.least else "at most"
            mark = "ok  " if reach.ok else "MISS"
            self.stdout.write(f"{mark}  {reach.name}: {reach.value:.4g} {reach.unit} ({way} {reach.limit:g})")
        self.stdout.write(f"{path}")
        if not all(reach.ok for reach in result.reach):
            sys.exit(1)

    def _say(self, text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - self.began:5.0f} s] {text}\n")
        sys.stderr.flush()


async def _until_told(work: Coroutine[Any, Any, Result]) -> Result:
    """Do it. SIGTERM ends it, with every server that it has started."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task
