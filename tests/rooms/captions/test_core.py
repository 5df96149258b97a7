from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rooms.captions.core import AFTER, BEFORE, LONGEST, Phrase, Phrases, pause


def heard(phrases: Phrases, *runs: tuple[float, int]) -> list[Phrase]:
    """So many windows of each likelihood."""
    found = (phrases.hear(likely) for likely, count in runs for _window in range(count))
    return [phrase for phrase in found if phrase is not None]


def test_a_phrase_has_a_little_silence_at_either_end() -> None:
    assert heard(Phrases(), (0.0, 50), (0.9, 60), (0.0, 60)) == [Phrase(50 - BEFORE, 110 + AFTER)]


def test_a_click_is_no_phrase() -> None:
    assert heard(Phrases(), (0.0, 20), (0.9, 2), (0.0, 60)) == []


def test_a_short_breath_does_not_end_it() -> None:
    assert heard(Phrases(), (0.9, 60), (0.0, 20), (0.9, 60), (0.0, 60)) == [Phrase(0, 140 + AFTER)]


def test_the_longer_it_lasts_the_shorter_a_breath_ends_it() -> None:
    assert pause(10) > pause(250) > pause(400)
    assert len(heard(Phrases(), (0.9, 330), (0.0, pause(340)), (0.9, 50))) == 1


def test_speech_without_an_end_is_cut_at_its_quietest_moment() -> None:
    phrases = Phrases()
    found = heard(phrases, (0.9, 380), (0.6, 1), (0.9, LONGEST))
    assert found[0] == Phrase(0, 381)
    assert phrases.start is not None


def test_nothing_more_comes_and_what_was_being_said_is_a_phrase() -> None:
    phrases = Phrases()
    heard(phrases, (0.9, 30))
    assert phrases.end() == Phrase(0, 30)
    assert phrases.end() is None


@given(st.lists(st.floats(0, 1), max_size=1500))
def test_phrases_come_in_order_never_overlap_and_what_is_free_is_in_none_to_come(likely: list[float]) -> None:
    phrases, last, free = Phrases(), 0, 0
    for each in likely:
        before = phrases.free
        assert before >= free
        free = before
        phrase = phrases.hear(each)
        if phrase is not None:
            assert free <= phrase.start < phrase.end <= phrases.heard
            assert last <= phrase.start
            assert phrase.end - phrase.start <= LONGEST + AFTER
            last = phrase.end
