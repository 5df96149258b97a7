"""The SSE twin of the socket, for networks where sockets are blocked: the same pictures one way, acts by POST.

GET /at/<event>/<role>/<room>/stream with the header X-Watch: {part: hash held}. The answer is text/event-stream whose
events are the socket's frames. A stream can't say how far it was read, so it ends after a window of bytes (or ten
minutes) and the phone opens the next one, naming the pictures it holds: nothing is sent twice and memory stays bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from deliberate.clock import epoch_ms, now
from deliberate.door import limits
from deliberate.door.entrance import Place
from deliberate.door.origin import same_origin
from deliberate.door.perform import language_of
from deliberate.door.views import SEAT_COOKIE
from deliberate.live import asking
from deliberate.live.frames import Frame, frame
from deliberate.live.hub import hub
from deliberate.live.line import Line
from deliberate.shell import metrics

LONGEST_S = 600
BREATH_S = 20


async def stream(request: Request) -> Response:
    """Open a stream for the seat behind the cookie; 401 where there is none, 400 where X-Watch is unreadable, 429 where it
    asked for too much, 503 where there is no space for one more line."""
    if not same_origin(request.headers.get("origin"), request.headers.get("host", ""), strict=False):
        return JSONResponse({"ok": False, "code": "origin"}, status_code=403)
    at = request.path_params
    cookie = request.cookies.get(SEAT_COOKIE, "")
    place = await asking.enter((at["event"], at["role"], at["room"], cookie))
    if place is None:
        return JSONResponse({"ok": False, "code": "seat"}, status_code=401)
    if not limits.pages.take(str(place.seat.pk)):
        return _later(place, 429)
    try:
        have = json.loads(request.headers.get("x-watch", "{}"))
    except ValueError:
        have = None
    if not isinstance(have, dict) or not all(isinstance(held, str) for held in have.values()):
        return JSONResponse({"ok": False, "code": "shape"}, status_code=400)
    if not hub.has_space(place.room.pk):
        metrics.closed.labels(why="space").inc()
        return _later(place, 503)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Robots-Tag": "noindex"}
    return StreamingResponse(_events(place, have), media_type="text/event-stream", headers=headers)


def _later(place: Place, status: int) -> Response:
    """Not now: in words, and with a moment to come back at."""
    with override(language_of(place)):
        code, say = {
            429: ("limit", _("That was a lot at once. Wait a moment, then try again.")),
            503: ("space", _("Very many people are here just now. Wait a moment, then try again.")),
        }[status]
    return JSONResponse({"ok": False, "code": code, "say": say}, status_code=status, headers={"Retry-After": "5"})


class Events:
    """The wire of a stream: what is put into it waits here until the server takes it."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._tell: Callable[[], None] | None = None

    def put(self, what: Frame) -> None:
        self.queue.put_nowait(what)

    @property
    def full(self) -> bool:
        return self.queue.qsize() > 4

    def when_drained(self, tell: Callable[[], None]) -> None:
        self._tell = tell

    async def next(self) -> str | None:
        """The text of the next event; None at the end."""
        what = await self.queue.get()
        if self._tell is not None and not self.full:
            tell, self._tell = self._tell, None
            tell()
        return what.text if what is not None else None


async def _events(place: Place, have: dict[str, str]) -> AsyncIterator[str]:
    wire = Events()

    async def close(why: str) -> None:
        wire.put(frame({"end": why}))
        wire.queue.put_nowait(None)

    async def refresh() -> None:
        line.send(frame({"marks": await asking.held(place)}))

    line = Line(
        kind="stream",
        room=place.room.pk,
        seat=place.seat.pk,
        audience=place.seat.role,
        language=place.seat.language or settings.LANGUAGE_CODE,
        wire=wire,
        close=close,
        refresh=refresh,
        asks_back=False,
    )
    ends = asyncio.get_running_loop().time() + LONGEST_S
    if not hub.has_space(line.room):  # many asked in the same moment
        yield f"data: {frame({'end': 'space'}).text}\n\n"
        return
    hub.join(line)
    try:
        yield f'data: {{"beat":0,"now":{epoch_ms(now())}}}\n\n'
        await refresh()
        await hub.watch(line, have)
        while asyncio.get_running_loop().time() < ends:
            try:
                text = await asyncio.wait_for(wire.next(), BREATH_S)
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if text is None:
                return
            yield f"data: {text}\n\n"
    finally:
        hub.leave(line)
