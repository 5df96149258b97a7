"""WebVTT, written and read (https://www.w3.org/TR/webvtt1/).

Written: a header, notes, and one cue a segment with its speaker in a voice tag. Read: files of
others too, as the standard's parser reads them. Identifiers, settings, styles, regions and all tags
of the standard but voices are passed over; a cue in which several speak becomes one cue each. That
parser drops what it cannot read; an import must not lose words in silence. So here whatever is no
tag of the standard is text, and a line with an arrow that is no line of times is an error.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from deliberate.text import tidy

_TIME = re.compile(r"(?:([0-9]{2,}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})", re.ASCII)
#: The tags there are: marks, some with classes; a voice and a language, with what they name; a moment. All else is text.
_TAG = re.compile(
    r"<(?:c|i|b|u|ruby|rt|v|lang)(?:\.[^\s>]*)?[ \t\n]*>"
    r"|<(?P<named>v|lang)(?:\.[^\s>]*)?[ \t\n]+(?P<name>[^<>]*)>"
    r"|</(?P<ended>c|i|b|u|ruby|rt|v|lang)>"
    rf"|<{_TIME.pattern}>",
    re.ASCII,
)
_NOTE = re.compile(r"NOTE(?:[ \t]|$)")
_LOOKS = re.compile(r"(?:STYLE|REGION)[ \t]*")
#: Nobody's recording is longer; what is dated later would carry the room's clock off.
LONGEST_MS = 48 * 3_600_000


class Flaw(StrEnum):
    NO_HEADER = "no_header"  # the first line is not WEBVTT
    NO_TIMES = "no_times"  # a block of text without a line of times
    BAD_TIMES = "bad_times"  # times that cannot be read, or are later than 48 hours
    ENDS_BEFORE_START = "ends_before_start"


class BadFile(ValueError):
    """`line` counts from 1."""

    def __init__(self, code: Flaw, line: int) -> None:
        super().__init__(f"{code.value} in line {line}")
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Cue:
    """Whole milliseconds from the start of the recording. `speaker` is empty for nobody.

    `begins`: when each word begins, where that is known and to be written."""

    start_ms: int
    end_ms: int
    text: str
    speaker: str = ""
    begins: tuple[int, ...] = ()
    #: Whether its speaker corrected it: it stands in a tag of the class "corrected".
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class Captions:
    cues: tuple[Cue, ...]
    notes: tuple[str, ...] = ()


def in_order(cues: Iterable[Cue]) -> list[Cue]:
    """As files of captions have them: by their start, and each at least a millisecond long. ValueError for times below 0 or an end
    before its start."""
    found = sorted(cues, key=lambda cue: cue.start_ms)
    if any(not 0 <= cue.start_ms <= cue.end_ms for cue in found):
        raise ValueError("a cue starts at 0 or later and ends after its start")
    return [replace(cue, end_ms=max(cue.end_ms, cue.start_ms + 1)) for cue in found]


def write(cues: Iterable[Cue], notes: Iterable[str] = ()) -> str:
    """A WebVTT file with line feeds, the notes first. A cue without words is left out.

    Cues stand as the standard asks (`in_order`)."""
    # A note, too, must not hold the arrow: it would begin a cue.
    blocks = ["WEBVTT", *(f"NOTE {_escaped(tidy(note))}" for note in notes)]
    for cue in in_order(cues):
        text, name = _timed(cue), _escaped(tidy(cue.speaker))
        if text:
            # A name's last dashes and the end of its tag would make an arrow.
            name = re.sub(r"-\Z", "&#45;", name)
            if cue.corrected:
                text = f"<c.corrected>{text}</c>"
            voiced = f"<v {name}>{text}</v>" if name else text
            blocks.append(f"{clock(cue.start_ms)} --> {clock(cue.end_ms)}\n{voiced}")
    return "\n\n".join(blocks) + "\n"


def read(text: str) -> Captions:
    """The cues in the order of the file, and its notes. `BadFile` for what is not WebVTT."""
    text = text.removeprefix("\ufeff").replace("\x00", "\ufffd")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise BadFile(Flaw.NO_HEADER, 1)
    if "-->" in lines[0]:
        raise BadFile(Flaw.BAD_TIMES, 1)
    cues: list[Cue] = []
    notes: list[str] = []
    for number, block in _blocks(lines):
        if "-->" in block[0]:  # no comment holds the arrow: it would hide words
            cues.extend(_cues(number, block))
        elif _NOTE.match(block[0]):
            notes.append(tidy(html.unescape("\n".join(block)[4:])))
        elif not _LOOKS.fullmatch(block[0]):
            cues.extend(_cues(number, block))
    return Captions(tuple(cues), tuple(notes))


def _blocks(lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """What stands behind the header, block by block, each with the number of its first line.

    An empty line ends a block, and one of blanks alone does where it is not among a cue's words. A line of times
    begins a block, too, with the one line before it that may be its identifier."""
    # The header's own lines reach to the first empty line, or to the first times where that line is missing.
    behind = next((at for at, line in enumerate(lines) if at and (not line.strip() or "-->" in line)), len(lines))
    block: list[str] = []
    for number, line in enumerate([*lines[behind:], ""], start=behind + 1):
        timed = any("-->" in each for each in block[:2])
        if "-->" in line and (timed or len(block) != 1 or _NOTE.match(block[0]) or _LOOKS.fullmatch(block[0])):
            if block:
                yield number - len(block), block
            block = [line]
        elif line.strip() or (line and timed):
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cues(number: int, block: list[str]) -> Iterator[Cue]:
    at = next((n for n, line in enumerate(block[:2]) if "-->" in line), None)
    if at is None:
        raise BadFile(Flaw.NO_TIMES, number)
    start_text, _, rest = block[at].partition("-->")
    end_text = rest.split(maxsplit=1)[:1]  # what follows are settings of the cue
    start, end = _ms(start_text.strip()), _ms("".join(end_text))
    if start is None or end is None:
        raise BadFile(Flaw.BAD_TIMES, number + at)
    if end < start:
        raise BadFile(Flaw.ENDS_BEFORE_START, number + at)
    for speaker, text in _voices("\n".join(block[at + 1 :])):
        yield Cue(start, end, text, speaker)


def _voices(payload: str) -> Iterator[tuple[str, str]]:
    """Who says what: a voice reaches to its end tag, to the next voice, or to the end."""
    speaker = ""
    text = ""
    position = 0
    for tag in _TAG.finditer(payload):
        text += payload[position : tag.start()]
        position = tag.end()
        if tag["named"] == "v" or tag["ended"] == "v":
            if said := _plain(text):
                yield speaker, said
            text = ""
            speaker = _plain(tag["name"] or "")
    if said := _plain(text + payload[position:]):
        yield speaker, said


def _plain(escaped: str) -> str:
    return tidy(html.unescape(escaped))


def _timed(cue: Cue) -> str:
    """The words, each but the first with the moment in which it begins before it (section 4.2.2: timestamps rise)."""
    text = _escaped(tidy(cue.text))
    words = text.split(" ")
    if len(words) != len(cue.begins):
        return text
    last, found = cue.start_ms, words[0]
    for word, at in zip(words[1:], cue.begins[1:], strict=True):
        if last < at < cue.end_ms:
            found, last = f"{found} <{clock(at)}>{word}", at
        else:
            found = f"{found} {word}"
    return found


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _ms(text: str) -> int | None:
    found = _TIME.fullmatch(text)
    if not found or len(found[1] or "") > 9:
        return None
    hours, minutes, seconds, thousandths = (int(part or 0) for part in found.groups())
    ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
    return ms if ms <= LONGEST_MS else None


def clock(ms: int, point: str = ".") -> str:
    """A time as files of captions have it: hours, minutes, seconds, and thousandths behind a point of theirs."""
    seconds, thousandths = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{thousandths:03}"
