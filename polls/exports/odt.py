"""A document as ODT (OpenDocument 1.3): headings, tables with header rows and descriptions, language, title.

Words are text in it and nothing else: no field but the page's number, no link, no macro, nothing from outside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polls.exports import odt_look
from polls.exports.document import Block, Document, Heading, Items, Quote, Speech, Table, Text
from polls.exports.markup import Markup, file, joined, packed, tag
from polls.exports.odt_look import NAMES
from polls.exports.script import from_the_right, read_aloud

KIND = "application/vnd.oasis.opendocument.text"
_PARTS = ("content.xml", "styles.xml", "meta.xml")
#: What ODF would take for one space (part 3, section 6.1.2), and a tab.
_RUNS = re.compile(r"( {2,}|^ | $|\t)")


def written(document: Document) -> bytes:
    """The whole document as an ODT file, in the language that is on."""
    language = get_language() or "en"
    roots = {
        "META-INF/manifest.xml": _manifest(),
        "content.xml": _content(document),
        "styles.xml": odt_look.styles(language, _foot(document)),
        "meta.xml": _about(document, language),
    }
    return packed(((name, file(root)) for name, root in roots.items()), kind=KIND.encode())


def _manifest() -> Markup:
    listed = {"/": KIND, **dict.fromkeys(_PARTS, "text/xml")}
    rows = (
        tag("manifest:file-entry", {"manifest:full-path": path, "manifest:media-type": kind})
        for path, kind in listed.items()
    )
    names = {"xmlns:manifest": "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0", "manifest:version": "1.3"}
    return tag("manifest:manifest", names, *rows)


def _about(document: Document, language: str) -> Markup:
    at = f"{document.dated.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    texts = {"dc:title": document.title, "dc:subject": document.where, "meta:generator": "deliberate"}
    texts |= {"dc:language": language, "meta:creation-date": at, "dc:date": at}
    meta = tag("office:meta", None, *(tag(name, None, text) for name, text in texts.items()))
    return tag("office:document-meta", {**NAMES, "office:version": "1.3"}, meta)


def _content(document: Document) -> Markup:
    told = [document.where, document.state, *([f"SHA-256: {document.hash}"] if document.hash else [])]
    front = [_paragraph("Title", document.title), *(_paragraph("Aside", line) for line in told[:-1])]
    front.append(_paragraph("LastAside", told[-1]))
    tables = iter(range(1, len(document.blocks) + 1))
    blocks = [_block(block, tables) for block in document.blocks]
    text = tag("office:body", None, tag("office:text", None, *front, *blocks))
    own = tag("office:automatic-styles", None, *odt_look.turned(), *odt_look.columns())
    return tag("office:document-content", {**NAMES, "office:version": "1.3"}, own, text)


def _block(block: Block, tables: Iterator[int]) -> Markup:
    match block:
        case Heading(text, level, mark):
            return _paragraph(f"Heading_20_{level}", text, level=level, mark=mark)
        case Text(text, lead, aside):
            return _paragraph("Lead" if lead else "Aside" if aside else "Text_20_body", text)
        case Quote(text, origin):
            quote = [_paragraph("Quotations", text)] if text else []
            return joined([*quote, _paragraph("Source", origin)])
        case Speech(who, when, text):
            return joined([_paragraph("Speaker", f"{who} ({when})"), _paragraph("Text_20_body", text)])
        case Items(texts):
            items = (tag("text:list-item", None, _paragraph("Item", text)) for text in texts)
            return tag("text:list", {"text:style-name": "Bullets"}, *items)
        case Table():
            return joined([_paragraph("Caption", block.caption), _table(block, next(tables))])


def _paragraph(style: str, text: str, *, level: int = 0, mark: str = "") -> Markup:
    """A paragraph, or a heading of that level. `mark`: a name under which it can be found."""
    styled = {"text:style-name": f"{style}_right" if from_the_right(text) else style}
    lines = joined(_line(line, last=not following) for line, following in _with_next(text.split("\n")))
    if mark:
        lines = joined([tag("text:bookmark", {"text:name": mark}), lines])
    if level:
        return tag("text:h", {**styled, "text:outline-level": str(level)}, lines)
    return tag("text:p", styled, lines)


def _with_next(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether another follows."""
    return ((line, at + 1 < len(lines)) for at, line in enumerate(lines))


def _line(text: str, *, last: bool) -> Markup:
    pieces = [_blank(piece) if _RUNS.fullmatch(piece) else piece for piece in _RUNS.split(text)]
    return joined([*pieces, *([] if last else [tag("text:line-break")])])


def _blank(run: str) -> Markup:
    return tag("text:tab") if run == "\t" else tag("text:s", {"text:c": str(len(run))})


def _table(table: Table, number: int) -> Markup:
    figures = len(table.head) - 1
    name = {"table:name": f"Table{number}", "table:style-name": "Figures"}
    told = [tag("table:title", None, table.caption), tag("table:desc", None, read_aloud(table))]
    label = tag("table:table-column", {"table:style-name": f"Label{figures}"})
    others = {"table:style-name": "Number", "table:number-columns-repeated": str(figures)}
    head = tag("table:table-header-rows", None, _row(table.head, head=True))
    rows = (_row(row, head=False) for row in table.rows)
    return tag("table:table", name, *told, label, tag("table:table-column", others), head, *rows)


def _row(row: tuple[str, ...], *, head: bool) -> Markup:
    cells = []
    for at, text in enumerate(row):
        style = ("TableHead" if head else "TableText") if not at else ("FigureHead" if head else "Figure")
        kind = {"table:style-name": "Cell", "office:value-type": "string"}  # text, whatever it begins with
        cells.append(tag("table:table-cell", kind, _paragraph(style, text)))
    return tag("table:table-row", {"table:style-name": "Row"}, *cells)


def _foot(document: Document) -> Markup:
    """What the text is, and the page's number, at the foot of every page."""
    before, _middle, after = _("Page %(page)s of %(all)s").partition("%(page)s")
    between, _middle, end = after.partition("%(all)s")
    page, pages = (tag(f"text:{name}", None, "1") for name in ("page-number", "page-count"))
    words = [_line(text, last=True) for text in (before, between, end)]
    state = _line(document.state, last=True)
    return tag(
        "text:p", {"text:style-name": "Footer"}, state, tag("text:tab"), words[0], page, words[1], pages, words[2]
    )
