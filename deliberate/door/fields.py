"""Fields of forms that people type into."""

from __future__ import annotations

from typing import Any

from django import forms

from deliberate.text import one_line


class Line(forms.CharField):
    """One line of plain text that is shown to others, without characters that could disguise it."""

    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")
