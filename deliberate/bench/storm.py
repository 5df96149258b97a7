"""`bench storm`: everybody votes within five seconds while the moderator works and the captions go on."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from deliberate.bench import plots, stored
from deliberate.bench.crew import Captions, Moderation, at_work, captions_of, moderation_of, quiet
from deliberate.bench.disk import Disk
from deliberate.bench.fanout import client_cores, gathered
from deliberate.bench.machine import Clock
from deliberate.bench.product import Product
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.bench.stores import stores
from deliberate.load.fleet import Away, Fleet
from deliberate.load.run import prepared
from deliberate.rehearsal.report import percentile

WITHIN_S = 5.0
#: Up to so many phones the server has one core to itself; beyond, both share all.
ONE_CORE = 5000
#: Up to so many, answers and pictures are to come within 100 ms.
SMALL = 1000
CAPTIONS_A_SECOND, PAUSE_S = 1.0, 0.25
#: How long answers are waited for before an act counts as unanswered.
PATIENCE_S = 120


@dataclass
class Storm:
    """What a storm of so many phones did. Times in ms, a list for each poll."""

    phones: int
    acks: list[list[float]] = field(default_factory=list)
    opened: list[list[float]] = field(default_factory=list)
    captions: list[list[float]] = field(default_factory=list)
    moderator: list[list[float]] = field(default_factory=list)
    disk: list[list[float]] = field(default_factory=list)
    cpu_us: float = 0.0
    share: float = 0.0
    client: float = 0.0
    memory_kb: float = 0.0
    pictures: int = 0
    reconnects: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    lost: int = 0
    double: int = 0
    unanswered: int = 0
    choices_differ: int = 0
    moderator_refused: list[str] = field(default_factory=list)


async def bench(asked: Asked) -> Result:
    sizes = asked.sizes((1000, 5000, 10_000), (1000,))
    storms = [await _storm(asked, phones, asked.times(5), asked.span_s(WITHIN_S, WITHIN_S)) for phones in sizes]
    return _result(asked, storms)


async def _storm(asked: Asked, phones: int, polls: int, within_s: float) -> Storm:
    one_core = phones <= ONE_CORE and asked.workers == 1 and (os.cpu_count() or 1) > 1
    storm = Storm(phones)
    with stores(asked.workers) as kept:
        async with asked.served(phones, {0} if one_core else set(), asked.workers, kept) as product:
            asked.say(f"{phones} phones: they come in")
            with tempfile.TemporaryDirectory(prefix="deliberate-storm-") as record:
                cores = client_cores() if one_core else ""
                async with (
                    Fleet(product.target(), product.seats, record=Path(record), cores=cores) as fleet,
                    captions_of(product) as captions,
                    moderation_of(product) as moderation,
                ):
                    await captions.begin()
                    empty = product.memory_bytes()
                    await gathered(fleet, phones, asked.still_s)
                    storm.memory_kb = (product.memory_bytes() - empty) / phones / 1024
                    await fleet.vote(within_s)
                    for number in range(polls):
                        asked.say(f"{phones} phones: poll {number + 1} of {polls}")
                        await _poll(
                            product, fleet, captions, moderation, storm, (within_s, asked.still_s), Path(record)
                        )
                    await fleet.stop()
    return storm


async def _poll(
    product: Product,
    fleet: Fleet,
    captions: Captions,
    moderation: Moderation,
    storm: Storm,
    waits: tuple[float, float],
    record: Path,
) -> None:
    within_s, still_s = waits
    poll = await prepared(moderation.phone, "Shall we adopt the text as it stands?")
    await quiet(fleet, still_s)
    await fleet.mark()
    captions.sent.clear()
    before = len(moderation.acks_ms)
    clock, disk = Clock(product.pid), Disk()
    disk.start()
    opened = time.monotonic()
    await moderation.act("ballots.open", poll=poll)
    async with at_work(moderation.work(PAUSE_S)), at_work(captions.speak(3600, CAPTIONS_A_SECOND)):
        if not await fleet.until("answered", storm.phones, within_s + PATIENCE_S):
            storm.unanswered += storm.phones - fleet.at["answered"]
        cpu, share = clock.stop()
        storm.disk.append(disk.stop())
    await quiet(fleet, still_s)
    figures = await fleet.tell()
    if not figures["sent"]:
        raise Away("No phone voted: none was shown the poll.")
    storm.acks.append(figures["acks_ms"])
    storm.opened.append([(at - opened) * 1000 for at in figures["polls"].get(poll, [])])
    storm.captions.append(captions.screens_ms(figures["signs"]))
    storm.moderator.append(moderation.acks_ms[before:])
    storm.moderator_refused = moderation.refused
    storm.cpu_us = max(storm.cpu_us, cpu / figures["sent"] * 1e6)
    storm.share, storm.client = max(storm.share, share), max(storm.client, figures["busiest"])
    storm.pictures += figures["pictures"]
    storm.reconnects += figures["reconnects"]
    for code, count in figures["refused"].items():
        storm.refused[code] = storm.refused.get(code, 0) + count
    await _check(product, fleet, storm, poll, record)
    await moderation.act("ballots.close", poll=poll)


async def _check(product: Product, fleet: Fleet, storm: Storm, poll: str, record: Path) -> None:
    """Every ballot that a phone was told of stands in the database, once: before the poll closes and forgets who voted."""
    await fleet.flush()
    acts = [row for row in await asyncio.to_thread(stored.acts_in, record) if row[2] == poll]
    found = await asyncio.to_thread(stored.ballots, poll, product.settings())
    compared = stored.compared(acts, product.handles, found)
    storm.acknowledged += compared.acknowledged
    storm.lost += compared.lost
    storm.double += compared.double
    storm.choices_differ += compared.choices_differ


def _result(asked: Asked, storms: list[Storm]) -> Result:
    result = Result("storm", "Everybody votes at once", versions=asked.served_by())
    most = storms[-1]
    result.told = [
        f"A poll opens; {most.phones:,} phones vote within {WITHIN_S:g} seconds, while a moderator calls, pauses and ends "
        "speakers and moves the agenda, and somebody captions. Every ballot is stored, synchronously, before it is answered.",
        f"{sum(storm.acknowledged for storm in storms):,} ballots were acknowledged; the database holds each of them once.",
    ]
    if sum(storm.lost + storm.double + storm.choices_differ for storm in storms):
        result.told[1] = "What was acknowledged and what is stored DIFFER; see below."
    for storm in storms:
        result.reach += _reach(storm)
    series = [
        (f"{storm.phones:,}: {name}", [value for poll in polls for value in poll])
        for storm in storms
        for name, polls in _times(storm)
        if name in ("acks", "poll to screen")
    ]
    result.shown = [
        _latencies(storms),
        Plot("How times are spread", plots.spreads([each for each in series if each[1]], "ms")),
        _costs(storms),
        _checked(storms),
    ]
    result.how = [
        f"Up to {ONE_CORE:,} phones the server has one core to itself and the load client the other; beyond, both share "
        f"all cores. Served by {asked.workers} process(es). One process keeps its data in SQLite with synchronous FULL; several share PostgreSQL and Redis.",
        "Phones are real sockets (deliberate load): each votes once, at a random moment within the time after its own screen "
        "showed the poll. An acknowledgement is timed from sending to the answer; the answer comes after the commit.",
        "Poll to screen: from the moderator's tap to its picture on each phone. Caption to screen: the same for a caption "
        "a second during the storm. The moderator acts every quarter of a second over a socket of their own.",
        "The limits hold for the poll in the middle: each poll's own p99, and of those the median. One stall of the machine's disk "
        "falls into one poll; the tables show all polls together, and what the disk itself took meanwhile for a write of "
        "16 KB that is synchronized (fdatasync), ten times a second.",
        "Memory: proportional set size of the server with all lines open, less before any came, by phone.",
        "CPU a vote: all of the server's CPU from the opening to the last answer, pictures included, by votes.",
        "The check asks the database itself, before the poll closes, who has voted and what lies in the box, and sets the "
        "record of the phones beside it: lost, doubled, or another choice.",
    ]
    result.raw = {
        str(storm.phones): {name: value for name, value in vars(storm).items() if not isinstance(value, list)}
        for storm in storms
    }
    return result


def _times(storm: Storm) -> list[tuple[str, list[list[float]]]]:
    return [
        ("acks", storm.acks),
        ("poll to screen", storm.opened),
        ("caption to screen", storm.captions),
        ("moderator's acts", storm.moderator),
        ("the disk itself", storm.disk),
    ]


def _p99(polls: list[list[float]]) -> float:
    """The p99 of the poll in the middle."""
    return median(percentile(values, 0.99) for values in polls)


def _reach(storm: Storm) -> list[Reach]:
    n = f"{storm.phones:,} phones"
    large = storm.phones > SMALL
    acks, screens = _p99(storm.acks), _p99(storm.opened)
    reach = [
        Reach(f"{n}: acknowledgement, p99", acks, 250 if large else 100, "ms"),
        Reach(f"{n}: poll open to screen, p99", screens, 500 if large else 100, "ms"),
        Reach(f"{n}: memory a phone", storm.memory_kb, 40, "KB"),
        Reach(f"{n}: ballots lost", storm.lost + storm.unanswered, 0),
        Reach(f"{n}: ballots doubled or changed", storm.double + storm.choices_differ, 0),
    ]
    if large:
        reach.append(Reach(f"{n}: moderator's acts, p99", _p99(storm.moderator), 250, "ms"))
    else:
        reach.append(Reach(f"{n}: caption to screen, p99", _p99(storm.captions), 100, "ms"))
    return reach


def _latencies(storms: list[Storm]) -> Table:
    rows = []
    for storm in storms:
        for name, polls in _times(storm):
            values = [value for poll in polls for value in poll]
            each = [round(percentile(values, share), 1) for share in (0.5, 0.95, 0.99, 1)]
            by_poll = ", ".join(f"{percentile(poll, 0.99):.0f}" for poll in polls)
            rows.append([f"{storm.phones:,} phones: {name}", *each, by_poll, len(values)])
    heads = ["", "p50", "p95", "p99", "longest", "p99 of each poll", "how many"]
    return Table("How long it took, in ms", heads, rows)


def _costs(storms: list[Storm]) -> Table:
    heads = [
        "Phones",
        "CPU µs a vote",
        "server's share of a core",
        "client's share of a core",
        "KB a phone",
        "pictures",
        "came again",
    ]
    rows = [
        [f"{s.phones:,}", s.cpu_us, round(s.share, 2), round(s.client, 2), s.memory_kb, s.pictures, s.reconnects]
        for s in storms
    ]
    return Table("What it cost", heads, rows, "Of several polls the dearest. A client near 1.00 measures itself.")


def _checked(storms: list[Storm]) -> Table:
    heads = ["Phones", "acknowledged", "lost", "doubled", "other choice", "unanswered", "refused", "moderator refused"]
    rows = [
        [
            f"{s.phones:,}",
            f"{s.acknowledged:,}",
            s.lost,
            s.double,
            s.choices_differ,
            s.unanswered,
            ", ".join(f"{code} {count}" for code, count in s.refused.items()) or "none",
            "; ".join(sorted(set(s.moderator_refused))) or "none",
        ]
        for s in storms
    ]
    return Table("What was said and what is stored", heads, rows)
