"""The moderator is told in words when the service can't store, or its parts do not reach each other; and when it is over."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import websockets
from django.db import IntegrityError, OperationalError

from deliberate.live.trouble import Trouble, Wrong
from deliberate.rehearsal.phone import Door, Member
from tests.service import workers

STORING, REACHING = "Nothing can be stored", "do not reach each other"


class Cable:
    """A cable to a server that can be pulled and put back: everything goes through, or nothing does."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url)
        self.pulled = False
        self._links: set[asyncio.StreamWriter] = set()

    async def lay(self) -> str:
        """The address to use in place of the server's own."""
        self._server = await asyncio.start_server(self._through, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        login = f"{self.target.netloc.rpartition('@')[0]}@" if "@" in self.target.netloc else ""
        return urlunsplit(self.target._replace(netloc=f"{login}127.0.0.1:{port}"))

    def pull(self) -> None:
        self.pulled = True
        for link in self._links:
            link.transport.abort()

    def close(self) -> None:
        self.pull()
        self._server.close()

    async def _through(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.pulled:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection(self.target.hostname, self.target.port)
        self._links |= {writer, back}
        await asyncio.gather(_copy(reader, back), _copy(there, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()


@pytest.fixture
async def cables(postgres_url: str, redis_url: str) -> AsyncIterator[tuple[Cable, Cable]]:
    found = Cable(postgres_url), Cable(redis_url)
    yield found
    for cable in found:
        cable.close()


def connect(url: str, member: Member) -> Any:
    headers = {"Cookie": f"seat={member.cookie}", "Origin": url}
    return websockets.connect(
        url.replace("http", "ws") + member.base + "live", additional_headers=headers, compression=None, proxy=None
    )


async def told(socket: Any, needle: str) -> None:
    """Wait until the line says that, or with "" that all is well."""
    async with asyncio.timeout(30):
        while True:
            frame = json.loads(await socket.recv())
            if "trouble" in frame and (
                any(needle in said for said in frame["trouble"]) if needle else not frame["trouble"]
            ):
                return


async def test_a_moderator_is_told_what_is_wrong_for_as_long_as_it_is(
    tmp_path: Path, cables: tuple[Cable, Cable]
) -> None:
    database, redis = cables
    lines = await database.lay(), await redis.lay()
    with contextlib.ExitStack() as stack:
        # Starting waits for the service: off the loop, which carries the cables.
        [service] = await asyncio.to_thread(stack.enter_context, workers(1, tmp_path, *lines))
        door = Door(service.url)
        member = await door.join(service.links["moderator"])
        person = await door.join(service.links["participant"])
        async with connect(service.url, member) as chair, connect(service.url, person) as phone:
            for cable, words in ((redis, REACHING), (database, STORING)):
                cable.pull()
                await told(chair, words)
                cable.pulled = False
                await told(chair, "")
            await phone.send('{"beat": 1}')
            assert "trouble" not in json.loads(await phone.recv()), "it is the crew's to see to"
        await door.close()
        await asyncio.to_thread(stack.close)


@pytest.mark.django_db(transaction=True)
async def test_an_act_that_could_not_be_stored_is_told_though_smaller_things_can_be() -> None:
    trouble = Trouble()
    trouble.found(OperationalError("database or disk is full"))
    assert Wrong.STORAGE in await trouble._look()
    assert Wrong.STORAGE not in await trouble._look()
    trouble.found(IntegrityError("somebody was quicker"))
    assert Wrong.STORAGE not in await trouble._look()


@pytest.mark.django_db(transaction=True)
async def test_what_another_process_could_not_store_is_told_here_too() -> None:
    trouble = Trouble()
    trouble.heard()
    assert Wrong.STORAGE in await trouble._look()
    assert Wrong.STORAGE not in await trouble._look()
