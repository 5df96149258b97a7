"""A short run of each part: it ends, finds nothing wrong, and its report can be written. What it measures here says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.bench.ballots import bench
from deliberate.bench.ballots.whole import PARTS
from deliberate.bench.machine import described
from deliberate.bench.page import as_json, page
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Result

#: Each starts services of its own, on both databases.
pytestmark = pytest.mark.timeout(600)
PHONES = 12


async def run(part: str) -> tuple[Result, Any]:
    asked = Asked(say=lambda _text: None, quick=True, phones=(PHONES,), repeats=2, only=(part,), seed=1)
    result = await bench(asked)
    html = page(result, described())
    assert html.count('<div class="one ') == len(result.reach) > 0
    assert all(each.name in as_json(result, {}) for each in result.reach)
    return result, result.raw[part]


async def test_linkage_finds_the_control_and_no_address() -> None:
    _result, raw = await run("linkage")
    by = {(each["database"], each["way"].partition(":")[0]): each for each in raw["attacks"]}
    for database in ("SQLite", "PostgreSQL"):
        assert by[database, "as it is held"]["found"] == []
        assert by[database, "as it is held"]["right"] < PHONES / 2
        assert by[database, "control"]["right"] == PHONES


async def test_a_killed_service_loses_nothing() -> None:
    _result, raw = await run("lost")
    assert [each["rounds"] for each in raw] == [1, 1]
    assert [each["wrong"] for each in raw] == [[], []]
    assert all(0 < each["ballots"] <= PHONES for each in raw)


async def test_speed_counts_every_ballot() -> None:
    _result, raw = await run("speed")
    assert [len(each["clicks_ms"][0]) for each in raw] == [PHONES, PHONES]
    assert all(each["together"] > 0 and each["orm"] > 0 for each in raw)


async def test_twins_agree(chromium_path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMIUM", chromium_path)
    result, raw = await run("twins")
    assert (raw["played"], raw["agreed"], raw["wrong"]) == (PHONES, PHONES, [])
    assert result.reach[0].ok


@pytest.mark.parametrize("part", sorted(set(PARTS) - {"linkage", "lost", "speed", "twins"}))
async def test_what_needs_no_service_holds(part: str) -> None:
    result, _raw = await run(part)
    assert [reach.name for reach in result.reach if not reach.ok] == []


async def test_a_part_that_is_none_is_named() -> None:
    with pytest.raises(NotReady, match="no part weather"):
        await run("weather")
