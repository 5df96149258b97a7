"""`deliberate rehearse`: hold a plenary for real and count what went in against what came out."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import CommandError
from django.core.management.base import BaseCommand

from deliberate.rehearsal.audit import audit
from deliberate.rehearsal.board import converse
from deliberate.rehearsal.drafting import draft
from deliberate.rehearsal.material import Conversation, Said, Unreadable, conversation, meeting
from deliberate.rehearsal.meeting import hold_poll, replay
from deliberate.rehearsal.phone import Away, Door
from deliberate.rehearsal.plenary import Plenary
from deliberate.rehearsal.report import Report
from deliberate.rehearsal.stage import Crew, Server
from polls.ballots.blind.booth import cast


class Command(BaseCommand):
    help = "Hold a plenary over real sockets: replay a meeting, a Polis export or both; report what was lost (nothing)."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--transcript", type=Path, help="a meeting JSON: every turn is asked for, called, captioned"
        )
        parser.add_argument("--ideas", type=Path, help="a Polis export: comments become ideas, voters cast their votes")
        parser.add_argument("--phones", type=int, default=100, help="sockets held at the same time (default 100)")
        parser.add_argument("--speed", type=float, default=0, help="times faster than speech; 0: as fast as it goes")
        parser.add_argument("--polls", type=int, default=4, help="polls on the way (default 4)")
        parser.add_argument("--url", help="the host link of an event on a running server; default: a server of its own")
        parser.add_argument("--report", type=Path, help="write the figures as JSON to this file")
        parser.add_argument(
            "--data", help="the folder for its own server's data; default: one that is deleted afterwards"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["transcript"] and not options["ideas"]:
            raise CommandError("Name something to replay: --transcript FILE, --ideas DIR, or both.")
        if options["phones"] < 1:
            raise CommandError("A rehearsal needs at least one phone.")
        try:
            said = meeting(options["transcript"]) if options["transcript"] else []
            talk = conversation(options["ideas"]) if options["ideas"] else None
            report = asyncio.run(self._rehearse(said, talk, options))
        except (Unreadable, Away) as error:
            raise CommandError(str(error)) from None
        self.stdout.write(report.summary())
        if options["report"]:
            report.write(options["report"])
        if not report.sound:
            sys.exit(1)

    async def _rehearse(self, said: list[Said], talk: Conversation | None, options: dict[str, Any]) -> Report:
        if options["url"]:
            return await self._hold(options["url"], said, talk, options)
        with tempfile.TemporaryDirectory(prefix="rehearsal-", ignore_cleanup_errors=True) as own:
            folder = Path(options["data"] or own)
            async with Server(folder) as server:
                return await self._hold(server.links["host"], said, talk, options)

    async def _hold(self, host: str, said: list[Said], talk: Conversation | None, options: dict[str, Any]) -> Report:
        started = time.perf_counter()
        door = Door(host)
        crew = Crew(door)
        try:
            await crew.gather(host)
            plenary = Plenary(door, crew, options["phones"], self._progress, cast)
            speakers = len({turn.speaker for turn in said})
            voters = len({*talk.votes, *(author for author, _text in talk.comments.values())}) if talk else 0
            await plenary.seat_people(max(options["phones"], speakers, voters))
            if said:
                await replay(plenary, said, options["speed"], options["polls"])
            elif options["polls"]:
                for number in range(options["polls"]):
                    await hold_poll(plenary, number)
            if talk:
                await converse(plenary, talk)
            await draft(plenary)
            await plenary.compare_screens()
            await audit(plenary)
            await plenary.close()
            plenary.report.seconds = time.perf_counter() - started
            return plenary.report
        finally:
            await door.close()

    _shown_at = 0.0

    def _progress(self, what: str, done: int, total: int) -> None:
        """A bar on a terminal, a line every tenth elsewhere."""
        moment = time.monotonic()
        if sys.stderr.isatty():
            if moment - self._shown_at > 0.1 or done == total:
                self._shown_at = moment
                filled = 30 * done // max(total, 1)
                sys.stderr.write(f"\r{what:<10} [{'#' * filled}{'.' * (30 - filled)}] {done}/{total} ")
                sys.stderr.write("\n" if done == total else "")
                sys.stderr.flush()
        elif done == total or (total >= 10 and done % (total // 10) == 0 and moment - self._shown_at > 2):
            self._shown_at = moment
            sys.stderr.write(f"{what}: {done}/{total}\n")
