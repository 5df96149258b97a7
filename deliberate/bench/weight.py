"""`bench weight`: what a participant's phone has to fetch before it can act, and how long that takes over a bad network."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from deliberate.bench import plots
from deliberate.bench.crew import captions_of, moderation_of
from deliberate.bench.product import NotReady, Product
from deliberate.bench.result import Asked, Plot, Reach, Result, Table
from deliberate.bench.servers import chromium, chromium_args
from deliberate.load.run import prepared

#: What browsers' tools call slow 3G: milliseconds there and back, bytes a second each way.
LATENCY_MS, BYTES_S = 400, 400_000 / 8
#: The tools slow no sockets, so what it has to wait for there is added: connecting, the handshake, the first answer.
SOCKET_TRIPS = 3
#: A line that lives, and an open ballot whose button can be pressed: then the phone is of use.
USABLE = (
    "() => document.querySelector('#line')?.dataset.line === 'live' && document.querySelector('form.ballot button')"
)


@dataclass
class Load:
    """One load of a page in an empty browser. Bytes as they went over the wire, heads included."""

    seconds: float = 0.0
    bytes: dict[str, int] = field(default_factory=dict)
    socket_bytes: int = 0
    before: int = 0
    answer: str = ""

    @property
    def total(self) -> int:
        return sum(self.bytes.values()) + self.socket_bytes


async def bench(asked: Asked) -> Result:
    try:
        from playwright.async_api import async_playwright
    except ImportError:
        raise NotReady("The bench weight needs Playwright, which is in the group `test`.") from None
    path = os.environ.get("CHROMIUM") or chromium()
    rounds = asked.times(3)
    slow, fast, way_in = [], [], []
    async with (
        asked.served(max(4, 2 * rounds), set()) as product,
        captions_of(product) as captions,
        moderation_of(product) as moderation,
        async_playwright() as playwright,
    ):
        await captions.begin()
        poll = await prepared(moderation.phone, "Shall we adopt the text as it stands?")
        await moderation.act("ballots.open", poll=poll)
        browser = await playwright.chromium.launch(executable_path=path, args=chromium_args())
        version = browser.version
        for number in range(rounds):
            asked.say(f"round {number + 1} of {rounds}: slow, fast, and the way in")
            slow.append(await _load(browser, product, 2 * number, slow=True))
            fast.append(await _load(browser, product, 2 * number + 1, slow=False))
            way_in.append(await _way_in(browser, product))
        await browser.close()
        await moderation.act("ballots.close", poll=poll)
    return _result(slow, fast, way_in, {"Chromium": version} | asked.served_by())


async def _load(browser: Any, product: Product, number: int, *, slow: bool) -> Load:
    """The room's page with a seat, nothing cached, until the phone is of use; then it votes."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    seat = product.seats[number]
    path = "/".join(seat.base.split("/")[:4]) + "/"
    host = urlsplit(product.url).hostname
    await context.add_cookies([{"name": "seat", "value": seat.cookie, "domain": host, "path": path}])
    page = await context.new_page()
    load = await _watched(context, page, slow)
    began = time.monotonic()
    await page.goto(product.url + seat.base, wait_until="commit")
    await page.wait_for_function(USABLE, timeout=60_000)
    load.seconds, load.before = time.monotonic() - began, len(load.bytes)
    load.seconds += SOCKET_TRIPS * LATENCY_MS / 1000 if slow else 0
    await page.locator("form.ballot input[type=radio]").first.check()
    await page.locator("form.ballot button").click()
    said = page.locator("#said:not([hidden])")
    await said.wait_for(timeout=30_000)
    load.answer = await said.inner_text()
    await page.wait_for_load_state("load")
    await context.close()
    return load


async def _way_in(browser: Any, product: Product) -> Load:
    """From the code on the wall: the welcome page, a tap, the room, until the phone is of use. As fast as it goes."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    load = await _watched(context, page, False)
    await page.goto(product.url + product.made["join"])
    began = time.monotonic()
    await page.locator("main form button, form button").last.click()
    await page.wait_for_function(USABLE, timeout=60_000)
    load.seconds, load.before = time.monotonic() - began, len(load.bytes)
    await context.close()
    return load


async def _watched(context: Any, page: Any, slow: bool) -> Load:
    """Count what the page fetches from now on; over the bad network if `slow`."""
    load, names = Load(), {}
    tools = await context.new_cdp_session(page)
    await tools.send("Network.enable")

    def request(event: dict[str, Any]) -> None:
        names[event["requestId"]] = urlsplit(event["request"]["url"]).path

    def done(event: dict[str, Any]) -> None:
        name = names.get(event["requestId"], "?")
        load.bytes[name] = load.bytes.get(name, 0) + int(event["encodedDataLength"])

    def redirected(event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            name = "(redirect) " + urlsplit(event["redirectResponse"]["url"]).path
            load.bytes[name] = load.bytes.get(name, 0) + int(event["redirectResponse"]["encodedDataLength"])

    def frame(event: dict[str, Any]) -> None:
        load.socket_bytes += len(event["response"]["payloadData"].encode())

    def opened(event: dict[str, Any]) -> None:
        names[event["requestId"]] = "(socket) live"
        load.bytes["(socket) live"] = len(str(event["response"].get("headersText", ""))) or 300

    tools.on("Network.requestWillBeSent", redirected)
    tools.on("Network.requestWillBeSent", request)
    tools.on("Network.loadingFinished", done)
    tools.on("Network.webSocketFrameReceived", frame)
    tools.on("Network.webSocketHandshakeResponseReceived", opened)
    if slow:
        await tools.send(
            "Network.emulateNetworkConditions",
            {"offline": False, "latency": LATENCY_MS, "downloadThroughput": BYTES_S, "uploadThroughput": BYTES_S},
        )
    return load


def _result(slow: list[Load], fast: list[Load], way_in: list[Load], versions: dict[str, str]) -> Result:
    worst = max(slow, key=lambda load: load.seconds)
    heaviest = max([*slow, *fast], key=lambda load: load.total)
    most = max(load.before for load in [*slow, *fast])
    result = Result("weight", "What a phone has to fetch", versions=versions)
    result.told = [
        f"The first load of a participant's page takes {heaviest.total / 1000:.1f} kB and {most} requests until an open poll "
        f"can be voted in. Over slow 3G ({LATENCY_MS} ms, 400 kbit/s) that takes {worst.seconds:.2f} s.",
    ]
    result.reach = [
        Reach("Bytes of the first load, everything included", heaviest.total / 1000, 60, "kB"),
        Reach("Requests before it can act, the socket included", most, 6),
        Reach("Over slow 3G of use after", worst.seconds, 4, "s"),
    ]
    parts = sorted(heaviest.bytes.items(), key=lambda part: -part[1])
    rows = [(_name(path), size / 1000) for path, size in parts] + [
        ("frames over the socket", heaviest.socket_bytes / 1000)
    ]
    result.shown = [
        Plot("What goes over the wire", plots.bars([row for row in rows if row[1] > 0], "kB")),
        Table(
            "Every load",
            ["", "of use after, s", "requests until then", "kB", "told after voting"],
            [
                [f"{name}, {number + 1}", round(load.seconds, 2), load.before, round(load.total / 1000, 1), load.answer]
                for name, some in (("slow 3G", slow), ("no limit", fast), ("from the code on the wall", way_in))
                for number, load in enumerate(some)
            ],
            "From the code on the wall: welcome page and room together; its time counts from the tap on Join.",
        ),
    ]
    result.how = [
        "Chromium without a window, its cache empty, a seat's cookie in hand, a poll open. Of use: the line says that it "
        "lives and the ballot can be cast. Then a ballot is cast by clicking, and its answer read.",
        "Bytes as Chromium's own tools count them on the wire, heads included; frames over the socket by their text, so an "
        "upper bound where they are compressed. A redirect counts as a request, and so does the socket.",
        f"The network is slowed by Network.emulateNetworkConditions, which slows no sockets: {SOCKET_TRIPS} times {LATENCY_MS} ms "
        "are added for connecting, the handshake and the first answer.",
    ]
    result.raw = {
        "slow": [vars(load) for load in slow],
        "fast": [vars(load) for load in fast],
        "way in": [vars(w) for w in way_in],
    }
    return result


def _name(path: str) -> str:
    last = path.rstrip("/").rpartition("/")[2] or path
    return (
        last
        if "." in last or last.startswith("(") or " " in last
        else f"the page {path[:3]}…"
        if path.startswith("/at/")
        else path
    )
