"""The socket of the podium's page. It brings sound, and is told how it is.

From the page: octets, 4 of them (big-endian) the age of the sound's last sample in milliseconds, the rest sound (signed 16
bit, little-endian, 16 kHz, mono); first of all {"again": word of the line that broke, or ""}; {"stop": true}.
To the page:   {"line": word}   {"state": state, "say": words}, and why it is closed in the same form.

Sound goes to the engine's process and nowhere else; where the host keeps it, with the words into the database."""

from __future__ import annotations

import asyncio
import json
import struct
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import Error, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate.clock import now
from deliberate.door.entrance import Place, entrance
from deliberate.door.origin import same_origin
from deliberate.door.perform import language_of
from deliberate.errors import Refused
from deliberate.live import asking, threads
from deliberate.live.socket import cookie_of
from deliberate.live.trouble import trouble
from deliberate.roles import CAPTIONER
from rooms.captions import actions, queries
from rooms.captions.core import RATE
from rooms.captions.hearing import LAST_WORDS_S, Event, Hearing, Said, Saying
from rooms.captions.microphones import microphones
from rooms.captions.models import State
from rooms.transcript.commands import LONGEST_INTERIM

log = structlog.get_logger("rooms.captions")
#: Closing codes: no seat; another page took over or somebody switched it off; too many microphones; none can be heard here;
#: more sound than time; nothing that is sound; nothing can be stored.
ENDED, TAKEN, CROWDED, DEAF, FLOOD, UNREADABLE, AWAY = 4401, 4410, 4409, 4404, 4429, 4400, 1013
_AGE = struct.Struct("!I")
#: Octets of one frame of sound (2 s), and seconds of sound that may come at once, after the line was away.
LONGEST, AT_ONCE_S, OLDEST_MS = 2 * 2 * RATE, 45.0, 60_000
#: How long the page may bring no sound at all, and how often a phrase that could not be stored is tried again.
QUIET_S, AGAIN_S, LONGEST_AGAIN_S = 30.0, 0.5, 10.0
#: Phrases that may wait for a database that is away, and those of them that wait with their sound, where that is kept.
MOST_WAITING, MOST_SOUNDS = 500, 8


class Gone(Exception):
    """The line may not go on. `code` closes it, the text says why."""

    def __init__(self, code: int, say: str) -> None:
        super().__init__(say)
        self.code = code


async def listen(scope: Any, receive: Any, send: Any) -> None:
    """One line of a podium's page (an ASGI application)."""
    await receive()  # the handshake
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin1")
    if not same_origin(headers.get(b"origin", b"").decode("latin1"), host, strict=True):
        await send({"type": "websocket.close", "code": 4403})
        return
    at = scope["url_route"]["kwargs"]
    cookie = cookie_of(headers.get(b"cookie", b"").decode("latin1"))
    place = await asking.enter((at["event"], at["role"], at["room"], cookie))
    await send({"type": "websocket.accept"})
    # Refused after accepting: a browser hides the code of a refused handshake.
    if place is None or place.seat.role != CAPTIONER:
        await send({"type": "websocket.close", "code": ENDED})
        return
    listener = Listener(place, receive, send)
    with override(language_of(place)):
        await listener.run()


class Listener:
    """A microphone that is heard: what the page brings goes to the engine, what that tells is stored in its order."""

    def __init__(self, place: Place, receive: Any, send: Any) -> None:
        self._place, self._receive, self._send = place, receive, send
        self._line = ""
        self._state = State.STARTING
        self._hearing = Hearing(settings.CAPTIONS_ENGINE, queries.options(), self._tell)
        #: What waits to be stored. Of what is being said the newest alone.
        self._waiting: deque[Said | State] = deque(maxlen=MOST_WAITING)
        self._saying: Saying | None = None
        self._new, self._last = asyncio.Event(), False
        self._ended = asyncio.Event()
        self._seen = self._began = time.monotonic()
        self._taken = 0
        #: Whether the host keeps sound, as it was when something was stored last.
        self._keeps = place.event.keeps_sound

    async def run(self) -> None:
        """Until the page stops, leaves, or may not go on."""
        try:
            if not queries.hears():
                raise Gone(DEAF, _("This service can't hear speech: it was installed without captions."))
            if microphones.full():
                raise Gone(CROWDED, _("This service listens to as many microphones already as it may."))
            microphones.join(self._ended, self._place.seat.pk)
            await self._begin()
            await self._listen()
        except Gone as gone:
            with suppress(Exception):  # the page may have left meanwhile
                await self._say(State.OFF, str(gone))
                await self._send({"type": "websocket.close", "code": gone.code})
        finally:
            microphones.leave(self._ended)

    async def _listen(self) -> None:
        works = (self._hearing.run(), self._store(), self._from_page(), self._ended.wait())
        engine, store, page, ended = (asyncio.create_task(work) for work in works)
        try:
            await asyncio.wait((store, page, ended), return_when=asyncio.FIRST_COMPLETED)
            if ended.done():
                raise Gone(ENDED, _("Your seat has ended. Join again, please."))
            if store.done():
                await store  # raises why it may not go on
            # The page stopped, left or went wrong: what it brought until then is still told and stored.
            self._hearing.finish()
            await asyncio.wait((engine, store), timeout=LAST_WORDS_S, return_when=asyncio.FIRST_COMPLETED)
            self._waiting.append(State.OFF if not page.exception() and page.result() else State.AWAY)
            self._last = True
            self._new.set()
            async with asyncio.timeout(LAST_WORDS_S):
                await store
            if page.result():  # raises what went wrong
                await self._send({"type": "websocket.close", "code": 1000})
        except TimeoutError:
            log.warning("the last words of a microphone could not be stored")
        finally:
            for task in (engine, store, page, ended):
                task.cancel()
            await asyncio.gather(engine, store, page, ended, return_exceptions=True)

    # -- from the page -------------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        message = await self._message()
        again = _parsed(message.get("text")).get("again") if message else None
        if not isinstance(again, str):
            raise Gone(UNREADABLE, _unreadable())
        place = self._place

        def begin() -> None:
            self._line = actions.begin(room=place.room, by=place.seat, again=again)

        if not await self._try(begin):
            raise Gone(AWAY, _("Nothing can be stored at the moment. Try again in a moment, please."))
        self._began = time.monotonic()
        await self._send({"type": "websocket.send", "text": json.dumps({"line": self._line})})

    async def _from_page(self) -> bool:
        """Take sound until the page stops (True) or its line is gone (False)."""
        while message := await self._message():
            if message.get("bytes"):
                self._take(message["bytes"])
            elif _parsed(message.get("text")).get("stop") is True:
                return True
        return False

    async def _message(self) -> dict[str, Any] | None:
        """What comes next; None where the line is gone, or nothing came for too long."""
        try:
            async with asyncio.timeout(QUIET_S):
                message: dict[str, Any] = await self._receive()
        except TimeoutError:
            return None
        return message if message["type"] == "websocket.receive" else None

    def _take(self, octets: bytes) -> None:
        if len(octets) % 2 or not _AGE.size < len(octets) <= _AGE.size + LONGEST:
            raise Gone(UNREADABLE, _unreadable())
        (age,) = _AGE.unpack_from(octets)
        self._taken += len(octets) // 2
        if self._taken / RATE > 1.1 * (time.monotonic() - self._began) + AT_ONCE_S:
            raise Gone(FLOOD, _("That was a lot at once. Wait a moment, then try again."))
        self._hearing.hear(octets[_AGE.size :], now() - timedelta(milliseconds=min(age, OLDEST_MS)))

    # -- from the engine -----------------------------------------------------------------------------------------------

    async def _tell(self, event: Event) -> None:
        if isinstance(event, Saying):
            self._saying = event
        else:
            if len(self._waiting) == MOST_WAITING:
                log.warning("words were lost: they could not be stored for too long")
            if isinstance(event, Said) and (not self._keeps or len(self._waiting) >= MOST_SOUNDS):
                event = replace(event, heard=None)
            self._waiting.append(event)
            self._saying = None  # it was of a phrase that is over
        self._new.set()

    async def _store(self) -> None:
        """Store and show what is heard, one thing after the other. Raises Gone where this line may not go on."""
        while True:
            self._new.clear()
            if self._waiting:
                await self._keep(self._waiting.popleft())
            elif self._saying is not None:
                saying, self._saying = self._saying, None
                await self._try(lambda: self._show(saying))  # noqa: B023  # done before the next
            elif self._last:
                return
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(queries.SEEN_EVERY_S):
                        await self._new.wait()
                if time.monotonic() - self._seen > queries.SEEN_EVERY_S:
                    await self._try(lambda: self._put(self._state))

    async def _keep(self, event: Said | State) -> None:
        """Store it, however often that has to be tried."""
        if isinstance(event, State):
            self._state = event
            with suppress(Exception):  # the page may have left
                await self._say(event, self._words())
        pause = AGAIN_S
        while not await self._try(lambda: self._put(event)):
            await asyncio.sleep(pause)
            pause = min(LONGEST_AGAIN_S, 2 * pause)

    async def _try(self, work: Callable[[], None]) -> bool:
        """Do it for the seat, which is looked at again each time; False where it could not be stored just now."""
        try:
            await threads.act(lambda: self._for_the_seat(work), first=True)
        except Refused as refused:
            if refused.code != "full":  # a room that holds no more words stays as it is
                raise Gone(ENDED if refused.code == "seat" else TAKEN, str(refused)) from None
        except Error as problem:
            trouble.found(problem)
            return False
        self._seen = time.monotonic()
        return True

    def _for_the_seat(self, work: Callable[[], None]) -> None:
        with override(language_of(self._place)), transaction.atomic():
            here = entrance().still_here(self._place)
            if here is None:
                raise Refused(_("Your seat has ended. Join again, please."), code="seat")
            work()
        self._keeps = here.event.keeps_sound

    def _show(self, saying: Saying) -> None:
        text = saying.text[:LONGEST_INTERIM]
        actions.saying(room=self._place.room, line=self._line, text=text, since=saying.since)

    def _put(self, event: Said | State) -> None:
        here: dict[str, Any] = {"room": self._place.room, "by": self._place.seat, "line": self._line}
        if isinstance(event, State):
            actions.tell(**here, state=event)
        else:
            here |= {"number": event.number, "words": event.words, "since": event.since}
            actions.said(**here, heard=event.heard)

    # -- to the page ---------------------------------------------------------------------------------------------------

    async def _say(self, state: State, words: str) -> None:
        await self._send({"type": "websocket.send", "text": json.dumps({"state": state.value, "say": words})})

    def _words(self) -> str:
        """How it is, for whoever minds the microphone."""
        return {
            State.STARTING: _("Getting ready to hear."),
            State.ON: _("What is said is written down."),
            State.LATE: _("Captions come late: this machine is too slow for them at the moment."),
            State.AGAIN: _(
                "What writes captions ended. It begins again by itself; what is said meanwhile is kept for it."
            ),
            State.UNFIT: f"{_('Captions cannot begin.')} {self._hearing.unfit}",
            State.AWAY: "",
            State.OFF: _("The microphone is off."),
        }[self._state]


def _parsed(text: object) -> dict[str, Any]:
    try:
        value = json.loads(text) if isinstance(text, str) and len(text) < 1000 else None
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Gone(UNREADABLE, _unreadable())
    return value


def _unreadable() -> str:
    return _("This page sent something unreadable. Reload it, please.")
