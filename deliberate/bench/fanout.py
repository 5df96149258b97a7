"""`bench fanout`: what one picture on one phone costs the server, beside others that send the same bytes."""

from __future__ import annotations

import math
import os
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from deliberate.bench import beside, plots
from deliberate.bench.beside import Beside, Kind
from deliberate.bench.crew import captions_of, quiet
from deliberate.bench.machine import Clock
from deliberate.bench.product import Product
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.bench.servers import redis
from deliberate.bench.servers.guarded import NoServer
from deliberate.load.fleet import Away, Fleet, Seat

OURS = "deliberate, the whole product"
#: Captions a second: as often as speech recognition says something new.
CAPTIONS = 5.0
#: Beyond so many lines one group_send takes minutes.
CLASSIC_MOST = 5000


@dataclass(frozen=True)
class One:
    """One measurement: server CPU per delivered picture in µs, pictures a phone got, bytes of each, share of a core."""

    us: float
    waves: float
    size: float
    share: float
    client: float


async def bench(asked: Asked) -> Result:
    sizes = asked.sizes((300, 1000, 5000, 10_000), (300, 1000))
    repeats, seconds = asked.times(3), asked.span_s(8.0, 4.0)
    found: dict[int, dict[str, list[One]]] = {}
    with ExitStack() as stack:
        try:
            redis_url = stack.enter_context(redis())
        except NoServer:
            redis_url = ""
        for phones in sizes:
            found[phones] = await _size(asked, phones, repeats, seconds, redis_url)
    return _result(asked, found, repeats, seconds)


async def _size(asked: Asked, phones: int, repeats: int, seconds: float, redis_url: str) -> dict[str, list[One]]:
    others = beside.senders(asked.node_modules)
    slow = [beside.classic(url) for url in dict.fromkeys(("", redis_url))] if phones <= CLASSIC_MOST else []
    found: dict[str, list[One]] = {}
    async with asked.served(phones, one_core()) as product:
        for number in range(repeats):
            asked.say(f"{phones} sockets, round {number + 1} of {repeats}: {OURS}")
            ours = await _ours(product, phones, seconds, asked.still_s)
            found.setdefault(OURS, []).append(ours)
            for kind in [*others, *(slow if not number else [])]:
                asked.say(f"{phones} sockets, round {number + 1} of {repeats}: {kind.name}")
                waves = max(1, round(ours.waves)) if kind not in slow else 3
                pace = (waves, seconds / max(1, round(ours.waves)), round(ours.size))
                one = await _theirs(kind, phones, pace, asked.still_s)
                found.setdefault(kind.name, []).append(one)
    return found


async def _ours(product: Product, phones: int, seconds: float, still_s: float) -> One:
    async with (
        captions_of(product) as captions,
        Fleet(product.target(), product.seats, cores=client_cores()) as fleet,
    ):
        await captions.begin()
        await gathered(fleet, phones, still_s)
        await captions.one()
        await quiet(fleet, still_s)
        await fleet.mark()
        clock = Clock(product.pid)
        await captions.speak(seconds, CAPTIONS)
        await quiet(fleet, still_s)
        cpu, share = clock.stop()
        return await _one(fleet, phones, cpu, share)


async def _theirs(kind: Kind, phones: int, pace: tuple[int, float, int], still_s: float) -> One:
    waves, period_s, size = pace
    async with Beside(kind, one_core()) as peer:
        seats = [Seat("", peer.base())] * phones
        async with Fleet(peer.target(), seats, cores=client_cores()) as fleet:
            await gathered(fleet, phones, still_s)
            await peer.send(1, period_s, size)
            await quiet(fleet, still_s)
            await fleet.mark()
            clock = Clock(peer.pid)
            await peer.send(waves, period_s, size)
            await quiet(fleet, still_s, most_s=120)
            cpu, share = clock.stop()
            return await _one(fleet, phones, cpu, share)


async def _one(fleet: Fleet, phones: int, cpu: float, share: float) -> One:
    figures = await fleet.tell()
    frames = max(1, figures["frames"])
    return One(cpu / frames * 1e6, frames / phones, figures["bytes_in"] / frames - 4, share, figures["busiest"])


async def gathered(fleet: Fleet, phones: int, still_s: float) -> None:
    """Everybody is there, and all is quiet."""
    if not await fleet.gather():
        raise Away(f"Only {fleet.at['ready']} of {phones} lines stood in time.")
    await quiet(fleet, still_s)


def one_core() -> set[int]:
    return {0} if (os.cpu_count() or 1) > 1 else set()


def client_cores() -> str:
    """The cores that the server under test does not have."""
    return ",".join(str(core) for core in range(1, os.cpu_count() or 1))


def steepness(points: list[tuple[float, float]]) -> float:
    """p of the power law cost = c * size^p that fits best (least squares of the logarithms): 1 is linear."""
    xs, ys = [math.log(x) for x, _y in points], [math.log(y) for _x, y in points]
    x0, y0 = sum(xs) / len(xs), sum(ys) / len(ys)
    across = sum((x - x0) ** 2 for x in xs)
    return sum((x - x0) * (y - y0) for x, y in zip(xs, ys, strict=True)) / across if across else 1.0


def _result(asked: Asked, found: dict[int, dict[str, list[One]]], repeats: int, seconds: float) -> Result:
    middle = {n: {name: median(one.us for one in some) for name, some in kinds.items()} for n, kinds in found.items()}
    at = 5000 if 5000 in found else max(found)
    result = Result("fanout", "What one picture on one phone costs", versions=asked.served_by())
    result.told = [
        f"A caption goes to every phone in the room. Of the server's processor that takes {middle[at][OURS]:.1f} µs a phone "
        f"at {at:,} sockets, everything included: the captioner's act, the database, the painting, the frame.",
        "Beside it, servers that only send: same machine, same phones, frames of the same size, as often.",
    ]
    result.reach = _reach(found, middle, at)
    result.shown = [_bars(middle, at), _growth(middle), _table(middle), _details(found)]
    result.how = [
        f"The server has one core to itself, the load client the others. {repeats} rounds, all in turn within each; medians.",
        f"Ours: a captioner says something new {CAPTIONS:g} times a second for {seconds:g} s. All CPU of the server's "
        "process in that time (user and system, all threads) by the frames that arrived on phones.",
        "The others get the number of frames, their size and their pace from what ours did in the same round. Group sends "
        f"of Channels: three frames, in the first round alone, up to {CLASSIC_MOST:,} sockets.",
        "The ratios are medians of the ratios within each round. Growth: the best power law through cost of one picture "
        "for everybody over size; the raw write's own, which grows with what the kernel's caches hold, is set against it.",
        "All frames are uncompressed. The limits of the door are raised for the captioner.",
    ]
    result.raw = {
        str(n): {name: [vars(one) for one in some] for name, some in kinds.items()} for n, kinds in found.items()
    }
    return result


def _reach(found: dict[int, dict[str, list[One]]], middle: dict[int, dict[str, float]], at: int) -> list[Reach]:
    def ratio(name: str) -> float:
        pairs = zip(found[at][OURS], found[at][name], strict=False)
        return median(ours.us / theirs.us for ours, theirs in pairs)

    reach = [Reach(f"CPU a picture at {at:,} sockets, beside the raw write", ratio(beside.RAW.name), 1.25, "×")]
    for name in found[at]:
        if name.startswith(("websockets", "Socket.IO")):
            reach.append(Reach(f"At {at:,}, beside {name}", ratio(name), 1.0, "×"))
        if name.startswith("Channels"):
            reach.append(Reach(f"At {at:,}, cheaper than {name}", 1 / ratio(name), 30, "×", least=True))
    if len(middle) > 1:
        ours, raw = (
            steepness([(n, n * kinds[name]) for n, kinds in middle.items()]) for name in (OURS, beside.RAW.name)
        )
        reach.append(
            Reach(f"Growth with size, as a power (raw write: {raw:.2f})", ours, max(1.0, raw) + 0.1, "", False)
        )
    return reach


def _bars(middle: dict[int, dict[str, float]], at: int) -> Plot:
    rows = sorted(((_brief(name), us) for name, us in middle[at].items()), key=lambda row: row[1])
    note = "Where the scale grows tenfold, twice as long is far more than twice as much."
    return Plot(f"Server CPU per delivered picture at {at:,} sockets", plots.bars(rows, "µs", first=_brief(OURS)), note)


def _growth(middle: dict[int, dict[str, float]]) -> Plot:
    names = list(dict.fromkeys(name for kinds in middle.values() for name in kinds))
    series = [
        (_brief(name), [(float(n), kinds[name]) for n, kinds in middle.items() if name in kinds]) for name in names
    ]
    return Plot(
        "How it grows",
        plots.lines(series, "sockets", "µs a picture"),
        "Flat is linear in the number of phones. Both axes grow tenfold.",
    )


def _brief(name: str) -> str:
    """A name as short as the end of a line has room for."""
    for long, brief in (
        (OURS, "deliberate"),
        ("raw ", "raw write"),
        ("websockets", "websockets"),
        ("Socket.IO,", "Socket.IO"),
        ("Socket.IO on", "Socket.IO, Node"),
        ("Channels group_send, Redis", "group_send, Redis"),
        ("Channels group_send, in", "group_send"),
    ):
        if name.startswith(long):
            return brief
    return name


def _table(middle: dict[int, dict[str, float]]) -> Table:
    names = list(dict.fromkeys(name for kinds in middle.values() for name in kinds))
    heads = ["µs of CPU a picture", *(f"{n:,}" for n in middle)]
    rows = [[name, *(kinds.get(name, "not run") for kinds in middle.values())] for name in names]
    return Table("All of them", heads, rows)


def _details(found: dict[int, dict[str, list[One]]]) -> Table:
    heads = [
        "Ours, by sockets",
        "pictures a phone",
        "bytes a picture",
        "share of the core",
        "the client's busiest process",
    ]
    rows = []
    for n, kinds in found.items():
        some = kinds[OURS]
        each = [median(getattr(one, name) for one in some) for name in ("waves", "size", "share", "client")]
        rows.append([f"{n:,}", *(round(value, 2) for value in each)])
    note = "A client near 1.00 would have been the bottleneck itself; CPU per picture is the server's own all the same."
    return Table("What ours did meanwhile", heads, rows, note)
