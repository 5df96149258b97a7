from __future__ import annotations

from deliberate.live.marks import apply

HTML = '<p data-when="turn:a" hidden>mine</p><p data-unless="ballot:x">vote</p><input data-checked-when="s:1 s:2">'


def test_without_marks_a_picture_is_as_painted() -> None:
    assert apply(HTML, set()) == HTML


def test_marks_show_hide_and_check() -> None:
    assert apply(HTML, {"turn:a", "ballot:x", "s:2"}) == (
        '<p data-when="turn:a">mine</p><p data-unless="ballot:x" hidden>vote</p><input data-checked-when="s:1 s:2" checked>'
    )


def test_marks_can_be_taken_away_again() -> None:
    assert apply(apply(HTML, {"turn:a", "ballot:x", "s:1"}), set()) == HTML


def test_words_of_a_mark_are_read_by_whoever_has_it() -> None:
    shared = '<q data-told="why:a" dir="auto"></q>'
    assert apply(shared, {"why:a=A < B = C"}) == '<q data-told="why:a" dir="auto">A &lt; B = C</q>'
    assert apply(shared, {"why:ab=no", "why:a"}) == shared


def test_a_mark_is_whole_or_nothing() -> None:
    assert apply('<p data-when="turn:ab" hidden></p>', {"turn:a"}) == '<p data-when="turn:ab" hidden></p>'
