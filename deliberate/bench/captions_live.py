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

from deliberate.bench.captions_words import plain, same
from deliberate.bench.machine import Clock
from deliberate.bench.product import NotReady, Product
from deliberate.rehearsal.phone import Phone

PIECE, PIECE_S, SILENT_S, READY_S = 3200, 0.1, 3.0, 90.0
#: How long settled words are waited for.
LAST_S = 15.0
#: How many words a guess may lack, and is still compared with what was settled in its place.
NEAR = 3
PART = "transcript.live"
_LINE = re.compile(r'<div id="live-(\w+)"[^>]*>(.*?)</div>', re.DOTALL)
_INTERIM = re.compile(r'<div class="interim"[^>]*>(.*?)</div>', re.DOTALL)


@dataclass
class Played:
    """What a phone saw of one recording: the settled text; seconds from the end of each word until it stood there, as it
    was settled, and from the end of each settled line's last word until that line did."""

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

    async def play(self, sound: bytes, words: list[tuple[str, float]]) -> Played:
        """Play a recording with these words and their ends, wait until it is settled, and look at what the phone saw."""
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
        pictures = [(at - began, self._new(lines), interim) for at, lines, interim in self._pictures]
        self._known |= {handle for _at, lines, _interim in pictures for handle in lines}
        return seen(pictures, words)

    def _settled(self) -> bool:
        """Nothing is being said any more, and something new stands there."""
        if not self._pictures:
            return False
        _at, lines, interim = self._pictures[-1]
        return not interim and bool(self._new(lines))

    def _new(self, lines: dict[str, str]) -> dict[str, str]:
        return {handle: text for handle, text in lines.items() if handle not in self._known}


def seen(pictures: list[tuple[float, dict[str, str], str]], words: list[tuple[str, float]]) -> Played:
    """Pictures of a phone are a moment, the settled lines, and what is being said; words have their ends.

    A word is shown when a picture first reads as that word was settled in the end: a wrong guess of it, or as many words,
    is not enough. Words that the engine alone heard otherwise have no end, and are not counted."""
    settled: dict[str, tuple[float, str]] = {}
    for at, lines, _interim in pictures:
        for handle, text in lines.items():
            settled.setdefault(handle, (at, text))
    found = Played(" ".join(text for _at, text in settled.values()))
    final = plain(found.text)
    ends = {there: words[here][1] for here, there in same([word for word, _end in words], final)}
    shown: dict[int, float] = {}
    for at, _lines, interim in pictures:
        read = plain(" ".join([*(text for since, text in settled.values() if since <= at), interim]))
        for _here, there in same(read, final[: len(read) + NEAR]):
            shown.setdefault(there, at)
    found.shown_s = [max(0.0, shown[each] - end) for each, end in ends.items() if each in shown]
    count = 0
    for at, text in settled.values():
        count += len(plain(text))
        if before := [end for each, end in ends.items() if each < count]:
            found.settled_s.append(max(0.0, at - before[-1]))
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
