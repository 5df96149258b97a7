"""Files as a rehearsal reads them: what our own writers write is found again, letter for letter."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from xml.etree.ElementTree import ParseError

import pytest
from django.template.loader import render_to_string

from deliberate.rehearsal.reading import Told, read, readable
from polls.exports import docx, markdown, odt
from polls.exports.document import Block, Document, Quote, Text
from polls.exports.markup import Markup, tag
from tests.polls.exports.documents import ARABIC, HOSTILE, document

QUOTED = ("the second visit", "— so it began", "Two\nlines", *HOSTILE, ARABIC)


def quoting() -> Document:
    whole = document(extra=HOSTILE)
    blocks: list[Block] = [Quote(text, "Said by a speaker") for text in QUOTED]
    return replace(whole, blocks=(*blocks, Text("What stands below.")))


def written(of: Document, ending: str) -> bytes:
    if ending == "html":
        return render_to_string("exports/file.html", {"document": of, "title": of.title}).encode()
    if ending == "md":
        return markdown.written(of).encode()
    return docx.written(of) if ending == "docx" else odt.written(of)


def flat(texts: list[str]) -> list[str]:
    return ["".join(text.split()) for text in texts]


@pytest.mark.parametrize("ending", ["html", "md", "docx", "odt"])
def test_quotes_are_found_as_they_were_written_and_nothing_else_is_one(ending: str) -> None:
    told = read(f"outcome.{ending}", written(quoting(), ending))
    assert flat(told.quotes) == flat(list(QUOTED))
    assert "What stands below." in [line.strip() for line in told.lines]
    assert "default-src" not in told.text


@pytest.mark.parametrize("ending", ["html", "md", "docx", "odt"])
def test_every_text_of_every_block_is_found(ending: str) -> None:
    text = "".join(read(f"record.{ending}", written(document(extra=HOSTILE), ending)).text.split())
    for each in (*flat(list(HOSTILE)), "Whopays?", "Wecomeback.", *flat([ARABIC])):
        assert each in text


def test_captions_are_read_without_their_times_and_tags() -> None:
    vtt = b"WEBVTT\n\nNOTE 00:00\n\n00:00:00.000 --> 00:00:01.000\n<v Ada>5 &lt; <00:00:00.500>6</v>\n"
    assert read("transcript.vtt", vtt) == Told(["5 < 6"], [])
    srt = b"1\n00:00:00,000 --> 00:00:01,000\nAda: 12\n\n2\n00:00:01,000 --> 00:00:02,000\nOne.\n"
    assert read("transcript.srt", srt) == Told(["Ada: 12", "One."], [])


def test_an_akoma_ntoso_file_is_read_in_its_order() -> None:
    quote = tag("embeddedText", {"startQuote": "“"}, "two", tag("eol"), "lines")
    names = {"xmlns": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
    root = tag("akomaNtoso", names, tag("heading", None, "First"), tag("p", None, "a ", quote, Markup(), " b"))
    assert read("outcome.akn", str(root).encode()) == Told(["First", "a two\nlines b"], ["two\nlines"])


def test_what_is_none_of_its_kind_is_an_error() -> None:
    for name, wrong in (("a.docx", zipfile.BadZipFile), ("a.odt", zipfile.BadZipFile), ("a.akn", ParseError)):
        with pytest.raises(wrong):
            read(name, b"no")
    assert not readable("outcome.pdf")
