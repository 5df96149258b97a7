"""Many hints bound into one: nothing that was said is missing, nothing is said twice, and its size has a bound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.live.sheaf import MOST, Hint, Sheaf

PARTS = st.lists(
    st.sampled_from(["ballots.turnout", "ideas.board", "floor.queue"]), min_size=1, max_size=3, unique=True
)
HINTS = st.lists(
    st.one_of(
        st.builds(Hint, room=st.integers(1, 5), parts=PARTS.map(tuple), crowd=st.booleans()),
        st.builds(Hint, seat=st.integers(1, 5), end=st.booleans()),
    ),
    max_size=30,
)


def bound(*hints: Hint) -> Sheaf:
    found = Sheaf()
    for hint in hints:
        found.add(hint)
    return found


@given(HINTS)
def test_all_that_was_said_is_in_it_once_also_after_its_journey(hints: list[Hint]) -> None:
    found = Sheaf.read(bound(*hints).written()).drain()
    touched = [(hint.room, part) for hint in found for part in hint.parts]
    assert len(touched) == len(set(touched))
    assert set(touched) == {(hint.room, part) for hint in hints for part in hint.parts}
    for end in (False, True):
        seats = [hint.seat for hint in found if hint.seat is not None and hint.end == end]
        assert len(seats) == len(set(seats))
        assert set(seats) == {hint.seat for hint in hints if hint.seat is not None and hint.end == end}


@given(HINTS)
def test_a_part_waits_as_a_crowds_only_where_nobody_else_touched_it(hints: list[Hint]) -> None:
    hurried = {(hint.room, part) for hint in hints for part in hint.parts if not hint.crowd}
    for hint in bound(*hints).drain():
        for part in hint.parts:
            assert hint.crowd == ((hint.room, part) not in hurried)


TOLD = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["pad:a", "pad:b", "cursor:a:x"]), st.text(max_size=5)))


@given(TOLD)
def test_of_several_words_about_the_same_the_newest_travels(told: list[tuple[int, str, str]]) -> None:
    found = Sheaf.read(bound(*(Hint(room=room, told=(what, text)) for room, what, text in told)).written()).drain()
    assert {(hint.room, *(hint.told or ())) for hint in found} == {
        (room, what, text) for (room, what), text in {(room, what): text for room, what, text in told}.items()
    }
    assert all(not hint.parts for hint in found)


def test_drained_it_is_empty() -> None:
    sheaf = bound(Hint(room=1, parts=("ideas.board",)), Hint(seat=2), Hint(seat=3, end=True))
    assert sheaf
    assert len(sheaf.drain()) == 3
    assert not sheaf
    assert sheaf.drain() == []


def test_ten_thousand_votes_in_a_room_are_one_short_text() -> None:
    sheaf = bound(*[Hint(room=7, parts=("ballots.turnout",), crowd=True)] * 10_000)
    assert len(sheaf.written()) < 60
    assert sheaf.drain() == [Hint(room=7, parts=("ballots.turnout",), crowd=True)]


@pytest.mark.parametrize("many", ["rooms", "seats"])
def test_too_many_are_everything_but_an_ended_seat_is_never_forgotten(many: str) -> None:
    sheaf = bound(Hint(seat=1, end=True))
    for number in range(3 * MOST):
        sheaf.add(Hint(room=number, parts=("a.b",)) if many == "rooms" else Hint(seat=number))
    sheaf.add(Hint(seat=2, end=True))
    assert Sheaf.read(sheaf.written()).drain() == [
        Hint(seat=1, end=True), Hint(seat=2, end=True), Hint(everything=True)
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["", "[]", "7", '{"rooms": [1]}', '{"seats": ["x"]}', '{"rooms": {"1": 5}}', "\x00"])
def test_what_is_something_else_is_told_as_such(text: str) -> None:
    with pytest.raises((ValueError, AttributeError, TypeError)):
        Sheaf.read(text)


def test_that_something_could_not_be_stored_travels_with_the_rest() -> None:
    sheaf = bound(Hint(room=1, parts=("a.part",)), Hint(unstored=True), Hint(unstored=True))
    assert Sheaf.read(sheaf.written()).drain() == [Hint(room=1, parts=("a.part",)), Hint(unstored=True)]
