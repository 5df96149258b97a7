"""Texts that people type, as they are kept. Pure: rules may use it too."""

from __future__ import annotations

import re
import unicodedata

# No-break spaces are part of good typography (before a colon in French) and stay what they are.
_SPACE = re.compile(r"[^\S\u00a0\u202f]+")
#: Embeddings, overrides and isolates: they turn around what follows, and could disguise a name or a sentence.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
#: Single marks of direction. Sentences in Arabic or Hebrew need them; in a name they only make two that look alike.
_DIRECTION = re.compile("[\u200e\u200f\u061c]")
#: Join and part letters in Persian, Indic scripts and emoji: part of the writing, though not printable by themselves.
_JOINING = frozenset("\u200c\u200d")


def tidy(text: str) -> str:
    """The text on one line, in Unicode NFC, without control characters and those that turn the direction of others.

    Two texts that look the same are then stored the same, none can disguise what stands beside it, and a database takes
    every one of them."""
    clean = "".join(each for each in text if each.isspace() or unicodedata.category(each) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", _SPACE.sub(" ", _TURNING.sub("", clean))).strip()


def one_line(text: str) -> str:
    """As `tidy`, and without anything that can't be seen: for names, labels and short answers."""
    seen = _DIRECTION.sub("", _TURNING.sub("", text))
    return tidy("".join(each if each.isprintable() or each in _JOINING else " " for each in seen))


def paragraphs(text: str) -> str:
    """Lines, each of them tidy; no empty line twice, none at the ends."""
    lines = [tidy(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(line for at, line in enumerate(lines) if line or (at and lines[at - 1])).strip("\n")
