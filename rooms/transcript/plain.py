"""A transcript as plain text: paragraphs parted by empty lines, each "Name: what was said".

A paragraph of nobody stands without a name. Where its own words would look like a name and a
colon, it begins with ": ", which the reader takes for an empty name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from deliberate.text import tidy

LONGEST_NAME = 100

_NAMED = re.compile(rf"([^:]{{0,{LONGEST_NAME}}}):(?:\s+(.*)|)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """`speaker` is empty for nobody."""

    speaker: str
    text: str


def write(said: Iterable[Said]) -> str:
    """The text, ending with a line feed; empty where nothing was said.

    A colon in a name becomes a comma, and a name is cut at 100 characters, since the first colon of
    a paragraph is what ends a name.
    """
    paragraphs = []
    for entry in said:
        text = tidy(entry.text)
        name = tidy(entry.speaker).replace(":", ",")[:LONGEST_NAME].strip()
        if not text:
            continue
        if name or _NAMED.fullmatch(text):
            text = f"{name}: {text}"
        paragraphs.append(text + "\n")
    return "\n".join(paragraphs)


def read(text: str) -> list[Said]:
    """The paragraphs in order, their lines joined. Whatever is not named belongs to nobody.

    A name ends at the first colon, is at most 100 characters long, and white space follows the
    colon: so neither 10:30 nor https://example.org makes one. A name with nothing behind it says
    nothing and is left out.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = []
    for paragraph in re.split(r"\n[^\S\n]*\n\s*", text):
        whole = tidy(paragraph)
        named = _NAMED.fullmatch(whole)
        name, words = (named.group(1), named.group(2) or "") if named else ("", whole)
        if tidy(words):
            found.append(Said(tidy(name), tidy(words)))
    return found
