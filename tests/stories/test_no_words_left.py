"""Once words were taken back no line carries them any more: no picture, no answer, no mark, on a socket, on a stream, on a new phone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
import websockets

from deliberate.rehearsal.phone import Door, Member, Phone
from tests.readings import holds
from tests.service import Service
from tests.stories.stage import new_room

WORDS = "Quaggazebu Ñandúçeqä"
WATCHED = {
    "participant": ("transcript.live", "transcript.recent", "statements.text"),
    "moderator": ("transcript.live", "transcript.recent"),
    "captioner": ("transcript.live", "transcript.captioner"),
    "drafter": ("statements.drafter", "statements.proposals"),
    "wall": ("transcript.live", "transcript.speaking", "statements.wall", "wall.scene"),
}


class Line:
    """A socket whose frames are kept as they come."""

    def __init__(self, service: Service, member: Member, watch: tuple[str, ...]) -> None:
        self.frames: list[bytes] = []
        self._watch = json.dumps({"watch": dict.fromkeys(watch, ""), "marks": True})
        self._socket = websockets.connect(
            service.url.replace("http", "ws", 1) + member.base + "live",
            additional_headers={"Cookie": f"seat={member.cookie}", "Origin": service.url},
            proxy=None,
        )

    async def listen(self) -> None:
        async with self._socket as socket:
            await socket.send(self._watch)
            async for frame in socket:
                self.frames.append(frame.encode() if isinstance(frame, str) else frame)

    def holding(self) -> bool:
        return any(holds(frame, WORDS) for frame in self.frames)


class Stream(Line):
    """The same as a stream, for networks that let no socket through. It is opened anew where it ends."""

    def __init__(self, service: Service, member: Member, watch: tuple[str, ...]) -> None:
        self.frames = []
        self._address = f"{service.url}{member.base}stream"
        self._headers = {
            "Cookie": f"seat={member.cookie}",
            "Origin": service.url,
            "X-Watch": json.dumps(dict.fromkeys(watch, "")),
        }

    async def listen(self) -> None:
        async with httpx.AsyncClient(timeout=None, trust_env=False) as browser:
            while True:
                async with browser.stream("GET", self._address, headers=self._headers) as stream:
                    assert stream.status_code == 200
                    async for line in stream.aiter_lines():
                        if line.startswith("data:"):
                            self.frames.append(line.removeprefix("data:").strip().encode())


def lines_of(service: Service, members: dict[str, Member], called: str) -> dict[str, Line]:
    """A socket and a stream for everybody."""
    found: dict[str, Line] = {}
    for role, watch in WATCHED.items():
        found[f"{called} {role}"] = Line(service, members[role], watch)
        found[f"{called} {role} by a stream"] = Stream(service, members[role], watch)
    return found


async def heard(lines: dict[str, Line]) -> None:
    """Until every line has brought the words."""
    for _attempt in range(600):
        if all(line.holding() for line in lines.values()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError([role for role, line in lines.items() if not line.holding()])


class Room:
    """A room of the service with somebody for each role, and what happens in it."""

    def __init__(self, door: Door, links: dict[str, str]) -> None:
        self.door, self.links = door, links
        self.members: dict[str, Member] = {}
        self.phones: dict[str, Phone] = {}

    async def sit(self) -> None:
        for role in WATCHED:
            self.members[role] = await self.door.join(self.links[role])
        for role in ("participant", "captioner", "drafter", "moderator"):
            self.phones[role] = Phone(self.door, ())
            await self.phones[role].sit(self.members[role])

    async def act(self, role: str, name: str, /, **fields: object) -> Any:
        answer = await self.phones[role].act(name, **fields)
        assert answer["ok"], (name, answer)
        assert not holds(json.dumps(answer).encode(), WORDS), "no answer says them again"
        return answer.get("data")

    async def say(self, text: str) -> str:
        """The participant has the floor and says it; it is quoted under a clause. Its segment."""
        turn = (await self.act("participant", "floor.ask", kind="point"))["turn"]
        await self.act("moderator", "floor.call", turn=turn, reason="It is their village")
        await self.act("moderator", "floor.start")
        (segment,) = (await self.act("captioner", "transcript.settle", text=text))["segments"]
        await self.act("moderator", "floor.end")
        cited = {"clause": "", "source": f"segment:{segment}", "quote": f"saw {WORDS} at"}
        clause = (await self.act("drafter", "statements.cite", **cited))["clause"]
        reworded = {"clause": clause, "text": "We come back to the well.", "revision": 0}
        await self.act("drafter", "statements.edit_clause", **reworded)
        return str(segment)

    async def turn(self) -> str:
        """The latest of the participant's own turns, by what it is known as on their page."""
        page = (await self.door.page(self.members["participant"], "say/")).text
        found = re.search(r'name="turn" value="(\w+)"', page)
        assert found
        return found[1]

    async def close(self) -> None:
        for phone in self.phones.values():
            await phone.close()


#: (the room, the segment with the words) -> what stands in their place.
TakenBack = Callable[[Room, str], Awaitable[bytes]]


async def struck(room: Room, segment: str) -> bytes:
    """By the moderator. What open screens show in the place of the words."""
    await room.act("moderator", "transcript.strike", segment=segment, words=WORDS, sure="on")
    return b"[struck]"


async def withdrawn(room: Room, segment: str) -> bytes:
    """By whoever said them: this piece."""
    await room.act("participant", "transcript.take_back", turn=await room.turn(), segment=segment, sure="on")
    return b"[withdrawn]"


async def turn_withdrawn(room: Room, segment: str) -> bytes:
    """By whoever said them: the whole turn."""
    await room.act("participant", "transcript.take_back", turn=await room.turn(), segment="", sure="on")
    return b"[withdrawn]"


async def corrected(room: Room, segment: str) -> bytes:
    """By whoever said them, to what they meant."""
    meant = "We saw an okapi at the well."
    await room.act("participant", "transcript.mend", segment=segment, text=meant, revision=0)
    return b"an okapi"


@pytest.mark.parametrize("taken_back", [struck, withdrawn, turn_withdrawn, corrected])
async def test_words_that_were_taken_back_travel_on_no_line_any_more(service: Service, taken_back: TakenBack) -> None:
    door = Door(service.url)
    room = Room(door, new_room(service))
    await room.sit()
    segment = await room.say(f"We saw {WORDS} at the well.")
    await room.act("moderator", "wall.show", scene="captions")

    lines = lines_of(service, room.members, "old")
    listening = [asyncio.create_task(line.listen()) for line in lines.values()]
    await heard(lines)

    instead = await taken_back(room, segment)
    await asyncio.sleep(3)  # what was on its way
    for role, line in lines.items():
        assert any(instead in frame for frame in line.frames), f"the open screens of the {role} learn of it"
        line.frames.clear()

    # What comes from now on: to lines that stay, to lines that are new, and to whoever says that they hold nothing.
    await room.act("captioner", "transcript.settle", text="And we came back.")
    fresh = lines_of(service, room.members, "new")
    listening += [asyncio.create_task(line.listen()) for line in fresh.values()]
    await asyncio.sleep(3)
    assert all(line.frames for line in fresh.values())
    for role, line in (lines | fresh).items():
        assert [frame for frame in line.frames if holds(frame, WORDS)] == [], role
    for role, member in room.members.items():
        assert not holds((await door.page(member)).content, WORDS), role
    assert not holds((await door.page(room.members["participant"], "say/")).content, WORDS)
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)
    await room.close()
    await door.close()
