"""`bench writes`: votes stored in a second, many to a commit, beside one commit a vote; on both databases."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from statistics import median

from deliberate.bench import plots
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.bench.servers import postgres
from deliberate.bench.writing import DOOR, FEWER, NAMED, ORM, SECRET, TOGETHER, Rounds

AT_ONCE = 100
#: The room's first second: everybody's thumb is down.
RUSH = 1000
NAMES = {
    TOGETHER: "many votes to a commit, as the product stores them",
    DOOR: "one commit a vote, through the door (limits, form, rules)",
    ORM: "one commit a vote, bare ORM (three rows, no checks)",
}
KINDS = {SECRET: "secret ballots", NAMED: "ballots with names"}
#: By kind of poll and votes at once.
Found = dict[str, dict[int, Rounds]]


async def bench(asked: Asked) -> Result:
    (votes,) = asked.sizes((5000,), (1000,))[:1]
    rounds = asked.times(3)
    found: dict[str, Found] = {}
    for database in ("SQLite", "PostgreSQL"):
        asked.say(f"{database}: {votes} votes, {rounds} rounds")
        found[database] = await asyncio.to_thread(_written, database, votes, rounds)
    return _result(votes, rounds, found)


def _written(database: str, votes: int, rounds: int) -> Found:
    """What writing.py found on a fresh database."""
    with tempfile.TemporaryDirectory(prefix="deliberate-writes-") as folder:
        if database == "SQLite":
            return _measured({"DATA_DIR": folder, "DATABASE_URL": ""}, votes, rounds)
        with postgres() as url:
            return _measured({"DATA_DIR": folder, "DATABASE_URL": url}, votes, rounds)


def _measured(own: dict[str, str], votes: int, rounds: int) -> Found:
    taken = {"REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    bare = {name: value for name, value in os.environ.items() if name not in taken}
    settings = bare | own | {"SECRET_KEY": "x" * 50, "LIMIT_FACTOR": "10000", "LOG_LEVEL": "ERROR"}
    words = ["deliberate.bench.writing", str(votes), str(rounds), str(AT_ONCE), str(RUSH)]
    done = subprocess.run([sys.executable, "-m", *words], env=settings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotReady(f"Votes were not written: {done.stderr[-2000:]}")
    return {
        kind: {int(at_once): ways for at_once, ways in by_many.items()}
        for kind, by_many in json.loads(done.stdout).items()
    }


def speed(some: list[dict[str, float]]) -> float:
    """Votes a second, the median of the rounds."""
    return median(each["votes"] / each["seconds"] for each in some)


def _ratio(rounds: Rounds, beside: str) -> float:
    pairs = zip(rounds[TOGETHER], rounds[beside], strict=True)
    return median(ours["votes"] / ours["seconds"] * other["seconds"] / other["votes"] for ours, other in pairs)


def _result(votes: int, rounds: int, found: dict[str, Found]) -> Result:
    result = Result("writes", "Votes stored in a second")
    best = {database: speed(kinds[SECRET][RUSH][TOGETHER]) for database, kinds in found.items()}
    result.told = [
        "What queued while the last commit ran makes the next one, and nobody hears before the commit. "
        + ", ".join(f"{database} stores {value:,.0f} secret ballots a second" for database, value in best.items())
        + f" with {RUSH:,} on their way at once.",
    ]
    rows: list[list[object]] = []
    for database, kinds in found.items():
        for kind, by_many in kinds.items():
            for at_once, ways in by_many.items():
                where = f"{database}, {KINDS[kind]}, {at_once:,} at once"
                times = _ratio(ways, ORM)
                if kind == SECRET:
                    result.reach.append(
                        Reach(f"{where}: beside one commit a vote by the ORM", times, 20, "×", least=True)
                    )
                for name, some in ways.items():
                    cpu = median(each["cpu_s"] / each["votes"] * 1e6 for each in some)
                    rows.append([f"{where}: {NAMES[name]}", speed(some), times if name == TOGETHER else "", cpu])
    bars = [
        (f"{database}: {name}", speed(kinds[SECRET][RUSH][name])) for database, kinds in found.items() for name in NAMES
    ]
    result.shown = [
        Plot(f"Secret ballots a second, {RUSH:,} at once", plots.bars(bars, "votes/s")),
        Table("All of them", ["", "votes a second", "× ORM", "CPU µs a vote (without the database server's)"], rows),
    ]
    result.how = [
        f"One process without sockets: {votes:,} votes of {votes:,} seats by the product's own way (live/asking.py: door, "
        f"rules, group commit), and {votes // FEWER:,} one by one; {rounds} rounds in turn, medians of the ratios within each.",
        "What is to be reached is said of secret ballots, as polls are unless the moderator says otherwise: each vote is a "
        "participation, one more in the box, and a count. With names it is a participation, a row of its own, and a count. "
        "The bare ORM writes the same in one transaction a vote, in the product's own threads, and checks nothing.",
        "SQLite: WAL with synchronous FULL. PostgreSQL: its defaults (fsync and synchronous_commit on), on this machine.",
        "After every poll it is counted that all votes are stored, and all ballots; a run in which they are not has no result.",
    ]
    result.raw = {
        database: {kind: {str(n): ways for n, ways in by_many.items()} for kind, by_many in kinds.items()}
        for database, kinds in found.items()
    }
    return result
