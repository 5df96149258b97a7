from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from polls.ballots.core import Contents, Kind, Question, rows
from polls.ballots.outcome import NO_GROUP, Named, Result, result

ONE = Question(Kind.ONE, ("a", "b"))
SCALE = Question(Kind.SCALE)
RANKING = Question(Kind.RANKING, ("a", "b", "c"))


def group(handle: str) -> Named:
    return {"handle": handle, "name": handle.title(), "initial": handle[0].upper(), "colour": 1}


def cells(found: Result) -> list[tuple[list[str], int]]:
    return [([each["handle"] for each in cell["groups"]], cell["figures"]["ballots"]) for cell in found["cells"]]


def test_groups_under_k_are_published_together() -> None:
    box = rows([["youth", "a", 2], ["artists", "b", 3], ["media", "a", 9]])
    found = result(ONE, box, 20, [group("youth"), group("artists"), group("media")], k=5)
    assert cells(found) == [(["media"], 9), (["youth", "artists"], 5)]
    assert found["cells"][1]["figures"]["votes"] == [("a", 2), ("b", 3)]


def test_a_group_with_seats_and_no_ballots_is_folded_and_one_without_seats_is_not_named() -> None:
    box = rows([["media", "a", 9], ["youth", "a", 5]])
    found = result(ONE, box, 20, [group("youth"), group("media"), group("artists")], k=5)
    assert cells(found) == [(["media"], 9), (["youth", "artists"], 5)]
    assert cells(result(ONE, box, 20, [group("youth"), group("media")], k=5)) == [(["media"], 9), (["youth"], 5)]


def test_ballots_of_a_group_that_was_removed_count_as_of_no_group() -> None:
    box = rows([["media", "a", 6], ["gone", "b", 4], ["", "b", 2]])
    assert cells(result(ONE, box, 20, [group("media"), NO_GROUP], k=5)) == [(["media"], 6), ([""], 6)]


def test_a_scale_has_its_median_for_everybody_and_for_each_cell() -> None:
    box = rows([["youth", "1", 5], ["media", "5", 5], ["media", "-", 1]])
    found = result(SCALE, box, 20, [group("youth"), group("media")], k=5)
    assert found["figures"]["median"] == 3
    assert [cell["figures"]["median"] for cell in found["cells"]] == [5, 1]
    assert (found["figures"]["ballots"], found["figures"]["abstained"]) == (11, 1)


def test_a_ranking_keeps_every_round_and_who_beats_every_other() -> None:
    found = result(RANKING, rows([["", "a>b", 4], ["", "b>c", 3], ["", "c>b", 2]]), 9, [NO_GROUP], k=5)
    assert [(stage["votes"], stage["out"]) for stage in found["rounds"]] == [
        ({"a": 4, "b": 3, "c": 2}, "c"),
        ({"a": 4, "b": 5}, None),
    ]
    assert (found["winner"], found["condorcet"]) == ("b", "b")


BOXES = st.dictionaries(
    st.tuples(st.sampled_from(["youth", "media", "artists", "", "gone"]), st.sampled_from(["a", "b", "-"])),
    st.integers(1, 12),
    max_size=12,
)


@given(BOXES, st.integers(2, 6))
def test_published_cells_add_up_to_everybody_and_none_is_under_k(box: dict[tuple[str, str], int], k: int) -> None:
    contents: Contents = rows([(handle, key, count) for (handle, key), count in box.items()])
    found = result(ONE, contents, 99, [group("youth"), group("media"), group("artists"), NO_GROUP], k)
    assert json.loads(json.dumps(found))["figures"]["ballots"] == found["figures"]["ballots"]
    if found["cells"]:
        assert all(count >= k for _groups, count in cells(found))
        assert sum(count for _groups, count in cells(found)) == found["figures"]["ballots"]
        for place, (_option, votes) in enumerate(found["figures"]["votes"]):
            assert sum(cell["figures"]["votes"][place][1] for cell in found["cells"]) == votes
