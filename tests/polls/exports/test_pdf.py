from __future__ import annotations

import re
from contextlib import closing
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
OUTCOME = Outcome(
    "Event", "Hall", "What we promise", "We met.\n\nWe listened.", None, None, "", (CLAUSE,), (("Ideas", 3),), ()
)


def letters_of(file: bytes) -> set[str]:
    """The letters that a reader can copy out of the file, by the tables that stand beside its fonts."""
    codes = re.findall(rb"^<[0-9A-F]+> <([0-9A-F]+)>$", file, re.MULTILINE)
    return {letter for code in codes for letter in bytes.fromhex(code.decode()).decode("utf-16-be")}


def test_the_outcome_is_a_pdf() -> None:
    file = drawn(OUTCOME)
    assert file.startswith(b"%PDF-")
    assert file.rstrip().endswith(b"%%EOF")


def test_accents_cyrillic_and_arabic_are_in_the_font() -> None:
    with closing(Sheet(OUTCOME)) as sheet:
        assert not lacking(sheet.letters(), "Àéîõü ñ ł ğ ţ Мы хотим نريد أن نُسمع שלום Ελλάδα “” — …")
    assert set("à’Мыхотимنريد") <= letters_of(drawn(OUTCOME))


@pytest.mark.parametrize(
    ("text", "right"), [("نريد", True), ("שלום", True), ("(12) نريد", True), ("Peace نريد", False), ("12", False)]
)
def test_a_line_is_written_from_the_side_where_its_script_begins(text: str, right: bool) -> None:
    assert from_the_right(text) is right


def test_a_text_the_font_can_not_draw_says_so_and_is_drawn_all_the_same() -> None:
    with closing(Sheet(OUTCOME)) as sheet:
        assert lacking(sheet.letters(), "和平")
    assert "L" in letters_of(drawn(replace(OUTCOME, title="和平"))) - letters_of(drawn(OUTCOME))


def test_a_long_outcome_runs_over_pages() -> None:
    long = replace(OUTCOME, clauses=tuple(replace(CLAUSE, number=n, text="We come back. " * 40) for n in range(1, 31)))
    assert drawn(long).count(b"/Type /Page\n") > 5
