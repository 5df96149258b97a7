from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.ballots.folding import Cell
from polls.statements.core import (
    CellSupport,
    Citation,
    Clause,
    Stance,
    Support,
    Version,
    canonical,
    record,
    seal,
    support,
)

FOR, AGAINST = Stance.SUPPORT, Stance.OPPOSE
VERSION = Version(
    "s1",
    2,
    "Just governance",
    (
        Clause(1, "We ask for peace.", (Citation("segment", "x9", "peace", 3, 8),)),
        Clause(2, "Now."),
    ),
)


def test_support_is_shown_by_group_and_small_groups_are_folded() -> None:
    stances = [("artists", FOR)] * 6 + [("youth", FOR)] * 2 + [("media", AGAINST)] * 3
    assert support(stances, k=5) == Support(
        8,
        3,
        (
            CellSupport(Cell(("artists",), 6), 6, 0),
            CellSupport(Cell(("media", "youth"), 5), 2, 3),
        ),
    )


def test_one_small_group_is_never_what_is_left_over() -> None:
    stances = [("artists", FOR)] * 6 + [("media", FOR)] * 7 + [("youth", AGAINST)]
    shown = [cell.cell.groups for cell in support(stances, k=5).cells]
    assert shown == [("media",), ("artists", "youth")]


def test_a_group_with_seats_and_no_stance_counts_as_small() -> None:
    stances = [("artists", FOR)] * 6 + [("media", FOR)] * 7
    assert len(support(stances, k=5).cells) == 2
    assert support(stances, ["youth"], k=5).cells[-1].cell.groups == ("artists", "youth")


def test_few_stances_have_a_total_and_no_groups() -> None:
    assert support([("artists", FOR), ("youth", AGAINST)]) == Support(1, 1, ())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Stance))))
def test_the_cells_always_add_up_to_the_totals(stances: list[tuple[str, Stance]]) -> None:
    result = support(stances, k=3)
    assert result.support + result.oppose == len(stances)
    if result.cells:
        assert sum(cell.support for cell in result.cells) == result.support
        assert sum(cell.oppose for cell in result.cells) == result.oppose


def test_a_seal_is_the_hash_of_canonical_json() -> None:
    sealed = seal(VERSION)
    assert sealed.json == (
        b'{"clauses":[{"citations":[{"end":8,"handle":"x9","quote":"peace","source":"segment",'
        b'"start":3}],"number":1,"text":"We ask for peace."},{"citations":[],"number":2,'
        b'"text":"Now."}],"number":2,"statement":"s1","title":"Just governance"}'
    )
    assert sealed.sha256 == hashlib.sha256(sealed.json).hexdigest()
    assert json.loads(sealed.json) == record(VERSION)


@pytest.mark.parametrize(
    "changed",
    [
        replace(VERSION, number=3),
        replace(VERSION, title="Just governance "),
        replace(VERSION, clauses=VERSION.clauses[::-1]),
        replace(VERSION, clauses=(replace(VERSION.clauses[0], citations=()), VERSION.clauses[1])),
    ],
)
def test_any_change_breaks_the_seal(changed: Version) -> None:
    assert seal(changed).sha256 != seal(VERSION).sha256


def test_canonical_json_sorts_as_the_standard_example_does() -> None:
    # RFC 8785, section 3.2.3: the order of these names is by UTF-16 code units.
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    written = json.loads(canonical(dict.fromkeys(names, "")))
    assert list(written) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


def test_canonical_json_escapes_only_what_it_must() -> None:
    # RFC 8785, section 3.2.2, the string of the sample.
    value = "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/"
    assert canonical(value).decode() == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'


@pytest.mark.parametrize("value", [1.0, float("nan"), 2**53, [-(2**53)], {"a": 0.5}, "\ud800"])
def test_what_cannot_be_written_in_one_way_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        canonical(value)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-9, 9)))
def test_the_order_in_which_names_were_set_does_not_show(values: dict[str, Any]) -> None:
    assert canonical(values) == canonical(dict(reversed(values.items())))
    assert json.loads(canonical(values)) == values
