"""An ODT as odfdo and a strict reader of XML find it."""

from __future__ import annotations

import io
import re
import zipfile

import odfdo
from django.utils import translation
from lxml import etree

from polls.exports.document import Document
from polls.exports.odt import written
from tests.polls.exports.documents import ARABIC, HOSTILE, document


def read(source: Document) -> odfdo.Document:
    return odfdo.Document(io.BytesIO(written(source)))


def test_headings_lists_and_quotes_are_what_they_are() -> None:
    body = read(document()).body
    assert [(int(each.level), each.text_recursive) for each in body.headers] == [(1, "Clause 1"), (2, "Reservations")]
    (items,) = body.get_elements("text:list")
    assert [item.text_recursive.strip() for item in items.get_elements("text:list-item")] == ["Who pays?", "When?"]
    styles = {each.text_recursive: each.style for each in body.paragraphs}
    assert styles["What we promise"] == "Title"
    assert styles["the second visit"] == "Quotations"
    assert styles["Zoe (14:05)"] == "Speaker"
    assert "" not in styles, "no empty paragraph stands for space"


def test_the_file_names_its_title_and_its_language() -> None:
    with translation.override("pt-br"):
        file = written(document())
    found = odfdo.Document(io.BytesIO(file))
    assert (found.meta.title, found.meta.language) == ("What we promise", "pt-br")
    root = etree.fromstring(zipfile.ZipFile(io.BytesIO(file)).read("styles.xml"))
    names = {"style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0"}
    (letters,) = root.xpath("//style:default-style/style:text-properties", namespaces=names)
    fo = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
    assert (letters.get(f"{fo}language"), letters.get(f"{fo}country")) == ("pt", "BR")


def test_a_table_has_header_rows_a_name_and_a_description() -> None:
    (table,) = read(document()).body.tables
    assert [[str(cell) for cell in row] for row in table.get_values()] == [
        ["Group", "Support", "Oppose"],
        ["Youth", "6", "1"],
        ["Everybody", "9", "1"],
    ]
    (heads,) = table.get_elements("table:table-header-rows")
    assert len(heads.get_elements("table:table-row")) == 1
    told = [table.get_elements(f"table:{name}")[0].text for name in ("title", "desc")]
    assert told == ["Support of clause 1", "A table with 2 rows below its head. Columns: Group, Support, Oppose."]


def test_a_paragraph_stands_at_the_side_where_its_script_begins() -> None:
    styles = {each.text_recursive: each.style for each in read(document()).body.paragraphs}
    assert (styles[ARABIC], styles["We come back."]) == ("Text_20_body_right", "Lead")


def test_every_style_that_is_named_is_there() -> None:
    archive = zipfile.ZipFile(io.BytesIO(written(document(extra=(ARABIC,)))))
    content, styles = archive.read("content.xml").decode(), archive.read("styles.xml").decode()
    named = set(re.findall(r'(?:text|table):style-name="([^"]+)"', content + styles))
    assert named <= set(re.findall(r'style:name="([^"]+)"', content + styles))


def test_words_are_words_whatever_they_look_like() -> None:
    source = document(extra=HOSTILE)
    body = read(source).body
    texts = [each.text_recursive for each in (*body.paragraphs, *body.headers)]
    for words in HOSTILE:
        # A heading, a text, a quote and its origin, what was said, an item, a caption and four cells.
        assert texts.count(words) == 11, words
    archive = zipfile.ZipFile(io.BytesIO(written(source)))
    for name in archive.namelist():
        content = archive.read(name).decode()
        assert not re.search(r"<(text:a|draw:|script:|text:script|office:event)|formula=", content), name
        if name.endswith(".xml"):
            etree.fromstring(content.encode())


def test_the_same_document_is_the_same_file() -> None:
    assert written(document()) == written(document())
