"""A document as DOCX (ECMA-376, WordprocessingML): headings, tables with header rows and descriptions, language, title.

Words are text in it and nothing else: no field, no link, no macro, nothing from outside."""

from __future__ import annotations

from datetime import UTC
from itertools import count

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from polls.exports import docx_look
from polls.exports.document import Block, Document, Heading, Items, Quote, Speech, Table, Text
from polls.exports.markup import Markup, file, joined, packed, tag
from polls.exports.script import from_the_right, read_aloud

KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_W = {"xmlns:w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main"}
_PART = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
#: The parts of the main one, by what they are to it.
_PARTS = ("styles", "numbering", "settings", "footer")
#: Twentieths of a point: A4, its margins, and the column of a figure.
_WIDE, _HIGH, _MARGIN, _FIGURE = 11906, 16838, 1247, 1361


def written(document: Document) -> bytes:
    """The whole document as a DOCX file, in the language that is on."""
    language = get_language() or "en"
    kinds = [("rels", "application/vnd.openxmlformats-package.relationships+xml"), ("xml", "application/xml")]
    parts = [("/word/document.xml", f"{_PART}.document.main+xml")]
    parts += [(f"/word/{name}.xml", f"{_PART}.{name}+xml") for name in _PARTS]
    parts += [("/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml")]
    types = [tag("Default", {"Extension": name, "ContentType": kind}) for name, kind in kinds]
    types += [tag("Override", {"PartName": name, "ContentType": kind}) for name, kind in parts]
    roots = {
        "[Content_Types].xml": tag("Types", {"xmlns": f"{_PACKAGE}/content-types"}, *types),
        "_rels/.rels": _relations(
            [
                (f"{_OFFICE}/officeDocument", "word/document.xml"),
                (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            ]
        ),
        "docProps/core.xml": _properties(document, language),
        "word/document.xml": _body(document),
        "word/_rels/document.xml.rels": _relations([(f"{_OFFICE}/{name}", f"{name}.xml") for name in _PARTS]),
        "word/styles.xml": tag("w:styles", _W, *docx_look.styles(language)),
        "word/numbering.xml": tag("w:numbering", _W, *docx_look.bullets()),
        "word/settings.xml": tag("w:settings", _W, *docx_look.settings(language)),
        "word/footer.xml": tag("w:ftr", _W, _foot(document)),
    }
    return packed((name, file(root)) for name, root in roots.items())


def _relations(some: list[tuple[str, str]]) -> Markup:
    each = (tag("Relationship", {"Id": f"r{n}", "Type": kind, "Target": to}) for n, (kind, to) in enumerate(some, 1))
    return tag("Relationships", {"xmlns": f"{_PACKAGE}/relationships"}, *each)


def _properties(document: Document, language: str) -> Markup:
    names = {
        "xmlns:cp": f"{_PACKAGE}/metadata/core-properties",
        "xmlns:dc": "http://purl.org/dc/elements/1.1/",
        "xmlns:dcterms": "http://purl.org/dc/terms/",
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    }
    at = f"{document.dated.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    moments = [tag(f"dcterms:{name}", {"xsi:type": "dcterms:W3CDTF"}, at) for name in ("created", "modified")]
    texts = {"title": document.title, "subject": document.where, "creator": "deliberate", "language": language}
    return tag("cp:coreProperties", names, *(tag(f"dc:{name}", None, text) for name, text in texts.items()), *moments)


def _body(document: Document) -> Markup:
    marks = count(1)
    told = [document.where, document.state, *([f"SHA-256: {document.hash}"] if document.hash else [])]
    front = [_paragraph("Title", document.title), *(_paragraph("Aside", line) for line in told[:-1])]
    front.append(_paragraph("LastAside", told[-1]))
    blocks = [_block(block, marks) for block in document.blocks]
    size = tag("w:pgSz", {"w:w": str(_WIDE), "w:h": str(_HIGH)})
    sides = dict.fromkeys(("w:top", "w:right", "w:bottom", "w:left"), str(_MARGIN))
    margins = tag("w:pgMar", {**sides, "w:header": "720", "w:footer": "720", "w:gutter": "0"})
    foot = tag("w:footerReference", {"w:type": "default", "r:id": f"r{_PARTS.index('footer') + 1}"})
    turned = [tag("w:bidi")] if get_language_bidi() else []
    end = tag("w:sectPr", None, foot, size, margins, *turned)
    behind = [tag("w:p")] if document.blocks and isinstance(document.blocks[-1], Table) else []  # Word asks for one
    return tag("w:document", {**_W, "xmlns:r": _OFFICE}, tag("w:body", None, *front, *blocks, *behind, end))


def _block(block: Block, marks: count[int]) -> Markup:
    match block:
        case Heading(text, level, mark):
            return _paragraph(f"Heading{level}", text, mark=(mark, next(marks)) if mark else None)
        case Text(text, lead, aside):
            return _paragraph("Lead" if lead else "Aside" if aside else "BodyText", text)
        case Quote(text, origin):
            quote = [_paragraph("Quote", text)] if text else []
            return joined([*quote, _paragraph("Source", origin)])
        case Speech(who, when, text):
            return joined([_paragraph("Speaker", f"{who} ({when})"), _paragraph("BodyText", text)])
        case Items(texts):
            return joined(_paragraph("ListBullet", text) for text in texts)
        case Table():
            return joined([_paragraph("Caption", block.caption), _table(block)])


def _paragraph(style: str, text: str, *, mark: tuple[str, int] | None = None) -> Markup:
    """`mark`: a name and number under which the paragraph can be found."""
    right = from_the_right(text)
    edge = [docx_look.edge("right")] if right and style in docx_look.EDGED else []
    about = tag("w:pPr", None, tag("w:pStyle", {"w:val": style}), *edge, *([tag("w:bidi")] if right else []))
    turned = tag("w:rPr", None, tag("w:rtl")) if right else Markup()
    lines: list[Markup] = []
    for at, line in enumerate(text.split("\n")):
        words = tag("w:t", {"xml:space": "preserve"}, line) if line else Markup()
        lines.append(joined([tag("w:br"), words] if at else [words]))
    run = tag("w:r", None, turned, *lines) if text else Markup()
    if mark is not None:
        name, number = mark[0].replace("-", "_"), {"w:id": str(mark[1])}
        run = joined([tag("w:bookmarkStart", {**number, "w:name": name}), run, tag("w:bookmarkEnd", number)])
    return tag("w:p", None, about, run)


def _table(table: Table) -> Markup:
    figures = len(table.head) - 1
    wide = [_WIDE - 2 * _MARGIN - figures * _FIGURE, *[_FIGURE] * figures]
    turned = [tag("w:bidiVisual")] if get_language_bidi() else []
    look = {"w:firstRow": "1", "w:lastRow": "0", "w:firstColumn": "1", "w:lastColumn": "0", "w:noHBand": "1"}
    about = tag(
        "w:tblPr",
        None,
        tag("w:tblStyle", {"w:val": "Figures"}),
        *turned,
        tag("w:tblW", {"w:w": str(sum(wide)), "w:type": "dxa"}),
        tag("w:tblLayout", {"w:type": "fixed"}),
        tag("w:tblLook", {"w:val": "04A0", **look, "w:noVBand": "1"}),
        tag("w:tblCaption", {"w:val": table.caption}),
        tag("w:tblDescription", {"w:val": read_aloud(table)}),
    )
    grid = tag("w:tblGrid", None, *(tag("w:gridCol", {"w:w": str(each)}) for each in wide))
    rows = [_row(row, wide, head=not at) for at, row in enumerate((table.head, *table.rows))]
    return tag("w:tbl", None, about, grid, *rows)


def _row(row: tuple[str, ...], wide: list[int], *, head: bool) -> Markup:
    about = tag("w:trPr", None, tag("w:cantSplit"), *([tag("w:tblHeader")] if head else []))
    cells = []
    for at, (text, width) in enumerate(zip(row, wide, strict=True)):
        style = ("TableHead" if head else "TableText") if not at else ("FigureHead" if head else "Figure")
        size = tag("w:tcPr", None, tag("w:tcW", {"w:w": str(width), "w:type": "dxa"}))
        cells.append(tag("w:tc", None, size, _paragraph(style, text)))
    return tag("w:tr", None, about, *cells)


def _foot(document: Document) -> Markup:
    """What the text is, and the page's number, at the foot of every page."""

    def field(name: str) -> Markup:
        return tag("w:fldSimple", {"w:instr": name}, tag("w:r", None, tag("w:t", None, "1")))

    def said(text: str) -> Markup:
        return tag("w:r", None, tag("w:t", {"xml:space": "preserve"}, text))

    about = tag("w:pPr", None, tag("w:pStyle", {"w:val": "Footer"}), *([tag("w:bidi")] if get_language_bidi() else []))
    before, _middle, after = _("Page %(page)s of %(all)s").partition("%(page)s")
    between, _middle, end = after.partition("%(all)s")
    state = joined([said(document.state), tag("w:r", None, tag("w:tab"))])
    pages = [said(before), field("PAGE"), said(between), field("NUMPAGES"), *([said(end)] if end else [])]
    return tag("w:p", None, about, state, *pages)
