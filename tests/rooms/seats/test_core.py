from __future__ import annotations

from rooms.seats import core


def test_a_suggested_name_is_one_nobody_has() -> None:
    taken = {f"{core.QUALITIES[0]} {core.THINGS[0]}"}
    words = iter([core.QUALITIES[0], core.THINGS[0], core.QUALITIES[1], core.THINGS[0]])
    assert core.suggestion(taken, lambda _some: next(words)) == f"{core.QUALITIES[1]} {core.THINGS[0]}"


def test_where_names_run_out_a_number_is_added() -> None:
    name = f"{core.QUALITIES[0]} {core.THINGS[0]}"
    assert core.suggestion({name, f"{name} 2"}, lambda some: some[0]) == f"{name} 3"
