"""Words as they are compared, how many are wrong, and which are the same."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

_SHORT = {"mr": "mister", "mrs": "missus", "dr": "doctor"}


def plain(text: str) -> list[str]:
    """The words without capitals and punctuation; hyphens part words."""
    kept = re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'"))
    return [_SHORT.get(word, word) for word in (each.strip("'") for each in kept.split()) if word]


def errors(said: Sequence[str], heard: Sequence[str]) -> int:
    """How many words were put in, left out or changed, at least."""
    row = list(range(len(heard) + 1))
    for number, one in enumerate(said, start=1):
        diagonal, row[0] = row[0], number
        for at, other in enumerate(heard, start=1):
            diagonal, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, diagonal + (one != other))
    return row[-1]


def same(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """The places of words that stand in both, in the same order."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [(block.a + step, block.b + step) for block in blocks for step in range(block.size)]
