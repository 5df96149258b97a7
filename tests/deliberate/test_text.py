from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.text import one_line, paragraphs, tidy


def test_white_space_is_tidied_and_no_break_spaces_stay() -> None:
    assert tidy("  a\t\r\n b\u00a0: c\u2003d ") == "a b\u00a0: c d"


def test_letters_and_accents_are_joined_and_control_characters_gone() -> None:
    assert tidy("cafe\x00\u0301 \x07 \ud800") == "café"


@given(st.text())
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert one_line(one_line(text)) == one_line(text)
    assert unicodedata.is_normalized("NFC", tidy(text))


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("Pay\u202e them \u2066now\u2069", "Pay them now"),
        ("one\x07 two\x9b", "one two"),
        ("lone \ud800 half", "lone half"),
        ("fin\u00a0: oui", "fin\u00a0: oui"),
        ("می\u200cخواهم \u200f!", "می\u200cخواهم \u200f!"),
    ],
)
def test_what_turns_text_around_goes_and_what_scripts_need_stays(written: str, stored: str) -> None:
    assert tidy(written) == stored


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Quiet \n Heron\t", "Quiet Heron"),
        ("Ann\u202eelttiL", "AnnelttiL"),
        ("\u2066Ann\u2069", "Ann"),
        ("bell\x07", "bell"),
        ("سلام دنیا", "سلام دنیا"),
        ("", ""),
    ],
)
def test_a_line_holds_no_breaks_controls_or_turns_of_direction(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  We   ask\r\n\r\n\r\n\r\nfor peace \n", "We ask\n\nfor peace"),
        ("\n\n", ""),
        ("pe\u202eace\u2066", "peace"),
        ("pe\x00a\ud800ce\x7f", "peace"),
        ("cafe\u0301", "caf\u00e9"),
        ("a\tb", "a b"),
    ],
)
def test_a_text_is_kept_as_tidy_lines(typed: str, kept: str) -> None:
    assert paragraphs(typed) == kept


@given(st.text())
def test_a_tidy_text_stays_as_it_is(text: str) -> None:
    assert paragraphs(paragraphs(text)) == paragraphs(text)
