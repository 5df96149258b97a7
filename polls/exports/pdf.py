"""The outcome as a PDF, made in Python alone, with a font of our own: Latin, Greek, Cyrillic, Arabic, Hebrew and more."""

from __future__ import annotations

import unicodedata
from contextlib import closing
from pathlib import Path

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, TableCellFillMode, XPos, YPos
from fpdf.fonts import TTFFont

from polls.exports.outcome import Clause, Outcome

FONTS = Path(__file__).resolve().parent.parent.parent / "frontend" / "fonts"
BODY_PT, SMALL_PT, LINE_MM = 11, 9, 6
_INK, _SOFT, _LINE, _ACCENT = (29, 27, 24), (92, 86, 77), (226, 219, 207), (11, 95, 91)


class Sheet(FPDF):
    """A4 pages with the outcome's state and a page number at the foot."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(format="A4")
        self.outcome = outcome
        self.add_font("text", fname=FONTS / "DejaVuSans.ttf")
        self.add_font("text", style="B", fname=FONTS / "DejaVuSans-Bold.ttf")
        self.set_text_shaping(True)
        self.set_margin(22)
        self.set_auto_page_break(True, margin=22)
        self.set_title(outcome.title)
        self.set_creator("deliberate")
        self.add_page()

    def close(self) -> None:
        """Close the font files, which fpdf2 keeps open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def letters(self) -> set[int]:
        """The code points that the font can draw."""
        font = self.fonts["text"]
        return set(font.cmap) if isinstance(font, TTFFont) else set()

    def footer(self) -> None:
        self.set_y(-16)
        self.style(SMALL_PT, _SOFT)
        self.cell(0, 5, self.outcome.state)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align=Align.R)

    def style(self, size: int = BODY_PT, colour: tuple[int, int, int] = _INK, bold: bool = False) -> None:
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(*colour)

    def say(self, text: str, *, indent: float = 0, space: float = 2) -> None:
        """Write lines of text in the current style, from the side where its script begins; then `space` millimetres."""
        height = self.font_size * 1.45
        for line in text.split("\n"):
            self.set_x(self.l_margin + indent)
            align = Align.R if from_the_right(line) else Align.L
            self.multi_cell(self.epw - indent, height, line or " ", align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(space)

    def head(self, text: str, size: int = 13, space: float = 1) -> None:
        """A heading that is not left behind at the foot of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.style(size, _ACCENT, bold=True)
        self.say(text, space=space)
        self.style()


def from_the_right(text: str) -> bool:
    """Whether a line's first letter is of a script written from the right."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def lacking(font: set[int], text: str) -> bool:
    """Whether `text` has letters that the font can't draw."""
    return any(ord(letter) not in font and letter.isprintable() and not letter.isspace() for letter in text)


def drawn(outcome: Outcome) -> bytes:
    """The whole outcome as a PDF file."""
    with closing(Sheet(outcome)) as sheet:
        _front(sheet, outcome)
        for clause in outcome.clauses:
            _clause(sheet, clause)
        sheet.head(_("How it came about"))
        for label, figure in (*outcome.groups, *outcome.process):
            sheet.say(f"{label}: {figure}", space=0)
        return bytes(sheet.output())


def _front(sheet: Sheet, outcome: Outcome) -> None:
    sheet.style(18, bold=True)
    sheet.say(outcome.title)
    sheet.style(SMALL_PT, _SOFT)
    sheet.say(f"{outcome.event}, {outcome.room}", space=0)
    sheet.say(outcome.state, space=0)
    if outcome.hash:
        sheet.say(f"SHA-256: {outcome.hash}", space=0)
    if lacking(sheet.letters(), _everything(outcome)):
        sheet.style(SMALL_PT, bold=True)
        sheet.say(_("This PDF's font lacks some letters of the text. The HTML file shows them all."), space=0)
    sheet.ln(4)
    sheet.style()
    if outcome.preamble:
        sheet.say(outcome.preamble, space=4)


def _clause(sheet: Sheet, clause: Clause) -> None:
    sheet.head(_("Clause %(number)d") % {"number": clause.number})
    sheet.style(BODY_PT + 1)
    sheet.say(clause.text, space=3)
    _support(sheet, clause)
    if clause.reservations:
        sheet.head(_("Reservations"), BODY_PT)
        for reservation in clause.reservations:
            sheet.say(reservation, indent=6)
    if clause.grounds:
        sheet.head(_("What it rests on"), BODY_PT)
        for ground in clause.grounds:
            if ground.quote:
                sheet.style()
                sheet.say(ground.quote, indent=6, space=0)
            sheet.style(SMALL_PT, _SOFT)
            sheet.say(ground.origin, indent=6)
    sheet.ln(4)


def _support(sheet: Sheet, clause: Clause) -> None:
    sheet.style(SMALL_PT + 1)
    rows = [(cell.groups, cell.support, cell.oppose) for cell in clause.cells]
    rows.append((_("Everybody"), clause.support, clause.oppose))
    sheet.set_draw_color(*_LINE)
    with sheet.table(
        col_widths=(6, 1, 1),
        text_align=(Align.L, Align.R, Align.R),
        borders_layout="HORIZONTAL_LINES",
        cell_fill_mode=TableCellFillMode.NONE,
        line_height=LINE_MM,
    ) as table:
        table.row((_("Group"), _("Support"), _("Oppose")))
        for groups, support, oppose in rows:
            table.row((groups, str(support), str(oppose)))
    if clause.earlier:
        sheet.say(_("%(n)d of them chose before it was reworded.") % {"n": clause.earlier}, space=0)
    sheet.ln(3)


def _everything(outcome: Outcome) -> str:
    said = [ground.quote + ground.origin for clause in outcome.clauses for ground in clause.grounds]
    own = [clause.text + "".join(clause.reservations) for clause in outcome.clauses]
    cells = [cell.groups for clause in outcome.clauses for cell in clause.cells]
    return "".join([outcome.title, outcome.event, outcome.room, outcome.preamble, *own, *said, *cells])
