"""SubRip (SRT), read and written. There is no standard: this reads what programs write and players take.

Blocks parted by empty lines: a number (it may be missing), a line of times with commas (or points), lines of words. Tags of
look (<i> <b> <u> <s> <font ...>, and {\\an8} and the like) are passed over. A name stands before its words, as in plain
text; dashes that part two speakers are passed over. What can't be read is an error by its line, never lost in silence.

Written: a number, times and one line of words for each cue. There is no way to write markup as text, so a blank parts
whatever a player would take for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from deliberate.text import tidy
from rooms.transcript import plain
from rooms.transcript.vtt import LONGEST_MS, BadFile, Cue, Flaw, clock, in_order

_TIME = r"([0-9]{1,3}):([0-5]?[0-9]):([0-5]?[0-9])[,.]([0-9]{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?", re.ASCII)
_NUMBER = re.compile(r"\s*[0-9]{1,9}\s*", re.ASCII)
_LOOK = re.compile(r"</?(?:i|b|u|s|font)(?:\s[^<>]*)?>|\{\\[a-z]+[^{}]*\}", re.IGNORECASE)
#: What players would read as a tag, or as a line of times, in somebody's words; a blank goes behind it.
_TAKEN = re.compile(r"<(?=[a-z/!?])|\{(?=\\)|--(?=>)", re.IGNORECASE)
_DASH = re.compile(r"^\s*[-–—]\s+(?=\S)", re.MULTILINE)


def write(cues: Iterable[Cue]) -> str:
    """A SubRip file with line feeds; "Name: words" where somebody is named, marked behind what its speaker corrected. A cue
    without words is left out. They stand by their start (`in_order`)."""
    blocks: list[str] = []
    for cue in in_order(cues):
        text, name = tidy(cue.text), tidy(cue.speaker).replace(":", ",")[: plain.LONGEST_NAME].strip()
        if text:
            text = f"{text} {plain.CORRECTED}" if cue.corrected else text
            said = _TAKEN.sub(r"\g<0> ", f"{name}: {text}" if name else text)
            blocks.append(f"{len(blocks) + 1}\n{clock(cue.start_ms, ',')} --> {clock(cue.end_ms, ',')}\n{said}\n")
    return "\n".join(blocks)


def looks_so(text: str) -> bool:
    """Whether this is SubRip: its first line is one of times, or a number before one. Its times have commas."""
    lines = [line for line in text.split("\n", 6) if line.strip()][:2]
    at = 1 if len(lines) > 1 and _NUMBER.fullmatch(lines[0]) else 0
    return bool(lines) and "-->" in lines[at] and "," in lines[at]


def read(text: str, *, surely: bool = False) -> list[Cue]:
    """The cues in the order of the file. `surely`: names are thrown away, so only what surely is one is parted from the words."""
    lines = text.replace("\x00", "\ufffd").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    timed = [cue for number, block in _blocks(lines) if (cue := _cue(number, block)).text]
    # Names by the rules of plain text, which looks at all paragraphs at once: one a cue.
    named = plain.read("\n\n".join(cue.text for cue in timed), surely=surely)
    return [Cue(cue.start_ms, cue.end_ms, each.text, each.speaker) for cue, each in zip(timed, named, strict=True)]


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Block by block, each with the number of its first line. A line of times begins one, with the number before it; an
    empty line ends one only where what follows is another's: some programs leave empty lines among the words."""
    starts = [at for at, line in enumerate(lines) if "-->" in line]
    begins = [at - 1 if at and _NUMBER.fullmatch(lines[at - 1]) else at for at in starts]
    head = next((at for at, line in enumerate(lines[: begins[0]] if begins else lines) if line.strip()), None)
    if head is not None:
        raise BadFile(Flaw.NO_TIMES, head + 1)
    for begin, end in zip(begins, [*begins[1:], len(lines)], strict=True):
        yield begin + 1, lines[begin:end]


def _cue(number: int, block: list[str]) -> Cue:
    at = 0 if "-->" in block[0] else 1
    found = _TIMES.fullmatch(block[at])
    if not found:
        raise BadFile(Flaw.BAD_TIMES, number + at)
    start, end = _ms(found.groups()[:4]), _ms(found.groups()[4:])
    if max(start, end) > LONGEST_MS:
        raise BadFile(Flaw.BAD_TIMES, number + at)
    if end < start:
        raise BadFile(Flaw.ENDS_BEFORE_START, number + at)
    text = tidy(_DASH.sub("", _LOOK.sub("", "\n".join(block[at + 1 :]))))
    return Cue(start, end, text.removesuffix(f" {plain.CORRECTED}"))


def _ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(fraction.ljust(3, "0"))
