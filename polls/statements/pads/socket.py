"""The socket of a drafter's page: the pads it has open. Frames are JSON objects as those of the line to the room; what is
typed travels in them as messages of Yjs's sync protocol (y-protocols), in base64.

From the page:  {"open": clause, "y": step 1}                        a pad; open already, it is sent what it lacks anew
                {"pad": clause, "of": document, "n": n, "y": step 2 or update}    something typed, with a number of its own
                {"pad": clause, "at": [from, to]}                    where the cursor stands, as relative positions of Yjs
                {"shut": clause}                                     {"pong": word}   {"beat": n}
To the page:    {"pad": clause, "of": document, "y": step 2 and step 1, "writes": bool, "as": name}    opened; the name
                                                                     that others see at one's cursor
                {"pad": clause, "y": update}                         something was typed
                {"pad": clause, "kept": n}                           what was sent under this number is stored
                {"pad": clause, "lost": why}                         "other", "gone", "unfit", "failed": open it anew, or don't
                {"pad": clause, "writes": bool}                      whether it may be written on now
                {"pad": clause, "cursor": name of it, "at": {"name", "at"} or null}
                {"ping": word}   {"beat": n, "now": epoch ms}   {"end": why}"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.errors import Refused
from deliberate.live import threads
from deliberate.live.frames import frame
from deliberate.live.socket import Socket
from deliberate.roles import DRAFTER
from polls.statements.actions import MOST_CLAUSES
from polls.statements.pads import core, store
from polls.statements.pads.desk import desk
from polls.statements.pads.store import Written
from rooms.seats.queries import called

_position = re.compile(r"[A-Za-z0-9+/=]{1,80}")


class PadSocket(Socket):
    """One page of a drafter. `key` is the name of its cursors."""

    #: As much as the servers let through.
    longest = 4 * settings.LIVE_FRAME_LIMIT_BYTES - 1024

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.key = tokens.handle()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            if self.line is not None:
                for pad in desk.all_of(self):
                    desk.leave(self, pad.clause)

    async def connect(self) -> None:
        if self.scope["url_route"]["kwargs"]["role"] == DRAFTER:
            await super().connect()
        else:
            await self.close(code=4403)

    async def _hear(self, line: Any, heard: dict[str, Any]) -> None:
        match heard:
            case {"open": str() as clause, "y": str() as y} if len(heard) == 2:
                await self._open(clause, y)
            case {"pad": str() as clause, "of": str() as handle, "n": int() as number, "y": str() as y} if (
                len(heard) == 4
            ):
                self._write(clause, handle, number, y)
            case {"pad": str() as clause, "at": [str() as start, str() as end]} if len(heard) == 2:
                if desk.of(self, clause) and _position.fullmatch(start) and _position.fullmatch(end):
                    desk.point(self, clause, [start, end])
            case {"shut": str() as clause} if len(heard) == 1:
                desk.leave(self, clause)
            case {"pong": _word} | {"beat": _word}:
                await super()._hear(line, heard)
                for pad in desk.all_of(self):  # what it could not be sent while it did not read
                    pad.look()
            case _:
                raise Refused(_("This page sent something unreadable. Reload it, please."), code="shape")

    async def _open(self, clause: str, y: str) -> None:
        messages = _messages(y)
        if [kind for kind, _payload in messages] != [core.STEP_1]:
            raise Refused(_("This page sent something unreadable. Reload it, please."), code="shape")
        if desk.of(self, clause) is None and len(desk.all_of(self)) >= MOST_CLAUSES:
            raise Refused(_("Too many clauses are open here. Close some."), code="full")
        try:
            opened = await threads.act(lambda: store.opened(self.place, clause, messages[0][1]), first=True)
        except Refused:
            self.told(clause, 0, "gone")
            return
        if self.line is None or self.line.closing:
            return
        told = core.message(core.STEP_2, opened.news) + core.message(core.STEP_1, opened.have)
        name = called(self.place.seat)
        self._say({"pad": clause, "of": opened.handle, "y": _written(told), "writes": opened.writes, "as": name})
        desk.join(self, clause, opened)
        pad = desk.of(self, clause)
        for cursor, (text, _heard) in pad.cursors.items() if pad else ():
            if cursor != self.key:
                self.cursor(clause, cursor, text)

    def _write(self, clause: str, handle: str, number: int, y: str) -> None:
        pad, typed = desk.of(self, clause), [payload for kind, payload in _messages(y) if kind != core.STEP_1]
        if pad is None or not typed:
            self.told(clause, number, "failed")
        elif typed == [core.NOTHING]:
            self.told(clause, number, "")
        else:
            pad.write(self, number, Written(self.place, handle, typed[0]))

    # ---- what it is told ---------------------------------------------------------------------------------------------

    def _say(self, what: dict[str, Any]) -> None:
        if self.line is not None and not self.line.closing:
            self.line.send(frame(what))

    def takes(self) -> bool:
        """Whether more may be sent now: else it has to read first, and is sent what it lacks then."""
        return self.line is not None and not self.line.closing and not self.line.full

    def told(self, clause: str, number: int, why: str) -> None:
        """What was sent under this number is stored, or is not, and why."""
        if why == "seat" and self.line is not None:
            self.line.end("ended")
            return
        self._say({"pad": clause, "lost": why} if why else {"pad": clause, "kept": number})
        if why:
            desk.leave(self, clause)

    def stroke(self, clause: str, update: bytes) -> None:
        self._say({"pad": clause, "y": _written(core.message(core.UPDATE, update))})

    def may_write(self, clause: str, writes: bool) -> None:
        self._say({"pad": clause, "writes": writes})

    def cursor(self, clause: str, cursor: str, text: str) -> None:
        self._say({"pad": clause, "cursor": cursor, "at": json.loads(text) if text else None})

    async def _marks(self) -> None:
        """Pads show no marks."""


def _messages(y: str) -> list[tuple[int, bytes]]:
    try:
        return list(core.messages(base64.b64decode(y, validate=True)))
    except (core.Unfit, binascii.Error):
        raise Refused(_("This page sent something unreadable. Reload it, please."), code="shape") from None


def _written(data: bytes) -> str:
    return base64.b64encode(data).decode()
