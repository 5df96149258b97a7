"""Taking words out of a text for good: where they stand, what stands there instead, and where a quote of it stands then."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from rooms.transcript.core import Op, diff

#: What stands where words were struck, in what is stored and in every file.
MARK = "[struck]"
#: What stands where whoever spoke withdrew their words.
WITHDRAWN = "[withdrawn]"
#: What stands where words came in with a bundle that did not hold them, for whoever spoke had not approved them.
WITHHELD = "[withheld]"


@dataclass(frozen=True, slots=True)
class Struck:
    """A text, and the places in it (code points from and to, in order) from which words are struck."""

    text: str
    places: tuple[tuple[int, int], ...]
    mark: str = MARK

    @property
    def words(self) -> tuple[str, ...]:
        """What was struck."""
        return tuple(self.text[start:end] for start, end in self.places)

    @property
    def left(self) -> str:
        """The text that is left."""
        pieces, at = [], 0
        for since, until in self.places:
            pieces += [self.text[at:since], self.mark]
            at = until
        return "".join([*pieces, self.text[at:]])

    def quote(self, start: int, end: int) -> tuple[int, int, str]:
        """What is left of text[start:end]: from where to where it stands in the text that is left, and its words.

        A quote of which a part was struck holds the whole mark. One that was taken out before, so that nothing of it stood
        there, is what was withdrawn still."""
        gone = start == end
        start, end = self._moved(start, 0), self._moved(end, len(self.mark))
        return (start, start, WITHDRAWN) if gone else (start, end, self.left[start:end])

    def _moved(self, position: int, within: int) -> int:
        shift = 0
        for start, end in self.places:
            if position <= start:
                break
            if position < end:
                return start + shift + within
            shift += len(self.mark) - (end - start)
        return position + shift


@dataclass(frozen=True, slots=True)
class Reworded:
    """A text that whoever spoke corrected, and how it reads from now on: nothing of the old one is to stand anywhere."""

    text: str
    left: str

    @property
    def words(self) -> tuple[str, ...]:
        """What is to stand nowhere any more: the old text as a whole. Single words of it stand in many a text."""
        return (self.text,) if self.text != self.left else ()

    def quote(self, start: int, end: int) -> tuple[int, int, str]:
        """What stands in the place of text[start:end] now: from where to where, and the words; where all of it was taken out,
        the mark of what was withdrawn."""
        since, until = self._moved(start), self._moved(end - 1, after=True) if end > start else 0
        words = self.left[since : max(since, until)]
        since += len(words) - len(words.lstrip())
        words = words.strip()
        return since, since + len(words), words or WITHDRAWN

    def _moved(self, position: int, *, after: bool = False) -> int:
        """Where a letter of the old text stands in the new one, or where that ends; of what was replaced, what replaced it."""
        old = new = 0
        parts = diff(self.text, self.left)
        for index, (op, piece) in enumerate(parts):
            if op is Op.INSERTED:
                new += len(piece)
                continue
            if position < old + len(piece):
                if op is Op.SAME:
                    return new + position - old + after
                instead = parts[index + 1 : index + 2]
                return new + (len(instead[0][1]) if after and instead and instead[0][0] is Op.INSERTED else 0)
            old += len(piece)
            new += len(piece) if op is Op.SAME else 0
        return len(self.left)


#: What is left of a text.
Left: TypeAlias = Struck | Reworded


def strike(words: str, texts: Iterable[str], mark: str = MARK) -> list[Struck]:
    """These texts, with the words struck wherever they stand in them, whatever their capitals; without words, all of each.
    `mark` stands in their place.

    Words are found as whole words: "Ann" is not struck from "planning". Where they stand nowhere so, as in a script
    without spaces, they are struck from within others."""
    texts = list(texts)
    if not words.split():
        return [Struck(text, ((0, len(text)),) if text else (), mark) for text in texts]
    found = r"\s+".join(map(re.escape, words.split()))
    whole, within = ([_struck(pattern, text, mark) for text in texts] for pattern in (rf"(?<!\w){found}(?!\w)", found))
    return whole if any(each.places for each in whole) else within


#: Letters of scripts that put no space between words (Thai to Lao, Burmese, Khmer, Japanese, Chinese), and all other letters.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_SPACED = rf"[^\W{_UNSPACED}]"


def as_words(words: str, text: str, mark: str = MARK) -> Struck:
    """This text with the words struck where they stand as whole words, and nowhere else: for texts of which nobody knows whether
    they hold them. In a script without spaces a word ends anywhere."""
    found = r"\s+".join(map(re.escape, words.split()))
    if not found:
        return Struck(text, (), mark)
    begin = f"(?<!{_SPACED})" if re.match(_SPACED, words.strip()[0]) else ""
    end = f"(?!{_SPACED})" if re.match(_SPACED, words.strip()[-1]) else ""
    return _struck(begin + found + end, text, mark)


def all_as_words(pieces: Iterable[str], text: str) -> Struck:
    """The same of several pieces. Where some overlap, or one holds another, all of both goes under one mark."""
    places: list[tuple[int, int]] = []
    for start, end in sorted(place for piece in pieces for place in as_words(piece, text).places):
        if places and start < places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return Struck(text, tuple(places))


def shingles(text: str) -> frozenset[str]:
    """Runs of four words, and of a script without spaces of eight letters, by which a text is known again though somebody changed a
    word of it: whatever the capitals, and what stands between the words."""
    words = re.findall(r"\w+", text.casefold())
    runs = {" ".join(words[at : at + 4]) for at in range(len(words) - 3)}
    for long in (word for word in words if re.search(f"[{_UNSPACED}]", word)):
        runs |= {long[at : at + 8] for at in range(len(long) - 7)}
    return frozenset(runs)


def _struck(pattern: str, text: str, mark: str) -> Struck:
    return Struck(text, tuple(match.span() for match in re.finditer(pattern, text, re.IGNORECASE)), mark)
