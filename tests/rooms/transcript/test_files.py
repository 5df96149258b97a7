from __future__ import annotations

from itertools import pairwise

import pytest

from rooms.transcript.files import BadFile, Cue, Flaw, cues


def test_webvtt_keeps_its_times() -> None:
    text = "\ufeffWEBVTT\n\n00:05.000 --> 00:06.000\n<v Ada>Hello.\n\n00:06.000 --> 00:07.000\n<i></i>\n"
    assert cues(text) == [Cue(5000, 6000, "Hello.", "Ada")]


def test_plain_text_gets_times_at_a_speakers_pace() -> None:
    assert cues("NAME: WORDS\n\nAda: Hello all of you.\n\nYes.") == [
        Cue(0, 1600, "Hello all of you.", "Ada"),
        Cue(1600, 2000, "Yes."),
    ]


def test_a_long_paragraph_becomes_several_cues_of_one_speaker() -> None:
    found = cues("NAME: WORDS\n\nAda: " + "We were promised a well. " * 20)
    assert len(found) > 1
    assert {cue.speaker for cue in found} == {"Ada"}


def test_a_long_cue_is_cut_like_other_text_and_keeps_its_time() -> None:
    sentence = "We were promised a well. "
    found = cues(f"WEBVTT\n\n00:00.000 --> 01:40.000\n<v Ada>{sentence * 100}")
    assert " ".join(cue.text for cue in found) == (sentence * 100).strip()
    assert (found[0].start_ms, found[-1].end_ms) == (0, 100_000)
    assert all(one.end_ms == two.start_ms and one.start_ms < one.end_ms for one, two in pairwise(found))
    assert max(len(cue.text) for cue in found) <= 400
    assert {cue.speaker for cue in found} == {"Ada"}


def test_what_is_not_parted_by_spaces_is_cut_too() -> None:
    for run, end in (("x" * 300_000, "x"), ("我们要水和土地。" * 1000, "。")):
        found = cues(f"WEBVTT\n\n00:00.000 --> 01:40.000\n{run}")
        assert "".join(cue.text for cue in found) == run
        assert max(len(cue.text) for cue in found) <= 400
        assert found[0].text.endswith(end)


def test_subrip_is_read_as_such_and_long_cues_are_cut() -> None:
    found = cues(f"1\n00:00:00,000 --> 00:01:40,000\n{'We were promised a well. ' * 100}")
    assert (found[0].start_ms, found[-1].end_ms) == (0, 100_000)
    assert max(len(cue.text) for cue in found) <= 400


def test_captions_of_another_kind_are_refused_and_not_read_as_words() -> None:
    with pytest.raises(BadFile) as refusal:
        cues("00:01.000 --> 00:02.000\nHello.")
    assert refusal.value.code == Flaw.NO_HEADER
