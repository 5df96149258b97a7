"""Fifteen secret ballots over real sockets, in a known order: what lies on the disk of a demo, byte by byte, afterwards.

Whoever takes the disk away while the poll is open finds the box as it is and who has voted; not how it filled, ballot by
ballot, for that would put the two together. After closing they find the result alone."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import pytest

from deliberate.rehearsal.phone import Door, Phone
from tests.service import Service, running

VOTERS = 15
#: The box as it is written: rows of a group's handle, a choice, and how many.
BOX = re.compile(rb'\[\["[a-z0-9]*", "[a-z0-9]+", \d+\](?:, \["[a-z0-9]*", "[a-z0-9]+", \d+\])*\]')


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with running(tmp_path, LIMIT_FACTOR="1000", LOG_LEVEL="DEBUG") as found:
        yield found


def on_disk(folder: Path) -> bytes:
    """Every byte of the database, its write-ahead log and what else SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in sorted(folder.glob("deliberate.sqlite3*")))


async def one_state(folder: Path, within_s: float = 12) -> set[bytes]:
    """The states of the box that lie on the disk, once it is one alone or the time is over."""
    found: set[bytes] = set()
    for _attempt in range(int(within_s * 20)):
        found = set(BOX.findall(on_disk(folder)))
        if len(found) == 1:
            break
        await asyncio.sleep(0.05)
    return found


def rows(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables, SQLite's own too, as somebody with the file reads them."""
    link = sqlite3.connect(f"file:{folder / 'deliberate.sqlite3'}?mode=ro", uri=True)
    try:
        names = [name for (name,) in link.execute("select name from sqlite_master where type = 'table'")]
        return {name: link.execute(f'select rowid, * from "{name}"').fetchall() for name in [*names, "sqlite_master"]}
    finally:
        link.close()


async def test_the_disk_shows_neither_the_order_of_ballots_nor_later_who_voted(
    service: Service, tmp_path: Path
) -> None:
    door = Door(service.url)
    moderator = Phone(door, ("ballots.turnout",))
    await moderator.sit(await door.join(service.links["moderator"]))
    voters = [Phone(door, ("ballots.open", "ballots.turnout")) for _voter in range(VOTERS)]
    for voter in voters:
        await voter.sit(await door.join(service.links["participant"]))
    asked = {"question": "Shall we begin?", "kind": "one", "options": "Yes\nNo\nLater", "secret": "sealed"}
    poll = (await moderator.act("ballots.prepare", **asked))["data"]
    assert (await moderator.act("ballots.open", poll=poll["poll"]))["ok"]
    before = rows(tmp_path)

    chosen = [poll["options"][number * 7 % 3] for number in range(VOTERS)]
    found = []
    for voter, choice in zip(voters, chosen, strict=True):
        assert (await voter.act("ballots.cast", poll=poll["poll"], choice=choice))["ok"]
        found.append(await one_state(tmp_path))
    filled = list(accumulate(([choice] for choice in chosen), lambda some, more: some + more))
    assert [len(boxes) for boxes in found] == [1] * VOTERS, "soon after each ballot the disk holds one state of the box"
    assert len(set.union(*found)) == len(filled), "and the test would have seen the others"

    open_now = rows(tmp_path)
    assert {name for name in open_now if open_now[name] != before[name]} <= {
        "polls_poll", "polls_ballotbox", "polls_participation", "sqlite_sequence",
    }  # fmt: skip
    assert len(open_now["polls_participation"]) == VOTERS
    assert len(open_now["polls_ballotbox"]) == 1

    assert (await moderator.act("ballots.close", poll=poll["poll"]))["ok"]
    after = rows(tmp_path)
    assert {name for name in after if after[name] != before[name]} <= {
        "polls_poll", "polls_ballotbox", "sqlite_sequence", "rooms_entry", "deliberate_receipt",
    }  # fmt: skip
    assert after["polls_participation"] == after["polls_ballotbox"] == []
    assert BOX.findall(on_disk(tmp_path)) == []
    assert (tmp_path / "deliberate.sqlite3-wal").stat().st_size == 0

    log = service.log.read_text()
    assert [word for word in (poll["poll"], *poll["options"], "ballots.cast") if word in log] == []
    for phone in [moderator, *voters]:
        await phone.close()
    await door.close()
