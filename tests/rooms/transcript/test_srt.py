from __future__ import annotations

import pytest

from rooms.transcript.srt import looks_so, read, write
from rooms.transcript.vtt import BadFile, Cue, Flaw


def test_a_file_with_all_that_programs_write_is_read() -> None:
    text = (
        "1\r\n00:00:01,000 --> 00:00:02,500 X1:10 X2:20 Y1:1 Y2:2\r\n<i>Hello</i> {\\an8}<font color=red>there</font>,\r\nall of you\r\n\r\n"
        "2\r\n00:01:02.5 --> 1:00:03,25\r\n- Yes.\r\n- No.\r\n\r\n"
        "00:00:04,000-->00:00:05,000\r\n5 < 6 and <b>so on\r\n\r\nafter an empty line\r\n\r\n\r\n"
        "4\r\n00:00:06,000 --> 00:00:07,000\r\n\r\n"
    )
    assert read(text) == [
        Cue(1000, 2500, "Hello there, all of you"),
        Cue(62_500, 3_603_250, "Yes. No."),
        Cue(4000, 5000, "5 < 6 and so on after an empty line"),
    ]


def test_names_stand_before_words_as_in_plain_text() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nAda Obi: One.\n\n2\n00:00:02,000 --> 00:00:03,000\nAda Obi: Two.\n"
    assert read(text, surely=True) == [Cue(1000, 2000, "One.", "Ada Obi"), Cue(2000, 3000, "Two.", "Ada Obi")]


def test_a_number_among_the_words_stays_there() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n12\n\n2\n00:00:02,000 --> 00:00:03,000\nThirteen.\n"
    assert [cue.text for cue in read(text)] == ["How many? 12", "Thirteen."]


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("Hello.\n\n1\n00:00:01,000 --> 00:00:02,000\nHi", Flaw.NO_TIMES, 1),
        ("1\n00:00:01,000 --> soon\nHi", Flaw.BAD_TIMES, 2),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi\n\n2\n00:00:99,000 --> 00:00:02,000\nHo", Flaw.BAD_TIMES, 6),
        ("1\n50:00:01,000 --> 50:00:02,000\nHi", Flaw.BAD_TIMES, 2),
        ("1\n00:00:03,000 --> 00:00:02,000\nHi", Flaw.ENDS_BEFORE_START, 2),
    ],
)
def test_what_cannot_be_read_is_named_by_its_line(text: str, code: Flaw, line: int) -> None:
    with pytest.raises(BadFile) as refusal:
        read(text)
    assert (refusal.value.code, refusal.value.line) == (code, line)


def test_what_is_written_is_read_again() -> None:
    cues = [Cue(0, 1500, "One, two.", "Ada Obi"), Cue(3_723_004, 3_723_500, "5 < 6 & so on", "Ada Obi"), Cue(1, 2, "")]
    text = write(cues)
    assert text == (
        "1\n00:00:00,000 --> 00:00:01,500\nAda Obi: One, two.\n\n"
        "2\n01:02:03,004 --> 01:02:03,500\nAda Obi: 5 < 6 & so on\n"
    )
    assert looks_so(text)
    assert read(text) == cues[:2], "a cue without words is left out"
    assert write([]) == ""


def test_what_its_speaker_corrected_says_so_and_is_read_without_the_mark() -> None:
    text = write([Cue(0, 1, "Ten wells.", "Ada Obi", corrected=True)])
    assert text.endswith("Ada Obi: Ten wells. [corrected]\n")
    assert read(text) == [Cue(0, 1, "Ten wells.", "Ada Obi")]


def test_markup_in_somebody_s_words_does_nothing_and_loses_no_letter() -> None:
    words = "<b>bold</b> <font color=red>x {\\an8} a-->b <!-- 7"
    [cue] = read(write([Cue(0, 1, words)]))
    assert "".join(cue.text.split()) == "".join(words.split())


def test_cues_stand_by_their_start_and_none_is_without_length() -> None:
    assert read(write([Cue(9, 12, "Second"), Cue(2, 2, "First")])) == [Cue(2, 3, "First"), Cue(9, 12, "Second")]


def test_times_that_cannot_be_are_not_written() -> None:
    with pytest.raises(ValueError, match="ends after its start"):
        write([Cue(5, 4, "No.")])


def test_it_is_known_by_its_first_times() -> None:
    assert looks_so("1\n00:00:01,000 --> 00:00:02,000\nHi")
    assert looks_so("\n00:00:01,000 --> 00:00:02,000\nHi")
    assert not looks_so("00:01.000 --> 00:02.000\nHi")
    assert not looks_so("")
