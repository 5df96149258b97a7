"""A4 pages to write lines of text on, with a font of our own: Latin, Greek, Cyrillic, Arabic, Hebrew and more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont

FONTS = Path(__file__).resolve().parent.parent.parent / "frontend" / "fonts"
BODY_PT, SMALL_PT, FIGURE_MM = 11, 9, 24
_INK, SOFT, _LINE, _ACCENT = (29, 27, 24), (92, 86, 77), (226, 219, 207), (11, 95, 91)
#: Letters the font lacks, with the spaces and signs between them: see `Sheet.drawable`.
_LACKING = re.compile("x(?:[x ]*x)?")


class Sheet(FPDF):
    """`foot` stands at the foot of every page, beside its number."""

    def __init__(self, title: str, foot: str) -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.add_font("text", fname=FONTS / "DejaVuSans.ttf")
        self.add_font("text", style="B", fname=FONTS / "DejaVuSans-Bold.ttf")
        self.letters = frozenset(self._cmap())
        self._widths: dict[tuple[bool, str, float, str], float] = {}
        self.set_margin(22)
        self.set_auto_page_break(True, margin=22)
        self.set_title(title)
        self.set_creator("deliberate")
        self.set_draw_color(*_LINE)
        self.add_page()

    def _cmap(self) -> set[int]:
        font = self.fonts["text"]
        return set(font.cmap) if isinstance(font, TTFFont) else set()

    def close(self) -> None:
        """Close the font files, which fpdf2 keeps open."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def footer(self) -> None:
        shaping = self.text_shaping
        self.set_y(-16)
        self.style(SMALL_PT, SOFT)
        self._direct(self.foot)
        self.cell(0, 5, self.drawable(self.foot))
        self.set_text_shaping(False)
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align=Align.R)
        self.text_shaping = shaping

    def style(self, size: int = BODY_PT, colour: tuple[int, int, int] = _INK, bold: bool = False) -> None:
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(*colour)

    def say(self, text: str, *, indent: float = 0, less: float = 0, space: float = 2) -> None:
        """Write lines of text in the current style, from the side where its script begins; then `space` millimetres.

        `indent` and `less`: millimetres left free at the left and at the right."""
        height, width = self.font_size * 1.45, self.epw - indent - less
        for paragraph in self.drawable(text).split("\n"):
            align = Align.R if self._direct(paragraph) else Align.L
            for line in self.broken(paragraph, width - 2 * self.c_margin):
                self.set_x(self.l_margin + indent)
                self.cell(width, height, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(space)

    def head(self, text: str, size: int = 13, space: float = 1) -> None:
        """A heading that is not left behind at the foot of a page."""
        if self.will_page_break(24):
            self.add_page()
        self.style(size, _ACCENT, bold=True)
        self.say(text, space=space)
        self.style()

    def row(self, label: str, *figures: str) -> None:
        """A label on as many lines as it takes, figures at the end of the first, and a hairline under it."""
        if self.will_page_break(self.font_size * 1.45):
            self.add_page()
        top = self.y
        self.set_text_shaping(False)
        for place, figure in enumerate(reversed(figures), start=1):
            self.set_xy(self.w - self.r_margin - place * FIGURE_MM, top)
            self.cell(FIGURE_MM, self.font_size * 1.45, self.drawable(figure), align=Align.R)
        self.set_xy(self.l_margin, top)
        self.say(label, less=len(figures) * FIGURE_MM, space=0)
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)

    def drawable(self, text: str) -> str:
        """The text with words in the place of letters that the font lacks; invisible ones that it lacks are left out."""
        if self.letters.issuperset(map(ord, text.replace("\n", ""))):
            return text
        seen = "".join(
            letter
            for letter in text
            if letter == "\n" or unicodedata.category(letter) != "Cf" or ord(letter) in self.letters
        )
        mask = "".join(map(self._kind, seen))
        written, last = "", 0
        for found in _LACKING.finditer(mask):
            written += seen[last : found.start()] + not_drawn()
            last = found.end()
        return written + seen[last:]

    def _kind(self, letter: str) -> str:
        """ "x" for a letter that the font lacks, "o" for one it has, " " for what stands between letters, or a new line."""
        if letter == "\n":
            return letter
        if ord(letter) not in self.letters and not letter.isspace():
            return "x"
        return "o" if letter.isalnum() else " "

    def _direct(self, text: str) -> bool:
        """Let the shaping engine write what follows only where the script needs it: it is slow. Says whether the text is
        written from the right."""
        right = from_the_right(text)
        self.set_text_shaping(needs_shaping(text), direction="rtl" if right else "ltr")
        return right

    def broken(self, text: str, width: float) -> Iterator[str]:
        """The lines of a paragraph, as many words on each as `width` millimetres hold. fpdf2's own breaking measures a
        whole line for each of its letters."""
        line, used, space = "", 0.0, self._width(" ")
        for word in text.split(" "):
            for piece in [word] if self._width(word) <= width else self._cut(word, width):
                wide = self._width(piece)
                if line and used + space + wide > width:
                    yield line
                    line, used = piece, wide
                else:
                    line, used = (f"{line} {piece}", used + space + wide) if line else (piece, wide)
        yield line

    def _cut(self, word: str, width: float) -> Iterator[str]:
        """A word that no line holds, in pieces that one does."""
        piece, used = "", 0.0
        for letter in word:
            wide = self._width(letter)
            if piece and used + wide > width and not unicodedata.combining(letter):
                yield piece
                piece, used = "", 0.0
            piece, used = piece + letter, used + wide
        yield piece

    def _width(self, word: str) -> float:
        key = (self.text_shaping is not None, self.font_style, self.font_size_pt, word)
        found = self._widths.get(key)
        if found is None:
            found = self._widths[key] = self.get_string_width(word)
        return found


def not_drawn() -> str:
    """What stands in a PDF where its font lacks the letters."""
    return _("[not drawn here]")


def from_the_right(text: str) -> bool:
    """Whether a line's first letter is of a script written from the right."""
    for letter in text:
        direction = unicodedata.bidirectional(letter)
        if direction in ("L", "R", "AL"):
            return direction != "L"
    return False


def needs_shaping(text: str) -> bool:
    """Whether letters take their form or place from their neighbours: written from the right, with marks, with joiners."""
    return not text.isascii() and any(
        unicodedata.category(letter) in ("Mn", "Mc", "Me", "Cf")
        or unicodedata.bidirectional(letter) in ("R", "AL", "AN")
        for letter in set(text)
    )
