"""A4 pages to write lines of text on, with a font of our own: Latin, Greek, Cyrillic, Arabic, Hebrew and more.

The file is tagged (ISO 32000-1, 14.8): every line belongs to a heading, a paragraph, an item of a list, a quotation or a cell of
a table, in the order in which they are read; headings are bookmarks too, and what stands at the foot of pages, or is drawn
again, is left out of the reading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.utils.translation import gettext as _
from fpdf import FPDF, ViewerPreferences
from fpdf.enums import Align, XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.structure_tree import StructElem

from polls.exports.pieces import Piece, Tree
from polls.exports.script import from_the_right

FONTS = Path(__file__).resolve().parent.parent.parent / "frontend" / "fonts"
BODY_PT, SMALL_PT, FIGURE_MM = 11, 9, 25
INK, SOFT, _LINE, _ACCENT = (29, 27, 24), (92, 86, 77), (226, 219, 207), (11, 95, 91)
#: What stands for the number of all pages until it is known: no text that people write has such letters (tidy).
_ALL_PAGES = "\x01\x01"
#: At the foot: room for the page's number, and from line to line.
_NUMBER_MM, _FOOT_MM = 24, 3.8
#: Letters the font lacks, with the spaces and signs between them: see `Sheet.drawable`.
_LACKING = re.compile("x(?:[x ]*x)?")


class Sheet(FPDF):
    """`foot` stands at the foot of every page, beside its number; `language` is the code of the one it is written in."""

    def __init__(self, title: str, foot: str, language: str = "en") -> None:
        super().__init__(format="A4")
        self.foot = foot
        self.alias_nb_pages(_ALL_PAGES)
        self.struct_builder = Tree()
        self._piece: Piece | None = None
        self.add_font("text", fname=FONTS / "DejaVuSans.ttf")
        self.add_font("text", style="B", fname=FONTS / "DejaVuSans-Bold.ttf")
        self.letters = frozenset(self._cmap())
        self._widths: dict[tuple[bool, str, float, str], float] = {}
        self.set_margin(22)
        self.set_auto_page_break(True, margin=22)
        self.set_title(title)
        self.set_creator("deliberate")
        self.set_lang(language)
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
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
        self._out("/Artifact BMC")
        top, width = self.get_y(), self.epw - _NUMBER_MM
        for number, line in enumerate(self.broken(self.drawable(self.foot), width - 2 * self.c_margin)):
            self.set_xy(self.l_margin, top + number * _FOOT_MM)
            self.cell(width, 5, line)
        self.set_text_shaping(False)
        self.set_xy(self.l_margin, top)
        self.cell(0, 5, f"{self.page_no()} / {_ALL_PAGES}", align=Align.R)
        self._out("EMC")
        self.text_shaping = shaping

    def style(self, size: int = BODY_PT, colour: tuple[int, int, int] = INK, bold: bool = False) -> None:
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(*colour)

    @contextmanager
    def tagged(self, kind: str, attributes: str | None = None) -> Iterator[None]:
        """What is written inside is one piece of the document, or of the piece that is open: a paragraph ("P"), a heading ("H1", "H2"
        ...), a table with its rows and cells. By the names of ISO 32000-1, 14.8.4."""
        before = self._piece
        self._piece = self._begun(kind, before or self.struct_builder.doc_struct_elem, attributes)
        yield
        self._piece = before

    def _begun(self, kind: str, parent: StructElem, attributes: str | None = None) -> Piece:
        piece = Piece(kind, parent, attributes)
        piece.on(self.page, self.pages[self.page])
        parent.k.append(piece)
        return piece

    @contextmanager
    def _line_of(self) -> Iterator[None]:
        """What is written inside is a line, on this page, of the piece that is open."""
        tree, piece = self.struct_builder, self._piece
        if piece is None:
            yield
            return
        if piece.page_number() != self.page and not piece.k:  # a new page began before its first line
            piece.on(self.page, self.pages[self.page])
        elif piece.page_number() != self.page:  # it goes on: the rest of it, on another page
            piece = self._piece = self._begun(str(piece.s)[1:], piece.within(), piece.a)
        place = tree.spid_per_page_number.setdefault(self.page, len(tree.spid_per_page_number))
        self.pages[self.page].struct_parents = place
        of_page = tree.struct_tree_root.parent_tree.nums[place]
        piece.k.append(len(of_page))
        self._out(f"{piece.s} <</MCID {len(of_page)}>> BDC")
        of_page.append(piece)
        yield
        self._out("EMC")

    def say(self, text: str, *, indent: float = 0, less: float = 0, space: float = 2, kind: str = "P") -> None:
        """Write a paragraph in the current style, from the side where its script begins; then `space` millimetres.

        `indent` and `less`: millimetres left free at the left and at the right. `kind`: what piece it is."""
        with self.tagged(kind):
            self._lines(text, indent, less)
        self.ln(space)

    def _lines(self, text: str, indent: float = 0, less: float = 0) -> None:
        height, width = self.font_size * 1.45, self.epw - indent - less
        for paragraph in self.drawable(text).split("\n"):
            align = Align.R if self._direct(paragraph) else Align.L
            for line in self.broken(paragraph, width - 2 * self.c_margin):
                if self.will_page_break(height):
                    self.add_page()
                self.set_x(self.l_margin + indent)
                with self._line_of():
                    self.cell(width, height, line, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def head(self, text: str, size: int = 13, *, level: int = 1, space: float = 1) -> None:
        """A heading and bookmark that is not left behind at the foot of a page; `level` 0 is the title."""
        self.keep_together(24)
        self.style(size, _ACCENT, bold=True)
        self.start_section(" ".join(text.split()), level, strict=False)
        with self.tagged(f"H{level + 1}"):
            self._lines(text)
        self.ln(space)
        self.style()

    def keep_together(self, height: float) -> None:
        """Begin a new page where fewer millimetres are left on this one."""
        if self.will_page_break(height):
            self.add_page()

    def row(self, label: str, *figures: str, head: bool = False, again: bool = False) -> None:
        """A row of the table that is open: a label, figures at the end of its first line, and a hairline under it, all on one page.

        `head`: they are what the columns are called; `again`: which was read already, on an earlier page."""
        self.keep_together(self.row_height(label, *figures))
        if again:
            self._out("/Artifact BMC")
            self._row(label, figures, None)
            self._out("EMC")
        else:
            with self.tagged("TR"):
                self._row(label, figures, "Column" if head else "Row")
        self._out("/Artifact BMC")
        self.line(self.l_margin, self.y, self.w - self.r_margin, self.y)
        self._out("EMC")

    def row_height(self, label: str, *figures: str) -> float:
        """Millimetres that a row takes in the current style."""
        wide = self.epw - len(figures) * FIGURE_MM - 2 * self.c_margin
        long = sum(len(list(self.broken(each, wide))) for each in self.drawable(label).split("\n"))
        return self.font_size * 1.45 * max(long, *(len(self._figure(each)) for each in figures))

    def _figure(self, text: str) -> list[str]:
        return list(self.broken(self.drawable(text), FIGURE_MM - 2 * self.c_margin))

    def _row(self, label: str, figures: tuple[str, ...], scope: str | None) -> None:
        top, page, height = self.y, self.page, self.font_size * 1.45
        with self._cell(scope):
            self._lines(label, less=len(figures) * FIGURE_MM)
        end, top = self.y, top if self.page == page else self.t_margin
        self.set_text_shaping(False)
        for place, figure in enumerate(figures):
            with self._cell(scope if scope == "Column" else scope and ""):
                for number, line in enumerate(self._figure(figure), start=1):
                    self.set_xy(
                        self.w - self.r_margin - (len(figures) - place) * FIGURE_MM, top + (number - 1) * height
                    )
                    with self._line_of():
                        self.cell(FIGURE_MM, height, line, align=Align.R)
                    end = max(end, top + number * height)
        self.set_xy(self.l_margin, end)

    @contextmanager
    def _cell(self, scope: str | None) -> Iterator[None]:
        """A cell of what is read: the head of its column or row, or "" of neither."""
        if scope is None:
            yield
            return
        with self.tagged("TH" if scope else "TD", f"<</O /Table /Scope /{scope}>>" if scope else None):
            yield

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


def needs_shaping(text: str) -> bool:
    """Whether letters take their form or place from their neighbours: written from the right, with marks, with joiners."""
    return not text.isascii() and any(
        unicodedata.category(letter) in ("Mn", "Mc", "Me", "Cf")
        or unicodedata.bidirectional(letter) in ("R", "AL", "AN")
        for letter in set(text)
    )
