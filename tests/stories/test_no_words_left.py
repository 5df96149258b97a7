"""After words are struck no line carries them any more: no picture, no answer, no mark, on a socket, on a stream, on a new phone."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import websockets

from deliberate.rehearsal.phone import Door, Member, Phone
from tests.readings import holds
from tests.service import Service, running

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


async def heard(lines: dict[str, Line]) -> None:
    """Until every line has brought the words."""
    for _attempt in range(600):
        if all(line.holding() for line in lines.values()):
            return
        await asyncio.sleep(0.1)
    raise AssertionError([role for role, line in lines.items() if not line.holding()])


async def test_struck_words_travel_on_no_line_any_more(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        door = Door(service.url)
        members = {role: await door.join(service.links[role]) for role in WATCHED}
        phones = {role: Phone(door, ()) for role in ("captioner", "drafter", "moderator")}
        for role, phone in phones.items():
            await phone.sit(members[role])
        text = f"We saw {WORDS} at the well."
        told = await phones["captioner"].act("transcript.settle", text=text)
        (segment,) = told["data"]["segments"]
        cited = {"clause": "", "source": f"segment:{segment}", "quote": f"saw {WORDS} at"}
        clause = (await phones["drafter"].act("statements.cite", **cited))["data"]["clause"]
        reworded = {"clause": clause, "text": "We come back to the well.", "revision": 0}
        assert (await phones["drafter"].act("statements.edit_clause", **reworded))["ok"]
        assert (await phones["moderator"].act("wall.show", scene="captions"))["ok"]

        lines = {role: Line(service, members[role], watch) for role, watch in WATCHED.items()}
        listening = [asyncio.create_task(line.listen()) for line in lines.values()]
        await heard(lines)

        struck = await phones["moderator"].act("transcript.strike", segment=segment, words=WORDS, sure="on")
        assert not holds(json.dumps(struck).encode(), WORDS), "the answer does not say them again"
        await asyncio.sleep(3)  # what was on its way
        for line in lines.values():
            assert any(b"[struck]" in frame for frame in line.frames), "open screens learn of it"
            line.frames.clear()

        # What comes from now on: to lines that stay, to lines that are new, and to whoever says that they hold nothing.
        assert (await phones["captioner"].act("transcript.settle", text="And we came back."))["ok"]
        fresh = {f"new {role}": Line(service, members[role], watch) for role, watch in WATCHED.items()}
        listening += [asyncio.create_task(line.listen()) for line in fresh.values()]
        await asyncio.sleep(3)
        assert all(line.frames for line in fresh.values())
        for role, line in (lines | fresh).items():
            assert [frame for frame in line.frames if holds(frame, WORDS)] == [], role
        for role, member in members.items():
            assert not holds((await door.page(member)).content, WORDS), role
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        for phone in phones.values():
            await phone.close()
        await door.close()
