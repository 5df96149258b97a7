"""Fields of forms that people type into."""

from __future__ import annotations

from typing import Any

from django import forms

#: Characters that turn the direction of text around, and could disguise a name.
_TURNING = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)), "\u200e", "\u200f", "\u061c"}


#: Join and part letters in Persian, Indic scripts and emoji: part of the writing, though not printable by themselves.
_JOINING = {"\u200c", "\u200d"}


def one_line(text: str) -> str:
    """Text as one line without control and direction-override characters."""
    kept = (letter for letter in text if letter not in _TURNING)
    return " ".join("".join(each if each.isprintable() or each in _JOINING else " " for each in kept).split())


class Line(forms.CharField):
    """One line of plain text."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")
