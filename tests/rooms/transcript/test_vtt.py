from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.text import tidy
from rooms.transcript.vtt import BadFile, Captions, Cue, Flaw, in_order, read, write


def test_a_segment_is_written_as_a_cue_with_a_voice() -> None:
    written = write([Cue(3_723_004, 3_725_000, "Hello  & <all>", "Ada\nB>")], ["Item 1 --> 2"])
    assert written == (
        "WEBVTT\n\nNOTE Item 1 --&gt; 2\n\n01:02:03.004 --> 01:02:05.000\n<v Ada B&gt;>Hello &amp; &lt;all&gt;</v>\n"
    )


def test_words_of_nobody_have_no_voice() -> None:
    assert write([Cue(0, 1, "Hello")]).endswith("00:00:00.000 --> 00:00:00.001\nHello\n")


@pytest.mark.parametrize("name", ["Ann--", "-", "--", "A -->", "--&"])
def test_a_name_makes_no_arrow_with_the_end_of_its_tag(name: str) -> None:
    written = write([Cue(0, 1, "Hello--", name), Cue(2, 3, "there")])
    assert written.count("-->") == 2
    assert read(written).cues == (Cue(0, 1, "Hello--", name), Cue(2, 3, "there"))


def test_a_file_with_all_that_others_write_is_read() -> None:
    text = (
        "\ufeffWEBVTT - a title\r\nKind: captions\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\n"
        "REGION\r\nid:fred\r\n\r\n"
        "NOTE one\r\ntwo &amp; three\r\n\r\n\r\n"
        "first cue\r\n01:02.500 --> 47:00:00.000 align:start position:10%\r\n"
        "<v.loud Ada &lt;A&gt;>Hello <i>there</i>,\r\n<00:00:03.000>all&nbsp;of you\r\n\r\n"
        "00:05.000 --> 00:06.000\r\nBefore. <v Ben>Yes.</v><v Cy>No.\r\n"
    )
    assert read(text) == Captions(
        (
            Cue(62_500, 169_200_000, "Hello there, all\u00a0of you", "Ada <A>"),
            Cue(5_000, 6_000, "Before."),
            Cue(5_000, 6_000, "Yes.", "Ben"),
            Cue(5_000, 6_000, "No.", "Cy"),
        ),
        ("one two & three",),
    )


def test_old_line_ends_are_read_too() -> None:
    assert read("WEBVTT\r\r00:01.000 --> 00:02.000\rHi\r").cues == (Cue(1000, 2000, "Hi"),)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", Flaw.NO_HEADER, 1),
        ("WEBVTTX\n", Flaw.NO_HEADER, 1),
        ("1\n00:00:01,000 --> 00:00:02,000\nHi", Flaw.NO_HEADER, 1),
        ("WEBVTT\n\nHello", Flaw.NO_TIMES, 3),
        ("WEBVTT\n\nid\n00:01 --> 00:02\nHi", Flaw.BAD_TIMES, 4),
        ("WEBVTT\n\n00:01.000 --> \nHi", Flaw.BAD_TIMES, 3),
        ("WEBVTT\n\n00:61.000 --> 01:62.000\nHi", Flaw.BAD_TIMES, 3),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nHi", Flaw.ENDS_BEFORE_START, 3),
        ("WEBVTT\n\n\n00:01.000 --> 00:02.000\na\n00:02,000 --> 00:03,000\nb", Flaw.BAD_TIMES, 6),
        ("WEBVTT --> all of it\n\n00:01.000 --> 00:02.000\na", Flaw.BAD_TIMES, 1),
        ("WEBVTT\nKind: a --> b\n\n00:01.000 --> 00:02.000\na", Flaw.BAD_TIMES, 2),
        ("WEBVTT\n\nNOTE from a --> b\nHi", Flaw.BAD_TIMES, 3),
        ("WEBVTT\n\nSTYLE\n/* a --> b */\nHi", Flaw.BAD_TIMES, 4),
        ("WEBVTT\n\none\ntwo\n00:01.000 --> 00:02.000\na", Flaw.NO_TIMES, 3),
        ("WEBVTT\n \nHello\n", Flaw.NO_TIMES, 3),
    ],
)
def test_a_broken_file_names_the_line(text: str, code: Flaw, line: int) -> None:
    with pytest.raises(BadFile) as refusal:
        read(text)
    assert (refusal.value.code, refusal.value.line) == (code, line)


@pytest.mark.parametrize(
    ("payload", "words"),
    [
        ("5 < 6 is what we said", "5 < 6 is what we said"),
        ("if x <y then we stop", "if x <y then we stop"),
        ("if x <b then we stop", "if x <b then we stop"),
        ("<b is small and c> is large", "<b is small and c> is large"),
        ("if x <v then y", "if x <v then y"),
        ("a <> b </> c <3 d", "a <> b </> c <3 d"),
        ("<font size=2>loud</font>", "<font size=2>loud</font>"),
        ("<c.yellow.bg_blue>one</c> <lang en-GB>two</lang> <ruby>三<rt>three</rt></ruby>", "one two 三three"),
        ("one<00:00:03.000><u> two</u>", "one two"),
    ],
)
def test_only_the_tags_of_the_standard_are_passed_over(payload: str, words: str) -> None:
    assert read(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{payload}\n").cues == (Cue(1000, 2000, words),)


@pytest.mark.parametrize(
    "before",
    [
        "WEBVTT\n",
        "WEBVTT\nKind: captions\n",
        "WEBVTT\n1\n",
        "WEBVTT\n \n",
        "WEBVTT\n\t\nid\n",
        "WEBVTT\n\n\n \n\n",
        "WEBVTT\n\nNOTE x\n",
        "WEBVTT\n\nNOTE\nx\ny\n",
        "WEBVTT\n\nSTYLE\n",
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n",
        "WEBVTT\n\nREGION\nid:fred\n \n1\n",
    ],
)
def test_no_missing_or_blank_line_before_a_cue_loses_its_words(before: str) -> None:
    assert read(f"{before}00:01.000 --> 00:02.000\nHi.\n").cues == (Cue(1000, 2000, "Hi."),)


def test_a_cue_follows_another_without_an_empty_line() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\na\n00:02.000 --> 00:03.000\nb"
    assert read(text).cues == (Cue(1000, 2000, "a"), Cue(2000, 3000, "b"))


def test_a_line_of_blanks_among_the_words_of_a_cue_does_not_end_it() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n \nhello<00:00:01.500><c> all</c>\n \nof you\n\n"
    assert read(text).cues == (Cue(1000, 2000, "hello all of you"),)


@pytest.mark.parametrize("hours", ["48", "9000000", "20000000", "9" * 5000])
def test_what_is_later_than_48_hours_is_refused_by_its_line(hours: str) -> None:
    assert read("WEBVTT\n\n47:59:00.000 --> 48:00:00.000\nHi").cues
    with pytest.raises(BadFile) as refusal:
        read(f"WEBVTT\n\n00:01.000 --> {hours}:00:00.001\nHi")
    assert (refusal.value.code, refusal.value.line) == (Flaw.BAD_TIMES, 3)


def test_a_header_alone_has_no_cues() -> None:
    assert read("WEBVTT") == Captions(())
    assert write([]) == "WEBVTT\n"
    assert write([Cue(0, 1, " \n")]) == "WEBVTT\n"


@pytest.mark.parametrize(("start", "end"), [(-1, 5), (5, 4)])
def test_times_that_cannot_be_are_not_written(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="a cue starts"):
        write([Cue(start, end, "Hi")])


def test_cues_stand_by_their_start_and_none_is_without_length() -> None:
    """As the standard wants them: starts that don't fall, and an end after each start."""
    found = read(write([Cue(9, 12, "Third"), Cue(2, 2, "First"), Cue(2, 5, "Second")])).cues
    assert found == (Cue(2, 3, "First"), Cue(2, 5, "Second"), Cue(9, 12, "Third"))


TEXT = st.text(st.sampled_from("ab<>&;v/-. \n\u00a0:") | st.characters(), max_size=30)
CUES = st.lists(
    st.builds(
        lambda start, length, text, speaker: Cue(start, start + length, tidy(text), tidy(speaker)),
        st.integers(0, 160_000_000),
        st.integers(0, 10_000_000),
        TEXT.filter(tidy),
        TEXT,
    ),
    max_size=5,
)


@given(CUES, st.lists(TEXT.map(tidy), max_size=3))
def test_what_is_written_is_read_back_whole(cues: list[Cue], notes: list[str]) -> None:
    assert read(write(cues, notes)) == Captions(tuple(in_order(cues)), tuple(notes))


def attempt(text: str) -> Captions | BadFile:
    try:
        return read(text)
    except BadFile as refusal:
        return refusal


@given(st.text(st.sampled_from("WEBVTT\n\r 0:1.->v<&x"), max_size=60))
def test_any_text_is_read_or_refused_and_never_more(text: str) -> None:
    outcome = attempt("WEBVTT\n\n" + text)
    if isinstance(outcome, BadFile):
        assert 3 <= outcome.line <= text.count("\n") + text.count("\r") + 3
    else:
        assert all(cue.text and cue.start_ms <= cue.end_ms for cue in outcome.cues)
