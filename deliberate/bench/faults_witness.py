"""Asks the database itself what is stored, in a process with the service's own settings:
`python -m deliberate.bench.faults_witness`. Questions come as lines of JSON, answers go the same way."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from typing import Any

from deliberate.door.entrance import Place
from deliberate.door.veil import veil

#: How long the database may be away while it is asked.
PATIENCE_S = 60
#: How a box spells what a ballot says in a word (polls/ballots/core.py), and what stances are stored as.
ABSTAINED = {"-": "abstain"}
STANCES = {1: "agree", 0: "pass", -1: "disagree"}


class Witness:
    """`async with Witness(settings) as witness`: the process that looks."""

    def __init__(self, settings: dict[str, str]) -> None:
        self.settings = settings

    async def __aenter__(self) -> Witness:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "deliberate.bench.faults_witness",
            env=self.settings,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            limit=2**26,
        )
        return self

    async def __aexit__(self, *_why: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def ask(self, **question: Any) -> dict[str, Any]:
        """{"room", "poll", "ideas", "cookies"}: what is stored. {"poll", "strike": pid, "within_s"}: kill a process right after it,
        or another, has stored a ballot."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError("the witness ended")
        found: dict[str, Any] = json.loads(line)
        return found


def look(room: str, poll: str, ideas: list[str], cookies: dict[str, str]) -> dict[str, Any]:
    """`voted` (seats' handles), `turnout` and `box` (choice -> count) of an open poll; `upvotes` [seat, idea] and
    `stances` [seat, idea, word] of these ideas; `ideas` [seat, text] and `turns` [seat, handle, state] of the room.

    Whose pseudonym it is that an upvote is stored under is worked out of the phones' `cookies`, by their seats' handles: the
    database does not say it."""
    from django.apps import apps

    def rows(model: str) -> Any:
        return apps.get_model(model)._default_manager

    found = rows("polls.Poll").get(handle=poll)
    box: Counter[str] = Counter()
    for held in rows("polls.BallotBox").filter(poll=found):
        for _group, choice, count in held.contents:
            box[ABSTAINED.get(choice, choice)] += count
    here, theirs = rows("rooms.Room").get(handle=room), list(cookies)
    names = veil().known([Place(None, here, None, cookies[seat]) for seat in theirs])
    seats = {name: seat for name, seat in zip(names, theirs, strict=True) if name is not None}
    upvotes = rows("polls.Upvote").filter(idea__handle__in=ideas).values_list("pseudonym", "idea__handle")
    stances = rows("polls.Stance").filter(idea__handle__in=ideas).values_list("pseudonym", "idea__handle", "value")
    posted = rows("polls.Idea").filter(room=here).values_list("pseudonym", "seat__handle", "text")
    return {
        "voted": list(rows("polls.Participation").filter(poll=found).values_list("seat__handle", flat=True)),
        "turnout": found.turnout,
        "box": box,
        "upvotes": [[seats.get(name, "nobody"), idea] for name, idea in upvotes],
        "stances": [[seats.get(name, "nobody"), idea, STANCES[value]] for name, idea, value in stances],
        "ideas": [[seats.get(name, seat), text] for name, seat, text in posted],
        "turns": list(rows("rooms.Turn").filter(room__handle=room).values_list("seat__handle", "handle", "state")),
    }


def strike(poll: str, pid: int, within_s: float) -> dict[str, Any]:
    """Kill a process at the moment at which one more ballot is stored. {"struck": whether one was}."""
    from django.apps import apps

    voted = apps.get_model("polls", "Participation")._default_manager.filter(poll__handle=poll)
    before, end = voted.count(), time.monotonic() + within_s
    struck = False
    while not struck and time.monotonic() < end:
        struck = voted.count() > before
    os.kill(pid, signal.SIGKILL)
    return {"struck": struck}


def answered(question: dict[str, Any]) -> dict[str, Any]:
    """The answer to one question, however often the database goes away meanwhile."""
    from django.db import Error, connection

    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            if "strike" in question:
                return strike(question["poll"], question["strike"], question["within_s"])
            return look(question["room"], question["poll"], question["ideas"], question["cookies"])
        except Error:
            connection.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")
    import django

    django.setup()
    for line in sys.stdin:
        print(json.dumps(answered(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
