"""One microphone's engine, kept alive: its process is started, fed, watched, and started anew where it dies.

Sound that was not told yet is kept in memory for the one that follows, and forgotten as soon as it is told. Should the same
sound end two of them, it is let go."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog

from rooms.captions.core import RATE
from rooms.captions.engine import Options
from rooms.captions.models import State
from rooms.captions.worker import LENGTH, UNFIT
from rooms.transcript.spoken import Heard, Word

log = structlog.get_logger("rooms.captions")
#: Seconds until an engine must be loaded, and that it may say nothing.
START_S, SILENT_S = 90.0, 20.0
#: Pauses before one is started again, doubled each time, and how long what it still has to say is waited for at the end.
FIRST_PAUSE_S, LONGEST_PAUSE_S, LAST_WORDS_S = 0.2, 30.0, 8.0
#: Seconds of sound that may wait for an engine; of older sound the words are lost. Behind by so many is late.
MOST_S, LATE_S = 40.0, 6.0
#: What of the service's environment the process gets. The service's secrets are not among it, nor a way to fetch a model.
ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "VIRTUAL_ENV", "HF_HOME", "HF_HUB_CACHE")


@dataclass(frozen=True, slots=True)
class Saying:
    """What is being said, in a phrase that began at `since`."""

    text: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase that is over; `number` counts those of this microphone from 1. `heard`: how it sounded, where all of it is
    there still."""

    number: int
    words: tuple[Word, ...]
    since: datetime
    heard: Heard | None = field(default=None, repr=False)


Event = Saying | Said | State


class Hearing:
    """One microphone. `tell` is called with all that is heard, and with how it is, in order."""

    def __init__(self, engine: str, options: Options, tell: Callable[[Event], Awaitable[None]]) -> None:
        self._command = (sys.executable, "-m", "rooms.captions.worker", engine, json.dumps(options.as_json()))
        self._tell = tell
        self._sound = bytearray()  # what no engine has told yet
        self._first = self._sent = self._heard = 0  # samples: the first of it; the next to send; taken by the engine
        self._clock: deque[tuple[int, datetime]] = deque(maxlen=int(MOST_S * 20))
        self._begun: tuple[int, datetime] | None = None
        self._number = 0
        self._new, self._over = asyncio.Event(), asyncio.Event()
        self._state: State | None = None
        self.pid = 0
        #: Why it can't begin, where it can't.
        self.unfit = ""

    def hear(self, sound: bytes, at: datetime) -> None:
        """Take sound (16 bit, 16 kHz, mono) that ended at a moment."""
        self._sound += sound
        self._clock.append((self._first + len(self._sound) // 2, at))
        too_much = len(self._sound) - int(2 * RATE * MOST_S)
        if too_much > 0:
            self._forget(self._first + (too_much + 1) // 2)
        self._new.set()

    def finish(self) -> None:
        """No more comes: tell what is left, and end."""
        self._over.set()
        self._new.set()

    async def run(self) -> None:
        """Until `finish` was called and all is told. Cancelled, it ends its process."""
        pause, stuck = FIRST_PAUSE_S, -1
        while True:
            began = self._first
            served = await self._once()
            if self._over.is_set():
                return
            if self._first == began == stuck:
                self._forget(self._sent)  # it died of the same sound as the one before
            stuck = began
            pause = FIRST_PAUSE_S if served else min(LONGEST_PAUSE_S, 2 * pause)
            await self._is(State.UNFIT if self.unfit else State.AGAIN)
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_PAUSE_S if self.unfit else pause):
                    await self._over.wait()
            if self._over.is_set():
                return

    async def _once(self) -> bool:
        """One process, from its start to its end; whether it heard anything."""
        await self._is(State.STARTING if self._state is None else self._state)
        environment = {
            name: value for name, value in os.environ.items() if name in ENVIRONMENT or name.startswith("PYTHON")
        }
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=2**20,
            env=environment | {"HF_HUB_OFFLINE": "1", "OMP_WAIT_POLICY": "PASSIVE"},
            start_new_session=True,
        )
        self.pid, self._sent = process.pid, self._first
        feeding: asyncio.Task[None] | None = None
        served, base, patience = False, self._first, START_S
        try:
            assert process.stdout is not None
            while line := await _line(process.stdout, patience):
                told = json.loads(line)
                if "ready" in told:
                    # Sound may have been let go while it was loaded.
                    self.unfit, base, patience = "", self._first, SILENT_S
                    self._sent = self._heard = base
                    feeding = asyncio.create_task(self._feed(process))
                    await self._is(State.ON)
                elif "unfit" in told:
                    self.unfit = told["unfit"]
                    log.error("no engine for captions", why=self.unfit)
                else:
                    served = await self._told(told, base) or served
                if self._over.is_set():
                    patience = min(patience, LAST_WORDS_S)
        except TimeoutError:
            log.warning("an engine for captions is silent", pid=process.pid)
        except (ValueError, KeyError, TypeError):
            log.warning("an engine for captions says what nobody understands", pid=process.pid)
        finally:
            if feeding is not None:
                feeding.cancel()
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
            code = await asyncio.shield(_ended(process))
            self.pid = 0
        if code not in (0, UNFIT):
            log.warning("an engine for captions ended", code=code)
        return served

    async def _feed(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        with suppress(ConnectionError):  # it ended: whoever reads hears of it
            while True:
                self._new.clear()
                piece = bytes(self._sound[2 * (self._sent - self._first) :])
                self._sent += len(piece) // 2
                if piece:
                    process.stdin.write(LENGTH.pack(len(piece)) + piece)
                    await process.stdin.drain()
                elif self._over.is_set():
                    process.stdin.close()
                    return
                else:
                    await self._new.wait()

    async def _told(self, told: dict[str, Any], base: int) -> bool:
        """Hand on what an engine told that began at the sample `base`; whether it was more than a sign of life."""
        if "saying" in told:
            await self._tell(Saying(str(told["saying"]), self._since(base + int(told["since"]))))
        elif "said" in told:
            start = base + int(told["since"])
            since = self._since(start)
            self._number += 1
            words = tuple(
                Word(str(text), _after(since, base + int(a) - start), _after(since, base + int(b) - start))
                for text, a, b in told["said"]
            )
            self._begun = None
            until = base + int(told["until"])
            heard = Heard(self._between(start, until), self._moment(until)) if start >= self._first else None
            await self._tell(Said(self._number, words, since, heard))
            self._forget(until)
        else:
            self._heard = base + int(told["heard"])
            self._forget(base + int(told["free"]))
            behind = (self._first + len(self._sound) // 2 - self._heard) / RATE
            await self._is(State.LATE if behind > LATE_S else State.ON)
            return False
        return True

    async def _is(self, state: State) -> None:
        if state != self._state:
            self._state = state
            await self._tell(state)

    def _since(self, sample: int) -> datetime:
        """When a phrase began. What was told of it once holds: what is being said is known by it."""
        if self._begun is None or self._begun[0] != sample:
            self._begun = (sample, self._moment(sample))
        return self._begun[1]

    def _moment(self, sample: int) -> datetime:
        """When a sample was heard, by the piece in which it came."""
        until, at = next(((until, at) for until, at in self._clock if until >= sample), self._clock[-1])
        return at - timedelta(seconds=(until - sample) / RATE)

    def _between(self, start: int, until: int) -> bytes:
        return bytes(self._sound[2 * (start - self._first) : 2 * (until - self._first)])

    def _forget(self, until: int) -> None:
        until = min(until, self._first + len(self._sound) // 2)
        if until > self._first:
            del self._sound[: 2 * (until - self._first)]
            self._first, self._sent = until, max(self._sent, until)


async def _line(source: asyncio.StreamReader, within_s: float) -> bytes:
    """The next line; b"" at the end. (wait_for would swallow a cancellation that comes with a line.)"""
    async with asyncio.timeout(within_s):
        return await source.readline()


async def _ended(process: asyncio.subprocess.Process) -> int:
    """The code with which it ended, once nothing of it is open any more."""
    code = await process.wait()
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    with suppress(TimeoutError, ValueError):
        async with asyncio.timeout(1):
            await process.stdout.read()
    return code


def _after(since: datetime, samples: int) -> datetime:
    return since + timedelta(seconds=max(0, samples) / RATE)
