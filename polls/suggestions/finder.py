"""The process that looks for what bears on a text: python -m polls.suggestions.finder MEANING, on standard input a socket.

One for each process that serves, started when something is first asked (finding.py), and gone with it, or when nobody asked for
two minutes. It gives way to everything else on the machine, holds texts and points in its memory alone, opens no file but its own
code and weights, and may be killed at any moment: it is started anew.

A message is four octets, its length (big-endian), and JSON in UTF-8. Every question gets one answer, in order:

    {"do": "keep", "shelf", "reach", "gone": [name], "new": [[number, name, text]]}   {"texts": 123}
    {"do": "bearing" | "alike", "shelf", "text", "most", "within_s"}                  {"hits": [[name, score]], "meaning": true}
    {"do": "themes", "shelves": [], "most", "within_s"}                   {"themes": [{"names", "words"}], "of", "all", "meaning"}
    {"do": "forget", "shelves": []}                                                   {}
    {"do": "status"}                                            {"pid", "memory_mb", "shelves", "meaning": true}
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from typing import Any

#: Seconds after which a shelf that nobody asks about is forgotten, and after which the process ends.
FORGET_S, IDLE_S = 60.0, 120.0
#: Memory at the most, in bytes of address space; octets of one message.
MEMORY, LONGEST = 3 * 2**30, 32 * 2**20
#: How much it gives way: 0 is like everybody else, 19 most.
NICE = 10


def send(line: socket.socket, message: dict[str, Any]) -> None:
    """One message."""
    octets = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    line.sendall(len(octets).to_bytes(4) + octets)


def receive(line: socket.socket) -> dict[str, Any] | None:
    """One message; None where the other end is gone. ValueError for what is none."""
    head = _exactly(line, 4)
    if head is None:
        return None
    length = int.from_bytes(head)
    if length > LONGEST:
        raise ValueError("a message that is too long")
    octets = _exactly(line, length)
    if octets is None:
        return None
    message = json.loads(octets)
    if not isinstance(message, dict):
        raise ValueError("no message")
    return message


def _exactly(line: socket.socket, count: int) -> bytes | None:
    found = bytearray()
    while len(found) < count:
        piece = line.recv(min(count - len(found), 2**20))
        if not piece:
            return None
        found += piece
    return bytes(found)


def main(by_meaning: bool) -> None:
    """Answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for who serves, and ends this with it
    os.closerange(3, os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else 65_536)
    with suppress(OSError):
        os.nice(NICE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # nothing of its memory is ever written down
    from polls.suggestions.shelves import Shelves

    shelves = Shelves(None, time.monotonic)
    line = socket.socket(fileno=0)
    loading = threading.Thread(target=_load, args=(shelves,), daemon=True)
    if by_meaning:
        loading.start()  # a second or two, in which words are compared already
    asked = time.monotonic()
    busy = False
    while True:
        wait = 0.0 if busy else min(FORGET_S / 4, max(asked + IDLE_S - time.monotonic(), 0.0))
        if select.select([line], [], [], wait)[0]:
            message = receive(line)
            if message is None:
                return
            asked = time.monotonic()
            send(line, answer(shelves, message))
            busy = True
        else:
            shelves.forget(FORGET_S)
            busy = shelves.read_some()
            if loading.is_alive():
                loading.join(0.2)
                busy = True
            if time.monotonic() > asked + IDLE_S:
                return


def _load(shelves: Any) -> None:
    """Let meaning be compared too, where the extra is installed and can be loaded."""
    from polls.suggestions.meaning import Meaning, offered

    if offered():
        with suppress(ImportError, OSError, MemoryError):
            shelves.meaning = Meaning()


def answer(shelves: Any, message: dict[str, Any]) -> dict[str, Any]:
    """The answer to one message."""
    what = message["do"]
    until = time.monotonic() + float(message.get("within_s", 0.0))
    if what == "keep":
        shelf = shelves.shelf(message["shelf"], int(message["reach"]))
        shelf.keep(message["gone"], message["new"])
        return {"texts": len(shelf.texts)}
    if what in ("bearing", "alike"):
        hits, meaning = getattr(shelves, what)(message["shelf"], message["text"], int(message["most"]), until)
        return {"hits": hits, "meaning": meaning}
    if what == "themes":
        found, of, every, meaning = shelves.themes(message["shelves"], int(message["most"]), until)
        named = [{"names": theme.names, "words": theme.words} for theme in found]
        return {"themes": named, "of": of, "all": every, "meaning": meaning}
    if what == "forget":
        shelves.drop(message["shelves"])
        return {}
    if what == "status":
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 2**20)
        return {
            "pid": os.getpid(),
            "memory_mb": memory,
            "shelves": shelves.held(),
            "meaning": shelves.meaning is not None,
        }
    raise ValueError("nothing that can be asked")


if __name__ == "__main__":
    main(sys.argv[1] == "meaning")
