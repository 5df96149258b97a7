"""What somebody brings in: WebVTT, SubRip, or plain text with a name before each paragraph. All become cues."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate, pairwise

from rooms.transcript import plain, srt, vtt
from rooms.transcript.pieces import duration, pieces
from rooms.transcript.vtt import BadFile, Cue, Flaw


def cues(text: str, *, names: bool = True) -> list[Cue]:
    """The cues in the order of the file. Plain text has no times: they are estimated at a speaker's usual pace.

    `names`: whether names are kept; where they are not, only what surely is one is parted from the words.
    BadFile for a WebVTT file that can't be read whole, and for captions of another kind."""
    text = text.removeprefix("\ufeff").lstrip()
    if text.startswith("WEBVTT"):
        return [piece for cue in vtt.read(text).cues for piece in _cut(cue)]
    if srt.looks_so(text):
        return [piece for cue in srt.read(text, surely=not names) for piece in _cut(cue)]
    if "-->" in text:  # captions of another kind: read as plain text, their times would become words
        raise BadFile(Flaw.NO_HEADER, 1)
    return _estimated(plain.read(text, surely=not names))


def _cut(cue: Cue) -> list[Cue]:
    """The cue in segments, its time shared out by their letters."""
    texts = pieces(cue.text)
    counts = list(accumulate((len(text) for text in texts), initial=0))
    edges = [cue.start_ms + (cue.end_ms - cue.start_ms) * count // counts[-1] for count in counts if counts[-1]]
    return [Cue(since, until, text, cue.speaker) for text, (since, until) in zip(texts, pairwise(edges), strict=True)]


def _estimated(said: list[plain.Said]) -> list[Cue]:
    found: list[Cue] = []
    at = 0
    for each in said:
        for piece in pieces(each.text):
            until = at + duration(piece) // timedelta(milliseconds=1)
            found.append(Cue(at, until, piece, each.speaker))
            at = until
    return found


__all__ = ["BadFile", "Cue", "Flaw", "cues"]
