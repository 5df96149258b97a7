"""A quote is verbatim or it is refused.

Equal are: texts that are the same in Unicode NFC, and white space of any kind and length. All else
must be the very characters of the source: capitals, quotation marks, dashes, ellipses. A quote does
not begin or end inside a word, since "agree" is not what a speaker said who said "disagree"; nor
inside a number, since "000 people" were not 10 000, and not between a minus and its number.
Characters that nobody sees neither part a word nor join two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

_HYPHENS = "-\u2010\u2011\u00b7\u2027"
_JOINERS = "'’" + _HYPHENS  # can't, non-violent, col·laborar: one word
_DASHES = r"\-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d"  # any of them is typed for a minus, and for "to"
_BETWEEN_DIGITS = ".,:/\u2044'’\u066b\u066c" + _DASHES  # 1.5, 10:30, 1/2, 5–6; the last two points are Arabic
_NUMBER = re.compile(rf"[.{_DASHES}]?\d+(?:(?:[{_BETWEEN_DIGITS}]| (?=\d{{3}}(?!\d)))\d+)*")  # -5, .5, 10 000
_TYPOGRAPHY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'"}
    | {"–": "-", "—": "-", "\u2010": "-", "\u2011": "-", "…": "..."}
)
# Written without spaces between words, so that a word's edge cannot be seen.
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")


class Amiss(StrEnum):
    EMPTY = "empty"
    ELLIPSIS = "ellipsis"  # verbatim but for an ellipsis that was added
    CAPITALS = "capitals"  # the same but for capital letters
    TYPOGRAPHY = "typography"  # the same but for quotation marks, dashes or ellipses
    INSIDE_A_WORD = "inside_a_word"  # begins or ends within a word of the source
    NOT_FOUND = "not_found"


class NotVerbatim(ValueError):
    def __init__(self, code: Amiss) -> None:
        super().__init__(code.value)
        self.code = code


class Span(NamedTuple):
    """Where in the source, in code points: source[start:end]."""

    start: int
    end: int


def find(quote: str, source: str) -> Span:
    """The first place in the source, as it is stored, where the quote stands verbatim.

    `NotVerbatim` says what is amiss, the mildest reason that fits.
    """
    wanted = _flat(quote)[0].strip()
    if not _seen(wanted.replace(".", "").replace("…", "").replace(" ", "")):
        raise NotVerbatim(Amiss.EMPTY)
    flat, spans = _flat(source)
    lines = _lines(flat, spans, source)
    inside = False
    at = flat.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not (_in_word(lines, spans, at) or _in_word(lines, spans, end)):
            return Span(spans[at].start, spans[end - 1].end)
        inside = True
        at = flat.find(wanted, at + 1)
    raise NotVerbatim(Amiss.INSIDE_A_WORD if inside else _what_is_amiss(wanted, flat))


def _what_is_amiss(wanted: str, flat: str) -> Amiss:
    if wanted.strip(".… ") in flat and wanted.strip(".… ") != wanted:
        return Amiss.ELLIPSIS
    pieces = [piece.strip() for piece in wanted.replace("[…]", "…").replace("...", "…").split("…")]
    if len(pieces) > 1 and all(piece in flat for piece in pieces):
        return Amiss.ELLIPSIS
    if wanted.casefold() in flat.casefold():
        return Amiss.CAPITALS
    if wanted.translate(_TYPOGRAPHY) in flat.translate(_TYPOGRAPHY):
        return Amiss.TYPOGRAPHY
    return Amiss.NOT_FOUND


def _flat(text: str) -> tuple[str, list[Span]]:
    """The text in NFC with each run of white space as one space, and where each of its characters
    came from."""
    characters: list[str] = []
    spans: list[Span] = []
    for start, end in _clusters(text):
        for character in unicodedata.normalize("NFC", text[start:end]):
            if character.isspace():
                if characters and characters[-1] == " ":
                    spans[-1] = Span(spans[-1].start, end)
                    continue
                character = " "
            characters.append(character)
            spans.append(Span(start, end))
    return "".join(characters), spans


def _lines(flat: str, spans: list[Span], source: str) -> str:
    """The flat text with U+2028 where the white space of the source breaks a line: two lines are not one number."""
    return "".join(
        "\u2028" if letter == " " and "\n" in source[span.start : span.end] else letter
        for letter, span in zip(flat, spans, strict=True)
    )


def _clusters(text: str) -> Iterator[Span]:
    """The smallest pieces that can be put in NFC one by one: a letter with its accents, say."""
    start = 0
    for end in range(1, len(text) + 1):
        # Nothing before U+0300 changes together with what stands before it.
        if end == len(text) or text[end] < "\u0300" or _parted(text[start:end], text[end]):
            yield Span(start, end)
            start = end


def _parted(before: str, character: str) -> bool:
    if unicodedata.combining(character):
        return False
    whole = unicodedata.normalize("NFC", before + character)
    parts = unicodedata.normalize("NFC", before) + unicodedata.normalize("NFC", character)
    return whole == parts


def _in_word(text: str, spans: list[Span], at: int) -> bool:
    """Whether the edge before position `at` lies within a word or a number, or within one letter."""
    if not 0 < at < len(text):
        return False
    if spans[at - 1] == spans[at] or unicodedata.category(text[at])[0] == "M":
        return True
    left, right = _seen(text[at - 1 :: -1])[::-1], _seen(text[at:])
    earlier, before, after, later = left[-2:-1], left[-1:], right[:1], right[1:2]
    if _of_word(before) and _of_word(after):
        return True
    if _of_word(before) and _of_word(later) and after in _JOINERS:
        return True
    # A quote may begin behind an apostrophe, as in l'eau, but not behind the hyphen of non-violent.
    if _of_word(earlier) and _of_word(after) and before in _HYPHENS:
        return True
    return any(number.start() < len(left) < number.end() for number in _NUMBER.finditer(left + right))


def _seen(characters: str) -> str:
    """The first characters that are seen by themselves, five at most: marks belong to letters, others are invisible."""
    return "".join(islice((each for each in characters if unicodedata.category(each)[0] not in "MC"), 5))


def _of_word(character: str) -> bool:
    """Whether it is part of a word: a letter, a digit, or what joins names in programs and addresses, as in dis_agree."""
    if not character or not (unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "Pc"):
        return False
    return not unicodedata.name(character, "").startswith(_NO_SPACES)
