from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from polls.exports.markup import Markup, escaped, file, joined, packed, tag

ANYTHING = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>&\"'\x00\x0b\ufffe\r]"))


@given(ANYTHING)
def test_every_text_is_read_back_as_it_was_but_for_letters_that_xml_lacks(text: str) -> None:
    root = etree.fromstring(file(tag("a", None, text)))
    assert (root.text or "", len(root)) == (letters_of_xml(text), 0)


@given(ANYTHING)
def test_a_value_of_an_attribute_stays_inside_it(text: str) -> None:
    root = etree.fromstring(file(tag("a", {"b": text})))
    assert list(root.attrib) == ["b"]
    assert root.get("b", "").split() == letters_of_xml(text).split()


def letters_of_xml(text: str) -> str:
    return "".join(letter for letter in text if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff"))


def test_markup_stays_markup_and_words_stay_words() -> None:
    assert tag("p", None, "1 < 2", tag("br")) == "<p>1 &lt; 2<br/></p>"
    assert joined(["<", tag("b")]) == "&lt;<b/>"
    assert isinstance(escaped("a"), Markup)


def test_files_of_equal_content_are_equal_and_the_kind_stands_first_as_it_is() -> None:
    made = [packed([("a.xml", b"x" * 99), ("b/c.xml", b"y")], kind=b"some/thing") for _time in range(2)]
    assert made[0] == made[1]
    archive = zipfile.ZipFile(io.BytesIO(made[0]))
    assert archive.namelist() == ["mimetype", "a.xml", "b/c.xml"]
    assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
    assert made[0][38:48] == b"some/thing"  # where programs look: OpenDocument 1.3, part 2, section 3.3
