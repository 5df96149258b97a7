"""The socket of one phone: greets, hears acts, hands pictures over. Frames are JSON objects of at most 16 KB.

From the phone:  {"watch": {part: hash held or ""}, "marks": true?}   what its screen shows now
                 {"do": command, "with": {field: value}, "id": act}    an act; the same id is the same act
                 {"pong": word}                                        it has read up to that ping
                 {"beat": n}                                           is the line alive
To the phone:    {"p": {part: [hash, html]}}   a picture     {"marks": {feature: [mark, ...]}}
                 {"a": {"id", "ok", "say", "code"?, "data"?, "marks"?, "turned"?}}   the answer to an act; "turned" is
                                                                  {feature: [marks now held, marks no longer held]}
                 {"ping": word}   {"beat": n, "now": epoch ms}   {"end": why}"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.clock import epoch_ms, now
from deliberate.door.limits import Buckets
from deliberate.door.origin import same_origin
from deliberate.door.perform import parsed, perform
from deliberate.door.registry import Place, commands, enter
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from deliberate.live import marks, threads
from deliberate.live.hub import hub
from deliberate.live.line import Line

log = structlog.get_logger("deliberate.live")
ENDED = 4401
#: Frames of one seat a minute: acts, what its screens show, and whether the line lives.
_frames = Buckets(settings.LIMIT_FRAMES_PER_MINUTE)
CLOSE_CODES = {"ended": ENDED, "stalled": 4408, "flood": 4429, "crowded": 4409}


class Socket(AsyncWebsocketConsumer):
    """One phone's line. It has no channel of its own: the hub speaks to it directly."""

    channel_layer_alias = "none"
    line: Line | None = None
    place: Place

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        #: An act and a look at the marks never overlap: what was known before an act is not sent after its answer.
        self.busy = asyncio.Lock()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels' own dispatch hops to a thread to close database connections after every message; our threads do that.
        handler = getattr(self, message["type"].replace(".", "_"))
        await handler(message)

    async def connect(self) -> None:
        headers = dict(self.scope["headers"])
        host = headers.get(b"host", b"").decode("latin1")
        if not same_origin(headers.get(b"origin", b"").decode("latin1"), host, strict=True):
            log.info("foreign origin refused")
            await self.close(code=4403)
            return
        at = self.scope["url_route"]["kwargs"]
        cookie = _cookie(headers.get(b"cookie", b"").decode("latin1"))
        place = await threads.read(lambda: enter(at["event"], at["role"], at["room"], cookie))
        await self.accept()
        if place is None:
            await self.close(code=ENDED)  # after accepting: a browser hides the code of a refused handshake
            return
        self.place = place
        self.line = Line(
            kind="socket",
            room=place.room.pk,
            seat=place.seat.pk,
            audience=place.seat.role,
            language=place.seat.language or settings.LANGUAGE_CODE,
            send=self._text,
            close=self._end,
            refresh=self._marks,
            asks_back=True,
        )
        await hub.join(self.line)

    async def disconnect(self, code: int) -> None:
        if self.line is not None:
            await hub.leave(self.line)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.line is None:
            return
        # It talks and does not read. What it says of its reading is heard first: one large picture may fill the window.
        patience = 8 if (text_data or "").startswith('{"pong"') else 4
        if self.line.unread > patience * settings.LIVE_WINDOW_BYTES:
            await self.line.close("flood")
            return
        frame: dict[str, Any] = {}
        try:
            with override(self.line.language):
                if not _frames.take(str(self.line.seat)):
                    raise Refused(_("That was a lot at once. Wait a moment, then try again."), code="limit")
                if text_data is None or len(text_data.encode()) > settings.LIVE_FRAME_LIMIT_BYTES:
                    raise Refused(_("That was too long to be sent at once. Make it shorter, please."), code="size")
                frame = parsed(text_data)
            await self._hear(frame)
        except Refused as refused:
            log.info("frame refused", code=refused.code)
            await self._answer(frame.get("id"), {"ok": False, "say": str(refused), "code": refused.code})

    async def _hear(self, frame: dict[str, Any]) -> None:
        assert self.line is not None
        match frame:
            case {"do": str() as name, **rest} if set(rest) <= {"with", "id"}:
                await self._do(name, rest.get("with", {}), rest.get("id", ""))
            case {"watch": dict() as have, **rest} if set(rest) <= {"marks"}:
                if not all(isinstance(held, str) for held in have.values()):
                    raise Refused(_unreadable(), code="shape")
                if rest.get("marks"):
                    await self._marks()
                await hub.watch(self.line, have)
            case {"pong": word} if len(frame) == 1:
                self.line.pong(word)
            case {"beat": int() as beat} if len(frame) == 1:
                await self.line.send(f'{{"beat":{beat},"now":{epoch_ms(now())}}}')
            case _:
                raise Refused(_unreadable(), code="shape")

    async def _do(self, name: str, fields: object, act: object) -> None:
        if not isinstance(fields, dict) or not isinstance(act, str):
            raise Refused(_unreadable(), code="shape")
        place = self.place

        def work() -> dict[str, Any]:
            try:
                # The seat and the room as stored now: a role link may have been revoked since the line was opened.
                fresh = enter(place.event.handle, place.seat.role, place.room.handle, self._cookie_now())
                if fresh is None:
                    raise Refused(_("Your seat has ended. Join again, please."), code="seat")
                answer = perform(fresh, name, fields, act)
            except Refused:
                raise
            except Exception:  # the line outlives it; whether it was stored the same act asks again, under the same id
                log.warning("an act failed", command=name if name in commands else "unknown")
                said = _("Something went wrong here. Try again, please: nothing is stored twice.")
                raise Refused(said, code="failed") from None
            found: dict[str, Any] = {"ok": True, "say": str(answer.say)}
            if answer.data:
                found["data"] = answer.data
            if answer.forget_seat:
                found["end"] = True
            else:
                found |= marks.after(commands[name].feature, fresh, answer)
            return found

        async with self.busy:
            answer = await threads.act(work)
            await self._answer(act, answer)
        if self.line is not None and "end" not in answer:
            hub.twins(self.line)

    def _cookie_now(self) -> str:
        return _cookie(dict(self.scope["headers"]).get(b"cookie", b"").decode("latin1"))

    async def _answer(self, act: object, answer: dict[str, Any]) -> None:
        assert self.line is not None
        answer = {"id": act if isinstance(act, str) else "", **answer}
        await self.line.send(json.dumps({"a": answer}, ensure_ascii=False, separators=(",", ":")))

    async def _marks(self) -> None:
        assert self.line is not None
        async with self.busy:
            every = await threads.read(lambda: marks.every(self.place))
            await self.line.send(json.dumps({"marks": every}, separators=(",", ":")))

    async def _text(self, text: str) -> None:
        await self.send(text_data=text)

    async def _end(self, why: str) -> None:
        if why == "ended":
            async with self.busy:  # whoever ends their own seat hears first that it was done
                pass
        await self.send(text_data=json.dumps({"end": why}))
        await self.close(code=CLOSE_CODES.get(why, 1013))


def _cookie(header: str) -> str:
    for pair in header.split(";"):
        name, _equals, value = pair.strip().partition("=")
        if name == SEAT_COOKIE:
            return value.strip('"')
    return ""


def _unreadable() -> str:
    return _("This page sent something unreadable. Reload it, please.")
