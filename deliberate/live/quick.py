"""The page a whole room asks for at once, put together from memory.

A page that says so (`quick`, pages.py) depends on who looks by its parts and marks alone. So its frame is rendered once by
Django, with all that the middleware adds, and each phone gets that frame with the pictures as they stand and its own marks.
Whatever is not plain sailing (no seat, too many pages, no scripts, something to say once) goes on to Django as it came."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.base import BaseHandler
from django.http import HttpResponse, parse_cookie
from django.utils.html import escape

from deliberate.clock import now
from deliberate.door import limits
from deliberate.door.entrance import Place
from deliberate.door.views import COUNTED, SAID_COOKIE, SEAT_COOKIE
from deliberate.live import asking, marks, threads
from deliberate.live.hub import hub
from deliberate.live.pages import PLAIN_COOKIE, SHELL, pages
from deliberate.live.painter import Picture
from deliberate.live.times import fill

#: A frame holds titles: so long, in seconds, an old one may be seen in one.
FRESH_S = 2.0
MOST_SHELLS = 256
_path = re.compile(r"/at/([a-z0-9]+)/([a-z]+)/([a-z0-9]+)/(?:([a-z]+)/)?")
_takes_gzip = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")
_GZIPPED = (b"content-encoding", b"gzip")
_holes = re.compile(rf"{SHELL}-(part|hash|marks)-([a-z./0-9]*);")


@dataclass(frozen=True, slots=True)
class Plainest:
    """A page as everybody without marks sees it: as it is, and compressed, which only this one may be. It holds nothing of
    anybody's own that its length could give away (docs/security.md)."""

    body: bytes
    gzipped: bytes


@dataclass(frozen=True, slots=True)
class Shell:
    """A page without its pictures: texts between (what, part's name) holes, and its headers. `plainest`: the last one made
    of it, by what stood in it."""

    pieces: tuple[str, ...]
    holes: tuple[tuple[str, str], ...]
    headers: tuple[tuple[bytes, bytes], ...]
    names: tuple[str, ...]
    until: float
    plainest: dict[tuple[Any, ...], Plainest] = field(default_factory=dict)


class Quick:
    """The frames that are known."""

    def __init__(self) -> None:
        self.shells: OrderedDict[tuple[str, ...], Shell] = OrderedDict()
        self.making: dict[tuple[str, ...], asyncio.Future[Shell | None]] = {}
        self.handler: BaseHandler | None = None

    async def answer(self, scope: Any, send: Any) -> bool:
        """Answer a request for such a page; False where Django has to."""
        match = _path.fullmatch(scope["path"])
        if match is None or scope["method"] != "GET" or scope["query_string"]:
            return False
        event, role, room, screen = match.groups()
        page = pages.get((role, screen or ""))
        if page is None or not page.quick:
            return False
        headers = {name: value.decode("latin1") for name, value in scope["headers"]}
        cookies = parse_cookie(headers.get(b"cookie", ""))
        seat = cookies.get(SEAT_COOKIE, "")
        if not seat or SAID_COOKIE in cookies or PLAIN_COOKIE in cookies or b"hx-request" in headers:
            return False
        place = await asking.enter((event, role, room, seat))
        if place is None:
            return False
        # All that what Django answers may depend on, but the seat.
        asked = (b"host", b"x-forwarded-proto", b"accept-language", b"accept")
        key = (scope["path"], place.seat.language, *(headers.get(name, "") for name in asked))
        shell = await self._shell(key, scope)
        if shell is None or not limits.pages.take(str(place.seat.pk)):
            return False
        body, told = await self._page(shell, place), shell.headers
        if isinstance(body, Plainest):
            takes = _takes_gzip.search(headers.get(b"accept-encoding", ""))
            body, told = (body.gzipped, (*told, _GZIPPED)) if takes else (body.body, told)
        await send({"type": "http.response.start", "status": 200, "headers": [*told, _length(body)]})
        await send({"type": "http.response.body", "body": body})
        return True

    async def _shell(self, key: tuple[str, ...], scope: Any) -> Shell | None:
        known = self.shells.get(key)
        if known is not None and known.until > time.monotonic():
            return known
        making = self.making.get(key)
        if making is None:
            making = self.making[key] = asyncio.ensure_future(threads.read(lambda: self._made(scope)))
            making.add_done_callback(lambda _done: self.making.pop(key, None))
        shell = await asyncio.shield(making)
        if shell is not None:
            self.shells[key] = shell
            self.shells.move_to_end(key)
            while len(self.shells) > MOST_SHELLS:
                self.shells.popitem(last=False)
        return shell

    def _made(self, scope: Any) -> Shell | None:
        """The frame as Django gives it to this request; None where it gives something else."""
        if self.handler is None:
            self.handler = BaseHandler()
            self.handler.load_middleware()
        request = ASGIRequest({**scope, "root_path": ""}, BytesIO())
        request.META[SHELL] = request.META[COUNTED] = True
        response = self.handler.get_response(request)
        if not isinstance(response, HttpResponse) or response.status_code != 200 or response.cookies:
            return None
        html = response.content.decode()
        split = _holes.split(html)
        holes = tuple(zip(split[1::3], split[2::3], strict=True))
        sent = tuple(
            (name.lower().encode("latin1"), value.encode("latin1"))
            for name, value in response.items()
            if name.lower() != "content-length"
        )
        names = tuple(dict.fromkeys(name for what, name in holes if what == "part"))
        return Shell(tuple(split[0::3]), holes, sent, names, time.monotonic() + FRESH_S)

    async def _page(self, shell: Shell, place: Place) -> bytes | Plainest:
        language = place.seat.language or settings.LANGUAGE_CODE
        keys = [(name, place.seat.role, language) for name in shell.names]
        held, found = await asyncio.gather(asking.held(place), hub.pictures(place.room.pk, keys))
        pictures = {key[0]: picture for key, picture in found.items()}
        if len(pictures) < len(keys):
            raise RuntimeError("a part of the page could not be painted")
        if any(held.values()):
            return _written(shell, pictures, held)
        # Whoever has no marks sees what all others without marks see, until something on it changes or a second goes by.
        same = (int(time.time()), *(picture.hash for picture in pictures.values()))
        known = shell.plainest.get(same)
        if known is None:
            body = _written(shell, pictures, held)
            known = Plainest(body, gzip.compress(body, 6, mtime=0))
            shell.plainest.clear()
            shell.plainest[same] = known
        return known


def _written(shell: Shell, pictures: dict[str, Picture], held: asking.Marks) -> bytes:
    told = str(escape(json.dumps(held, separators=(",", ":"))))
    whole = [shell.pieces[0]]
    for (what, name), piece in zip(shell.holes, shell.pieces[1:], strict=True):
        whole.append(told if what == "marks" else pictures[name].hash if what == "hash" else pictures[name].html)
        whole.append(piece)
    shown = {mark for some in held.values() for mark in some}
    html = "".join(whole)
    return fill(marks.apply(html, shown) if shown else html, now()).encode()


def _length(body: bytes) -> tuple[bytes, bytes]:
    return b"content-length", str(len(body)).encode()


quick = Quick()


def quickly(inner: Any) -> Any:
    """An HTTP application before which the quick pages stand."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if not await quick.answer(scope, send):
            await inner(scope, receive, send)

    return application
