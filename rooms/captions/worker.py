"""The process that hears one microphone: python -m rooms.captions.worker ENGINE OPTIONS.

In: sound, each piece behind its length (4 octets, big-endian); the end of it all is the end of input. Out: a JSON object a
line. {"ready": true}; {"saying": text, "since": sample}; {"said": [[word, from, to], ...], "since", "until"};
{"heard": samples, "free": sample} after each piece and every second; {"unfit": why} where it can't begin.

It knows no database, no person and no room. Whoever started it ends it by closing its input."""

from __future__ import annotations

import json
import os
import queue
import struct
import sys
import threading
from collections.abc import Iterable
from typing import IO, Any

from rooms.captions.core import RATE
from rooms.captions.engine import Engine, Options, Said, Saying, Unfit, engine_of

LENGTH = struct.Struct("!I")
#: Seconds between two signs of life, and of sound that waits before nothing but whole phrases is told.
BEAT_S, HURRY_S = 1.0, 2.5
UNFIT = 3
_END = None


class Teller:
    """Writes what is told, a line each."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out

    def tell(self, **what: Any) -> None:
        self._out.write(json.dumps(what, ensure_ascii=False, separators=(",", ":")) + "\n")
        self._out.flush()

    def all(self, found: Iterable[Saying | Said]) -> None:
        """Tell each as it is found: a phrase need not wait for the one after it."""
        for each in found:
            if isinstance(each, Saying):
                self.tell(saying=each.text, since=each.since)
            else:
                words = [[word.text, word.since, word.until] for word in each.words]
                self.tell(said=words, since=each.since, until=each.until)


def _read(source: IO[bytes], into: queue.SimpleQueue[bytes | None]) -> None:
    """Take what comes off the pipe at once: whoever writes there must not wait for an engine that computes."""
    while len(head := source.read(LENGTH.size)) == LENGTH.size:
        into.put(source.read(LENGTH.unpack(head)[0]))
    into.put(_END)


def work(engine: Engine, source: IO[bytes], teller: Teller) -> None:
    """Hear until the input ends."""
    sounds: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(source, sounds), daemon=True).start()
    heard, ended = 0, False
    while not ended:
        try:
            piece = sounds.get(timeout=BEAT_S)
        except queue.Empty:
            teller.tell(heard=heard, free=engine.free)
            continue
        pieces = []
        while piece is not _END:
            pieces.append(piece)
            try:
                piece = sounds.get_nowait()
            except queue.Empty:
                break
        else:
            ended = True
        sound = b"".join(pieces)
        heard += len(sound) // 2
        if sound:
            teller.all(engine.hear(sound, hurry=ended or len(sound) > 2 * RATE * HURRY_S))
        teller.tell(heard=heard, free=engine.free)
    teller.all(engine.end())


def main(path: str, options: str) -> int:
    """Load the engine and hear."""
    # Libraries may print; what is told must not be mixed with it.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Votes and pictures go first.
    os.nice(5)
    teller = Teller(out)
    try:
        engine = engine_of(path)(Options(**json.loads(options)))
    except (Unfit, ImportError, AttributeError) as problem:
        teller.tell(unfit=str(problem))
        return UNFIT
    teller.tell(ready=True)
    work(engine, sys.stdin.buffer, teller)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
