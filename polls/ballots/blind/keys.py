"""Signing keys at rest: a folder of small encrypted files, `pool/` of those nobody has yet and `polls/POLL/GROUP`.

A key is there before its modulus is told to anybody, and outlives a pulled plug; several processes, also of several machines
that share the folder, agree on one key for each poll and group. docs/decisions/0011-signing-keys.md says why so."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from polls.ballots.blind.rsabssa import PrivateKey, generate
from polls.ballots.blind.wire import NoKey, Unreadable

BITS = 3072
#: Octets of a prime, of a nonce for AES-GCM, and of the key by which files are encrypted.
PRIME, NONCE, WRAPPING = BITS // 16, 12, 32
#: What a file begins with; it is authenticated with the rest.
HEAD = b"deliberate signing key v1\n"
#: What a poll or group may be called here: it becomes a file's name.
NAME = re.compile(r"[A-Za-z0-9_]{1,64}", re.ASCII)
#: A file that was begun and never put in its place is swept away after this, in seconds.
FORLORN_S = 600.0


class Keys:
    """The keys in a folder, and those of them in memory that were used."""

    def __init__(self, folder: Path, wrapping: bytes) -> None:
        """`wrapping`: 32 octets by which files are encrypted. The folder is made where it is not there; OSError."""
        self._pool, self._polls = folder / "pool", folder / "polls"
        self._cipher = AESGCM(wrapping)
        self._used: dict[tuple[str, str], tuple[bytes, PrivateKey]] = {}
        self._lock = Lock()
        for each in (folder, self._pool, self._polls):
            each.mkdir(mode=0o700, parents=True, exist_ok=True)
            each.chmod(0o700)

    def ready(self) -> int:
        """How many keys wait in the pool."""
        return sum(1 for _path in _visible(self._pool))

    def polls(self) -> list[str]:
        """The polls that hold keys, in alphabetical order."""
        return sorted(path.name for path in _visible(self._polls))

    def make(self) -> None:
        """Put one more key into the pool."""
        path = self._pool / secrets.token_hex(8)
        self._written(self._pool, generate(BITS)).rename(path)
        _sync(self._pool)

    def take(self, poll: str, group: str) -> PrivateKey:
        """The key of a poll's group: the one it has, else one of the pool, else a new one. It is stored when this returns.
        OSError where it can't be stored, as when the poll is forgotten meanwhile."""
        with suppress(NoKey):
            return self.of(poll, group)
        path = self._path(poll, group)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        _sync(self._polls)
        held = self._from_pool(path.parent) or self._written(path.parent, generate(BITS))
        try:
            os.link(held, path)
            held.unlink()
        except FileExistsError:  # another process was faster: its key is the one
            _wipe(held)
        _sync(path.parent)
        return self.of(poll, group)

    def of(self, poll: str, group: str) -> PrivateKey:
        """The key of a poll's group. NoKey, also where another process destroyed it a moment ago; Unreadable."""
        try:
            stored = self._path(poll, group).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            with self._lock:
                self._used.pop((poll, group), None)
            raise NoKey(f"no key for {poll} {group}") from None
        with self._lock:
            used = self._used.get((poll, group))
        if used is None or used[0] != stored:
            used = stored, self._opened(stored)
            with self._lock:
                self._used[poll, group] = used
        return used[1]

    def forget(self, poll: str) -> None:
        """Destroy a poll's keys for good: overwritten, deleted, and no longer in memory. None to destroy is no error; OSError
        where a key comes in meanwhile or the disk refuses, to be tried again."""
        folder = self._path(poll, "g").parent
        with self._lock:
            for each in [each for each in self._used if each[0] == poll]:
                del self._used[each]
        with suppress(FileNotFoundError):
            for path in folder.iterdir():
                _wipe(path)
            folder.rmdir()
        _sync(self._polls)

    def sweep(self) -> None:
        """Destroy what was begun and never put in its place: by a process that was killed while it wrote."""
        for folder in (self._pool, *_visible(self._polls)):
            with suppress(FileNotFoundError):
                for path in folder.iterdir():
                    if path.name.startswith(".") and time.time() - path.stat().st_mtime > FORLORN_S:
                        _wipe(path)

    def _path(self, poll: str, group: str) -> Path:
        if not NAME.fullmatch(poll) or not NAME.fullmatch(group):
            raise NoKey("a poll and a group are named by letters and digits")
        return self._polls / poll / group

    def _from_pool(self, folder: Path) -> Path | None:
        """A key of the pool, moved to a name in `folder` that nobody else knows; None where the pool is empty."""
        for path in _visible(self._pool):
            held = folder / f".{secrets.token_hex(8)}"
            try:
                os.utime(path)  # it is not forlorn
                path.rename(held)  # of several processes one succeeds
                self._opened(held.read_bytes())
            except FileNotFoundError:
                continue
            except Unreadable:
                _wipe(held)  # of another SECRET_KEY: nobody can use it
                continue
            return held
        return None

    def _written(self, folder: Path, key: PrivateKey) -> Path:
        """A new key in a file that is on the disk, under a name that nobody else knows."""
        nonce = secrets.token_bytes(NONCE)
        primes = int(key.p).to_bytes(PRIME) + int(key.q).to_bytes(PRIME)
        path = folder / f".{secrets.token_hex(8)}"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(HEAD + nonce + self._cipher.encrypt(nonce, primes, HEAD))
            file.flush()
            os.fsync(file.fileno())
        return path

    def _opened(self, stored: bytes) -> PrivateKey:
        head, nonce, sealed = stored[: len(HEAD)], stored[len(HEAD) :][:NONCE], stored[len(HEAD) + NONCE :]
        try:
            primes = self._cipher.decrypt(nonce, sealed, HEAD) if head == HEAD else b""
        except (InvalidTag, ValueError):
            primes = b""
        if len(primes) != 2 * PRIME:
            raise Unreadable("a key's file was written under another SECRET_KEY, or was damaged")
        return PrivateKey(int.from_bytes(primes[:PRIME]), int.from_bytes(primes[PRIME:]))


def _visible(folder: Path) -> Iterator[Path]:
    """What is in its place there: not what is being written."""
    return (path for path in sorted(folder.iterdir()) if not path.name.startswith("."))


def _wipe(path: Path) -> None:
    """Overwrite a file and delete it. What a disk keeps of overwritten blocks is encrypted."""
    with suppress(FileNotFoundError):
        with path.open("r+b") as file:
            file.write(bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _sync(folder: Path) -> None:
    """Wait until what was put into a folder, moved or deleted is on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
