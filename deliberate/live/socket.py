"""The socket of one phone: greets, hears acts, hands pictures over. Frames are JSON objects of at most 16 KB.

From the phone:  {"watch": {part: hash held or ""}, "marks": true?}   what its screen shows now
                 {"do": command, "with": {field: value}, "id": act}    an act; the same id is the same act
                 {"pong": word}                                        it has read up to that ping
                 {"beat": n}                                           is the line alive
To the phone:    {"p": {part: [hash, html]}}   a picture     {"marks": {feature: [mark, ...]}}
                 {"a": {"id", "ok", "say", "code"?, "data"?, "marks"?, "turned"?}}   the answer to an act; "turned" is
                                                                  {feature: [marks now held, marks no longer held]}
                 {"ping": word}   {"beat": n, "now": epoch ms}   {"end": why}
                 {"trouble": [words, ...]}   to the crew: what is wrong with the service; [] when it is over"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from typing import Any, cast

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils.translation import activate
from django.utils.translation import gettext as _

from deliberate.clock import epoch_ms, now
from deliberate.door.entrance import Place
from deliberate.door.limits import Buckets
from deliberate.door.origin import same_origin
from deliberate.door.perform import parsed
from deliberate.door.registry import commands
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from deliberate.live import asking
from deliberate.live.frames import Frame, frame
from deliberate.live.hub import hub
from deliberate.live.line import Line
from deliberate.live.wire import PlainWire, wire_of
from deliberate.shell import metrics

log = structlog.get_logger("deliberate.live")
ENDED = 4401
#: Frames of one seat: acts, what its screens show, and whether the line lives. What waited while it was away comes at once.
_frames = Buckets(60 * settings.LIMIT_FRAMES_PER_SECOND, at_once=10 * settings.LIMIT_FRAMES_PER_SECOND)
#: A line that has brought so many more frames beyond its share than within it is let go.
_BEYOND = _frames.most
CLOSE_CODES = {"ended": ENDED, "stalled": 4408, "flood": 4429, "crowded": 4409, "restart": 1012, "space": 1013}


class Socket(AsyncWebsocketConsumer):
    """One phone's line. It has no channel of its own: the hub writes to its wire directly."""

    channel_layer_alias = "none"
    #: Bytes of the longest frame that is heard.
    longest: int = settings.LIVE_FRAME_LIMIT_BYTES
    line: Line | None = None
    place: Place
    #: Frames beyond the seat's share, less those that came within it since; and those refused, by why.
    beyond = 0
    refused: Counter[str] | None = None
    #: An act and a look at the marks never overlap: what was known before an act is not sent after its answer.
    busy: asyncio.Lock

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        # Channels' own loop makes a task for every message, and hops to a thread after it to close database connections.
        self.scope, self.base_send = scope, send
        try:
            while True:
                message = await receive()
                match message["type"]:
                    case "websocket.receive":
                        await self.receive(message.get("text"), message.get("bytes"))
                    case "websocket.connect":
                        await self.connect()
                    case _:
                        return
        finally:
            if self.line is not None:
                hub.leave(self.line)
            if self.refused:  # once, however many
                log.info("frames refused", codes=" ".join(f"{code}:{times}" for code, times in self.refused.items()))

    async def connect(self) -> None:
        headers = dict(self.scope["headers"])
        host = headers.get(b"host", b"").decode("latin1")
        if not same_origin(headers.get(b"origin", b"").decode("latin1"), host, strict=True):
            log.info("foreign origin refused")
            await self.close(code=4403)
            return
        at = self.scope["url_route"]["kwargs"]
        cookie = cookie_of(headers.get(b"cookie", b"").decode("latin1"))
        place = await asking.enter((at["event"], at["role"], at["room"], cookie))
        await self.accept()
        # Refused after accepting: a browser hides the code of a refused handshake.
        if place is None:
            await self.close(code=ENDED)
            return
        if not hub.has_space(place.room.pk):
            metrics.closed.labels(why="space").inc()
            await self.close(code=CLOSE_CODES["space"])
            return
        self.place, self.busy = place, asyncio.Lock()
        self.line = Line(
            kind="socket",
            room=place.room.pk,
            seat=place.seat.pk,
            audience=place.seat.role,
            language=place.seat.language or settings.LANGUAGE_CODE,
            wire=wire_of(self.scope, cast(Any, self.base_send)),
            close=self._end,
            refresh=self._marks,
            asks_back=True,
        )
        activate(self.line.language)  # for all that this line's own task says
        hub.join(self.line)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        line = self.line
        if line is None or line.closing:
            return
        # It talks and does not read. What it says of its reading is heard first, and one picture may be larger than the window.
        patience = 8 if (text_data or "").startswith('{"pong"') else 4
        if line.unread > patience * max(line.window, line.largest):
            await line.close("flood")
            return
        within = _frames.take(str(line.seat))  # before it is read: what can't be read is no cheaper
        if not within:
            self.beyond += 1
        elif self.beyond:
            self.beyond -= 1
        if self.beyond > _BEYOND:
            await line.close("flood")
            return
        heard: dict[str, Any] = {}
        try:
            if text_data is None or len(text_data.encode()) > self.longest:
                raise Refused(_("That was too long to be sent at once. Make it shorter, please."), code="size")
            heard = parsed(text_data)
            if not within:
                raise Refused(_("That was a lot at once. Wait a moment, then try again."), code="limit")
            await self._hear(line, heard)
        except Refused as refused:
            self.refused = self.refused or Counter()
            self.refused[refused.code] += 1
            self._answer(heard.get("id"), {"ok": False, "say": str(refused), "code": refused.code})

    async def _hear(self, line: Line, heard: dict[str, Any]) -> None:
        match heard:
            case {"do": str() as name, **rest} if set(rest) <= {"with", "id"}:
                await self._do(name, rest.get("with", {}), rest.get("id", ""))
            case {"watch": dict() as have, **rest} if set(rest) <= {"marks"}:
                if not all(isinstance(held, str) for held in have.values()):
                    raise Refused(_unreadable(), code="shape")
                if rest.get("marks"):
                    await self._marks()
                await hub.watch(line, have)
            case {"pong": word} if len(heard) == 1:
                line.pong(word)
            case {"beat": int() as beat} if len(heard) == 1 and beat is not True and beat is not False:
                line.send(Frame(f'{{"beat":{beat},"now":{epoch_ms(now())}}}'))
            case _:
                raise Refused(_unreadable(), code="shape")

    async def _do(self, name: str, fields: object, act: object) -> None:
        if not isinstance(fields, dict) or not isinstance(act, str):
            raise Refused(_unreadable(), code="shape")
        async with self.busy:
            answer = await self._done(name, fields, act)
            self._answer(act, answer)
        if self.line is not None and "end" not in answer:
            hub.twins(self.line)

    async def _done(self, name: str, fields: dict[str, object], act: str) -> dict[str, Any]:
        """The answer to an act, once it is stored."""
        try:
            answer = await asking.ask(self.place, name, fields, act)
            found: dict[str, Any] = {"ok": True, "say": str(answer.say)}
            if answer.data:
                found["data"] = answer.data
            if answer.forget_seat:
                return {**found, "end": True}
            return found | await asking.learnt(self.place, name, answer)
        except Refused:
            raise
        except Exception:  # the line outlives it; whether it was stored the same act asks again, under the same id
            log.warning("an act failed", command=name if name in commands else "unknown")
            said = _("Something went wrong here. Try again, please: nothing is stored twice.")
            raise Refused(said, code="failed") from None

    def _answer(self, act: object, answer: dict[str, Any]) -> None:
        assert self.line is not None
        self.line.send(frame({"a": {"id": act if isinstance(act, str) else "", **answer}}))

    async def _marks(self) -> None:
        assert self.line is not None
        async with self.busy:
            self.line.send(frame({"marks": await asking.held(self.place)}))

    async def _end(self, why: str) -> None:
        if why in ("ended", "restart"):
            async with self.busy:  # whoever has just acted hears first that it was done
                pass
        assert self.line is not None
        self.line.wire.put(frame({"end": why}))
        if isinstance(self.line.wire, PlainWire):
            await self.line.wire.put_out()
        with suppress(OSError):  # the phone has left meanwhile: uvicorn says so, Daphne does not
            await self.close(code=CLOSE_CODES.get(why, 1013))


def cookie_of(header: str) -> str:
    """The seat's cookie in a Cookie header; "" where there is none."""
    for pair in header.split(";"):
        name, _equals, value = pair.strip().partition("=")
        if name == SEAT_COOKIE:
            return value.strip('"')
    return ""


def _unreadable() -> str:
    return _("This page sent something unreadable. Reload it, please.")
