"""The database does not answer for a while: nothing that was acknowledged is lost, and nothing is stored twice."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from deliberate.rehearsal.phone import Door, Phone
from tests.service import running


async def test_an_act_at_which_the_database_was_away_is_stored_once_when_it_is_back(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        door = Door(service.url)
        phone = Phone(door, ())
        await phone.sit(await door.join(service.links["participant"]))
        with closing(sqlite3.connect(tmp_path / "deliberate.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            acting = asyncio.create_task(phone.act("ideas.post", text="Open the register."))
            for _second in range(60):
                await asyncio.sleep(1)
                if "event=failed" in service.log.read_text():
                    break
            assert not acting.done()
            other.execute("ROLLBACK")
        assert (await acting)["ok"]
        host = await door.join(service.links["host"])
        (room,) = (await door.page(host, "bundle.json")).json()["rooms"]
        assert [idea["text"] for idea in room["ideas"]].count("Open the register.") == 1
        await phone.close()
        await door.close()
