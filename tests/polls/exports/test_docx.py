"""A DOCX as python-docx and a strict reader of XML find it."""

from __future__ import annotations

import io
import re
import zipfile

import docx
from django.utils import translation
from docx.document import Document as Read
from docx.oxml.ns import qn

from polls.exports.document import Document
from polls.exports.docx import written
from tests.polls.exports.documents import ARABIC, HOSTILE, document


def read(source: Document) -> Read:
    return docx.Document(io.BytesIO(written(source)))


def styled(found: Read) -> list[tuple[str, str]]:
    return [(paragraph.style.name, paragraph.text) for paragraph in found.paragraphs if paragraph.style is not None]


def test_headings_lists_and_quotes_are_of_word_s_own_styles() -> None:
    found = styled(read(document()))
    for each in (
        ("Title", "What we promise"),
        ("Heading 1", "Clause 1"),
        ("Clause", "We come back."),
        ("Caption", "Support of clause 1"),
        ("Heading 2", "Reservations"),
        ("List Bullet", "Who pays?"),
        ("Quote", "the second visit"),
        ("Source of a quote", "Said by a speaker"),
        ("Speaker", "Zoe (14:05)"),
    ):
        assert each in found
    assert [text for _style, text in found if not text] == [], "no empty paragraph stands for space"


def test_the_file_names_its_title_and_its_language() -> None:
    with translation.override("fr"):
        found = read(document())
    about = found.core_properties
    assert (about.title, about.subject, about.language) == ("What we promise", "Just governance, Hall", "fr")
    (spoken,) = found.styles.element.xpath("w:docDefaults//w:lang")
    assert spoken.get(qn("w:val")) == "fr"


def test_a_table_has_a_header_row_a_name_and_a_description() -> None:
    (table,) = read(document()).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["Group", "Support", "Oppose"],
        ["Youth", "6", "1"],
        ["Everybody", "9", "1"],
    ]
    heads = [bool(row._tr.xpath("w:trPr/w:tblHeader")) for row in table.rows]
    assert heads == [True, False, False]
    told = {tag: table._tbl.xpath(f"w:tblPr/w:{tag}")[0].get(qn("w:val")) for tag in ("tblCaption", "tblDescription")}
    assert told["tblCaption"] == "Support of clause 1"
    assert told["tblDescription"] == "A table with 2 rows below its head. Columns: Group, Support, Oppose."


def test_a_paragraph_stands_at_the_side_where_its_script_begins() -> None:
    right = {p.text: bool(p._p.xpath("w:pPr/w:bidi")) for p in read(document()).paragraphs}
    assert (right[ARABIC], right["We come back."]) == (True, False)


def test_words_are_words_whatever_they_look_like() -> None:
    source = document(extra=HOSTILE)
    found = read(source)
    texts = [text for _style, text in styled(found)]
    texts += [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    for words in HOSTILE:
        # A heading, a text, a quote and its origin, what was said, an item, a caption and four cells.
        assert texts.count(words) == 11, words
    archive = zipfile.ZipFile(io.BytesIO(written(source)))
    for name in archive.namelist():
        content = archive.read(name).decode()
        fields = re.findall(r'w:instr="([^"]*)"', content)
        assert fields == (["PAGE", "NUMPAGES"] if name == "word/footer.xml" else [])
        assert not re.search(r"<w:(hyperlink|instrText|object|altChunk)|TargetMode", content), name


def test_the_same_document_is_the_same_file() -> None:
    assert written(document()) == written(document())
