"""A moderator's hand and everybody's phone for tokens, in a process with the service's own settings, so that a service may be
killed while its polls go on: `python -m deliberate.bench.ballots.clerk`. Asked in lines of JSON, answered the same way."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from deliberate.bench.ballots.paper import PAPER

#: The longest line: the tokens of a whole room.
LONGEST = 2**26


class Clerk:
    """`async with Clerk(settings) as clerk`: the process that is asked."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings

    async def __aenter__(self) -> Clerk:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deliberate.bench.ballots.clerk",
            env=self.settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=LONGEST,
        )
        return self

    async def __aexit__(self, *_why: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def ask(self, **question: Any) -> dict[str, Any]:
        """{"do": "open"}, {"do": "tokens", "poll", "blinded"}, {"do": "count" or "close", "poll"}, {"do": "fall" or "orm",
        "poll", "ballots"}: Office tells what comes back."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the clerk ended")
        found: dict[str, Any] = json.loads(line)
        return found


class Office:
    """The room that was made last, with its seats in their order."""

    def __init__(self) -> None:
        from django.apps import apps

        from deliberate.door.entrance import Place

        self.models = {name: apps.get_model("polls", name)._default_manager for name in ("Poll", "BlindBallot")}
        self.room = apps.get_model("rooms", "Room")._default_manager.select_related("event").latest("pk")
        seats = apps.get_model("rooms", "Seat")._default_manager.select_related("event", "group", "link", "room__event")
        mine = seats.filter(event=self.room.event).order_by("pk")
        self.places = [Place(seat, self.room, self.room.event) for seat in mine.filter(role="participant")]
        self.moderator = Place(mine.get(role="moderator"), self.room, self.room.event)

    def open(self) -> dict[str, Any]:
        """A new blind poll: `poll`, and the `definition` that was frozen."""
        from deliberate.door.perform import perform

        poll = perform(self.moderator, "ballots.prepare", PAPER).data["poll"]
        perform(self.moderator, "ballots.open", {"poll": poll})
        return {"poll": poll, "definition": self.models["Poll"].get(handle=poll).definition}

    async def tokens(self, poll: str, blinded: Sequence[str]) -> dict[str, Any]:
        """What the first so many seats are answered who ask for these, all at once."""
        from deliberate.live import asking

        async def one(number: int, each: str) -> str:
            answer = await asking.ask(self.places[number], "ballots.token", {"poll": poll, "blinded": each}, "")
            return str(answer.data["token"])

        return {"tokens": await asyncio.gather(*(one(number, each) for number, each in enumerate(blinded)))}

    def count(self, poll: str) -> dict[str, Any]:
        """How many ballots lie in the box."""
        return {"stored": self.models["BlindBallot"].filter(poll__handle=poll).count()}

    def close(self, poll: str) -> dict[str, Any]:
        from deliberate.door.perform import perform

        perform(self.moderator, "ballots.close", {"poll": poll})
        return {"turnout": self.models["Poll"].get(handle=poll).turnout}

    def fall(self, poll: str, ballots: Sequence[str]) -> dict[str, Any]:
        """Seconds that it takes to check and store these as the box does, 32 to a commit."""
        from polls.ballots.blind import falling, formats

        began = time.perf_counter()
        good = [falling.checked(poll, formats.from_text(each)) for each in ballots]
        checked = time.perf_counter() - began
        for start in range(0, len(good), 32):
            falling.fall(good[start : start + 32])
        return {"seconds": time.perf_counter() - began, "checks": checked}

    def orm(self, poll: str, ballots: Sequence[str]) -> dict[str, Any]:
        """Seconds that it takes to store these with one insert a vote by the ORM, each in a transaction of its own, after the
        same checks."""
        import secrets

        from django.db import transaction
        from django.db.models import F

        from polls.ballots.blind import falling, formats

        began = time.perf_counter()
        good = [falling.checked(poll, formats.from_text(each)) for each in ballots]
        checked = time.perf_counter() - began
        for each in good:
            with transaction.atomic():
                found = self.models["Poll"].select_for_update(of=("self",)).get(handle=poll)
                text = formats.to_text(each.octets)
                self.models["BlindBallot"].create(
                    id=secrets.randbits(62), poll=found, tracker=each.tracker, number=each.number, octets=text
                )
                self.models["Poll"].filter(pk=found.pk).update(turnout=F("turnout") + 1)
        return {"seconds": time.perf_counter() - began, "checks": checked}


async def main() -> None:
    office = await asyncio.to_thread(Office)
    lines = asyncio.StreamReader(limit=LONGEST)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        asked = json.loads(line)
        work = getattr(office, asked.pop("do"))
        answer = await (work(**asked) if asyncio.iscoroutinefunction(work) else asyncio.to_thread(work, **asked))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")
    import django

    django.setup()
    asyncio.run(main())
