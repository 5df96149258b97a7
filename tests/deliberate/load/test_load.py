"""The load client against a running service: it joins as people do, and its record agrees with what is stored."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from deliberate.load.run import Wish, run
from tests.service import Service, running

PHONES = 12


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with running(tmp_path_factory.mktemp("service")) as found:
        yield found


async def load(service: Service, mode: str, **more: Any) -> dict[str, Any]:
    """A run, and its figures."""
    wish = Wish(mode, service.url, PHONES, within_s=0.5, seconds=1, join=service.links["participant"], **more)
    return (await run(wish)).as_json()


def acts(folder: Path) -> list[list[Any]]:
    return [json.loads(line) for path in folder.iterdir() for line in path.read_text().splitlines()]


async def test_everybody_votes_and_the_record_agrees_with_the_result(service: Service, tmp_path: Path) -> None:
    found = await load(service, "vote", moderator=service.links["moderator"], record=tmp_path, processes=2)
    assert (found["connected"], found["sent"], found["answered"], found["refused"]) == (PHONES, PHONES, PHONES, {})
    assert found["acks_ms"]["count"] == found["screens_ms"]["count"] == PHONES
    rows = acts(tmp_path)
    assert sorted(row[1] for row in rows) == list(range(PHONES))
    assert all(row[6] for row in rows)
    with closing(sqlite3.connect(service.log.parent / "deliberate.sqlite3")) as stored:
        turnout, result = stored.execute(
            "SELECT turnout, result FROM polls_poll WHERE handle = ?", [rows[0][2]]
        ).fetchone()
    assert turnout == PHONES
    counted = json.loads(result)["figures"]
    voted = Counter(row[3] for row in rows)
    assert counted["ballots"] == PHONES
    assert counted["abstained"] == voted.pop("abstain", 0)
    assert {option: count for option, count in counted["votes"] if count} == voted


async def test_all_come_back_and_show_what_a_fresh_page_shows(service: Service) -> None:
    found = await load(service, "reconnect")
    assert found["back_ms"]["count"] == found["consistent_ms"]["count"] == PHONES
    assert found["reconnects"] == PHONES
    assert (found["differ"], found["repeated"]) == (0, 0)


@pytest.mark.parametrize(
    ("more", "said"),
    [([], "--join LINK or CODE, or --seats FILE"), (["--join", "HBTJ6W"], "does not answer")],
    ids=["no seats", "no server"],
)
def test_it_says_what_is_missing(more: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("load", "hold", "--url", "http://127.0.0.1:9", *more)
