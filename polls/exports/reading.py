"""A bundle as it comes in: every value looked at before it is stored, and what is wrong said with its place in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

#: Control characters and those that turn the direction of what follows: no text here has any.
_NEVER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_HANDLE = re.compile(r"[A-Za-z0-9_-]{1,16}")
_START = datetime(1970, 1, 1, tzinfo=UTC)
#: What a figure may be at most: no event has more people.
MOST = 100_000


class BadBundle(ValueError):
    """`place`: where in the file, as "rooms.0.polls.2.turnout"; `why`: a sentence for an operator, in English."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}" if place else why)


class Part:
    """One object of the file. What is asked for must be there and of its kind; BadBundle says what is not."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise BadBundle(place, "an object must stand here")
        self.value, self.place = value, place

    def wrong(self, name: str, why: str) -> BadBundle:
        return BadBundle(f"{self.place}.{name}".lstrip("."), why)

    def any(self, name: str, kind: type | tuple[type, ...], why: str) -> Any:
        found = self.value.get(name)
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is int):
            raise self.wrong(name, why)
        return found

    def text(self, name: str) -> str:
        return str(self.any(name, str, "a text must stand here"))

    def handle(self, name: str) -> str:
        found = self.text(name)
        if not _HANDLE.fullmatch(found):
            raise self.wrong(name, "this is no handle")
        return found

    def named(self, name: str) -> str:
        """A handle, or "" where none is named."""
        return "" if self.value.get(name) is None else self.handle(name)

    def truth(self, name: str) -> bool:
        return bool(self.any(name, bool, "true or false must stand here"))

    def number(self, name: str, *, least: int = 0, most: int = 2**31 - 1) -> int:
        found = int(self.any(name, int, "a whole number must stand here"))
        if not least <= found <= most:
            raise self.wrong(name, f"a number from {least} to {most} must stand here")
        return found

    def count(self, name: str) -> int:
        return self.number(name, most=MOST)

    def moment(self, name: str) -> datetime:
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError:
            raise self.wrong(name, "this is no moment") from None
        if found.tzinfo is None:
            raise self.wrong(name, "this moment names no time zone")
        return found

    def moment_or_none(self, name: str) -> datetime | None:
        return None if self.value.get(name) is None else self.moment(name)

    def at_ms(self, name: str) -> datetime:
        """A moment that is a number of milliseconds. In the middle of its millisecond, so that it is read as that one."""
        return _START + timedelta(milliseconds=self.number(name, most=2**43), microseconds=500)

    def day(self, name: str) -> date:
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise self.wrong(name, "this is no day") from None

    def spans(self, name: str, most: int) -> list[list[int]] | None:
        """[from, to] in milliseconds, each beginning no earlier than the one before, `most` of them; None where null stands."""
        found = self.any(name, (list, type(None)), "the times of the words, or null, must stand here")
        begun = 0
        for each in found or ():
            whole = isinstance(each, list) and len(each) == 2 and all(type(moment) is int for moment in each)
            if not whole or not begun <= each[0] <= each[1] < 2**31:
                raise self.wrong(name, "these are no times of words, one after the other")
            begun = each[0]
        if found is not None and len(found) > most:
            raise self.wrong(name, f"these are the times of {len(found)} words, and {most} stand there")
        return None if found is None else list(found)

    def part(self, name: str) -> Part:
        return Part(self.value.get(name), f"{self.place}.{name}".lstrip("."))

    def parts(self, name: str, most: int) -> list[Part]:
        """The objects of a list, `most` of them at most."""
        found = self.any(name, list, "a list must stand here")
        if len(found) > most:
            raise self.wrong(name, f"there are {len(found)} of these, and room for {most}")
        place = f"{self.place}.{name}".lstrip(".")
        return [Part(each, f"{place}.{at}") for at, each in enumerate(found)]

    def texts(self, name: str) -> list[str]:
        found = self.any(name, list, "a list must stand here")
        if not all(isinstance(each, str) for each in found):
            raise self.wrong(name, "texts must stand here")
        return list(found)


def read(text: str, format: str) -> Part:
    """The bundle in a file. BadBundle where it is no JSON, of another format, or holds letters that no text here has."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadBundle("", f"This is no JSON: {error}") from None
    part = Part(found, "")
    if part.value.get("format") != format:
        raise BadBundle("format", f"this version reads {format}, and the file says {part.value.get('format')!r}")
    for place, each in _texts(found, ""):
        if _NEVER.search(each):
            raise BadBundle(place, "there are letters in it that no text here has")
    return part


def _texts(value: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text in the file with its place; names of an object are texts too."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield place, name
            yield from _texts(each, f"{place}.{name}".lstrip("."))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            yield from _texts(each, f"{place}.{at}".lstrip("."))
