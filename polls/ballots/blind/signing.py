"""What the service asks of its signer (signer.py), which it starts where none runs.

    signer().take(poll, group)            a key for a poll's group, when the poll opens: its modulus
    signer().sign(poll, group, blinded)   signatures of blinded messages, those of many people at once
    signer().forget(poll)                 destroy the poll's keys, when it closes or is thrown away
    signer().warm()                       start it in good time: when a poll is prepared

Every call may be repeated: the same key, the same signatures. It blocks its thread, a signature takes some 3 ms of a core; call
none of them within a transaction. Errors are those of wire.py: Away (try again), NoKey, Unreadable, Faulty."""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polls.ballots.blind import wire
from polls.ballots.blind.keys import WRAPPING
from polls.ballots.blind.wire import ERRORS, Away, SignerError

#: Seconds until a signer that was started must listen, and until an answer must be there.
START_S, ANSWER_S = 15.0, 30.0
#: How often something is asked: a signer that ends or is killed meanwhile is followed by another.
ATTEMPTS = 3
#: What of the service's environment the signer gets. Its secrets are not among it.
ENVIRONMENT = ("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LOG_LEVEL", "PATH", "TMPDIR", "TZ", "VIRTUAL_ENV")


@dataclass(frozen=True, slots=True)
class Status:
    """`ready`: keys in the pool; `polls`: those that hold keys; `pid`: the signer's process."""

    ready: int
    polls: tuple[str, ...]
    pid: int


class Signing:
    """A way to the signer whose socket is in a folder. Lines to it are kept, so that it lives as long as this process does."""

    def __init__(self, folder: Path, keys: Path, wrapping: bytes, pool: int) -> None:
        """`keys`: the folder where they are kept; `wrapping`: 32 octets by which; `pool`: how many wait there."""
        self._folder, self._keys, self._wrapping, self._pool = folder, keys, wrapping, pool
        self._idle: list[socket.socket] = []
        self._lock = threading.Lock()

    def take(self, poll: str, group: str) -> bytes:
        """The modulus of the key of a poll's group, which is stored by then: 384 octets, big-endian."""
        return bytes.fromhex(self._ask({"do": "take", "poll": poll, "group": group})["modulus"])

    def sign(self, poll: str, group: str, blinded: Sequence[bytes]) -> list[bytes | None]:
        """A signature for each of these blinded messages, None for one that nobody honest sends. NoKey once forgotten."""
        signed: list[bytes | None] = []
        for start in range(0, len(blinded), wire.MOST):
            these = [each.hex() for each in blinded[start : start + wire.MOST]]
            answer = self._ask({"do": "sign", "poll": poll, "group": group, "blinded": these})
            signed += [None if each is None else bytes.fromhex(each) for each in answer["signatures"]]
        return signed

    def forget(self, poll: str) -> None:
        """Destroy the poll's keys for good. Nothing is signed with them after this; none to destroy is no error."""
        self._ask({"do": "forget", "poll": poll})

    def status(self) -> Status:
        """How the signer is; it is started where none runs."""
        answer = self._ask({"do": "status"})
        return Status(int(answer["ready"]), tuple(answer["polls"]), int(answer["pid"]))

    def warm(self) -> None:
        """See to it that a signer runs and fills its pool, without waiting for it."""
        threading.Thread(target=self._warmed, name="warm", daemon=True).start()

    def close(self) -> None:
        """Let go of the signer. The next call finds it, or another, again."""
        with self._lock:
            lines, self._idle = self._idle, []
        for line in lines:
            line.close()

    def _warmed(self) -> None:
        with suppress(SignerError):  # whoever needs it hears of it
            self.status()

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        for _attempt in range(ATTEMPTS):
            line = self._line()
            try:
                wire.send(line, message)
                answer = wire.receive(line)
            except TimeoutError:
                line.close()
                raise Away("the signer does not answer") from None
            except (OSError, wire.Garbled):
                answer = None
            if answer is None:  # it ended or was killed, and so are its other lines
                line.close()
                self.close()
                continue
            with self._lock:
                self._idle.append(line)
            if "error" in answer:
                raise ERRORS.get(answer["error"], SignerError)(answer["error"])
            return answer
        raise Away("the signer ends again and again")

    def _line(self) -> socket.socket:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        return self._connected() or self._started()

    def _connected(self) -> socket.socket | None:
        """A line to the signer; None where none listens. Away where somebody else does, or the folder can't be used."""
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(ANSWER_S)
            with wire.address(self._folder, wire.SOCKET) as address:
                line.connect(address)
            if not wire.ours(wire.peer(line)):
                raise Away("another user listens in the signer's place")
        except (FileNotFoundError, ConnectionError):
            line.close()
            return None
        except OSError as error:
            line.close()
            raise Away(f"the signer can't be reached: {os.strerror(error.errno or 0)}") from None
        except Away:
            line.close()
            raise
        return line

    def _started(self) -> socket.socket:
        """A line to the signer, which is started unless another thread or process does so at this moment."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder.chmod(0o700)
            with (self._folder / wire.STARTS).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                return self._connected() or self._listening(self._spawned())
        except OSError as error:
            raise Away(f"the signer can't be started: {os.strerror(error.errno or 0)}") from None

    def _spawned(self) -> threading.Event:
        """Start the signer, in a group of its own that no terminal interrupts. What is returned is set when it ends."""
        hear, tell = os.pipe()
        os.write(tell, self._wrapping)
        os.close(tell)
        command = (sys.executable, "-m", "polls.ballots.blind.signer", self._folder, self._keys, str(self._pool))
        environment = {
            name: value for name, value in os.environ.items() if name in ENVIRONMENT or name.startswith("PYTHON")
        }
        # Sockets that this process was itself given by the one above it must not stay open in the signer.
        given = [(os.POSIX_SPAWN_CLOSE, each) for each in _inheritable()]
        actions = [*given, (os.POSIX_SPAWN_DUP2, hear, 0), (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
        try:
            pid = os.posix_spawn(sys.executable, command, environment, file_actions=actions, setpgroup=0)
        finally:
            os.close(hear)
        ended = threading.Event()

        def mind() -> None:
            with suppress(ChildProcessError):
                os.waitpid(pid, 0)
            ended.set()

        threading.Thread(target=mind, name="signer", daemon=True).start()
        return ended

    def _listening(self, ended: threading.Event) -> socket.socket:
        """A line to the signer that was started just now, as soon as it listens."""
        until = time.monotonic() + START_S
        while time.monotonic() < until and not ended.is_set():
            if line := self._connected():
                return line
            ended.wait(0.01)
        raise Away("the signer ended at its start" if ended.is_set() else "the signer does not start")


def _inheritable() -> list[int]:
    """Open descriptors above standard error that a started program would get."""
    found = []
    for each in (int(path.name) for path in Path("/dev/fd").iterdir()):
        with suppress(OSError):  # the one by which they were listed
            if each > 2 and os.get_inheritable(each):
                found.append(each)
    return found


def wrapping(secret: str) -> bytes:
    """The key by which signing keys are encrypted, out of the service's own secret (RFC 5869)."""
    return HKDF(SHA256(), WRAPPING, salt=None, info=b"deliberate signing keys v1").derive(secret.encode())


@cache
def signer() -> Signing:
    """This service's signer."""
    from django.conf import settings

    return Signing(
        settings.DATA_DIR / "signer", settings.KEYS_DIR, wrapping(settings.SECRET_KEY), int(settings.SIGNER_POOL)
    )
