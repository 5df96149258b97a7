"""The process that holds the signing keys and signs: python -m polls.ballots.blind.signer FOLDER KEYS POOL.

FOLDER is where its socket is, KEYS where keys are kept, POOL how many wait there; on standard input come the 32 octets by which
they are encrypted. One for each machine, started by whoever needs it first (signing.py). It ends by itself when nobody who
serves has a line to it any more, on SIGTERM as soon as nothing is under way, and it may be killed at any moment."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import gmpy2
import structlog

from deliberate.shell.log import configure
from polls.ballots.blind import wire
from polls.ballots.blind.keys import WRAPPING, Keys
from polls.ballots.blind.rsabssa import BadBlinded, Fault, PrivateKey, blind_sign

log = structlog.get_logger("polls.ballots.blind")
#: It ends when nobody has had a line for so long; it looks so often; at its end it waits so long for what is under way.
LINGER_S, LOOK_S, ANSWERED_S = 3.0, 0.25, 5.0
#: How long it waits for the place of one before it that is ending.
PLACE_S = 5.0
#: So often it looks whether the pool is full; after each key that is taken, at once.
FILL_S = 60.0


class Signer:
    """Answers what is asked. Signatures are computed on all cores: gmpy2 lets go of the interpreter while it computes."""

    def __init__(self, keys: Keys, pool: int) -> None:
        self._keys, self._size = keys, pool
        self._taken = threading.Event()
        self._cores = ThreadPoolExecutor(os.cpu_count() or 1, "sign", initializer=_let_go)

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to one message of wire.py: an error, too, is an answer."""
        try:
            return self._answer(asked)
        except wire.SignerError as error:
            return {"error": error.code}
        except Fault:
            say("a signature came out wrong and was thrown away", level="error")
            return {"error": wire.Faulty.code}
        except Exception as error:
            say("the signer failed", level="error", error=type(error).__name__)
            return {"error": wire.SignerError.code}

    def fill(self) -> None:
        """Keep the pool full for as long as this process lives, when nobody else needs the machine."""
        if sys.platform == "linux":  # elsewhere it would be the whole process
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)
        while True:
            try:
                self._keys.sweep()
                while self._keys.ready() < self._size:
                    self._keys.make()
            except OSError as error:
                say("the pool of keys can't be filled", level="warning", error=os.strerror(error.errno or 0))
            self._taken.wait(FILL_S)
            self._taken.clear()

    def _answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        what, poll, group = (str(asked.get(name, "")) for name in ("do", "poll", "group"))
        if what == "take":
            key = self._keys.take(poll, group)
            self._taken.set()
            return {"modulus": key.public.n.to_bytes(key.public.size).hex()}
        if what == "sign":
            blinded = asked["blinded"]
            if not isinstance(blinded, list) or len(blinded) > wire.MOST:
                raise ValueError("no list of blinded messages")
            key = self._keys.of(poll, group)
            return {"signatures": list(self._cores.map(partial(_signed, key), blinded))}
        if what == "forget":
            self._keys.forget(poll)
            return {}
        if what == "status":
            return {"ready": self._keys.ready(), "polls": self._keys.polls(), "pid": os.getpid()}
        raise ValueError("nothing that can be asked")


class Lines:
    """Who is connected, and which of them is being answered."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._lock = threading.Lock()
        self._open, self._busy = 0, 0
        self._quiet = time.monotonic()
        self.ended = threading.Event()

    def take(self, line: socket.socket) -> None:
        """Answer on this line until its other end closes it."""
        self._count(open_=1)
        threading.Thread(target=self._converse, args=(line,), daemon=True).start()

    def quiet(self, for_s: float) -> bool:
        """Whether nobody has had a line for so long."""
        with self._lock:
            return not self._open and time.monotonic() - self._quiet > for_s

    def answered(self, within_s: float) -> None:
        """Wait until nothing is under way."""
        until = time.monotonic() + within_s
        while self._busy and time.monotonic() < until:
            time.sleep(0.01)

    def _converse(self, line: socket.socket) -> None:
        with line:
            try:
                if not wire.ours(wire.peer(line)):
                    say("another user was refused", level="warning")
                    return
                while (asked := wire.receive(line)) is not None:
                    self._count(busy=1)
                    try:
                        if self.ended.is_set():
                            return  # whoever asks does so again, of the one that comes next
                        wire.send(line, self._signer.answer(asked))
                    finally:
                        self._count(busy=-1)
            except (OSError, wire.Garbled) as error:
                say("a line broke", error=type(error).__name__)
            finally:
                self._count(open_=-1)

    def _count(self, *, open_: int = 0, busy: int = 0) -> None:
        with self._lock:
            self._open += open_
            self._busy += busy
            self._quiet = time.monotonic()


def serve(folder: Path, lines: Lines, *, linger_s: float = LINGER_S) -> None:
    """Answer everybody who comes to the folder's socket, until nobody has for so long, or `lines.ended` is set.

    TimeoutError where another signer has the place and keeps it."""
    with _place(folder), _listening(folder) as listening:
        listening.settimeout(LOOK_S)
        mine = (folder / wire.SOCKET).stat()
        while not lines.ended.is_set() and not lines.quiet(linger_s) and _still(folder, mine):
            with suppress(TimeoutError):
                line, _address = listening.accept()
                lines.take(line)
        lines.ended.set()
    lines.answered(ANSWERED_S)


def _still(folder: Path, mine: os.stat_result) -> bool:
    """Whether those who look for the socket still find this one: the folder may be gone."""
    with suppress(FileNotFoundError, NotADirectoryError):
        return os.path.samestat((folder / wire.SOCKET).stat(), mine)
    return False


@contextmanager
def _place(folder: Path) -> Iterator[None]:
    """The only signer of this folder on this machine, for as long as the block runs: the kernel lets go of a dead one's lock."""
    with (folder / wire.LISTENS).open("w") as lock:
        until = time.monotonic() + PLACE_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > until:
                    raise TimeoutError("another signer has the place") from None
                time.sleep(0.02)
        yield


@contextmanager
def _listening(folder: Path) -> Iterator[socket.socket]:
    """The socket that only this user can open. It takes its place when it listens, so that nobody finds one that does not."""
    with socket.socket(socket.AF_UNIX) as listening:
        coming = f"{wire.SOCKET}.{os.getpid()}"
        (folder / coming).unlink(missing_ok=True)
        with wire.address(folder, coming) as address:
            listening.bind(address)
        (folder / coming).chmod(0o600)
        listening.listen(256)
        (folder / coming).rename(folder / wire.SOCKET)
        try:
            yield listening
        finally:
            with suppress(FileNotFoundError, NotADirectoryError):
                (folder / wire.SOCKET).unlink()


def _signed(key: PrivateKey, blinded: str) -> str | None:
    """The signature of one blinded message, in hex; None where nothing is signed for it."""
    try:
        return blind_sign(key, bytes.fromhex(blinded)).hex()
    except (BadBlinded, ValueError, TypeError):
        return None


def _let_go() -> None:
    gmpy2.get_context().allow_release_gil = True


def say(what: str, *, level: str = "info", **values: object) -> None:
    """A line in the log, if there is still somebody to read it."""
    with suppress(OSError, ValueError):
        getattr(log, level)(what, **values)


def main(folder: Path, kept: Path, pool: int) -> None:
    """Sign until nobody needs it."""
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold keys
    for ignored in (signal.SIGINT, signal.SIGHUP):  # what a terminal tells all of its processes
        signal.signal(ignored, signal.SIG_IGN)
    configure(os.environ.get("LOG_LEVEL", "INFO"))
    wrapping = sys.stdin.buffer.read(WRAPPING)
    if len(wrapping) != WRAPPING:
        sys.exit("The signer is started by the service: signing.py.")
    signer = Signer(Keys(kept, wrapping), pool)
    lines = Lines(signer)
    signal.signal(signal.SIGTERM, lambda *_signal: lines.ended.set())
    threading.Thread(target=signer.fill, name="fill", daemon=True).start()
    say("the signer begins", pid=os.getpid())
    try:
        serve(folder, lines)
    except TimeoutError:
        sys.exit("Another signer has the place and does not answer.")
    say("the signer ends", pid=os.getpid())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
