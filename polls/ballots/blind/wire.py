"""What the service and its signer say to each other: JSON behind its length, over a Unix socket of their common user alone.

Asked: {"do": "take" | "sign" | "forget" | "status", "poll": ..., "group": ..., "blinded": [hex, ...]}. Answered, in the same
order: {"modulus": hex}, {"signatures": [hex or null, ...]}, {}, {"ready": ..., "polls": [...], "pid": ...}, or {"error": code}."""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: Octets of the longest message, and blinded messages in one.
LONGEST, MOST = 4 * 2**20, 1024
#: The socket's file, the lock of whoever listens there, and that of whoever starts it. A version that says other things
#: or keeps keys in another way has names of its own, so that during a rolling restart each finds the signer it knows.
SOCKET, LISTENS, STARTS = "v1.socket", "v1.listens", "v1.starts"
#: Octets of a path that every system's socket addresses hold, the last one of them zero.
ADDRESS = 104
_LENGTH = struct.Struct("!I")
#: What the kernel says of the other side: on Linux process, user, group; elsewhere version, user, count and groups.
_LINUX, _ELSEWHERE = struct.Struct("3i"), struct.Struct("=IIh2x16I")


class Garbled(Exception):
    """What came in is no message of ours."""


class SignerError(Exception):
    """Why nothing was signed. `code` stands for it on the wire."""

    code = "failed"


class NoKey(SignerError):
    """There is no key for this poll and group: none was taken, or it was destroyed."""

    code = "no_key"


class Unreadable(SignerError):
    """A key's file was written under another SECRET_KEY, or was damaged."""

    code = "unreadable"


class Faulty(SignerError):
    """A signature came out wrong and was thrown away: the machine has a fault, or somebody causes one."""

    code = "faulty"


class Away(SignerError):
    """The signer can't be reached and can't be started. Whoever waits should try again later."""

    code = "away"


#: What an error in an answer is raised as.
ERRORS: dict[str, type[SignerError]] = {each.code: each for each in (SignerError, NoKey, Unreadable, Faulty)}


def send(line: socket.socket, message: dict[str, Any]) -> None:
    """Send one message. OSError."""
    text = json.dumps(message, separators=(",", ":")).encode()
    line.sendall(_LENGTH.pack(len(text)) + text)


def receive(line: socket.socket) -> dict[str, Any] | None:
    """The next message; None where the other side has gone, in the middle of one too. Garbled, OSError."""
    length = _exactly(line, _LENGTH.size)
    if length is None:
        return None
    (size,) = _LENGTH.unpack(length)
    if size > LONGEST:
        raise Garbled("a message is too long")
    text = _exactly(line, size)
    if text is None:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise Garbled("a message is no JSON") from None
    if not isinstance(message, dict):
        raise Garbled("a message has no names in it")
    return message


def peer(line: socket.socket) -> int:
    """The user at the other side, as the kernel knows it."""
    credentials: int | None = getattr(socket, "SO_PEERCRED", None)
    if credentials is not None:
        return int(_LINUX.unpack(line.getsockopt(socket.SOL_SOCKET, credentials, _LINUX.size))[1])
    # LOCAL_PEERCRED of macOS and the BSDs, which Python has no names for
    return int(_ELSEWHERE.unpack(line.getsockopt(0, 1, _ELSEWHERE.size))[1])


def ours(user: int) -> bool:
    """Whether that is the user this process runs as. Nobody else is listened to, the system's own included."""
    return user == os.geteuid()


@contextmanager
def address(folder: Path, name: str) -> Iterator[str]:
    """A socket's address in a folder. One that is too long for the system is said by the folder's descriptor, on Linux."""
    path = str(folder / name)
    if len(os.fsencode(path)) < ADDRESS or sys.platform != "linux":
        yield path
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{name}"
    finally:
        os.close(descriptor)


def _exactly(line: socket.socket, size: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < size:
        part = line.recv(min(size - len(parts), 2**18))
        if not part:
            return None
        parts += part
    return bytes(parts)
