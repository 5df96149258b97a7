from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.floor.terms import Kind
from rooms.floor.timer import RECENT, Mood, State, Timer, WrongState, estimate, typical

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_turn_that_has_not_begun_has_all_its_time_and_no_deadline() -> None:
    timer = Timer(120)
    assert timer.state is State.READY
    assert timer.deadline is None
    assert timer.remaining(at(500)) == 120


def test_a_running_turn_has_one_deadline() -> None:
    timer = Timer(120).start(at(0))
    assert timer.deadline == at(120)
    assert timer.remaining(at(50)) == 70


def test_a_pause_stands_still_and_moves_the_deadline() -> None:
    paused = Timer(120).start(at(0)).pause(at(50))
    assert paused.state is State.PAUSED
    assert paused.deadline is None
    assert paused.remaining(at(999)) == 70
    assert paused.resume(at(80)).deadline == at(150)


def test_more_time_moves_the_deadline_and_less_time_too() -> None:
    timer = Timer(120).start(at(0))
    assert timer.extend(60).deadline == at(180)
    assert timer.extend(-60).deadline == at(60)
    assert timer.extend(-999).granted_s == 0


def test_an_extension_while_paused_is_there_when_it_goes_on() -> None:
    timer = Timer(60).start(at(0)).pause(at(30)).extend(15).resume(at(40))
    assert timer.deadline == at(85)


def test_ending_in_a_pause_does_not_count_the_pause_as_speech() -> None:
    timer = Timer(120).start(at(0)).pause(at(50)).end(at(90))
    assert timer.state is State.ENDED
    assert timer.spoken(at(999)) == 50


def test_an_end_taken_back_gives_the_same_time_left() -> None:
    timer = Timer(120).start(at(0)).end(at(50)).reopen(at(60))
    assert timer.state is State.RUNNING
    assert timer.remaining(at(60)) == 70
    assert Timer(120).end(at(5)).reopen(at(6)).state is State.READY


def test_the_end_comes_near_in_amber_and_over_in_red() -> None:
    long, short = Timer(300).start(at(0)), Timer(60).start(at(0))
    assert [long.mood(at(s)) for s in (269, 270, 299, 300)] == [
        Mood.CALM,
        Mood.AMBER,
        Mood.AMBER,
        Mood.OVER,
    ]
    assert [short.mood(at(s)) for s in (47, 48, 61)] == [Mood.CALM, Mood.AMBER, Mood.OVER]


@pytest.mark.parametrize(
    ("timer", "act"),
    [
        (Timer(60), "pause"),
        (Timer(60), "resume"),
        (Timer(60).start(at(0)), "start"),
        (Timer(60).start(at(0)).pause(at(1)), "pause"),
        (Timer(60).start(at(0)).end(at(1)), "end"),
        (Timer(60).start(at(0)), "reopen"),
    ],
)
def test_what_the_timer_cannot_do_now_is_refused(timer: Timer, act: str) -> None:
    with pytest.raises(WrongState) as refusal:
        getattr(timer, act)(at(9))
    assert refusal.value.state is timer.state


@given(st.lists(st.tuples(st.sampled_from(["pause", "resume", "extend", "wait"]), st.integers(0, 99))))
def test_time_spoken_and_time_left_are_always_all_the_time(acts: list[tuple[str, int]]) -> None:
    timer, now, running_s = Timer(60).start(at(0)), 0, 0
    for act, seconds in acts:
        now += seconds
        running_s += seconds if timer.state is State.RUNNING else 0
        if act == "pause" and timer.state is State.RUNNING:
            timer = timer.pause(at(now))
        elif act == "resume" and timer.state is State.PAUSED:
            timer = timer.resume(at(now))
        elif act == "extend":
            timer = timer.extend(10)
    assert timer.spoken(at(now)) == running_s
    assert timer.remaining(at(now)) == timer.granted_s - running_s
    if timer.deadline:
        assert timer.deadline == at(now) + timedelta(seconds=timer.remaining(at(now)))


def test_without_real_turns_the_plan_is_the_estimate() -> None:
    planned = {Kind.POINT: 120.0, Kind.REPLY: 60.0}
    assert estimate([Kind.POINT, Kind.REPLY], planned, {}, now_speaking_s=30) == 210


def test_with_few_real_turns_the_estimate_lies_between_plan_and_median() -> None:
    assert typical(120, [60, 60, 60, 60]) == 90  # four turns weigh as much as the plan


def test_one_speech_that_ran_away_changes_little() -> None:
    assert typical(120, [120] * 9 + [3600]) == 120


def test_only_the_last_turns_count() -> None:
    assert typical(120, [999] * 50 + [60] * RECENT) == typical(120, [60] * RECENT)


def test_a_speaker_over_time_adds_nothing_to_the_wait() -> None:
    assert estimate([Kind.POINT], {Kind.POINT: 120.0}, {}, now_speaking_s=-40) == 120


@given(st.floats(10, 600), st.lists(st.floats(1, 3600), min_size=1))
def test_the_estimate_never_leaves_the_range_of_plan_and_turns(planned: float, recent: list[float]) -> None:
    low, high = min(planned, *recent), max(planned, *recent)
    assert low - 1e-6 <= typical(planned, recent) <= high + 1e-6
