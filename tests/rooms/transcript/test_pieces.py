from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from deliberate.text import tidy
from rooms.transcript.core import words
from rooms.transcript.pieces import CLAUSE, SENTENCE, WORD, continues, duration, pieces, spans

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MS = timedelta(milliseconds=1)
SENTENCES = [f"This is sentence number {number} of what somebody has said today." for number in range(12)]


def test_a_short_text_is_one_segment() -> None:
    assert pieces(" We ask for water.  And for land. ") == ["We ask for water. And for land."]


def test_a_long_text_is_cut_where_sentences_end() -> None:
    cut = pieces(" ".join(SENTENCES))
    assert len(cut) > 1
    assert all(piece.endswith(".") and SENTENCE <= len(piece) < CLAUSE for piece in cut)


def test_a_long_sentence_is_cut_after_a_comma_else_after_a_word() -> None:
    with_commas = ", ".join(["and what we were promised"] * 30)
    *cut, _rest = pieces(with_commas)
    assert len(cut) > 1
    assert all(piece.endswith(",") and len(piece) < WORD for piece in cut)
    *cut, _rest = pieces(" ".join(["promise"] * 120))
    assert len(cut) > 1
    assert all(WORD <= len(piece) < WORD + len(" promise") for piece in cut)


def test_an_initial_or_a_small_letter_ends_no_sentence() -> None:
    start = "x" * SENTENCE
    assert pieces(f"{start} Dr. Amina spoke.") == [f"{start} Dr. Amina spoke."]
    assert pieces(f"{start} etc. and more.") == [f"{start} etc. and more."]
    assert pieces(f"{start} K. Amina spoke.") == [f"{start} K. Amina spoke."]


def test_a_sentence_ends_in_every_script() -> None:
    for end in ("؟", "۔", "।", "…", "?”", "!»"):
        assert pieces(f"{'x' * SENTENCE}{end} And on.") == [f"{'x' * SENTENCE}{end}", "And on."]


def test_an_empty_line_parts_segments() -> None:
    assert pieces("One.\r\n\r\nTwo\nlines.\n \n") == ["One.", "Two lines."]


def test_a_word_without_end_is_cut_after_its_sentence_or_after_400_letters() -> None:
    assert pieces("y" * 3000) == [*["y" * WORD] * 7, "y" * 200]
    assert pieces("水" * 200 + "。" + "土" * 500) == ["水" * 200 + "。", "土" * WORD, "土" * 100]


@given(st.text(st.sampled_from("水。, y"), max_size=1500))
def test_a_run_without_spaces_loses_no_letter_and_stays_where_it_was_cut(text: str) -> None:
    cut = pieces(text)
    assert "".join(cut).replace(" ", "") == text.replace(" ", "")
    assert all(len(piece) <= 2 * WORD for piece in cut)
    assert pieces(text + "水")[: len(cut) - 1] == cut[:-1]


TEXTS = st.text(st.sampled_from("ab .,\n\u00a0") | st.characters(), max_size=200) | st.lists(
    st.sampled_from([*SENTENCES, "Mr. X,", "a", "\n\n"]), max_size=40
).map(" ".join)


@given(TEXTS)
def test_every_word_is_kept_in_its_place(text: str) -> None:
    assert [word for piece in pieces(text) for word in words(piece)] == words(tidy(text))
    assert all(piece == tidy(piece) != "" for piece in pieces(text))


@given(st.lists(st.sampled_from([*SENTENCES, "Mr. X,", "a", "promise"]), max_size=40))
def test_what_stands_there_stays_while_more_is_typed(said: list[str]) -> None:
    before, after = pieces(" ".join(said[:-1])), pieces(" ".join(said))
    assert after[: len(before) - 1] == before[:-1]


def test_time_is_shared_out_by_length_without_gaps() -> None:
    assert spans(NOON, NOON + 8 * SECOND, ["aaa", "a"]) == [
        (NOON, NOON + 5.9995 * SECOND),
        (NOON + 5.9995 * SECOND, NOON + 8 * SECOND),
    ]


@given(st.integers(-5, 100_000), st.lists(st.text("ab", min_size=1, max_size=50), max_size=6))
def test_every_segment_lasts_at_least_a_millisecond(length_ms: int, texts: list[str]) -> None:
    found = spans(NOON, NOON + length_ms * MS, texts)
    assert all(until - since >= MS for since, until in found)
    assert all(one[1] == other[0] for one, other in pairwise(found))


def test_a_speaker_says_150_words_a_minute() -> None:
    assert duration("word " * 150) == timedelta(minutes=1)


def test_typing_on_and_mending_continue_a_text() -> None:
    assert continues("We as", "We ask for")
    assert continues("We ask for water", "We ask")
    assert continues("Teh village waits", "The village waits")


def test_another_text_is_no_continuation() -> None:
    assert not continues("We ask for water", "Thank you, chair")
    assert not continues("", "We ask")
    assert not continues("We ask", "")
