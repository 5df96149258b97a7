from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rooms.transcript.search import MOST_TERMS, folded, marked, terms


def test_capitals_and_accents_do_not_matter() -> None:
    assert folded("Élan STRASSE Ǆ") == folded("elan straße ǆ")
    assert folded("سَلام") == folded("سلام")


def test_a_query_is_its_words_each_once() -> None:
    assert terms("  Water  water LAND ") == ("water", "land")
    assert len(terms(" ".join(map(str, range(50))))) == MOST_TERMS


def test_what_was_looked_for_is_marked_in_the_letters_as_written() -> None:
    assert marked("L’Élan vital", ("elan",)) == [(False, "L’"), (True, "Élan"), (False, " vital")]
    assert marked("Straße", ("ss",)) == [(False, "Stra"), (True, "ß"), (False, "e")]


def test_the_longest_word_is_marked_whole() -> None:
    assert marked("movement", ("move", "movement")) == [(True, "movement")]


def test_nothing_looked_for_marks_nothing() -> None:
    assert marked("water", ()) == [(False, "water")]
    assert marked("", ("water",)) == []


@given(st.text(max_size=40), st.text(max_size=8))
def test_no_letter_is_lost_by_marking(text: str, query: str) -> None:
    assert "".join(run for _hit, run in marked(text, terms(query))) == text


@given(st.text(max_size=20), st.text(min_size=1, max_size=8), st.text(max_size=20))
def test_what_a_search_finds_is_marked(before: str, word: str, after: str) -> None:
    text = before + word + after
    looked_for = terms(word)
    if looked_for and all(term in folded(text) for term in looked_for):
        assert any(hit for hit, _run in marked(text, looked_for))
