from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.text import tidy
from rooms.transcript.plain import HEADER, LONGEST_NAME, Said, read, write


def test_a_transcript_is_paragraphs_with_names() -> None:
    said = [Said("Ada", "Hello\nall."), Said("", "Applause"), Said("Ben", " ")]
    assert write(said) == f"{HEADER}\n\nAda: Hello all.\n\nApplause\n"


def test_paragraphs_of_others_are_read() -> None:
    text = (
        "\ufeffAda Lovelace:\r\n  Hello\r\nall.\r\n \t\r\n\r\nBen: Yes: I do.\r\n\r\nAt 10:30 we ended.\r\n\r\n"
        "Ada Lovelace: Who did?\r\n\r\nBen: I.\r\n\r\nCy:\r\n"
    )
    assert read(text) == [
        Said("Ada Lovelace", "Hello all."),
        Said("Ben", "Yes: I do."),
        Said("", "At 10:30 we ended."),
        Said("Ada Lovelace", "Who did?"),
        Said("Ben", "I."),
        Said("", "Cy:"),
    ]


def test_a_colon_in_a_sentence_makes_no_name() -> None:
    for text in (
        "We want three things: water, land and peace.",
        "Peace, now: we want it.\n\nPeace, now: we need it.",
        "One more thing: water.\n\nOne more thing: land.",
        "https://example.org: a site.\n\n10: ten.\n\n10: eleven.",
        "Hello all.\n\nPeace: we want it.",
        "What we ask for:\n\nWhat we ask for:",
    ):
        assert read(text) == [Said("", paragraph) for paragraph in text.split("\n\n")]


@pytest.mark.parametrize("name", ["SPEAKER 1", "Minister of Water", "Åsa van der Berg", "李小龙", "آدا", "Ada (Youth)"])
def test_what_looks_like_a_name_and_stands_there_twice_is_one(name: str) -> None:
    text = f"{name}: Hello.\n\nApplause\n\n{name}: Thank you."
    assert read(text, surely=True) == [Said(name, "Hello."), Said("", "Applause"), Said(name, "Thank you.")]


def test_a_name_before_every_paragraph_is_one() -> None:
    assert read("Ada: Hello.\n\nBen: Yes.") == [Said("Ada", "Hello."), Said("Ben", "Yes.")]
    twice = "Ada: Hello.\n\nBen: Yes.\n\nAda: Well."
    assert [said.speaker for said in read(twice, surely=True)] == ["Ada", "Ben", "Ada"]


def test_who_throws_names_away_keeps_what_may_be_none() -> None:
    assert read("First: water.\n\nSecond: land.", surely=True) == [Said("", "First: water."), Said("", "Second: land.")]


def test_words_of_nobody_that_look_like_a_name_stay_theirs() -> None:
    said = [Said("", "One thing: peace.")]
    assert write(said) == f"{HEADER}\n\n: One thing: peace.\n"
    assert read(write(said)) == said


def test_a_long_sentence_before_a_colon_is_no_name() -> None:
    text = "x" * (LONGEST_NAME + 1) + ": and so on"
    assert read(text) == [Said("", text)]


def test_a_colon_in_a_name_becomes_a_comma() -> None:
    assert write([Said("Ada: judge", "Hello")]) == f"{HEADER}\n\nAda, judge: Hello\n"


def test_an_empty_text_has_no_paragraphs() -> None:
    assert (read(""), read(" \n\n "), write([])) == ([], [], "")


TEXT = st.text(st.sampled_from("ab: \n\u00a0\u2028") | st.characters(), max_size=30).map(tidy)
SAID = st.builds(Said, TEXT.map(lambda name: name.replace(":", "")).map(tidy), TEXT.filter(bool))


@given(st.lists(SAID, max_size=5), st.booleans())
def test_what_is_written_is_read_back_whole(said: list[Said], surely: bool) -> None:
    assert read(write(said), surely=surely) == said


@given(st.lists(st.text(st.sampled_from("AaÉ李: .,\n") | st.characters(), max_size=40), max_size=5), st.booleans())
def test_every_word_of_a_text_is_a_name_or_is_kept(paragraphs: list[str], surely: bool) -> None:
    text = "\n\n".join(paragraphs)
    found = "".join(said.speaker + said.text for said in read(text, surely=surely))
    assert list(filter(str.isalnum, found)) == list(filter(str.isalnum, tidy(text)))
