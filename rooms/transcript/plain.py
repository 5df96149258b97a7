"""A transcript as plain text: paragraphs parted by empty lines, each "Name: what was said".

What is written here begins with a line that says so, and is read back exactly: the first colon of
a paragraph ends a name. A paragraph of nobody stands without a name. Where its own words would look
like a name and a colon, it begins with ": ", an empty name.

In a text of somebody else a colon may stand in any sentence. There only what looks like a name, in
a text that has the form of a transcript, is taken for one; all else stays among the words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from deliberate.text import tidy
from rooms.transcript.core import words

#: The first line of what is written here.
HEADER = "NAME: WORDS"
#: Behind what its speaker corrected.
CORRECTED = "[corrected]"
#: Letters of a name as it is written, and letters and words of what is taken for a name in a text of somebody else.
LONGEST_NAME = 100
LIKELY_LETTERS, LIKELY_WORDS = 60, 5

_PARTED = re.compile(r"\n[^\S\n]*\n\s*")
_NAMED = re.compile(rf"([^:]{{0,{LONGEST_NAME}}}):(?:\s+(.*)|)", re.DOTALL)
_OF_A_SENTENCE = re.compile(r"[.,;!?…。，、；！？؟،۔।\"“”«»]")
#: What a name may hold in small letters.
_SMALL = re.compile(r"al|and|bin|da|del?|den|der|di|do|du|el|for|ibn|la|of|the|van|von")


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
    return "\n".join([f"{HEADER}\n", *paragraphs] if paragraphs else [])


def read(text: str, *, surely: bool = False) -> list[Said]:
    """The paragraphs in order, their lines joined; every word of them, as somebody's name or as words.

    Without the header a name is at most 60 letters and 5 words long, begins with a capital (where its
    script has any), and holds nothing of a sentence. It stands before more than one paragraph, or each
    paragraph has one. `surely`: for a reader who throws names away; some name must stand there twice.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").strip()
    wholes = [whole for whole in map(tidy, _PARTED.split(text)) if whole]
    apart = [_apart(whole) for whole in wholes]
    if wholes[:1] == [HEADER]:
        return [Said(name or "", said.replace(f" {CORRECTED}", "")) for name, said in apart[1:]]
    names = _speakers([name for name, _said in apart], surely)
    return [
        Said(name or "", said) if name in names else Said("", whole)
        for whole, (name, said) in zip(wholes, apart, strict=True)
    ]


def _apart(whole: str) -> tuple[str | None, str]:
    """The name (None where none stands there) and the words. White space follows a name's colon, and words follow that:
    so neither 10:30 nor https://example.org makes a name, nor does a heading."""
    named = _NAMED.fullmatch(whole)
    name, said = (tidy(named[1]), tidy(named[2] or "")) if named else (None, whole)
    return (name, said) if said else (None, whole)


def _speakers(names: list[str | None], surely: bool) -> Collection[str | None]:
    """Which of these, one a paragraph, are names. The empty one always is: nobody else begins with a colon."""
    counts = Counter(name for name in names if name and _likely(name))
    again = {name for name, count in counts.items() if count > 1}
    every = all(name == "" or name in counts for name in names)
    return {"", *counts} if every and (again or not surely) else {"", *again}


def _likely(name: str) -> bool:
    """Whether this may be how a transcript names a speaker: "Ada Obi", "SPEAKER 1", "Minister of Water"."""
    parts = words(name)
    if len(name) > LIKELY_LETTERS or len(parts) > LIKELY_WORDS or _OF_A_SENTENCE.search(name):
        return False
    return parts[0][0].isalpha() and not any(part[0].islower() and not _SMALL.fullmatch(part) for part in parts)
