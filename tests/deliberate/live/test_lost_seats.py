"""Whoever loses a seat loses its open lines within a second, the socket and the stream: by hints, before any sweep."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import websockets

from deliberate.rehearsal.phone import Answer, Door, Member, Phone
from deliberate.shell import server
from tests.service import ROOT, Service, bare, running

WITHIN_S = 1.0
#: A deleted event is looked for each second here; a day's end is not waited for (below).
PURGE_S = 1


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    never = {"LIVE_SWEEP_S": "3600", "LIMIT_FACTOR": "10000", "PURGE_EVERY_S": str(PURGE_S)}
    with running(tmp_path_factory.mktemp("lost"), **never) as found:
        yield found


@dataclass
class Meeting:
    """An event on the running service: its links by role, the host's line, and where its data lies."""

    door: Door
    links: dict[str, str]
    host: Phone
    data: Path

    async def join(self, role: str = "participant") -> Member:
        return await self.door.join(self.links[role])

    async def done(self, command: str, **fields: object) -> Answer:
        """What the host is answered."""
        answer = await self.host.act(command, **fields)
        assert answer["ok"], answer
        return answer


@asynccontextmanager
async def held(service: Service, links: dict[str, str]) -> AsyncIterator[Meeting]:
    door = Door(service.url)
    host = Phone(door, ())
    await host.sit(await door.join(links["host"]))
    yield Meeting(door, links, host, service.log.parent)
    await host.close()
    await door.close()


@pytest.fixture
async def meeting(service: Service) -> AsyncIterator[Meeting]:
    """The event of the running demo."""
    async with held(service, service.links) as found:
        yield found


@pytest.fixture
def further(service: Service) -> dict[str, str]:
    """The links of a further event of the same service, that may end."""
    made = subprocess.run(
        [sys.executable, "-m", "deliberate", "event", "A meeting", "--url", service.url],
        cwd=ROOT, env={**bare(), "DATA_DIR": str(service.log.parent)}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(line.split(": ", 1) for line in made.stdout.splitlines() if ": http" in line)


@pytest.fixture
async def ending(service: Service, further: dict[str, str]) -> AsyncIterator[Meeting]:
    async with held(service, further) as found:
        yield found


@asynccontextmanager
async def losing(meeting: Meeting, member: Member, within_s: float = WITHIN_S) -> AsyncIterator[None]:
    """Two lines of the seat are open before what is done inside, and closed within a second after it, for this reason."""
    cookie = {"Cookie": f"seat={member.cookie}"}
    origin = meeting.door.origin
    address = origin.replace("http", "ws") + member.base + "live"
    async with (
        websockets.connect(address, additional_headers={**cookie, "Origin": origin}, proxy=None) as socket,
        httpx.AsyncClient(timeout=30) as http,
        http.stream("GET", f"{origin}{member.base}stream", headers=cookie) as stream,
    ):
        await socket.send('{"beat": 1}')
        assert json.loads(await socket.recv())["beat"] == 1
        lines = stream.aiter_lines()
        assert "beat" in await anext(lines)
        yield
        async with asyncio.timeout(within_s):
            said = [json.loads(line[6:]) async for line in lines if line.startswith("data: ")]
            heard = []
            with suppress(websockets.ConnectionClosed):
                while True:
                    heard.append(json.loads(await socket.recv()))
        assert socket.close_code == 4401
        assert said[-1] == heard[-1] == {"end": "ended"}


async def still_open(meeting: Meeting, member: Member) -> bool:
    page = await meeting.door.page(member)
    return page.status_code == 200


async def test_who_erases_themselves_on_one_device_loses_the_lines_of_all(meeting: Meeting) -> None:
    member = await meeting.join()
    phone = Phone(meeting.door, ())
    async with losing(meeting, member):
        await phone.sit(member)
        assert (await phone.act("seats.erase"))["ok"]
    await phone.close()
    assert not await still_open(meeting, member)


@pytest.mark.parametrize("role", ["moderator", "host"])
async def test_whose_seat_is_ended_by_a_moderator_or_the_host_loses_the_lines(meeting: Meeting, role: str) -> None:
    member, other = await meeting.join(), await meeting.join()
    phone, crew = Phone(meeting.door, ()), Phone(meeting.door, ())
    await phone.sit(member)
    await crew.sit(await meeting.join(role))
    asked = await phone.act("floor.ask", kind="point")
    async with losing(meeting, member):
        assert (await crew.act("seats.end", shown=f"turn:{asked['data']['turn']}"))["ok"]
    await phone.close()
    await crew.close()
    assert not await still_open(meeting, member)
    assert await still_open(meeting, other)


@pytest.mark.parametrize("role", ["moderator", "captioner", "drafter", "wall", "host"])
async def test_who_came_by_a_link_that_is_revoked_loses_the_lines(meeting: Meeting, role: str) -> None:
    made = await meeting.done("events.new_link", role=role)
    member, other = await meeting.door.join(meeting.door.origin + made["data"]["path"]), await meeting.join(role)
    async with losing(meeting, member):
        await meeting.done("events.revoke_link", link=made["data"]["link"])
    assert not await still_open(meeting, member)
    assert await still_open(meeting, other), "who came by another link of the same role stays"


async def test_who_goes_over_to_another_room_s_link_loses_the_lines_of_the_room_left(meeting: Meeting) -> None:
    assert meeting.host.member is not None
    first = meeting.host.member.base.rstrip("/").rpartition("/")[2]
    second = (await meeting.done("events.add_room", name="Workshop"))["data"]["room"]
    paths = [
        (await meeting.done("events.new_link", role="moderator", room=room))["data"]["path"] for room in (first, second)
    ]
    member = await meeting.door.join(meeting.door.origin + paths[0])
    async with losing(meeting, member):
        arrived = await meeting.door.http.get(paths[1])
        ticket = arrived.headers["set-cookie"].partition(";")[0]
        cookies = {"Cookie": f"seat={member.cookie}; {ticket}"}
        welcome = await meeting.door.http.get(arrived.headers["location"], headers=cookies)
        assert second in welcome.headers["location"]
    assert not await still_open(meeting, member)


async def test_everybody_loses_the_lines_of_an_event_that_its_host_deletes(ending: Meeting) -> None:
    member = await ending.join()
    async with losing(ending, member), losing(ending, await ending.join("moderator")):
        await ending.done("events.delete", title="A meeting")
    assert not await still_open(ending, member)


async def test_everybody_loses_the_lines_of_an_event_whose_last_day_is_over(ending: Meeting) -> None:
    member = await ending.join()
    event = member.base.split("/")[2]
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    async with losing(ending, member, within_s=PURGE_S * 1.1 + WITHIN_S):
        with closing(sqlite3.connect(ending.data / "deliberate.sqlite3", timeout=10)) as file:
            file.execute("UPDATE rooms_event SET retention_until = ? WHERE handle = ?", (yesterday, event))
            file.commit()
    assert not await still_open(ending, member)


@pytest.mark.parametrize(
    ("moment", "least", "most"),
    [
        ("2030-05-01T12:00:00", 3240, 3960),
        ("2030-05-01T23:59:50", 10, 11),
        ("2030-05-01T23:59:59.500000", 0.5, 0.6),
        ("2030-05-02T00:00:00.050000", 3240, 3960),
    ],
)
def test_what_is_due_is_looked_for_every_hour_and_when_a_day_ends(moment: str, least: float, most: float) -> None:
    assert least <= server.pause_s(datetime.fromisoformat(moment).replace(tzinfo=UTC)) <= most
