"""What every template keeps to: nothing inline that the content security policy forbids, no words that can't be translated."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

TEMPLATES = Path(__file__).parent.parent.parent / "frontend" / "templates"
ALL = {str(path.relative_to(TEMPLATES)): path.read_text() for path in sorted(TEMPLATES.rglob("*.html"))}
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a handler": re.compile(r"<[^>]*\s(?:hx-)?on[a-z:-]+\s*="),
    "a script": re.compile(r"<script\b(?![^>]*\ssrc=)"),
    "an address that is a script": re.compile(r"javascript:"),
}
#: A file that people take away: it holds its own look, and no page of ours shows it.
FILE = "exports/file.html"
#: Names of keys, formats and addresses: the same in every language.
NOT_WORDS = {"Enter", "Esc", "WebVTT", "SHA-256:", "/join/", "HTML", "PDF", "DOCX", "ODT", "Markdown", "Akoma Ntoso"}
NOT_WORDS |= {"SRT", "SubRip (SRT)"}
#: Blocks that stand inside a tag, and so hold attributes.
ATTRIBUTES = ("shell", "body", "columns")
#: Attributes that people read or hear.
READ = r'\s(?:alt|title|placeholder|aria-label|label|data-on|data-over|data-unknown|data-under)="([^"]*)"'
# What a tag of the template language becomes, and what a tag of HTML does: both end a text.
_CODE, _TAG = "\x00", "\x01"
_HTML = re.compile(r'<!--.*?-->|</?[a-zA-Z!\x00](?:"[^"]*"|[^">])*>', re.DOTALL)


def bare(template: str) -> str:
    """The template without what is translated, computed or a comment, and without blocks that hold attributes."""
    kept, until = "", ""
    for token in Lexer(template).tokenize():
        words = token.contents.split()
        if until:
            until = "" if token.token_type is TokenType.BLOCK and words[0] == until else until
        elif token.token_type is TokenType.TEXT:
            kept += token.contents
        elif token.token_type is TokenType.BLOCK and words[0] in ("blocktranslate", "comment"):
            until = f"end{words[0]}"
        elif token.token_type is TokenType.BLOCK and words[0] == "block" and words[1] in ATTRIBUTES:
            until = "endblock"
        else:
            kept += _CODE
    return kept


def untranslated(template: str) -> list[str]:
    """The words in text and in attributes that people read which stand in no translate tag."""
    plain = bare(template)
    found = [*re.split(rf"[{_CODE}{_TAG}\n]", _HTML.sub(_TAG, plain)), *re.findall(READ, plain)]
    texts = (text.replace(_CODE, "").strip() for text in found)
    return [text for text in texts if re.search(r"[^\W\d_]{2,}", re.sub(r"&\w+;", "", text)) and text not in NOT_WORDS]


@pytest.mark.parametrize("name", ALL)
def test_nothing_is_inline(name: str) -> None:
    found = {what for what, looks_like in INLINE.items() if looks_like.search(ALL[name])}
    assert found == ({"a style element"} if name == FILE else set())


@pytest.mark.parametrize("name", ALL)
def test_every_word_can_be_translated(name: str) -> None:
    assert untranslated(ALL[name]) == []


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p>{% translate "Hello" %} {{ name }} &amp; 3</p>', []),
        ("<p>{% blocktranslate %}Hello{% endblocktranslate %}{# a note #}</p>", []),
        ('<input placeholder="Type here" value="text" data-when="a:b">', ["Type here"]),
        ('<img alt="{% translate "A map" %}"><kbd>Esc</kbd>', []),
        ('<div data-x="a > b">{% if a %}مرحبا{% endif %}</div>', ["مرحبا"]),
    ],
)
def test_the_search_finds_words_and_nothing_else(template: str, words: list[str]) -> None:
    assert untranslated(template) == words


@pytest.mark.parametrize(
    "html",
    ['<p style="x">', "<style>", '<a onclick="x">', '<a hx-on:click="x">', "<script>x", '<a href="javascript:x">'],
)
def test_the_search_finds_what_is_inline(html: str) -> None:
    assert any(looks_like.search(html) for looks_like in INLINE.values())
