"""From a run of words to segments: where they are cut, when each was said, and whether two texts are one in the making."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from deliberate.text import tidy
from rooms.transcript.core import words

#: Letters after which a segment ends: with its sentence, else with its clause, else with the next word.
SENTENCE, CLAUSE, WORD = 160, 320, 400
#: How long a word takes a speaker: 150 words a minute.
PACE = timedelta(milliseconds=400)
#: Letters at the beginning or the end by which a text is known again while it is being typed.
KNOWN_BY = 8
_MS = timedelta(milliseconds=1)

_PARAGRAPH = re.compile(r"\n[^\S\n]*\n")
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।።]+[\"'”’»)\]]*$")
_CLAUSE_END = re.compile(r"[,;:，；：、،؛–—][\"'”’»)\]]*$")
#: A run without white space: to the end of its sentence, as scripts without it are written, or to 400 letters.
_UNSPACED = re.compile(rf".{{{SENTENCE - 1},{WORD - 1}}}?[。！？]|.{{1,{WORD}}}", re.DOTALL)
_INITIAL = re.compile(r"(?:\w|Mrs?|Ms|Dr|Prof|St|No|vs)\.")


def pieces(text: str) -> list[str]:
    """The text cut into segments, in order: every word of it, and nothing else.

    Empty lines part segments. A longer run is cut only between words and by what stands before the cut: so what is
    already there stays where it is while more is typed, and captions never jump. A run of more than 400 letters without
    white space is cut, too: no segment is much longer than that."""
    found: list[str] = []
    for paragraph in _PARAGRAPH.split(text):
        open_piece = ""
        tokens = _tokens(tidy(paragraph))
        for (space, word), (_space, following) in zip(tokens, [*tokens[1:], ("", "")], strict=True):
            open_piece += space + word if open_piece else word
            if _ends(len(open_piece), word, following):
                found.append(open_piece)
                open_piece = ""
        found.append(open_piece)
    return [piece for piece in found if piece]


def _tokens(text: str) -> list[tuple[str, str]]:
    """The words, each with what stands before it: a space, or nothing where a long run was cut."""
    cut = (_UNSPACED.findall(word) or [""] for word in text.split(" "))
    return [("" if at else " ", part) for parts in cut for at, part in enumerate(parts)]


def _ends(length: int, word: str, following: str) -> bool:
    if length < SENTENCE:
        return False
    if _SENTENCE_END.search(word) and not _INITIAL.fullmatch(word) and not following[:1].islower():
        return True
    return length >= WORD or (length >= CLAUSE and bool(_CLAUSE_END.search(word)))


def spans(start: datetime, end: datetime, texts: Sequence[str]) -> list[tuple[datetime, datetime]]:
    """When each text was said: the time from `start` to `end` shared out by length, at least a millisecond each.

    One begins where the one before it ends; where `end` is too early for that, the last one ends later."""
    spare = max(end - start - len(texts) * _MS, timedelta())
    letters = sum(len(text) for text in texts)
    found = []
    for text in texts:
        until = start + _MS + spare * (len(text) / letters)
        found.append((start, until))
        start = until
    return found


def duration(text: str) -> timedelta:
    """How long it takes to say this, where nobody measured it."""
    return len(words(text)) * PACE


def continues(before: str, after: str) -> bool:
    """Whether `after` is `before` typed on or mended, and not something new: they begin alike, or end alike."""
    if not before or not after:
        return False
    short = min(len(before), len(after), KNOWN_BY)
    return before[:short] == after[:short] or (short == KNOWN_BY and before[-short:] == after[-short:])
