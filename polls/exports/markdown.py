"""A document as Markdown. What people wrote stays what they wrote: nothing in it is read as markup, link or formula."""

from __future__ import annotations

import re

from polls.exports.document import Block, Document, Heading, Items, Quote, Speech, Table, Text

#: Read as markup wherever they stand: emphasis, code, links, HTML, tables, strikethrough, formulas.
_EVERYWHERE = re.compile(r"([\\`*_\[\]<>&|~$])")
#: Read as markup at the beginning of a line: headings, lists, rules, definitions.
_AT_THE_START = re.compile(r"^([#+\-=:])")
#: Signs that would close a heading, and not be shown, at its end.
_AT_THE_END = re.compile(r"(?<= )(#+)$")
_NUMBER = re.compile(r"^(\d+)([.)])")
#: What some readers turn into links by themselves.
_ADDRESS = re.compile(r":(?=//)|(?<=\bwww)\.", re.IGNORECASE)


def escaped(text: str) -> str:
    """One line of plain text that any reader of Markdown shows letter for letter; runs of white space as one space."""
    line = _ADDRESS.sub(r"\\\g<0>", _EVERYWHERE.sub(r"\\\1", " ".join(text.split())))
    return _NUMBER.sub(r"\1\\\2", _AT_THE_START.sub(r"\\\1", line))


def lines(text: str, before: str = "") -> list[str]:
    """A text of several lines as Markdown lines, each behind `before` ("> "): line breaks stay, empty lines part paragraphs."""
    written = [escaped(line) for line in text.split("\n")]
    broken = [
        f"{line}\\" if line and following else line for line, following in zip(written, [*written[1:], ""], strict=True)
    ]
    return [(before + line).rstrip() for line in broken]


def written(document: Document) -> str:
    """The whole document as one Markdown text."""
    page = [f"# {_heading(document.title)}", "", escaped(document.where), "", f"*{escaped(document.state)}*", ""]
    if document.hash:
        page += [f"SHA-256: `{document.hash}`", ""]
    for block in document.blocks:
        page += [*_block(block), ""]
    return "\n".join(page[:-1]) + "\n"


def _heading(text: str) -> str:
    return _AT_THE_END.sub(r"\\\1", escaped(text))


def _block(block: Block) -> list[str]:
    match block:
        case Heading(text, level):
            return [f"{'#' * (level + 1)} {_heading(text)}"]
        case Text(text):
            return lines(text)
        case Quote(text, origin):
            return [*([*lines(text, "> "), ">"] if text else []), f"> — {escaped(origin)}"]
        case Speech(who, when, text):
            return [f"**{escaped(who)}** ({escaped(when)})", "", *lines(text)]
        case Items(texts):
            return [f"- {escaped(text)}" for text in texts]
        case Table():
            return [f"*{escaped(block.caption)}*", "", *_table(block)]


def _table(table: Table) -> list[str]:
    ruled = " | ".join(["---", *["---:"] * (len(table.head) - 1)])
    rows = [" | ".join(escaped(cell) for cell in row) for row in (table.head, *table.rows)]
    return [f"| {rows[0]} |", f"| {ruled} |", *(f"| {row} |" for row in rows[1:])]
