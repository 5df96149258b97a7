"""The whole product: a microphone that plays a recording in real time, and a phone that reads along."""

from __future__ import annotations

import asyncio
import html
import json
import re
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import websockets

from deliberate.bench.machine import Clock
from deliberate.bench.product import NotReady, Product
from deliberate.rehearsal.phone import Phone

PIECE, PIECE_S, SILENT_S, READY_S = 3200, 0.1, 3.0, 90.0
#: How long settled words are waited for.
LAST_S = 15.0
PART = "transcript.live"
_LINE = re.compile(r'<div id="live-(\w+)"[^>]*>(.*?)</div>', re.DOTALL)
_INTERIM = re.compile(r'<div class="interim"[^>]*>(.*?)</div>', re.DOTALL)


@dataclass
class Played:
    """What a phone saw of one recording: the settled text; seconds from each word's end until it stood there, and from
    the end of each settled line's words until that line did."""

    text: str = ""
    shown_s: list[float] = field(default_factory=list)
    settled_s: list[float] = field(default_factory=list)


class Live:
    """One microphone and one phone of a room."""

    def __init__(self, line: Any, phone: Phone, clock: Clock) -> None:
        self._line, self._phone, self._clock = line, phone, clock
        self._pictures: list[tuple[float, dict[str, str], str]] = []
        self._known: set[str] = set()
        phone.on_picture = self._see

    def _see(self, _phone: Phone, name: str, picture: str) -> None:
        if name == PART:
            lines = {handle: html.unescape(text) for handle, text in _LINE.findall(picture)}
            interim = " ".join(html.unescape(text) for text in _INTERIM.findall(picture))
            self._pictures.append((time.monotonic(), lines, interim))

    @property
    def share(self) -> float:
        """Of one core, since it began."""
        return self._clock.stop()[1]

    async def play(self, sound: bytes, ends: list[float]) -> Played:
        """Play a recording whose words end at these seconds, wait until it is settled, and look at what the phone saw."""
        self._pictures.clear()
        began = time.monotonic()
        silence = b"\0\0" * int(16_000 * SILENT_S)
        whole = sound + silence
        for number, at in enumerate(range(0, len(whole), PIECE), start=1):
            await asyncio.sleep(max(0.0, began + number * PIECE_S - time.monotonic()))
            await self._line.send(struct.pack("!I", 0) + whole[at : at + PIECE])
        until = time.monotonic() + LAST_S
        while time.monotonic() < until and not self._settled():
            await self._line.send(struct.pack("!I", 0) + b"\0" * PIECE)
            await asyncio.sleep(PIECE_S)
        return self._seen(began, ends)

    def _settled(self) -> bool:
        """Nothing is being said any more, and something new stands there."""
        if not self._pictures:
            return False
        _at, lines, interim = self._pictures[-1]
        return not interim and bool(lines.keys() - self._known)

    def _seen(self, began: float, ends: list[float]) -> Played:
        found, texts, shown = Played(), dict[str, str](), 0
        for at, lines, interim in self._pictures:
            for handle in [each for each in lines if each not in self._known and each not in texts]:
                texts[handle] = lines[handle]
                last = min(len(" ".join(texts.values()).split()), len(ends))
                if last:
                    found.settled_s.append(max(0.0, at - began - ends[last - 1]))
            count = min(len(" ".join([*texts.values(), interim]).split()), len(ends))
            for end in ends[shown:count]:
                found.shown_s.append(max(0.0, at - began - end))
            shown = max(shown, count)
        self._known |= texts.keys()
        found.text = " ".join(texts.values())
        return found


@asynccontextmanager
async def microphone(product: Product) -> AsyncIterator[Live]:
    """The podium's socket of the product's captioner, once its engine hears, and a participant's phone."""
    captioner = product.member("captioner")
    headers = {"Cookie": f"seat={captioner.cookie}", "Origin": product.url}
    url = product.url.replace("http", "ws") + captioner.base + "sound"
    async with websockets.connect(url, additional_headers=headers, compression=None, proxy=None) as line:
        await line.send(json.dumps({"again": ""}))
        async with asyncio.timeout(READY_S):
            while (told := json.loads(await line.recv())).get("state") != "on":
                if told.get("state") == "off":
                    raise NotReady(told["say"])
        phone = await product.phone("participant", PART)
        listening = asyncio.create_task(_drain(line))
        try:
            yield Live(line, phone, Clock(product.pid))
        finally:
            listening.cancel()
            await phone.close()


async def _drain(line: Any) -> None:
    async for _told in line:
        pass
