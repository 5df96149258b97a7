"""A document with a block of every kind, for the tests of the formats."""

from __future__ import annotations

from datetime import UTC, datetime

from polls.exports.document import Block, Document, Heading, Items, Quote, Speech, Table, Text

#: What would do something where it were read as markup, as a field, as a formula or as a link.
HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://example.org","x")',
    "{ INCLUDETEXT /etc/passwd }",
    "</w:t></w:r><w:fldSimple w:instr='DATE'/>",
    "<text:a xlink:href='javascript:x'>a</text:a> &amp; ]]> %s {{ 1 }}",
    "two\nlines  and   blanks\tand a tab",
)
ARABIC = "نريد أن نُسمع بلغتنا"


def document(*, extra: tuple[str, ...] = ()) -> Document:
    """Every kind of block, in the order in which an outcome has them; `extra` texts stand in every place of each kind."""
    blocks: list[Block] = [
        Heading("Clause 1", mark="clause-1"),
        Text("We come back.", lead=True),
        Table("Support of clause 1", ("Group", "Support", "Oppose"), (("Youth", "6", "1"), ("Everybody", "9", "1"))),
        Text("Groups as they stood in version 1.", aside=True),
        Heading("Reservations", level=2),
        Items(("Who pays?", "When?")),
        Quote("the second visit", "Said by a speaker"),
        Quote("", "An idea that was taken off the board since"),
        Speech("Zoe", "14:05", ARABIC),
        *(Heading(text) for text in extra),
        *(Text(text) for text in extra),
        *(Quote(text, text) for text in extra),
        *(Speech(text, text, text) for text in extra),
        *(Items((text,)) for text in extra),
        *(Table(text, (text, text), ((text, text),)) for text in extra),
    ]
    return Document(
        title="What we promise",
        where="Just governance, Hall",
        state="Version 1, settled.",
        hash="ab" * 32,
        dated=datetime(2026, 11, 22, 14, 5, tzinfo=UTC),
        blocks=tuple(blocks),
    )
