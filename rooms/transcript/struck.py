"""Taking words out of a text for good: where they stand, what stands there instead, and where a quote of it stands then."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

#: What stands where words were struck, in what is stored and in every file.
MARK = "[struck]"


@dataclass(frozen=True, slots=True)
class Struck:
    """A text, and the places in it (code points from and to, in order) from which words are struck."""

    text: str
    places: tuple[tuple[int, int], ...]

    @property
    def words(self) -> tuple[str, ...]:
        """What was struck."""
        return tuple(self.text[start:end] for start, end in self.places)

    @property
    def left(self) -> str:
        """The text that is left."""
        return self.quote(0, len(self.text))[2]

    def quote(self, start: int, end: int) -> tuple[int, int, str]:
        """What is left of text[start:end]: from where to where it stands in the text that is left, and its words.

        A quote of which a part was struck holds the whole mark."""
        pieces, at = [], 0
        for since, until in self.places:
            pieces += [self.text[at:since], MARK]
            at = until
        left = "".join([*pieces, self.text[at:]])
        start, end = self._moved(start, 0), self._moved(end, len(MARK))
        return start, end, left[start:end]

    def _moved(self, position: int, within: int) -> int:
        shift = 0
        for start, end in self.places:
            if position <= start:
                break
            if position < end:
                return start + shift + within
            shift += len(MARK) - (end - start)
        return position + shift


def strike(words: str, texts: Iterable[str]) -> list[Struck]:
    """These texts, with the words struck wherever they stand in them, whatever their capitals; without words, all of each.

    Words are found as whole words: "Ann" is not struck from "planning". Where they stand nowhere so, as in a script
    without spaces, they are struck from within others."""
    texts = list(texts)
    if not words.split():
        return [Struck(text, ((0, len(text)),) if text else ()) for text in texts]
    found = r"\s+".join(map(re.escape, words.split()))
    whole, within = ([_struck(pattern, text) for text in texts] for pattern in (rf"(?<!\w){found}(?!\w)", found))
    return whole if any(each.places for each in whole) else within


def _struck(pattern: str, text: str) -> Struck:
    return Struck(text, tuple(match.span() for match in re.finditer(pattern, text, re.IGNORECASE)))
