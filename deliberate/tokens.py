"""Handles, codes and signed values. Nothing here is stored; callers decide what is."""

from __future__ import annotations

import re
import secrets
from typing import Any, cast

from django.core import signing

#: No vowels (no words by accident) and nothing that looks like something else.
CODE_ALPHABET = "23456789BCDFGHJKLMNPQRSTVWXZ"
HANDLE_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
#: What can be a handle, ours or one that an event brought along. Nothing else is ever looked up in the database.
HANDLE = re.compile(r"[-a-zA-Z0-9_]{1,64}")


def handle(length: int = 8) -> str:
    """A random public name of a row: in pages, marks and commands in place of its key. 8 letters are 38 bits."""
    return "".join(secrets.choice(HANDLE_ALPHABET) for _ in range(length))


def code(length: int = 6) -> str:
    """A random code that people type: 6 letters are 481 million codes."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(length))


def spaced(code: str) -> str:
    """A code as people read it, in two halves: "HBT J6W"."""
    half = (len(code) + 1) // 2
    return f"{code[:half]} {code[half:]}"


def normal_code(typed: str) -> str:
    """What somebody typed, as a code: upper case, without spaces and dashes."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[:32]


def sign(value: dict[str, Any], purpose: str) -> str:
    """A signed, URL-safe text of `value`, good for one purpose only."""
    return signing.dumps(value, salt=f"deliberate.{purpose}", compress=False)


def unsign(text: str, purpose: str, max_age_s: int | None = None) -> dict[str, Any] | None:
    """The value behind a signed text, or None where it is forged, too old or made for another purpose."""
    try:
        return cast(dict[str, Any], signing.loads(text, salt=f"deliberate.{purpose}", max_age=max_age_s))
    except signing.BadSignature:
        return None


def stamp(text: str, purpose: str) -> str:
    """`text` with a signature behind it, for one purpose, without an end of its own: what it names can be revoked."""
    return signing.Signer(salt=f"deliberate.{purpose}").sign(text)


def unstamp(stamped: str, purpose: str) -> str | None:
    """The text before a signature, or None where the signature is not ours for this purpose."""
    try:
        return signing.Signer(salt=f"deliberate.{purpose}").unsign(stamped)
    except signing.BadSignature:
        return None
