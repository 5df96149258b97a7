from __future__ import annotations

from polls.ballots.folding import unanimous


def test_a_cell_of_one_mind_is_noticed() -> None:
    assert unanimous({"a": 7, "b": 0}) == "a"
    assert unanimous({"a": 7, "-": 1}) is None
    assert unanimous({}) is None
