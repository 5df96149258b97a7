"""What a server's frame says, understood once for all phones that get the same bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deliberate.load.frames import PONG, masked

#: Words that a bench puts into what it writes, "mark-c17": their way to every screen is timed. A letter is one series,
#: in which a later number stands for the earlier ones too, as a newer picture does.
_sign = re.compile(r"mark-([a-z])(\d+)")
_poll = re.compile(r'<form[^>]*data-command="ballots\.cast".*?</form>', re.DOTALL)
_field = re.compile(r'<input[^>]*name="(poll|choice)" value="([^"]*)"')
_part = re.compile(rb' data-part="([^"]+)" data-hash="([^"]*)"')
_marks = re.compile(rb' data-marks="')


@dataclass(slots=True)
class News:
    """One frame. `hashes`: part -> hash of the pictures in it; `poll`: (handle, its choices) where it shows an open one."""

    size: int = 0
    pictures: int = 0
    hashes: dict[str, str] = field(default_factory=dict)
    signs: tuple[tuple[str, int], ...] = ()
    poll: tuple[str, tuple[str, ...]] | None = None
    answer: dict[str, Any] | None = None
    marks: bool = False
    beat: bool = False
    ready: bool = False
    end: str = ""
    #: What a phone sends back to it at once.
    reply: bytes = b""


def of_deliberate(text: str) -> News:
    """A frame of this service (deliberate/live/socket.py tells its words)."""
    frame = json.loads(text)
    news = News()
    shown: dict[str, list[str]] = frame.get("p", {})
    if shown:
        news.pictures = len(shown)
        news.hashes = {name: held[0] for name, held in shown.items()}
        signs: dict[str, int] = {}
        for _hash, html in shown.values():
            for letter, number in _sign.findall(html):
                signs[letter] = max(int(number), signs.get(letter, 0))
            news.poll = news.poll or open_poll(html)
        news.signs = tuple(signs.items())
    news.answer = frame.get("a")
    news.marks, news.beat, news.end = "marks" in frame, "beat" in frame, frame.get("end", "")
    if "ping" in frame:
        news.reply = masked(json.dumps({"pong": frame["ping"]}).encode())
    return news


def open_poll(html: str) -> tuple[str, tuple[str, ...]] | None:
    """The poll that a ballot in this HTML is for, and what may be chosen; None where there is no such ballot."""
    form = _poll.search(html)
    if form is None:
        return None
    fields = _field.findall(form.group(0))
    handles = [value for name, value in fields if name == "poll"]
    choices = tuple(value for name, value in fields if name == "choice")
    return (handles[0], choices) if handles and choices else None


def of_anybody(text: str) -> News:
    """A frame of a server that only sends pictures."""
    return News(pictures=1, ready=True)


def of_socketio(text: str) -> News:
    """A frame of a Socket.IO server: it opens with 0, greets with 40, asks with 2, and sends events as 42[...]."""
    if text.startswith("0"):
        return News(reply=masked(b"40"))
    if text == "2":
        return News(reply=masked(b"3"))
    return News(ready=True) if text.startswith("40") else News(pictures=1)


def pong(payload: bytes) -> News:
    return News(reply=masked(payload, PONG))


Understand = Callable[[str], News]
DIALECTS: dict[str, Understand] = {"deliberate": of_deliberate, "plain": of_anybody, "socketio": of_socketio}


def parts_of(page: bytes) -> dict[str, str]:
    """The live parts that a page shows: name -> hash of what it holds. Empty where it is no page of a seat."""
    if not _marks.search(page):
        return {}
    return {name.decode(): held.decode() for name, held in _part.findall(page)}
