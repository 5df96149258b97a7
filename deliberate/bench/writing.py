"""Votes written in three ways, as fast as it goes: `python -m deliberate.bench.writing VOTES ROUNDS AT_ONCE...` with a new
database's settings in the environment. Prints one line of JSON: for each kind of poll, for each number of votes at once,
way -> for each round, votes, seconds and CPU seconds."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

TOGETHER, DOOR, ORM = "together", "door", "orm"
SECRET, NAMED = "secret", "named"
#: One commit a vote takes long: so many fewer votes tell as much.
FEWER = 10
#: By way, what each round found.
Rounds = dict[str, list[dict[str, float]]]


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def timed(count: int, at_once: int, one: Callable[[int], Awaitable[None]]) -> dict[str, float]:
    """Do `one` for every number below `count`, so many at once."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await one(number)

    began, cpu = time.perf_counter(), cpu_s()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return {"votes": count, "seconds": time.perf_counter() - began, "cpu_s": cpu_s() - cpu}


def with_one(contents: list[list[Any]], group: str, choice: str) -> list[list[Any]]:
    """A box's contents with one ballot more."""
    box = {(row[0], row[1]): row[2] for row in contents}
    box[group, choice] = box.get((group, choice), 0) + 1
    return [[*key, count] for key, count in sorted(box.items())]


class Votes:
    """A room with its seats, and the ways to store what they vote."""

    def __init__(self) -> None:
        from django.apps import apps
        from django.db import transaction
        from django.db.models import F

        from deliberate.door.entrance import Place
        from deliberate.door.perform import perform
        from deliberate.live import asking, threads

        self.perform, self.asking, self.threads, self.atomic, self.f = perform, asking, threads, transaction.atomic, F
        self.models = {
            name: apps.get_model("polls", name)._default_manager
            for name in ("Poll", "Participation", "BallotBox", "NamedBallot")
        }
        seats = apps.get_model("rooms", "Seat")._default_manager.select_related("event", "group", "link", "room__event")
        self.room = apps.get_model("rooms", "Room")._default_manager.select_related("event").latest("pk")
        mine = seats.filter(event=self.room.event)
        self.places = [Place(seat, self.room, self.room.event) for seat in mine.filter(role="participant")]
        self.moderator = Place(mine.get(role="moderator"), self.room, self.room.event)

    def poll(self, kind: str) -> dict[str, Any]:
        """A new open poll."""
        secret = "sealed" if kind == SECRET else ""
        options = {"question": "Shall we?", "kind": "one", "options": "Yes\nNo", "secret": secret}
        made = self.perform(self.moderator, "ballots.prepare", options).data
        self.perform(self.moderator, "ballots.open", {"poll": made["poll"]})
        return made

    def close(self, poll: dict[str, Any], expected: int) -> None:
        """Close it, and see that every vote was stored."""
        found = self.models["Poll"].get(handle=poll["poll"])
        rows = self.models["Participation"].filter(poll=found).count()
        if found.secret:
            ballots = sum(count for _group, _choice, count in self.models["BallotBox"].get(poll=found).contents)
        else:
            ballots = self.models["NamedBallot"].filter(poll=found).count()
        self.perform(self.moderator, "ballots.close", {"poll": poll["poll"]})
        if not found.turnout == rows == ballots == expected:
            raise SystemExit(
                f"{expected} were answered; stored: {rows} who voted, {ballots} ballots; {found.turnout} counted."
            )

    def ways(self, poll: dict[str, Any]) -> dict[str, Callable[[int], Awaitable[None]]]:
        choices = poll["options"]

        def fields(number: int) -> dict[str, object]:
            return {"poll": poll["poll"], "choice": choices[number % 2]}

        async def together(number: int) -> None:
            await self.asking.ask(self.places[number], "ballots.cast", fields(number), f"act{number:08d}")

        async def door(number: int) -> None:
            await self.threads.act(
                lambda: self.perform(self.places[number], "ballots.cast", fields(number), f"act{number:08d}")
            )

        def rows(number: int) -> None:
            seat = self.places[number].seat
            with self.atomic():
                found = self.models["Poll"].select_for_update(of=("self",)).get(handle=poll["poll"])
                self.models["Participation"].create(poll=found, seat=seat)
                if found.secret:
                    box = self.models["BallotBox"].get(poll=found)
                    box.contents = with_one(box.contents, seat.group.handle, choices[number % 2])
                    box.save(update_fields=["contents"])
                else:
                    self.models["NamedBallot"].create(poll=found, seat=seat, choice=choices[number % 2], name=seat.name)
                self.models["Poll"].filter(pk=found.pk).update(turnout=self.f("turnout") + 1)

        async def orm(number: int) -> None:
            await self.threads.act(lambda: rows(number))

        return {TOGETHER: together, DOOR: door, ORM: orm}


async def main(count: int, rounds: int, many: list[int]) -> dict[str, dict[int, Rounds]]:
    votes = await asyncio.to_thread(Votes)
    found: dict[str, dict[int, Rounds]] = {
        kind: {n: {TOGETHER: [], DOOR: [], ORM: []} for n in many} for kind in (SECRET, NAMED)
    }
    for _round in range(rounds):
        for kind, by_many in found.items():
            for at_once, ways in by_many.items():
                for name, told in ways.items():
                    these = count if name == TOGETHER else max(1, count // FEWER)
                    poll = await asyncio.to_thread(votes.poll, kind)
                    told.append(await timed(these, at_once, votes.ways(poll)[name]))
                    await asyncio.to_thread(votes.close, poll, these)
    return found


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")
    import django

    django.setup()
    from django.core.management import call_command

    words = [int(word) for word in sys.argv[1:]]
    call_command("migrate", verbosity=0)
    call_command("seats", words[0], str(Path(os.environ["DATA_DIR"], "seats.json")), stdout=sys.stderr)
    print(json.dumps(asyncio.run(main(words[0], words[1], words[2:]))))
