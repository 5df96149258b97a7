"""Initials that tell groups apart, and agendas as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rooms.events import core


def test_a_name_that_begins_like_no_other_has_one_letter() -> None:
    assert core.initials(["Politicians", "youth", "Fieldworkers"]) == ["P", "Y", "F"]


def test_names_that_begin_alike_have_two_letters_each() -> None:
    assert core.initials(["Diplomats", "Displaced people", "Deaf people"]) == ["Di", "Dp", "De"]


def test_one_more_group_takes_what_is_free() -> None:
    assert core.initial("Artists", ["P", "D"]) == "A"
    assert core.initial("Doctors", ["P", "D"]) == "Do"
    assert core.initial("Doctors", ["D", "do", "Dc"]) == "Dt"


@given(st.lists(st.text(max_size=12), max_size=core.MOST_GROUPS))
def test_initials_differ_and_have_one_or_two_letters_whatever_the_names(names: list[str]) -> None:
    found = core.initials(names)
    assert len({each.casefold() for each in found}) == len(names)
    assert all(1 <= len(each) <= 2 for each in found)


@pytest.mark.parametrize(
    ("typed", "points", "unread"),
    [
        ("Open plenary, 40", [("Open plenary", 40)], []),
        ("\n  Land, water and who decides , 20 \n\n", [("Land, water and who decides", 20)], []),
        ("No minutes\nOpen plenary, 40", [("Open plenary", 40)], ["No minutes"]),
        (", 5", [], [", 5"]),
        ("Too long, 601", [], ["Too long, 601"]),
        ("Nothing, 0", [], ["Nothing, 0"]),
        ("Half, 1.5", [], ["Half, 1.5"]),
        ("", [], []),
    ],
)
def test_agenda_lines_are_a_title_a_comma_and_minutes(
    typed: str, points: list[tuple[str, int]], unread: list[str]
) -> None:
    assert core.agenda_of(typed) == (points, unread)
