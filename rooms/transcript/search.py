"""Finding words whatever their capitals and accents, and showing where they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby

LONGEST_QUERY = 100
MOST_TERMS = 8

#: A text in runs: (whether it was looked for, the letters).
Runs = list[tuple[bool, str]]


def folded(text: str) -> str:
    """The text without capitals and accents, for looking things up: "Élan" and "elan" are the same."""
    return "".join(map(_letter, text))


def _letter(letter: str) -> str:
    apart = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(part for part in apart if not unicodedata.combining(part))


def terms(query: str) -> tuple[str, ...]:
    """What a typed query looks for: its words, folded, each once, at most eight. A text must hold all of them."""
    return tuple(dict.fromkeys(folded(query[:LONGEST_QUERY]).split()))[:MOST_TERMS]


def marked(text: str, looked_for: Iterable[str]) -> Runs:
    """The text, letter for letter, in runs that were looked for (folded terms) and runs that were not."""
    looked_for = tuple(looked_for)
    if not text or not looked_for:
        return [(False, text)] if text else []
    letters = [_letter(letter) for letter in text]
    origin = [index for index, parts in enumerate(letters) for _part in parts]
    hit = [False] * len(text)
    # The longest first: where "move" and "movement" are looked for, the whole word is marked.
    longest_first = "|".join(re.escape(term) for term in sorted(looked_for, key=len, reverse=True))
    for match in re.finditer(longest_first, "".join(letters)):
        for index in range(origin[match.start()], origin[match.end() - 1] + 1):
            hit[index] = True
    return [(found, "".join(text[index] for index in run)) for found, run in groupby(range(len(text)), hit.__getitem__)]
