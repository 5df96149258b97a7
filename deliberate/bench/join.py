"""`bench join`: a whole hall comes in within five seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from deliberate.bench import plots
from deliberate.bench.beside import Beside, bare
from deliberate.bench.crew import captions_of, quiet
from deliberate.bench.fanout import client_cores, one_core
from deliberate.bench.machine import Clock
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.load.fleet import Fleet, Seat, Target
from deliberate.rehearsal.report import percentile

WITHIN_S = 5.0
WHOLE, LINE = "page, handshake and first pictures", "handshake and first pictures"
BRIEF = {WHOLE: "with the page", LINE: "without the page"}


@dataclass
class Arrival:
    """One way to come in, over all rounds: CPU ms a phone in each, and times in ms."""

    name: str
    cpu_ms: list[float] = field(default_factory=list)
    all_ms: list[float] = field(default_factory=list)
    page_ms: list[float] = field(default_factory=list)
    handshake_ms: list[float] = field(default_factory=list)
    first_ms: list[float] = field(default_factory=list)
    came: int = 0
    failures: int = 0
    page_bytes: float = 0.0
    client: float = 0.0


async def bench(asked: Asked) -> Result:
    (phones,) = asked.sizes((3000,), (500,))[:1]
    rounds, within_s = asked.times(3), asked.span_s(WITHIN_S, WITHIN_S)
    async with asked.served(phones, one_core()) as product:
        async with captions_of(product) as captions:
            await captions.begin()
        plain = bare(product.server)
        ways = {name: Arrival(name) for name in (WHOLE, LINE, plain.name)}
        for number in range(rounds):
            asked.say(f"{phones} phones, round {number + 1} of {rounds}")
            for name, page in ((LINE, False), (WHOLE, True)):
                target = product.target(page=page)
                await _arrive(ways[name], target, product.seats, product.pid, within_s, asked.still_s)
            async with Beside(plain, one_core()) as peer:
                seats = [Seat("", "/")] * phones
                await _arrive(ways[plain.name], peer.target(), seats, peer.pid, within_s, asked.still_s)
    return _result(asked, phones, list(ways.values()), rounds)


async def _arrive(way: Arrival, target: Target, seats: list[Seat], pid: int, within_s: float, still_s: float) -> None:
    async with Fleet(target, seats, cores=client_cores()) as fleet:
        clock = Clock(pid)
        await fleet.arrive(within_s)
        cpu, _share = clock.stop()
        await quiet(fleet, still_s)
        way.came += fleet.at["ready"]
        figures = await fleet.tell()
    way.cpu_ms.append(cpu / len(seats) * 1000)
    way.all_ms += figures["arrive_ms"]
    way.page_ms += figures["page_ms"]
    way.handshake_ms += figures["handshake_ms"]
    way.first_ms += figures["first_ms"]
    way.failures += figures["failures"]
    way.page_bytes = figures["page_bytes"] / len(seats)
    way.client = max(way.client, figures["busiest"])


def _result(asked: Asked, phones: int, ways: list[Arrival], rounds: int) -> Result:
    within_s = asked.span_s(WITHIN_S, WITHIN_S)
    whole, line, plain = sorted(ways, key=lambda way: [WHOLE, LINE].index(way.name) if way.name in (WHOLE, LINE) else 9)
    ratio = median(ours / theirs for ours, theirs in zip(line.cpu_ms, plain.cpu_ms, strict=True))
    result = Result("join", "A hall comes in", versions=asked.served_by())
    result.told = [
        f"{phones:,} phones arrive within {within_s:g} seconds, each with a seat: the page, the socket, and whatever pictures "
        f"differ from the page. The slowest in a hundred waits {percentile(whole.all_ms, 0.99) / 1000:.2f} s.",
        f"Of the processor a phone takes {median(whole.cpu_ms):.2f} ms in all, {median(line.cpu_ms):.2f} ms without the page.",
    ]
    result.reach = [
        Reach(f"{phones:,} phones in {within_s:g} s: there, p99", percentile(whole.all_ms, 0.99) / 1000, 3, "s"),
        Reach(f"CPU of handshake and first pictures, beside a {plain.name}", ratio, 1.5, "×"),
        Reach("Phones that did not get in", rounds * phones - whole.came, 0),
    ]
    bars = [(way.name, median(way.cpu_ms)) for way in (plain, line, whole)]
    result.shown = [
        Plot("Server CPU a phone", plots.bars(bars, "ms", first=LINE)),
        Plot(
            "How long it takes to be there",
            plots.spreads([(BRIEF.get(way.name, "bare Channels"), way.all_ms) for way in ways], "ms"),
        ),
        _times(whole, line, plain),
    ]
    result.how = [
        f"The server has one core to itself, the load client the other. {rounds} rounds, the three ways in turn; the ratio is "
        "the median of the ratios within each round, times are of all rounds together.",
        "There: the page is whole, the socket is open, the line has answered and told the seat's marks, and (without the "
        "page) every part of the screen has come. Static files are not in it: a phone that has been here has them, and "
        "`bench weight` counts them.",
        "A bare Channels handshake: an AsyncWebsocketConsumer that accepts and does nothing else, without sessions or "
        "accounts, under the same server.",
    ]
    result.raw = {way.name: {"cpu_ms": way.cpu_ms, "came": way.came, "failures": way.failures} for way in ways}
    return result


def _times(*ways: Arrival) -> Table:
    rows: list[list[object]] = []
    for way in ways:
        for name, values in (
            ("all of it", way.all_ms),
            ("the page", way.page_ms),
            ("the handshake", way.handshake_ms),
            ("then to the last picture", way.first_ms),
        ):
            if values:
                each = [round(percentile(values, share), 1) for share in (0.5, 0.95, 0.99, 1)]
                rows.append([f"{way.name}: {name}", *each, len(values)])
        rows.append(
            [f"{way.name}: CPU of the server", f"{median(way.cpu_ms):.3f} each", "", "", "", f"client {way.client:.2f}"]
        )
    page = next(way.page_bytes for way in ways if way.page_bytes)
    note = f"The page takes {page:,.0f} bytes on the wire. A client near 1.00 of a core measures itself."
    return Table("In ms", ["", "p50", "p95", "p99", "longest", "how many"], rows, note)
