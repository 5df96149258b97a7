"""The chain of a room's journal: each entry's hash covers the one before it."""

from __future__ import annotations

import hashlib
import json
from typing import TypedDict

START = "0" * 64


class Told(TypedDict):
    """An entry as it is told to everybody. `hash`: the SHA-256, in hex, of [the hash before it, number, at_ms, role, verb, subject,
    detail] as compact JSON; before the first stand 64 zeros."""

    number: int
    at_ms: int
    role: str
    verb: str
    subject: str
    detail: str
    hash: str


def chained(previous: str, number: int, at_ms: int, role: str, verb: str, subject: str, detail: str) -> str:
    """SHA-256 (hex, 64 letters) over the previous hash and this entry's fields as compact JSON."""
    line = json.dumps([previous, number, at_ms, role, verb, subject, detail], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()
