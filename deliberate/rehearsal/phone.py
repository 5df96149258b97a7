"""A phone without a screen: joins over HTTP, holds a socket, acts, and keeps the pictures that come in.

It knows the service only from outside, so it can be pointed at any deployment. A frame that many phones receive is
parsed once: the same text is the same object."""

from __future__ import annotations

import asyncio
import html as entities
import json
import random
import re
import secrets
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urlsplit

import httpx
import websockets

from deliberate.live import marks

Answer = dict[str, Any]
#: How long an act may wait for its answer, dropped lines included.
PATIENCE_S = 180
#: How often a line is tried, at longer and longer intervals up to two seconds.
ATTEMPTS = 24
#: Where very many join at once: seconds until a seat is asked for again.
JOIN_AGAIN_S = 5
#: What a socket closes with where there is no living seat.
ENDED = 4401
OnPicture = Callable[["Phone", str, str], None]
#: Casts a ballot that does not go over the line: (phone, choice). It belongs to a feature, so whoever starts phones hands it in.
Booth = Callable[["Phone", object], Awaitable[Answer]]
_part = re.compile(r'<(\w+) id="part-[^"]*" data-part="([^"]+)" data-hash="([^"]*)"[^>]*>')
_plain = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)
_counted = re.compile(r'(<(?:time|span)[^>]* data-(?:left|behind)="-?\d+"[^>]*>)[^<]*')


@lru_cache(maxsize=4096)
def parsed(text: str) -> dict[str, Any]:
    """A frame as an object. Callers don't change it: other phones hold the same one."""
    frame: dict[str, Any] = json.loads(text)
    return frame


class Away(Exception):
    """The line could not be held, or the service answered with an error page."""


@dataclass
class Member:
    """A seat as its owner's browser knows it: the cookie and where its pages lie."""

    cookie: str
    base: str
    marks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def held(self) -> set[str]:
        return {mark for some in self.marks.values() for mark in some}


class NoJar(CookieJar):
    """Keeps nothing: each member carries their own cookie, and one must not sit down on another's seat."""

    def set_cookie(self, cookie: Cookie) -> None:
        pass


class Door:
    """Joins people over HTTP."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        # Not kept as long as a server keeps a connection that rests: it might close one in the moment in which it is used.
        limits = httpx.Limits(max_connections=40, keepalive_expiry=2)
        self.http = httpx.AsyncClient(base_url=self.origin, timeout=60, limits=limits, cookies=NoJar())

    async def join(self, link: str, **fields: str) -> Member:
        """Follow a role link or a join address, fill in the one page, take the seat; where many do, wait as the page says."""
        first = await self._get(link)
        ticket = _cookie(first, "ticket")
        welcome = first.headers.get("location", "")
        if first.status_code != 302 or not ticket:
            raise Away(f"{link} did not lead to a welcome page ({first.status_code})")
        second = await self._ask_for_a_seat(welcome, ticket, fields)
        seat = _cookie(second, "seat")
        if second.status_code != 302 or not seat:
            raise Away(f"the welcome page gave no seat ({second.status_code})")
        return Member(seat, second.headers["location"])

    async def _ask_for_a_seat(self, welcome: str, ticket: str, fields: dict[str, str]) -> httpx.Response:
        headers = {"Origin": self.origin, "Cookie": f"ticket={ticket}"}
        data = {"place": "hall", "scripts": "1", **fields}
        until = time.monotonic() + PATIENCE_S
        while (answer := await self.http.post(welcome, data=data, headers=headers)).status_code == 429:
            if time.monotonic() > until:
                break
            await asyncio.sleep(JOIN_AGAIN_S)
        return answer

    async def _get(self, url: str) -> httpx.Response:
        return await self.http.get(url)

    async def page(self, member: Member, screen: str = "") -> httpx.Response:
        """A page of the seat, as a browser would load it."""
        return await self.http.get(member.base + screen, headers={"Cookie": f"seat={member.cookie}"})

    async def close(self) -> None:
        await self.http.aclose()


def _cookie(response: httpx.Response, name: str) -> str:
    for header in response.headers.get_list("set-cookie"):
        key, _equals, rest = header.partition("=")
        if key == name:
            return rest.partition(";")[0].strip('"')
    return ""


def parts_of(page: str) -> dict[str, str]:
    """The live parts in a page: name -> inner HTML, counted times left out."""
    found = {}
    for match in _part.finditer(page):
        tag, name = match.group(1), match.group(2)
        found[name] = _inner(page, match.end(), tag)
    return {name: without_times(html) for name, html in found.items()}


def _inner(page: str, start: int, tag: str) -> str:
    """The text from `start` to the end tag that closes the element opened before it."""
    depth = 1
    for match in re.compile(rf"<(/?){tag}\b[^>]*>").finditer(page, start):
        depth += -1 if match.group(1) else 1
        if depth == 0:
            return page[start : match.start()]
    raise Away("a part of the page was not closed")


def without_times(html: str) -> str:
    """HTML without the texts that depend on the moment (countdowns and the like), and without what a phone with scripts
    does not show."""
    return _counted.sub(r"\1", _plain.sub("", html)).strip()


def marks_of(page: str) -> dict[str, list[str]]:
    """The seat's marks as the page holds them."""
    match = re.search(r' data-marks="([^"]*)"', page)
    found: dict[str, list[str]] = json.loads(entities.unescape(match.group(1))) if match else {}
    return found


class Phone:
    """One line, held for one seat at a time. `watch` names the parts its screen shows."""

    def __init__(self, door: Door, watch: tuple[str, ...], on_picture: OnPicture | None = None) -> None:
        self.door = door
        self.watch = watch
        self.on_picture = on_picture
        self.member: Member | None = None
        self.pictures: dict[str, tuple[str, str]] = {}
        self.heard = time.monotonic()
        self.ended = ""
        #: What its lines are opened with besides: headers, and what `websockets.connect` knows.
        self.headers: dict[str, str] = {}
        self.how: dict[str, Any] = {}
        self._socket: Any = None
        self._reader: asyncio.Task[None] | None = None
        self._waiting: dict[str, tuple[asyncio.Future[Answer], str]] = {}

    async def sit(self, member: Member) -> None:
        """Take a seat: open the line with its cookie (closing the one before) and ask for the screen's pictures."""
        if self.member is member and self._socket is not None:
            return
        await self.close()
        self.member, self.pictures, self.ended = member, {}, ""
        await self._open()

    async def _open(self) -> None:
        assert self.member is not None
        for attempt in range(ATTEMPTS):
            try:
                self._socket = await websockets.connect(
                    self.door.origin.replace("http", "ws", 1) + self.member.base + "live",
                    additional_headers={
                        "Cookie": f"seat={self.member.cookie}",
                        "Origin": self.door.origin,
                        **self.headers,
                    },
                    compression=None,
                    ping_interval=None,
                    open_timeout=30,
                    max_size=2**22,
                    proxy=None,
                    **self.how,
                )
                break
            except (OSError, TimeoutError, websockets.WebSocketException) as error:
                if attempt == ATTEMPTS - 1:
                    raise Away(f"the socket did not open: {error}") from None
                await asyncio.sleep(random.uniform(0.5, 1) * min(2.0, 0.2 * 2**attempt))
        self._reader = asyncio.create_task(self._read(self._socket))
        have = {name: self.pictures.get(name, ("", ""))[0] for name in self.watch}
        with suppress(websockets.WebSocketException):  # gone again: whoever waits opens it once more
            await self._socket.send(json.dumps({"watch": have, "marks": True}))
            for _future, frame in list(self._waiting.values()):
                await self._socket.send(frame)

    async def _read(self, socket: Any) -> None:
        try:
            async for text in socket:
                self._hear(parsed(text))
        except websockets.WebSocketException:
            pass
        if socket.close_code == ENDED:
            self.ended = "ended"

    def _hear(self, frame: dict[str, Any]) -> None:
        self.heard = time.monotonic()
        for name, (digest, html) in frame.get("p", {}).items():
            self.pictures[name] = (digest, html)
            if self.on_picture is not None:
                self.on_picture(self, name, html)
        if "marks" in frame and self.member is not None:
            self.member.marks.update(frame["marks"])
        if "a" in frame:
            answer = frame["a"]
            if self.member is not None:
                self.member.marks.update(answer.get("marks", {}))
                for feature, (on, off) in answer.get("turned", {}).items():
                    held = set(self.member.marks.get(feature, ())) - set(off)
                    self.member.marks[feature] = sorted(held.union(on))
            future, _frame = self._waiting.pop(answer["id"], (None, ""))
            if future is not None and not future.done():
                future.set_result(answer)
        if "ping" in frame:
            asyncio.get_running_loop().create_task(self._socket.send(json.dumps({"pong": frame["ping"]})))
        self.ended = frame.get("end", self.ended)

    async def act(self, name: str, /, **fields: object) -> Answer:
        """Act and wait for the answer. A dropped line is opened anew and the same act sent again, under the same id; so is
        one at which the other side stumbled."""
        act = secrets.token_urlsafe(12)
        frame = json.dumps({"do": name, "with": fields, "id": act})
        for pause_s in (1, 2, 4):
            answer = await self._answer(name, act, frame)
            if answer.get("code") != "failed":
                return answer
            await asyncio.sleep(pause_s)
        return await self._answer(name, act, frame)

    async def _answer(self, name: str, act: str, frame: str) -> Answer:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[act] = (future, frame)
        until = time.monotonic() + PATIENCE_S
        try:
            await self._socket.send(frame)
        except websockets.WebSocketException:
            await self._open()
        while True:
            hears: set[asyncio.Future[Any]] = {future, *([self._reader] if self._reader is not None else [])}
            await asyncio.wait(hears, timeout=2, return_when=asyncio.FIRST_COMPLETED)
            if future.done():
                return future.result()
            if time.monotonic() > until:
                self._waiting.pop(act, None)
                raise Away(f"no answer to {name} within {PATIENCE_S} s")
            if self._reader is None or self._reader.done():
                if self.ended == "ended":
                    self._waiting.pop(act, None)
                    raise Away("the seat has ended")
                await self._open()

    def screen(self) -> dict[str, str]:
        """What the screen shows: each part as this seat sees it, counted times left out."""
        held = self.member.held if self.member is not None else set()
        return {name: without_times(marks.apply(html, held)) for name, (_hash, html) in self.pictures.items()}

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()
            if self._reader is not None:
                await self._reader
        self._socket = self._reader = None
