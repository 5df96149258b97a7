"""Every way to change one thing in a value from JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Altered = Iterator[tuple[str, Any]]


def altered(value: Any, where: str = "file") -> Altered:
    """(What is changed where, the whole value with this one change), for everything in it, itself included."""
    if isinstance(value, dict):
        yield from _object(value, where)
    elif isinstance(value, list):
        yield from _list(value, where)
    elif isinstance(value, str):
        yield from _text(value, where)
    elif isinstance(value, bool) or value is None:
        yield from ((f"{where} is {other!r}", other) for other in (True, False, None, 0, 1, "") if other is not value)
    else:
        others = [value + 1, value - 1, -value - 1, float(value), value + 0.5, str(value), None, True, 10**30]
        yield from ((f"{where} is {other!r}", other) for other in others)
    yield f"{where} is in a list", [value]


def _object(value: dict[str, Any], where: str) -> Altered:
    for key, each in value.items():
        rest = {other: entry for other, entry in value.items() if other != key}
        yield f"{where} without {key}", rest
        yield f"{where}: {key} renamed", {**rest, f"{key}x": each}
        for what, new in altered(each, f"{where}.{key}"):
            yield what, {**value, key: new}
    yield f"{where} with one more", {**value, "more": 1}
    yield f"{where} as a list", list(value)


def _list(value: list[Any], where: str) -> Altered:
    for place, each in enumerate(value):
        before, after = value[:place], value[place + 1 :]
        yield f"{where} without [{place}]", [*before, *after]
        yield f"{where}: [{place}] twice", [*before, each, each, *after]
        yield f"{where}: [{place}] once more at the end", [*value, each]
        if after and after[0] != each:
            yield f"{where}: [{place}] after the next", [*before, after[0], each, *after[1:]]
        for what, new in altered(each, f"{where}[{place}]"):
            yield what, [*before, new, *after]
    if value:
        yield f"{where} emptied", []


def _text(value: str, where: str) -> Altered:
    for place in sorted({0, len(value) - 1} & set(range(len(value)))):
        for other in (chr(ord(value[place]) ^ 1), chr(ord(value[place]) + 1), value[place].swapcase()):
            if other != value[place]:
                yield f"{where}: {other!r} at {place}", value[:place] + other + value[place + 1 :]
        yield f"{where} without its letter {place}", value[:place] + value[place + 1 :]
    middle = len(value) // 2
    yield from ((f"{where}: {more!r} at {middle}", value[:middle] + more + value[middle:]) for more in ("A", "\ud800"))
    yield from ((f"{where} with {more!r}", value + more) for more in ("A", "=", " ", "\n", "\x1b", "\u202e"))
    yield f"{where} is a number", 7
