from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rooms.events.folding import Cell, alone, fold


def test_groups_of_k_or_more_stand_by_themselves() -> None:
    assert fold({"artists": 5, "business": 9}, k=5) == (
        Cell(("business",), 9),
        Cell(("artists",), 5),
    )


def test_small_groups_are_folded_together() -> None:
    cells = fold({"artists": 3, "business": 9, "youth": 2}, k=5)
    assert cells == (Cell(("business",), 9), Cell(("artists", "youth"), 5))
    assert [cell.folded for cell in cells] == [False, True]


def test_one_small_group_takes_the_next_smallest_with_it() -> None:
    cells = fold({"artists": 4, "business": 9, "youth": 6}, k=5)
    assert cells == (Cell(("business",), 9), Cell(("artists", "youth"), 10))


def test_a_remainder_under_k_takes_the_next_smallest_with_it() -> None:
    cells = fold({"artists": 1, "business": 9, "youth": 1, "media": 7}, k=5)
    assert cells == (Cell(("business",), 9), Cell(("artists", "media", "youth"), 9))


def test_a_group_that_did_not_vote_is_small_too() -> None:
    assert fold({"artists": 0, "business": 9, "youth": 6}, k=5)[-1].groups == ("artists", "youth")


@pytest.mark.parametrize("sizes", [{}, {"artists": 9}, {"artists": 1, "youth": 2}, {"artists": 4, "youth": 80}])
def test_where_only_the_total_could_be_shown_there_is_no_breakdown(sizes: dict[str, int]) -> None:
    assert fold(sizes, k=5) == ()


def test_which_of_two_equal_groups_is_folded_does_not_depend_on_their_order() -> None:
    sizes = {"a": 6, "b": 6, "c": 1, "d": 7}
    assert fold(sizes) == fold(dict(reversed(sizes.items())))


def test_only_a_group_that_is_a_cell_by_itself_may_be_named() -> None:
    assert alone({"artists": 10, "business": 5, "youth": 1}, k=5) == {"artists"}
    assert alone({"artists": 10, "business": 5}, k=5) == {"artists", "business"}
    assert alone({"artists": 10}, k=5) == frozenset()


def derivable(groups: list[str], cells: tuple[Cell, ...]) -> set[tuple[int, ...]]:
    """Every sum of groups that adding and subtracting published figures can give.

    A figure is a vector over the groups. The published ones are the cells and the total; all
    combinations with -1, 0, 1 of them are formed, and those that are a plain sum of groups kept.
    """
    figures = [[int(group in cell.groups) for group in groups] for cell in cells]
    figures.append([1] * len(groups))
    found = set()
    for weights in product((-1, 0, 1), repeat=len(figures)):
        columns = zip(*figures, strict=True)
        mixed = tuple(sum(w * f for w, f in zip(weights, column, strict=True)) for column in columns)
        if any(mixed) and set(mixed) <= {0, 1}:
            found.add(mixed)
    return found


@given(st.lists(st.integers(0, 12), min_size=1, max_size=7), st.integers(1, 6))
@settings(max_examples=150, deadline=None)
def test_no_combination_of_published_figures_shows_fewer_than_k(counts: list[int], k: int) -> None:
    sizes = {f"group {n}": count for n, count in enumerate(counts)}
    cells = fold(sizes, k)
    for combination in derivable(list(sizes), cells) if cells else ():
        people = sum(size for size, used in zip(counts, combination, strict=True) if used)
        assert people >= k


@given(st.dictionaries(st.text(max_size=3), st.integers(0, 40), max_size=12), st.integers(1, 9))
def test_cells_hold_every_group_once_and_fold_no_more_than_needed(sizes: dict[str, int], k: int) -> None:
    cells = fold(sizes, k)
    if cells:
        assert sorted(group for cell in cells for group in cell.groups) == sorted(sizes)
        assert all(cell.size == sum(sizes[group] for group in cell.groups) for cell in cells)
        assert sum(cell.folded for cell in cells) <= 1
    folded = [sizes[group] for cell in cells if cell.folded for group in cell.groups]
    if any(size >= k for size in folded):
        assert sum(folded) - max(folded) < k  # without the largest it would have been too few


def test_the_same_check_catches_a_remainder_of_one_small_group() -> None:
    """The brute force above sees the mistake that folding is there to avoid."""
    naive = (Cell(("big",), 9), Cell(("bigger",), 12))
    assert (0, 0, 1) in derivable(["big", "bigger", "small"], naive)


@pytest.mark.parametrize(("sizes", "k"), [({"a": -1}, 5), ({"a": 1}, 0)])
def test_sizes_and_k_that_make_no_sense_are_refused(sizes: dict[str, int], k: int) -> None:
    with pytest.raises(ValueError, match="start"):
        fold(sizes, k)
