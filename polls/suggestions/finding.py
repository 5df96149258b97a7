"""What the service asks of its finder (finder.py), which it starts where none runs.

    finder().bearing(shelf, text, most)    what of a shelf bears on a text
    finder().alike(shelf, typed, most)     what may say the same as what is being typed
    finder().themes(shelves, most)         what belongs together

A shelf says what stands in it now; only what the finder does not hold yet is sent, and what stands there no more is forgotten
first. So nothing that was taken back is ever compared. Each call blocks its thread for a few seconds at the most; who can't be
answered in time hears Away."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import structlog

from polls.suggestions import finder as wire

log = structlog.get_logger("polls.suggestions")
#: Seconds until an answer must be there, and what of them the finder may spend on reading meaning.
ANSWER_S, READ_S = 8.0, 2.5
#: Who asks waits so long for those before; where so many wait already, the next is sent away at once.
WAIT_S, MOST_WAITING = 4.0, 12
#: After it failed, no other is started for so long.
PAUSE_S = 5.0
#: Texts sent at once.
AT_ONCE = 2_000
#: What of the service's environment the finder gets: none of its secrets. One thread computes.
ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV")
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)


class Away(Exception):
    """There is no answer now: the finder is busy, was ended, or took too long."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that stands on a shelf: its name, its place, and which wording it is."""

    name: str
    number: int
    revision: int = 0


@dataclass(frozen=True)
class Shelf:
    """What stands in a room now, of one kind. `read(names)` gives the texts of some. `reach`: whether neighbours belong together."""

    key: str
    entries: Sequence[Entry]
    read: Callable[[Sequence[str]], Mapping[str, str]]
    reach: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Names with their scores, best first; `meaning`: whether meaning was compared too, or words alone."""

    hits: list[tuple[str, float]]
    meaning: bool


@dataclass(frozen=True, slots=True)
class Themes:
    """(names of its texts, words it is called by) of each theme; found among `of` out of `every` texts."""

    themes: list[tuple[list[str], list[str]]]
    of: int
    every: int
    meaning: bool


@dataclass
class Process:
    """A finder that runs, the line to it, and what it holds: by shelf the wording of each name."""

    pid: int
    line: socket.socket
    ended: threading.Event
    held: dict[str, dict[str, int]] = field(default_factory=dict)

    def ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Its answer. OSError where it ends meanwhile or is too slow."""
        wire.send(self.line, message)
        answer = wire.receive(self.line)
        if answer is None:
            raise ConnectionError("the finder ended")
        return answer


class Finding:
    """The way to this process's finder. What is asked at the same time is asked in turn."""

    def __init__(self, *, meaning: bool) -> None:
        """`meaning`: compare meaning too, where the extra is installed."""
        self._meaning = meaning
        self._lock = threading.Lock()
        self._waiting = 0
        self._process: Process | None = None
        self._failed = -PAUSE_S

    def bearing(self, shelf: Shelf, text: str, most: int) -> Found:
        return self._find("bearing", shelf, text, most, READ_S)

    def alike(self, shelf: Shelf, typed: str, most: int) -> Found:
        return self._find("alike", shelf, typed, most, READ_S / 4)

    def themes(self, shelves: Sequence[Shelf], most: int) -> Themes:
        def ask(process: Process) -> dict[str, Any]:
            for shelf in shelves:
                _stock(process, shelf)
            asked = [shelf.key for shelf in shelves]
            return process.ask({"do": "themes", "shelves": asked, "most": most, "within_s": READ_S})

        answer = self._ask(ask)
        found = [(list(each["names"]), list(each["words"])) for each in answer["themes"]]
        return Themes(found, int(answer["of"]), int(answer["all"]), bool(answer["meaning"]))

    def status(self) -> dict[str, Any]:
        """How the finder is: pid, memory_mb, shelves, meaning; it is started where none runs."""
        return self._ask(lambda process: process.ask({"do": "status"}))

    def forget(self, keys: Iterable[str]) -> None:
        """Let what stood on these shelves be gone at once, where a finder runs. Who is being answered is answered first."""
        keys = list(keys)
        with self._lock:
            process = self._process
            if process is None or process.held.keys().isdisjoint(keys):
                return
            try:
                process.ask({"do": "forget", "shelves": keys})
                for key in keys:
                    process.held.pop(key, None)
            except (OSError, ValueError):
                self._end()

    def close(self) -> None:
        """End the finder; the next question starts another."""
        with self._lock:
            self._end()

    def _find(self, what: str, shelf: Shelf, text: str, most: int, within_s: float) -> Found:
        def ask(process: Process) -> dict[str, Any]:
            _stock(process, shelf)
            return process.ask({"do": what, "shelf": shelf.key, "text": text, "most": most, "within_s": within_s})

        answer = self._ask(ask)
        return Found([(str(name), float(score)) for name, score in answer["hits"]], bool(answer["meaning"]))

    def _ask(self, ask: Callable[[Process], dict[str, Any]]) -> dict[str, Any]:
        if self._waiting >= MOST_WAITING:
            raise Away("many are asking")
        self._waiting += 1
        try:
            if not self._lock.acquire(timeout=WAIT_S):
                raise Away("others are being answered")
        finally:
            self._waiting -= 1
        try:
            return self._asked(ask)
        finally:
            self._lock.release()

    def _asked(self, ask: Callable[[Process], dict[str, Any]]) -> dict[str, Any]:
        for _attempt in range(2):  # one that ended by itself, since nobody asked, is followed by another
            process = self._process or self._started()
            try:
                return ask(process)
            except TimeoutError:
                log.warning("the finder took too long and was ended")
                break
            except ConnectionError:
                self._end()
            except (OSError, ValueError, KeyError, TypeError) as error:
                log.warning("the finder failed", error=type(error).__name__)
                break
            except BaseException:
                self._end()  # half a question was asked: what comes back would be another's answer
                raise
        self._end()
        self._failed = time.monotonic()
        raise Away("the finder does not answer")

    def _started(self) -> Process:
        if time.monotonic() < self._failed + PAUSE_S:
            raise Away("the finder failed just now")
        mine, its = socket.socketpair()
        environment = {
            name: value for name, value in os.environ.items() if name in ENVIRONMENT or name.startswith("PYTHON")
        }
        command = (sys.executable, "-m", "polls.suggestions.finder", "meaning" if self._meaning else "words")
        actions = [(os.POSIX_SPAWN_DUP2, its.fileno(), 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        try:
            pid = os.posix_spawn(sys.executable, command, environment | ONE_THREAD, file_actions=actions, setpgroup=0)
        except OSError as error:
            mine.close()
            self._failed = time.monotonic()
            raise Away(f"the finder can't be started: {os.strerror(error.errno or 0)}") from None
        finally:
            its.close()
        mine.settimeout(ANSWER_S)
        self._process = Process(pid, mine, threading.Event())
        threading.Thread(target=_mind, args=(self._process,), name="finder", daemon=True).start()
        return self._process

    def _end(self) -> None:
        if self._process is not None:
            self._process.line.close()
            if not self._process.ended.is_set():
                with suppress(ProcessLookupError):
                    os.kill(self._process.pid, signal.SIGKILL)
            self._process = None


def _mind(process: Process) -> None:
    with suppress(ChildProcessError):
        os.waitpid(process.pid, 0)
    process.ended.set()


def _stock(process: Process, shelf: Shelf) -> None:
    """Let the finder hold what stands on the shelf now, and nothing else."""
    stands = {entry.name: entry for entry in shelf.entries}
    for _attempt in range(2):
        held = process.held.setdefault(shelf.key, {})
        gone = [name for name, revision in held.items() if name not in stands or stands[name].revision != revision]
        for name in gone:
            del held[name]
        if _sent(process, shelf, stands, gone) == len(held):
            return
        # It forgot the shelf meanwhile, since nobody asked: all of it once more.
        process.ask({"do": "forget", "shelves": [shelf.key]})
        held.clear()
    raise ValueError("the finder does not hold what it was given")


def _sent(process: Process, shelf: Shelf, stands: Mapping[str, Entry], gone: list[str]) -> int:
    """Send what is missing and say what is gone; how many texts the finder holds then."""
    held, told = process.held[shelf.key], {"do": "keep", "shelf": shelf.key, "reach": shelf.reach}
    missing = [name for name in stands if name not in held]
    texts = int(process.ask(told | {"gone": gone, "new": []})["texts"])
    for start in range(0, len(missing), AT_ONCE):
        found = shelf.read(missing[start : start + AT_ONCE])
        new = [(stands[name].number, name, text) for name, text in found.items() if name in stands]
        texts = int(process.ask(told | {"gone": [], "new": new})["texts"])
        held |= {name: stands[name].revision for _number, name, _text in new}
    return texts


@cache
def finder() -> Finding:
    """This process's finder."""
    from django.conf import settings

    return Finding(meaning=bool(settings.SUGGEST_BY_MEANING))
