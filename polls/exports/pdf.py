"""A document as a PDF, made in Python alone."""

from __future__ import annotations

from contextlib import closing

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from polls.exports.document import Block, Document, Heading, Items, Quote, Speech, Table, Text
from polls.exports.sheet import BODY_PT, INK, SMALL_PT, SOFT, Sheet, not_drawn


def drawn(document: Document, title: str = "") -> bytes:
    """The whole document as a PDF file, in the language that is on. `title`: what a reader's window is called, if not as the
    document."""
    with closing(Sheet(title or document.title, document.state, get_language() or "en")) as sheet:
        _front(sheet, document)
        for block in document.blocks:
            _block(sheet, block)
        return bytes(sheet.output())


def _front(sheet: Sheet, document: Document) -> None:
    sheet.head(document.title, 18, level=0, space=2)
    sheet.style(SMALL_PT, SOFT)
    sheet.say(document.where, space=0)
    sheet.say(document.state, space=0)
    if document.hash:
        sheet.say(f"SHA-256: {document.hash}", space=0)
    everything = document.texts
    if sheet.drawable(everything) != everything:
        sheet.style(SMALL_PT, bold=True)
        words = {"words": not_drawn()}
        sheet.say(
            _('This PDF\'s font lacks some letters. Where "%(words)s" stands, read the HTML file, which shows them.')
            % words,
            space=0,
        )
    sheet.ln(4)


def _block(sheet: Sheet, block: Block) -> None:
    sheet.style()
    match block:
        case Heading(text, level):
            sheet.ln(4 if level == 1 else 1)
            sheet.head(text, 13 if level == 1 else BODY_PT, level=level)
        case Text(text, lead, aside):
            sheet.style(SMALL_PT if aside else BODY_PT + lead, SOFT if aside else INK)
            sheet.say(text, space=3)
        case Quote(text, origin):
            with sheet.tagged("BlockQuote"):
                if text:
                    sheet.say(text, indent=6, space=0)
                sheet.style(SMALL_PT, SOFT)
                sheet.say(origin, indent=6)
        case Speech(who, when, text):
            sheet.keep_together(12)
            sheet.style(SMALL_PT + 1, bold=True)
            sheet.say(f"{who} ({when})", space=0.5)
            sheet.style()
            sheet.say(text, space=3)
        case Items(texts):
            with sheet.tagged("L"):
                for each in texts:
                    with sheet.tagged("LI"):
                        sheet.say(each, indent=6, kind="LBody")
        case Table():
            with sheet.tagged("Table"):
                sheet.style(SMALL_PT, SOFT)
                sheet.say(block.caption, space=0, kind="Caption")
                _head(sheet, block)
                for row in block.rows:
                    if sheet.will_page_break(sheet.row_height(*row)):
                        sheet.add_page()
                        _head(sheet, block, again=True)
                    sheet.row(*row)
            sheet.ln(3)


def _head(sheet: Sheet, table: Table, *, again: bool = False) -> None:
    sheet.style(SMALL_PT, bold=True)
    sheet.row(*table.head, head=True, again=again)
    sheet.style(SMALL_PT + 1)
