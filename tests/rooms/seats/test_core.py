from __future__ import annotations

from rooms.seats import core


def test_a_suggested_name_is_a_quality_and_a_thing() -> None:
    assert core.suggestion(lambda some: some[0]) == f"{core.QUALITIES[0]} {core.THINGS[0]}"


def test_there_are_enough_pairs_that_few_meet_their_like() -> None:
    pairs = {f"{quality} {thing}" for quality in core.QUALITIES for thing in core.THINGS}
    assert len(pairs) == 1296
