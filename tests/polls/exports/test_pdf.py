from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation
from pypdf import PdfReader

from polls.exports.outcome import Cell, Clause, Ground, Outcome, Reservation
from polls.exports.outline import document
from polls.exports.pdf import drawn
from polls.exports.script import from_the_right
from polls.exports.sheet import Sheet, needs_shaping

CLAUSE = Clause(
    1,
    "Nous revenons, à l’heure dite.",
    (Ground("نريد أن نُسمع بلغتنا", "Said by a speaker"), Ground("Мы хотим", "An idea")),
    6,
    0,
    0,
    1,
    2,
    (Cell("Youth", 6, 0, 0, 1),),
    None,
    (Reservation("Who *pays*?", "Reservation"),),
)
OUTCOME = Outcome(
    "Event",
    "Hall",
    "What we promise",
    "We met.\n\nWe listened.",
    None,
    None,
    "",
    (CLAUSE,),
    (("Ideas", 3),),
    (),
    datetime(2026, 11, 22, 1, 30, tzinfo=UTC),
)


def letters_of(file: bytes) -> set[str]:
    """The letters that a reader can copy out of the file, by the tables that stand beside its fonts."""
    codes = re.findall(rb"^<[0-9A-F]+> <([0-9A-F]+)>$", file, re.MULTILINE)
    return {letter for code in codes for letter in bytes.fromhex(code.decode()).decode("utf-16-be")}


def test_the_outcome_is_a_pdf() -> None:
    file = drawn(document(OUTCOME))
    assert file.startswith(b"%PDF-")
    assert file.rstrip().endswith(b"%%EOF")


def test_what_libraries_read_as_the_number_of_pages_stands_in_a_clause_as_it_was_written() -> None:
    told = replace(CLAUSE, text="Not {nb} of us.", reservations=(Reservation("{nb}?", "Reservation"),))
    [page] = PdfReader(io.BytesIO(drawn(document(replace(OUTCOME, clauses=(told,)))))).pages
    words = page.extract_text()
    assert "Not {nb} of us." in words
    assert "{nb}?" in words
    assert "1 / 1" in words


@pytest.fixture
def sheet() -> Iterator[Sheet]:
    with closing(Sheet("What we promise", "A draft.")) as found:
        found.style()
        yield found


def test_accents_cyrillic_and_arabic_are_in_the_font(sheet: Sheet) -> None:
    text = "Àéîõü ñ ł ğ ţ Мы хотим نريد أن نُسمع שלום Ελλάδα “” — …"
    assert sheet.drawable(text) == text
    assert set("à’Мыхотимنريد") <= letters_of(drawn(document(OUTCOME)))


@pytest.mark.parametrize(
    ("text", "right"), [("نريد", True), ("שלום", True), ("(12) نريد", True), ("Peace نريد", False), ("12", False)]
)
def test_a_line_is_written_from_the_side_where_its_script_begins(text: str, right: bool) -> None:
    assert from_the_right(text) is right


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("和平与正义。我们要和平。", "[not drawn here]"),
        ("हम शांति चाहते हैं", "[not drawn here]"),
        ("Peace, 和平，现在！ now", "Peace, [not drawn here] now"),
        ("和平 in 2020 和平", "[not drawn here] in 2020 [not drawn here]"),
        ("co\U000e0020operate", "cooperate"),
        ("和平\n和平", "[not drawn here]\n[not drawn here]"),
    ],
)
def test_what_the_font_lacks_is_told_in_words(sheet: Sheet, text: str, written: str) -> None:
    assert sheet.drawable(text) == written


def test_a_text_the_font_can_not_draw_says_so_on_the_first_page() -> None:
    assert set("[]drawnhe") <= letters_of(drawn(document(replace(OUTCOME, title="和平"))))


@pytest.mark.parametrize(
    ("text", "shaped"), [("Peace, naïve; Мир", False), ("نريد", True), ("e\u0323", True), ("", False)]
)
def test_only_scripts_that_need_it_are_shaped(text: str, shaped: bool) -> None:
    assert needs_shaping(text) is shaped


def test_lines_hold_all_words_in_their_order_and_none_is_too_wide(sheet: Sheet) -> None:
    text = " ".join(["We", "promise", "to", "come", "back", "Averylongword" * 30] * 20)
    lines = list(sheet.broken(text, 100))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(sheet.get_string_width(line) <= 100.01 for line in lines)
    assert list(sheet.broken("", 100)) == [""]


def test_thirty_nine_groups_told_of_together_are_drawn() -> None:
    label = ", ".join(f"A group with a long name, number {n}" for n in range(39)) + " and no group together"
    folded = replace(CLAUSE, cells=(Cell(label * 4, 6, 0, 0, 1),))
    assert drawn(document(replace(OUTCOME, clauses=(folded,)))).count(b"/Type /Page\n") > 1


def test_a_statement_of_forty_clauses_is_drawn_in_seconds() -> None:
    clauses = tuple(replace(CLAUSE, number=n, text="We come back. " * 140) for n in range(1, 41))
    began = time.thread_time()
    drawn(document(replace(OUTCOME, clauses=clauses)))
    assert time.thread_time() - began < 5


def test_the_file_is_tagged_in_reading_order_with_bookmarks_title_and_language() -> None:
    with translation.override("fr"):
        file = drawn(document(OUTCOME))
    found = PdfReader(io.BytesIO(file))
    root: Any = found.trailer["/Root"]
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("fr", True)
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert found.metadata is not None
    assert found.metadata.title == "What we promise"
    kinds = [piece["/S"] for piece in root["/StructTreeRoot"]["/K"][0]["/K"]]
    assert kinds[:3] == ["/H1", "/P", "/P"]
    assert kinds.count("/H2") == 2
    titles: list[Any] = found.outline
    assert titles[0]["/Title"] == "What we promise"


def test_what_is_tagged_is_all_there_is_and_every_piece_is_on_its_page() -> None:
    clauses = tuple(replace(CLAUSE, number=n, text="We come back. " * 140) for n in range(1, 6))
    found = PdfReader(io.BytesIO(drawn(document(replace(OUTCOME, clauses=clauses)))))
    root: Any = found.trailer["/Root"]
    numbers: Any = root["/StructTreeRoot"]["/ParentTree"]["/Nums"]
    named = dict(zip(numbers[::2], numbers[1::2], strict=True))
    assert len(found.pages) > 2
    for page in found.pages:
        content = page.get_contents()
        assert content is not None
        marked = [int(number) for number in re.findall(rb"/MCID (\d+)>> BDC", content.get_data())]
        assert marked == list(range(len(named[page["/StructParents"]])))
        assert content.get_data().count(b" Tj") + content.get_data().count(b"TJ") >= len(marked)


def pieces(file: bytes, kind: str) -> list[Any]:
    """The pieces of a kind, in the order in which they are read, wherever they stand."""

    def within(piece: Any) -> Iterator[Any]:
        yield piece
        for each in piece.get("/K", []):
            if not isinstance(each, int):
                yield from within(each.get_object())

    root: Any = PdfReader(io.BytesIO(file)).trailer["/Root"]
    return [each for each in within(root["/StructTreeRoot"]["/K"][0].get_object()) if each["/S"] == f"/{kind}"]


def test_tables_have_rows_with_heads_lists_have_items_and_quotes_stand_apart() -> None:
    file = drawn(document(replace(OUTCOME, signed=("The Union of Salt Carriers", "Ann"))))
    support = pieces(file, "Table")[0]
    assert [each["/S"] for each in support["/K"]] == ["/Caption", "/TR", "/TR", "/TR"]
    head, youth, _everybody = support["/K"][1:]
    assert [(each["/S"], each["/A"]["/Scope"]) for each in head["/K"]] == [("/TH", "/Column")] * 5
    assert [each["/S"] for each in youth["/K"]] == ["/TH", *["/TD"] * 4]
    assert youth["/K"][0]["/A"]["/Scope"] == "/Row"
    [listed] = pieces(file, "L")
    assert [[each["/S"] for each in item["/K"]] for item in listed["/K"]] == [["/LBody"], ["/LBody"]]
    assert len(pieces(file, "BlockQuote")) == 3
    for each in (*pieces(file, "TD"), *pieces(file, "TH"), *pieces(file, "LBody")):
        assert each["/Pg"]["/Type"] == "/Page"
        assert each["/K"], "each holds its words"


def test_what_columns_are_called_stands_in_its_column() -> None:
    """In as many lines as it takes."""
    with closing(Sheet("", "")) as found:
        found.style(10, bold=True)
        assert found._figure("Can live with it") == ["Can live", "with it"]
        assert found.row_height("Group", "Can live with it") == pytest.approx(2 * found.font_size * 1.45)


def test_a_table_that_goes_on_is_headed_anew_and_read_once() -> None:
    groups = tuple(
        Cell(f"Group {n} of those who came a long way and speak for many others", 6, 0, 0, 1) for n in range(80)
    )
    file = drawn(document(replace(OUTCOME, clauses=(replace(CLAUSE, cells=groups),))))
    found = PdfReader(io.BytesIO(file))
    assert sum("Can live" in page.extract_text() for page in found.pages) > 1
    assert len([each for each in pieces(file, "TH") if each["/A"]["/Scope"] == "/Column"]) == 5 + 2
    for each in pieces(file, "TR"):
        assert len(each["/K"]) in (2, 5)


def test_a_long_outcome_runs_over_pages() -> None:
    long = replace(OUTCOME, clauses=tuple(replace(CLAUSE, number=n, text="We come back. " * 40) for n in range(1, 31)))
    assert drawn(document(long)).count(b"/Type /Page\n") > 5
