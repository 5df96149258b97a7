"""The podium's socket of a running service, from outside."""

from __future__ import annotations

import asyncio
import json
import re
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import websockets

from deliberate.rehearsal.phone import Door, Member
from deliberate.roles import CAPTIONER, HOST, MODERATOR, PARTICIPANT
from tests.rooms.captions.sounds import silence, tone
from tests.service import Service, running
from tests.stories.stage import Hand


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = {
        "CAPTIONS_ENGINE": "tests.rooms.captions.engines:Tones",
        "CAPTIONS_MICROPHONES": "2",
        "PYTHONPATH": str(Path.cwd()),
    }
    with running(tmp_path_factory.mktemp("listening"), **settings) as found:
        yield found


class Line:
    """A podium's socket."""

    def __init__(self, line: Any) -> None:
        self.line = line

    async def begin(self, again: str = "") -> str:
        await self.line.send(json.dumps({"again": again}))
        return str((await self.heard())["line"])

    async def heard(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(await asyncio.wait_for(self.line.recv(), 30))
        return found

    async def until(self, state: str) -> dict[str, Any]:
        while (told := await self.heard()).get("state") != state:
            pass
        return told

    async def bring(self, sound: bytes) -> None:
        for at in range(0, len(sound), 3200):
            await self.line.send(struct.pack("!I", 0) + sound[at : at + 3200])

    async def code(self) -> int:
        """How it is closed."""
        with suppress(websockets.ConnectionClosed):
            async with asyncio.timeout(30):
                async for _told in self.line:
                    pass
        return int(self.line.close_code)


@asynccontextmanager
async def line_of(service: Service, member: Member, origin: str = "") -> AsyncIterator[Line]:
    headers = {"Cookie": f"seat={member.cookie}", "Origin": origin or service.url}
    url = service.url.replace("http", "ws") + member.base + "sound"
    async with websockets.connect(url, additional_headers=headers, proxy=None) as line:
        yield Line(line)


async def words(door: Door, member: Member) -> str:
    answer = await door.http.get(f"{member.base}transcript.txt", headers={"Cookie": f"seat={member.cookie}"})
    return str(answer.text)


async def test_sound_becomes_words_and_the_last_of_them_are_stored_when_it_stops(service: Service, door: Door) -> None:
    captioner = await door.join(service.links[CAPTIONER])
    async with line_of(service, captioner) as line:
        await line.begin()
        await line.until("on")
        await line.bring(tone(1) + silence(1) + tone(1.5))
        await line.line.send(json.dumps({"stop": True}))
        assert await line.code() == 1000
    assert "one two one two three" in await words(door, captioner)


async def test_the_last_words_are_stored_too_where_the_line_breaks(service: Service, door: Door) -> None:
    captioner = await door.join(service.links[CAPTIONER])
    async with line_of(service, captioner) as line:
        await line.begin()
        await line.until("on")
        await line.bring(tone(4.5))
    async with asyncio.timeout(30):
        while "six seven eight nine" not in await words(door, captioner):  # noqa: ASYNC110  # another process
            await asyncio.sleep(0.1)


async def test_another_page_takes_over_and_the_one_before_is_told(service: Service, door: Door) -> None:
    captioner = await door.join(service.links[CAPTIONER])
    async with line_of(service, captioner) as first, line_of(service, captioner) as second:
        await first.begin()
        await first.until("on")
        await second.begin()
        await first.bring(tone(1))
        assert "Another page" in (await first.until("off"))["say"]
        assert await first.code() == 4410


async def test_whose_link_is_revoked_brings_nothing_more(service: Service, door: Door) -> None:
    host = await asyncio.to_thread(Hand, service.links[HOST])
    made = await asyncio.to_thread(host.do, "events.new_link", role=CAPTIONER)
    captioner = await door.join(service.url + made["path"])
    async with line_of(service, captioner) as line:
        await line.begin()
        await line.until("on")
        await asyncio.to_thread(host.do, "events.revoke_link", link=made["link"])
        with suppress(websockets.ConnectionClosed):  # it may be closed by now
            await line.bring(tone(1))
        assert await line.code() == 4401


async def test_whose_seat_ends_is_heard_no_more_though_nothing_is_said_meanwhile(service: Service, door: Door) -> None:
    captioner, other = [await door.join(service.links[CAPTIONER]) for _number in range(2)]
    async with line_of(service, captioner) as line, line_of(service, other) as apart:
        await line.begin()
        await line.until("on")
        await apart.line.send(json.dumps({"again": ""}))
        await door.http.post(
            f"{captioner.base}do/seats.erase",
            headers={"Cookie": f"seat={captioner.cookie}", "Origin": service.url, "Accept": "application/json"},
        )
        async with asyncio.timeout(2):
            assert "Your seat has ended" in (await line.until("off"))["say"]
            assert await line.code() == 4401
        await apart.bring(tone(0.5))
        assert apart.line.close_code is None


async def test_only_a_captioner_of_our_own_pages_is_heard(service: Service, door: Door) -> None:
    moderator = await door.join(service.links[MODERATOR])
    async with line_of(service, moderator) as line:
        assert await line.code() == 4401
    captioner = await door.join(service.links[CAPTIONER])
    with pytest.raises(websockets.InvalidStatus):
        async with line_of(service, captioner, origin="https://elsewhere.example"):
            pass


@pytest.mark.parametrize(
    "frame",
    ["[]", "no json", json.dumps({"stop": 1}) + "x", b"\0\0\0\0", b"\0\0\0\0\0", b"\0" * 70_000],
)
async def test_what_is_no_sound_ends_the_line(service: Service, door: Door, frame: str | bytes) -> None:
    captioner = await door.join(service.links[CAPTIONER])
    async with line_of(service, captioner) as line:
        await line.begin()
        await line.line.send(frame)
        assert await line.code() in (4400, 1009)


async def test_more_sound_than_time_ends_the_line(service: Service, door: Door) -> None:
    captioner = await door.join(service.links[CAPTIONER])
    async with line_of(service, captioner) as line:
        await line.begin()
        for _second in range(60):
            try:
                await line.line.send(struct.pack("!I", 0) + silence(1))
            except websockets.ConnectionClosed:
                break
        assert await line.code() == 4429


async def test_no_more_microphones_than_the_settings_say(service: Service, door: Door) -> None:
    captioner = await door.join(service.links[CAPTIONER])
    async with (
        line_of(service, captioner) as one,
        line_of(service, captioner) as two,
        line_of(service, captioner) as three,
    ):
        await one.begin()
        await two.begin()
        assert "as many microphones" in (await three.until("off"))["say"]
        assert await three.code() == 4409


async def test_no_sound_is_left_in_the_data_folder(service: Service) -> None:
    for path in service.log.parent.rglob("*"):
        if path.is_file():
            assert tone(0.05) not in path.read_bytes(), path


def _with_sound(service: Service) -> list[Path]:
    return [path for path in service.log.parent.rglob("*") if path.is_file() and tone(0.05) in path.read_bytes()]


async def test_sound_that_a_host_keeps_is_on_the_disk_until_its_words_are_withdrawn(
    service: Service, door: Door
) -> None:
    hands = {role: await asyncio.to_thread(Hand, service.links[role]) for role in (HOST, MODERATOR)}
    speaker = await asyncio.to_thread(Hand, service.links[PARTICIPANT], name="Asha")
    settings = {"title": "A meeting", "names_on_list": "all", "attribution": "name", "k": "5", "keeps_sound": "on"}
    await asyncio.to_thread(hands[HOST].do, "events.settings", **settings)
    await asyncio.to_thread(speaker.do, "floor.ask", kind="point")
    await asyncio.to_thread(hands[MODERATOR].do, "floor.call_next")
    captioner = await door.join(service.links[CAPTIONER])
    async with line_of(service, captioner) as line:
        await line.begin()
        await line.until("on")
        await asyncio.sleep(0.3)  # a piece began before it came: this one's beginning must not be from before the call
        await line.bring(tone(1.5) + silence(1))
        await line.line.send(json.dumps({"stop": True}))
        assert await line.code() == 1000
    assert _with_sound(service)
    archive = await asyncio.to_thread(hands[HOST].http.get, f"{hands[HOST].base}sound.zip")
    assert tone(1.5) in archive.content
    page = (await asyncio.to_thread(speaker.http.get, f"{speaker.base}say/")).text
    [segment] = re.findall(r"/sound/(\w+)\.wav", page)
    heard = await asyncio.to_thread(speaker.http.get, f"{speaker.base}sound/{segment}.wav")
    assert heard.headers["Content-Type"] == "audio/wav"
    assert tone(1.5) in heard.content
    [turn] = re.findall(r'name="turn" value="(\w+)"><input type="hidden" name="segment"', page)
    await asyncio.to_thread(speaker.do, "transcript.take_back", turn=turn, sure="on")
    assert (await asyncio.to_thread(speaker.http.get, f"{speaker.base}sound/{segment}.wav")).status_code == 404
    assert (await asyncio.to_thread(hands[HOST].http.get, f"{hands[HOST].base}sound.zip")).status_code == 404
    async with asyncio.timeout(20):
        while _with_sound(service):  # noqa: ASYNC110  # the log is emptied as soon as nobody reads
            await asyncio.sleep(0.2)
