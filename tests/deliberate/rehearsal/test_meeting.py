"""A turn's text as a captioner would settle it."""

from __future__ import annotations

from deliberate.rehearsal.meeting import SEGMENT_LIMIT, pieces


def test_short_sentences_are_settled_together_and_none_is_cut() -> None:
    assert pieces("We ask for water. And for land?  ") == ["We ask for water. And for land?"]
    assert all(len(piece) <= 400 and piece.endswith(".") for piece in pieces("We ask. " * 60))


def test_a_sentence_too_long_for_a_segment_is_cut_between_words() -> None:
    text = " ".join(["well-known", "promise"] * 300)
    cut = pieces(text)
    assert len(cut) > 1
    assert all(len(piece) <= SEGMENT_LIMIT for piece in cut)
    assert " ".join(cut) == text
    assert [len(piece) for piece in pieces("x" * (SEGMENT_LIMIT + 1))] == [SEGMENT_LIMIT, 1], (
        "no segment holds that word"
    )
