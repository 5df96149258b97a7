from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from polls.exports.document import Heading
from polls.exports.markdown import escaped, lines, written
from polls.exports.outcome import outcome
from polls.exports.outline import document
from tests import make
from tests.polls.exports.documents import document as a_document
from tests.polls.exports.rows import plenary
from tests.polls.statements.rows import settled

#: A generous reader: tables, strikethrough, and every bare address as a link.
READER = MarkdownIt("gfm-like", {"linkify": False}).enable("table")
MARKUP = st.text(
    st.sampled_from("ab1 \t*_`~[]()<>#+-=.!|\\&;:/$@^{}\"'") | st.characters(exclude_categories=["Cs", "Cc"])
)


def read(markdown: str) -> str:
    """The text of one paragraph as a reader shows it. Fails where anything but a paragraph was read."""
    shown = READER.render(markdown)
    found = re.fullmatch(r"<p>(.*)</p>\n", shown, re.DOTALL)
    assert found is not None, shown
    assert "<" not in found.group(1), shown
    return html.unescape(found.group(1))


@given(MARKUP)
def test_a_line_is_shown_letter_for_letter(text: str) -> None:
    shown = " ".join(text.split())
    if shown:
        assert read(escaped(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "# Not a heading",
        "1. Not a list",
        "12) Not a list",
        "- Not a list",
        "+ Not a list",
        "> Not a quote",
        "=== not a heading",
        "--- not a rule",
        "*not* _emphasis_ `code` ~~gone~~",
        "[not](http://a.link) ![nor](http://an.image) [^1] <b>bold</b> &amp;",
        "| not | a | table |",
        "$E = mc^2$ \\(x\\)",
        "<script>alert(1)</script>",
        "https://example.org www.example.org me@example.org",
    ],
)
def test_markup_links_and_formulas_are_not_read(text: str) -> None:
    assert read(escaped(text)) == text


@pytest.mark.parametrize("text", ["$x$", "https://example.org", "www.example.org", "WWW.example.org"])
def test_what_only_some_readers_read_is_kept_from_them_too(text: str) -> None:
    assert text not in escaped(text)


def test_line_breaks_stay_and_empty_lines_part_paragraphs() -> None:
    shown = READER.render("\n".join(lines("We met.\nWe listened.\n\n# We promise")))
    assert shown == "<p>We met.<br />\nWe listened.</p>\n<p># We promise</p>\n"


@pytest.mark.parametrize("text", ["Group #", "Group ##", "Group # #", "#", "# #", "C#", "Group \\#"])
def test_a_heading_keeps_what_stands_at_its_end(text: str) -> None:
    page = written(replace(a_document(), title=text, blocks=(Heading(text),)))
    shown = [html.unescape(each) for each in re.findall(r"<h[12]>(.*)</h[12]>", READER.render(page))]
    assert shown == [text, text]


@pytest.mark.django_db
def test_the_outcome_is_one_markdown_text() -> None:
    held = plenary()
    settled(held.drafter)
    room = make.room(held.event)
    text = written(document(outcome(room, None)))
    assert text.startswith("# What we promise\n")
    for line in (
        "## Clause 1",
        "We come back.",
        "> the second visit",
        "> — Said by a speaker",
        "| Everybody | 6 | 0 | 0 | 1 |",
    ):
        assert f"\n{line}\n" in text
    assert "> Who \\*pays\\* for it?" in text
    assert "> Dig \\*wells\\*" in text
    shown = READER.render(text)
    assert shown.count("<table>") == 2
    assert shown.count("<blockquote>") == 4  # a reservation among them
    assert "<em>pays</em>" not in shown
