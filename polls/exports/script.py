"""In which direction a text is written, and how a table is told to somebody who can't see it."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from polls.exports.document import Table


def from_the_right(text: str) -> bool:
    """Whether a text's first letter is of a script written from the right."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def read_aloud(table: Table) -> str:
    """What the table is, in a sentence: the description that stands for it."""
    words = {"rows": len(table.rows), "columns": ", ".join(table.head)}
    return _("A table with %(rows)d rows below its head. Columns: %(columns)s.") % words
