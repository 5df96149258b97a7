"""What is stored of a poll's ballots, asked of the database itself: `python -m deliberate.bench.stored POLL`, with the
service's own settings in the environment. And what was acknowledged, beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: How the box spells what a ballot says in a word (polls/ballots/core.py).
ABSTAINED = {"-": "abstain"}


@dataclass(frozen=True)
class Compared:
    """Ballots that were acknowledged and are not stored; stored more often than acknowledged; and how many were."""

    acknowledged: int
    lost: int
    double: int
    unanswered: int
    choices_differ: int


def ballots(poll: str, settings: dict[str, str]) -> dict[str, Any]:
    """Of an open secret poll: `voted` (handles of seats), `turnout`, and `box` (choice -> how many)."""
    done = subprocess.run(
        [sys.executable, "-m", "deliberate.bench.stored", poll],
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def acts_in(folder: Path) -> list[list[Any]]:
    """The rows that the load client has written (load/ledger.py)."""
    return [json.loads(line) for path in sorted(folder.glob("acts-*.jsonl")) for line in path.read_text().splitlines()]


def compared(acts: list[list[Any]], handles: list[str], stored: dict[str, Any]) -> Compared:
    """What phones were told beside what is stored. `handles`: of the seats, by their number in the acts.

    An act without an answer may be stored or not: its own choice may stand in the box once more."""
    done = [row for row in acts if len(row) > 5 and row[6]]
    open_acts = [row for row in acts if len(row) <= 5]
    told = Counter(handles[row[1]] for row in done)
    voted = Counter(stored["voted"])
    lost = sum((told - voted).values())
    double = sum((voted - told - Counter(handles[row[1]] for row in open_acts)).values())
    choices, may = Counter(row[3] for row in done), Counter(row[3] for row in open_acts)
    box = Counter(stored["box"])
    differ = sum((choices - box).values()) + sum((box - choices - may).values())
    return Compared(len(done), lost, double, len(open_acts), differ + abs(stored["turnout"] - sum(voted.values())))


def _print(poll: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")
    import django

    django.setup()
    from django.apps import apps

    found = apps.get_model("polls", "Poll")._default_manager.get(handle=poll)
    voted = apps.get_model("polls", "Participation")._default_manager.filter(poll=found)
    box: Counter[str] = Counter()
    for _group, choice, count in apps.get_model("polls", "BallotBox")._default_manager.get(poll=found).contents:
        box[ABSTAINED.get(choice, choice)] += count
    handles = list(voted.values_list("seat__handle", flat=True))
    json.dump({"voted": handles, "turnout": found.turnout, "box": box}, sys.stdout)


if __name__ == "__main__":
    _print(sys.argv[1])
