"""A short run of each bench, with a handful of phones: it ends, counts what it must count, and writes its report. What it
measures here says nothing: no test looks at a time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio

from deliberate.bench import fanout, join, reconnect, storm, weight, writes
from deliberate.bench.beside import senders
from deliberate.bench.crew import PACE
from deliberate.bench.machine import described
from deliberate.bench.page import as_json, page
from deliberate.bench.product import Product
from deliberate.bench.result import Asked, Reach, Result

PHONES = 6
#: One loop for all of them, for the product that they measure in turn lives on it.
together = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def product() -> AsyncIterator[Product]:
    async with Product(PHONES, environment=PACE, server="uvicorn") as found:
        yield found


def asked(phones: int = PHONES, *, product: Product | None = None) -> Asked:
    # As short as the load client's own reports allow: all is quiet when two of them say the same.
    return Asked(say=lambda _text: None, phones=(phones,), repeats=1, seconds=0.3, product=product)


def told(result: Result) -> dict[str, float]:
    """The reach by name, after a look at whether the report can be written."""
    html = page(result, described())
    assert html.count('<div class="one ') == len(result.reach) > 0
    assert "<script" not in html
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert all(each.name in as_json(result, {}) for each in result.reach)
    return {each.name: each.value for each in result.reach}


@together
async def test_fanout_counts_every_frame_of_every_server(product: Product) -> None:
    result = await fanout.bench(asked(product=product))
    kinds = result.raw[str(PHONES)]
    beside = {kind.name for kind in senders(None)}
    assert beside < kinds.keys()
    assert len([name for name in kinds if name.startswith("Channels group_send")]) == 2
    for name, (one, *_more) in kinds.items():
        assert one["waves"] >= 1, name
        assert one["us"] > 0, name
        assert one["waves"] == int(one["waves"]), f"{name}: some phones got fewer frames than others"
    sizes = {round(one["size"]) for name, (one, *_more) in kinds.items() if not name.startswith("Socket.IO")}
    assert max(sizes) - min(sizes) <= 1
    assert all(value > 0 for value in told(result).values())


@together
async def test_storm_finds_every_ballot_stored_once(product: Product) -> None:
    result = await storm.bench(asked(product=product))
    found = result.raw[str(PHONES)]
    assert (found["acknowledged"], found["lost"], found["double"], found["choices_differ"]) == (PHONES, 0, 0, 0)
    assert found["unanswered"] == 0
    reach = told(result)
    assert reach[f"{PHONES} phones: ballots lost"] == reach[f"{PHONES} phones: ballots doubled or changed"] == 0
    assert reach[f"{PHONES} phones: acknowledgement, p99"] > 0
    assert reach[f"{PHONES} phones: poll open to screen, p99"] > 0


@together
async def test_join_brings_everybody_in_each_way(product: Product) -> None:
    result = await join.bench(asked(product=product))
    assert [way["came"] for way in result.raw.values()] == [PHONES] * 3
    assert "bare Channels handshake (uvicorn)" in result.raw, "as the product is served"
    assert result.versions["Served by"].startswith("uvicorn ")
    assert b"--server\0uvicorn\0" in await asyncio.to_thread(Path(f"/proc/{product.pid}/cmdline").read_bytes)
    reach = told(result)
    assert reach["Phones that did not get in"] == 0
    assert all(cpu > 0 for way in result.raw.values() for cpu in way["cpu_ms"])


@together
async def test_reconnect_finds_everybody_back_with_what_a_fresh_page_shows(product: Product) -> None:
    result = await reconnect.bench(asked(product=product))
    (found,) = result.raw["rounds"]
    assert found["back"]
    assert (found["differ"], found["repeated"]) == (0, 0)
    assert found["attempts"] >= PHONES
    assert found["pictures"] > 0, "the agenda moved on while they were away"
    assert told(result)["Phones that differ from a fresh page"] == 0


@together
async def test_weight_counts_what_chromium_fetched_and_votes_by_hand(
    product: Product, chromium_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", chromium_path)
    result = await weight.bench(asked(product=product))
    (slow,), (fast,) = result.raw["slow"], result.raw["fast"]
    # What a phone asks of the ballot box comes when it comes, by design: within seconds, at random.
    first = [{name for name in each["bytes"] if not name.startswith("/box/")} for each in (slow, fast)]
    assert first[0] == first[1]
    assert any(name.endswith(".css") for name in slow["bytes"])
    assert "(socket) live" in slow["bytes"]
    assert "Your ballot is in" in slow["answer"]
    assert slow["seconds"] > 1.2, "three ways over the slow network are added"
    assert told(result)["Bytes of the first load, everything included"] > 5


async def test_writes_stores_every_vote_on_both_databases() -> None:
    result = await writes.bench(asked(20))
    for ways in [ways for kinds in result.raw.values() for by_many in kinds.values() for ways in by_many.values()]:
        assert {name: [each["votes"] for each in some] for name, some in ways.items()} == {
            "together": [20],
            "door": [2],
            "orm": [2],
        }
    assert len(told(result)) == 4


@pytest.mark.parametrize(
    ("value", "least", "ok"), [(1.2, False, True), (1.3, False, False), (1.3, True, True), (1.2, True, False)]
)
def test_a_limit_is_kept_at_most_or_at_least(value: float, least: bool, ok: bool) -> None:
    assert Reach("a", value, 1.25, least=least).ok == ok


def living(group: int) -> list[str]:
    """The processes of a group that have not ended, each as the kernel describes it (proc(5))."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            told = path.read_text()
            state, _parent, of = told.rpartition(") ")[2].split()[:3]
            if int(of) == group and state != "Z":
                found.append(told)
    return found


def test_told_to_end_it_leaves_no_server_behind(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "deliberate",
        "bench",
        "fanout",
        "--phones",
        str(PHONES),
        "--report",
        str(tmp_path),
    ]
    # A group of its own: whoever is left of it can be seen.
    begun = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True)
    assert begun.stderr is not None
    with begun.stderr:
        for line in begun.stderr:
            if "raw transport.write" in line:
                break
        begun.terminate()
        said = begun.stderr.read()
    assert begun.wait(60) == 1
    assert "Told to end" in said
    # Whoever minds a server for the bench ends with it, a moment later.
    until = time.monotonic() + 15
    while living(begun.pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert living(begun.pid) == []
    assert not list(tmp_path.iterdir())
