from __future__ import annotations

import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.transcript.core import NOBODY, Level, Op, Shown, attribution, diff, lowest, words


def shown(*levels: Level, name: str = "Ada", role: str = "judge", group: str = "artists") -> Shown:
    return attribution(levels, name=name, role=role, group=group)


@pytest.mark.parametrize(
    ("level", "text"),
    [(Level.NAME, "Ada"), (Level.ROLE, "judge"), (Level.GROUP, "artists"), (Level.NOBODY, "")],
)
def test_each_level_shows_its_own_and_nothing_else(level: Level, text: str) -> None:
    assert shown(level) == Shown(level, text)


def test_the_lowest_of_event_turn_and_speaker_wins() -> None:
    for levels in product(Level, repeat=3):
        assert list(Level).index(lowest(*levels)) == max(map(list(Level).index, levels))
    assert shown(Level.NAME, Level.GROUP, Level.ROLE) == Shown(Level.GROUP, "artists")
    assert shown(Level.NAME, Level.NOBODY) == NOBODY


def test_a_group_that_may_not_be_named_is_nobody() -> None:
    assert shown(Level.GROUP, group="") == NOBODY


def test_what_is_missing_falls_to_the_next_lower_level_never_a_higher() -> None:
    assert shown(Level.NAME, name=" ") == Shown(Level.ROLE, "judge")
    assert shown(Level.ROLE, role="") == Shown(Level.GROUP, "artists")
    assert shown(Level.ROLE, role="", group="") == NOBODY


def test_no_level_at_all_shows_nobody() -> None:
    assert shown() == NOBODY


def test_words_are_what_stands_between_white_space() -> None:
    assert words(" it's  10:30,\u00a0now ") == ["it's", "10:30,", "now"]


def test_a_changed_word_is_deleted_and_inserted_and_the_rest_stays() -> None:
    assert diff("We ask for peace.", "We call for peace.") == [
        (Op.SAME, "We "),
        (Op.DELETED, "ask"),
        (Op.INSERTED, "call"),
        (Op.SAME, " for peace."),
    ]


def test_an_unchanged_text_is_one_part() -> None:
    assert diff("We ask.", "We ask.") == [(Op.SAME, "We ask.")]
    assert diff("", "") == []


TEXTS = st.text(st.sampled_from("ab .,\n"), max_size=40) | st.text(max_size=40)


@given(TEXTS, TEXTS)
def test_a_diff_gives_back_both_texts_letter_for_letter(old: str, new: str) -> None:
    parts = diff(old, new)
    assert "".join(text for op, text in parts if op is not Op.INSERTED) == old
    assert "".join(text for op, text in parts if op is not Op.DELETED) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 1000, "a b " * 500),
        ("a " * 10_000, "a b " * 5000),
        (" ".join(map(str, range(4000))), " ".join(map(str, range(0, 8000, 2)))),
    ],
)
def test_what_would_take_long_to_compare_is_shown_whole_and_soon(old: str, new: str) -> None:
    begun = time.process_time()
    parts = diff(f"Before. {old}. After.", f"Before. {new}. After.")
    assert time.process_time() - begun < 1
    assert [op for op, _text in parts] == [Op.SAME, Op.DELETED, Op.INSERTED, Op.SAME]
    assert "".join(text for op, text in parts if op is not Op.INSERTED) == f"Before. {old}. After."
    assert "".join(text for op, text in parts if op is not Op.DELETED) == f"Before. {new}. After."


def test_one_word_of_a_long_text_is_still_found() -> None:
    text = "a b " * 5000
    assert diff(f"{text}yes {text}", f"{text}no {text}")[1:3] == [(Op.DELETED, "yes"), (Op.INSERTED, "no")]
