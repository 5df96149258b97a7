"""`bench reconnect`: every line drops at the same moment, and everybody comes back."""

from __future__ import annotations

import asyncio
from typing import Any

from deliberate.bench import plots
from deliberate.bench.crew import captions_of, moderation_of, quiet
from deliberate.bench.fanout import gathered
from deliberate.bench.machine import Clock
from deliberate.bench.product import Product
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.bench.stores import stores
from deliberate.load.fleet import Fleet
from deliberate.load.phone import LASTING
from deliberate.rehearsal.report import percentile

BACK_S = 120.0


async def bench(asked: Asked) -> Result:
    (phones,) = asked.sizes((10_000,), (1000,))[:1]
    rounds: list[dict[str, Any]] = []
    with stores(asked.workers) as kept:
        async with (
            asked.served(phones, set(), asked.workers, kept) as product,
            Fleet(product.target(), product.seats) as fleet,
        ):
            async with captions_of(product) as captions:
                await captions.begin()
            asked.say(f"{phones} phones: they come in")
            await gathered(fleet, phones, asked.still_s)
            # Lines that have held for a while come back soonest: that is the hardest for the server.
            await asyncio.sleep(min(LASTING + 1, asked.seconds * 2 or LASTING + 1))
            for number in range(asked.times(3)):
                asked.say(f"{phones} phones: all lines drop, round {number + 1}")
                rounds.append(await _round(product, fleet, asked.still_s))
                await asyncio.sleep(min(LASTING + 1, asked.seconds or LASTING + 1))
    return _result(asked, phones, rounds)


async def _round(product: Product, fleet: Fleet, still_s: float) -> dict[str, Any]:
    """Drop everybody, change something meanwhile, wait until all are back and all is quiet, compare."""
    await fleet.mark()
    clock = Clock(product.pid)
    async with moderation_of(product) as moderation:
        await fleet.drop()
        await moderation.act("events.move_on")
    back = await fleet.until("ready", 1, BACK_S) and await fleet.until("reconnects", len(fleet.seats), BACK_S)
    back = back and await fleet.until("ready", len(fleet.seats), BACK_S)
    cpu, share = clock.stop()
    await quiet(fleet, still_s)
    figures = await fleet.tell()
    compared = await fleet.compare(await product.fresh())
    return {
        "back": back,
        "cpu_s": cpu,
        "share": share,
        "client": figures["busiest"],
        "back_ms": figures["back_ms"],
        "handshake_ms": figures["handshake_ms"],
        "consistent_ms": compared["consistent_ms"],
        "differ": compared["differ"],
        "parts": compared["parts"],
        "repeated": figures["repeated"],
        "pictures": figures["pictures"],
        "attempts": figures["reconnects"],
        "bytes": figures["bytes_in"],
    }


def _result(asked: Asked, phones: int, rounds: list[dict[str, Any]]) -> Result:
    def every(name: str) -> list[float]:
        return [value for each in rounds for value in each[name]]

    def total(name: str) -> int:
        return sum(int(each[name]) for each in rounds)

    consistent = every("consistent_ms")
    result = Result("reconnect", "Everybody at once back", versions=asked.served_by())
    result.told = [
        f"{phones:,} lines drop in the same moment, as when a hall's network restarts, and the agenda moves on while "
        f"everybody is away. Each phone comes back by itself and says which pictures it holds; it is sent what differs.",
        f"Of a hundred phones ninety-nine hold what a fresh page shows {percentile(consistent, 0.99) / 1000:.2f} s after "
        "their first attempt.",
    ]
    result.reach = [
        Reach("Consistent, p99 after the first attempt", percentile(consistent, 0.99) / 1000, 5, "s"),
        Reach("Phones that differ from a fresh page", total("differ"), 0),
        Reach("Pictures sent that a phone had named", total("repeated"), 0),
    ]
    rows = []
    for name, values in (
        ("from the drop to a line that lives", every("back_ms")),
        ("the handshake", every("handshake_ms")),
        ("from the first attempt to all it should hold", consistent),
    ):
        each = [round(percentile(values, share) / 1000, 2) for share in (0.5, 0.95, 0.99, 1)]
        rows.append([name, *each, len(values)])
    heads = ["Round", "attempts", "pictures", "bytes a phone", "CPU ms a phone", "cores of the server", "of the client"]
    costs = [
        [
            number + 1,
            each["attempts"],
            each["pictures"],
            each["bytes"] / phones,
            each["cpu_s"] / phones * 1000,
            round(each["share"], 2),
            round(each["client"], 2),
        ]
        for number, each in enumerate(rounds)
    ]
    spread = [(f"round {number + 1}", each["consistent_ms"]) for number, each in enumerate(rounds)]
    result.shown = [
        Plot("From the first attempt to all it should hold", plots.spreads(spread, "ms")),
        Table("In seconds", ["", "p50", "p95", "p99", "longest", "how many"], rows),
        Table("What it took", heads, costs, "A phone may need several attempts; each waits longer, at random."),
    ]
    result.how = [
        f"Server ({asked.workers} process(es)) and load client share all cores. The phones close their sockets at once and come "
        "back with the waits of frontend/static/js/line.js: full jitter, from 0.1 s to 1 s after a line that had held.",
        "Consistent: the phone holds, for every part of its screen, the hash that a page loaded afterwards shows; the moment "
        "counts at which the last of them came, or at which its line lived where it held them all.",
        "Repeated: a picture came whose hash the phone had just named.",
    ]
    result.raw = {"rounds": [{name: v for name, v in each.items() if not isinstance(v, list)} for each in rounds]}
    return result
