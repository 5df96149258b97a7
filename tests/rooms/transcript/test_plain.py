from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deliberate.text import tidy
from rooms.transcript.plain import LONGEST_NAME, Said, read, write


def test_a_transcript_is_paragraphs_with_names() -> None:
    said = [Said("Ada", "Hello\nall."), Said("", "Applause"), Said("Ben", " ")]
    assert write(said) == "Ada: Hello all.\n\nApplause\n"


def test_paragraphs_of_others_are_read() -> None:
    text = (
        "\ufeffAda Lovelace:\r\n  Hello\r\nall.\r\n \t\r\n\r\nBen: Yes: I do.\r\n\r\nAt 10:30 we ended.\r\n\r\nCy:\r\n"
    )
    assert read(text) == [
        Said("Ada Lovelace", "Hello all."),
        Said("Ben", "Yes: I do."),
        Said("", "At 10:30 we ended."),
    ]


def test_words_of_nobody_that_look_like_a_name_stay_theirs() -> None:
    said = [Said("", "One thing: peace.")]
    assert write(said) == ": One thing: peace.\n"
    assert read(write(said)) == said


def test_a_long_sentence_before_a_colon_is_no_name() -> None:
    text = "x" * (LONGEST_NAME + 1) + ": and so on"
    assert read(text) == [Said("", text)]


def test_a_colon_in_a_name_becomes_a_comma() -> None:
    assert write([Said("Ada: judge", "Hello")]) == "Ada, judge: Hello\n"


def test_an_empty_text_has_no_paragraphs() -> None:
    assert (read(""), read(" \n\n "), write([])) == ([], [], "")


TEXT = st.text(st.sampled_from("ab: \n\u00a0\u2028") | st.characters(), max_size=30).map(tidy)
SAID = st.builds(Said, TEXT.map(lambda name: name.replace(":", "")).map(tidy), TEXT.filter(bool))


@given(st.lists(SAID, max_size=5))
def test_what_is_written_is_read_back_whole(said: list[Said]) -> None:
    assert read(write(said)) == said
