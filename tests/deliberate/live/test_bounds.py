"""What one seat may ask of a process: its lines, the parts they watch, and words to who does not read."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
import pytest
import websockets
from django.conf import settings

from deliberate.live.hub import MOST_PARTS
from deliberate.rehearsal.phone import Door, Member, Phone
from tests.service import Service, running


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> object:
    with running(tmp_path_factory.mktemp("bounds"), LIMIT_FACTOR="1000") as found:
        yield found


async def lines_of(door: Door, member: Member, count: int, watch: tuple[str, ...] = ()) -> list[Phone]:
    phones = []
    for _number in range(count):
        phones.append(Phone(door, watch))
        await phones[-1].sit(Member(member.cookie, member.base))
    return phones


async def test_a_seat_s_oldest_line_makes_room_for_one_too_many(service: Service) -> None:
    door = Door(service.url)
    member = await door.join(service.links["participant"])
    phones = await lines_of(door, member, settings.LIMIT_LINES_PER_SEAT + 1)
    for _attempt in range(500):
        if phones[0].ended == "crowded":
            break
        await asyncio.sleep(0.01)
    assert phones[0].ended == "crowded"
    assert all(not phone.ended for phone in phones[1:])
    assert (await phones[-1].act("floor.ask", kind="point"))["ok"]
    for phone in phones:
        await phone.close()
    await door.close()


async def test_pages_beyond_a_seat_s_share_are_not_painted_for_it(service: Service) -> None:
    door = Door(service.url)
    member = await door.join(service.links["participant"])
    wanted = tuple(f"{part}/{page}" for part in ("ideas.board", "ideas.newest") for page in range(2, 99))
    phones = [Phone(door, wanted[start : start + 30]) for start in range(0, 120, 30)]
    for phone in phones:
        await phone.sit(Member(member.cookie, member.base))
        assert (await phone.act("floor.withdraw"))["code"] == "refused"  # answered after what was watched before it
    await asyncio.sleep(1)
    assert len({name for phone in phones for name in phone.pictures}) == MOST_PARTS
    for phone in phones:
        await phone.close()
    await door.close()


async def test_one_picture_larger_than_the_window_does_not_close_a_line_that_reads(tmp_path: Path) -> None:
    with running(tmp_path, LIVE_WINDOW_BYTES="2000") as service:
        door = Door(service.url)
        phone = Phone(door, ("floor.ask", "ideas.board", "seats.presence", "statements.text", "floor.now"))
        await phone.sit(await door.join(service.links["participant"]))
        for number in range(6):
            assert (await phone.act("ideas.post", text=f"{number} " + "long " * 50))["ok"]
        assert not phone.ended
        await phone.close()
        await door.close()


async def test_a_stuck_script_is_told_to_wait_and_others_are_not(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_FRAMES_PER_SECOND="2") as service:
        door = Door(service.url)
        stuck, calm = Phone(door, ()), Phone(door, ())
        for phone in (stuck, calm):
            await phone.sit(await door.join(service.links["participant"]))
        codes = [(await stuck.act("floor.withdraw"))["code"] for _number in range(40)]
        assert codes[-1] == "limit"
        assert (await calm.act("floor.ask", kind="point"))["ok"]
        for phone in (stuck, calm):
            await phone.close()
        await door.close()


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("strict"), LIMIT_FRAMES_PER_SECOND="2") as found:
        yield found


@pytest.mark.parametrize("frame", ["[]", "no json", '{"beat": 1}', "x" * 17_000, b"\x00"])
async def test_who_goes_on_far_beyond_its_share_is_let_go_whatever_it_sends(
    strict: Service, frame: str | bytes
) -> None:
    door, answers = Door(strict.url), 0
    member = await door.join(strict.links["participant"])
    headers = {"Cookie": f"seat={member.cookie}", "Origin": strict.url}
    where = strict.url.replace("http", "ws") + member.base + "live"
    before = len(strict.log.read_text().splitlines())
    async with websockets.connect(where, additional_headers=headers, proxy=None) as line:
        with suppress(websockets.ConnectionClosed):
            for _number in range(500):
                await line.send(frame)
                await line.recv()
                answers += 1
    assert line.close_code == 4429
    assert 40 <= answers < 100, "twenty at once, as many beyond, and a few more in the meantime"
    await asyncio.sleep(0.2)
    assert len(strict.log.read_text().splitlines()) <= before + 1, "they are logged as a count"
    await door.close()


async def test_a_room_that_is_full_says_so_to_one_line_too_many(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_LINES_PER_ROOM="2") as service:
        door = Door(service.url)
        phones = [Phone(door, ()) for _number in range(2)]
        for phone in phones:
            await phone.sit(await door.join(service.links["participant"]))
        member = await door.join(service.links["participant"])
        headers = {"Cookie": f"seat={member.cookie}", "Origin": service.url}
        where = service.url.replace("http", "ws") + member.base + "live"
        async with websockets.connect(where, additional_headers=headers, proxy=None) as late:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await late.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1013
        assert not any(phone.ended for phone in phones)
        for phone in phones:
            await phone.close()
        await door.close()


class Streams:
    """Streams that are held open, each by a seat of its own."""

    def __init__(self, service: Service) -> None:
        self.service, self.door, self.held = service, Door(service.url), AsyncExitStack()

    async def open(self, member: Member | None = None) -> httpx.Response:
        member = member or await self.door.join(self.service.links["participant"])
        http = await self.held.enter_async_context(httpx.AsyncClient(timeout=10))
        headers = {"Cookie": f"seat={member.cookie}"}
        return await self.held.enter_async_context(
            http.stream("GET", f"{self.service.url}{member.base}stream", headers=headers)
        )

    async def said(self, stream: httpx.Response) -> str:
        """What it begins with."""
        if stream.status_code != 200:
            return str(json.loads(await stream.aread())["code"])
        lines = stream.aiter_lines()
        self.held.push_async_callback(lines.aclose)  # type: ignore[attr-defined]  # given up, it would close the stream
        return await anext(lines)

    async def close(self) -> None:
        await self.held.aclose()
        await self.door.close()


@pytest.mark.parametrize("limit", ["LIMIT_LINES_PER_ROOM", "LIMIT_LINES_PER_PROCESS"])
async def test_a_stream_is_a_line_like_a_socket_and_one_too_many_is_told_to_come_later(
    tmp_path: Path, limit: str
) -> None:
    with running(tmp_path, **{limit: "2"}) as service:
        streams = Streams(service)
        for _number in range(2):
            assert "beat" in await streams.said(await streams.open())
        late = await streams.open()
        assert late.status_code == 503
        assert late.headers["Retry-After"] == "5"
        assert "try again" in json.loads(await late.aread())["say"]
        await streams.close()


async def test_of_many_streams_that_open_in_one_moment_no_more_do_than_there_is_space_for(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_LINES_PER_ROOM="2") as service:
        streams = Streams(service)
        members = [await streams.door.join(service.links["participant"]) for _number in range(12)]
        opened = await asyncio.gather(*map(streams.open, members))
        said = [await streams.said(stream) for stream in opened]
        assert sum("beat" in each for each in said) == 2
        assert sum("space" in each for each in said) == 10
        await streams.close()


async def test_a_seat_opens_no_more_streams_than_it_may_ask_for_pages(tmp_path: Path) -> None:
    with running(tmp_path, LIMIT_PAGES_PER_MINUTE="5") as service:
        streams = Streams(service)
        member = await streams.door.join(service.links["participant"])
        went = [(await streams.open(member)).status_code for _number in range(8)]
        assert went == [200] * 5 + [429] * 3
        assert (await streams.open()).status_code == 200, "others are not held up"
        await streams.close()
