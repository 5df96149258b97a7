from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from polls.statements.core import (
    CellSupport,
    Change,
    Counts,
    Stance,
    Support,
    canonical,
    compare,
    heard,
    moved,
    seal,
    shortened,
    support,
)
from rooms.events.folding import Cell
from rooms.transcript.core import Op

FOR, AGAINST = Stance.SUPPORT, Stance.BLOCK
VERSION: dict[str, Any] = {
    "version": 2,
    "title": "Just governance",
    "clauses": [{"text": "We ask for peace.", "number": 1}],
}


def test_support_is_shown_by_group_and_small_groups_are_folded() -> None:
    stances = [("artists", FOR)] * 6 + [("youth", FOR)] * 2 + [("media", AGAINST)] * 3
    alone, together = Cell(("artists",), 6), Cell(("media", "youth"), 5)
    assert support(stances, k=5) == Support(
        Counts(8, block=3), (CellSupport(alone, Counts(6)), CellSupport(together, Counts(2, block=3)))
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
    assert support([("artists", FOR), ("youth", AGAINST)]) == Support(Counts(1, block=1), ())


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(Stance))))
def test_the_cells_always_add_up_to_the_totals(stances: list[tuple[str, Stance]]) -> None:
    result = support(stances, k=3)
    assert sum(result.totals) == len(stances)
    if result.cells:
        sums = [sum(counts) for counts in zip(*(cell.counts for cell in result.cells), strict=True)]
        assert sums == list(result.totals)


@pytest.mark.parametrize(
    ("before", "after", "seats"),
    [
        ((3, 0, 0, 1), (3, 0, 0, 1), 0),
        ((3, 0, 0, 1), (5, 0, 0, 1), 2),
        ((3, 0, 0, 1), (5, 0, 0, 3), 4),
        ((3, 0, 0, 1), (0, 0, 0, 4), 3),
        ((3, 0, 0, 1), (0, 0, 0, 0), 4),
        ((5, 0, 0, 0), (4, 0, 0, 3), 3),
        ((5, 0, 0, 0), (2, 1, 1, 1), 3),
        ((1, 1, 1, 1), (2, 0, 2, 0), 2),
    ],
)
def test_between_two_totals_so_many_seats_moved_at_least(
    before: tuple[int, ...], after: tuple[int, ...], seats: int
) -> None:
    assert moved(Counts(*before), Counts(*after)) == moved(Counts(*after), Counts(*before)) == seats


def test_a_group_is_heard_once_k_of_it_took_a_stand_and_who_has_none_is_no_group() -> None:
    assert heard({}, k=5) == []
    assert heard({"youth": 5, "artists": 4, "media": 1, "": 9}, k=5) == ["youth"]
    assert heard({"youth": 5, "artists": 6}, k=5) == ["artists", "youth"]


def test_a_seal_is_the_hash_of_canonical_json() -> None:
    written = b'{"clauses":[{"number":1,"text":"We ask for peace."}],"title":"Just governance","version":2}'
    assert seal(VERSION) == hashlib.sha256(written).hexdigest()


@pytest.mark.parametrize("changed", [{"version": 3}, {"title": "Just governance "}, {"clauses": []}, {"more": None}])
def test_any_change_breaks_the_seal(changed: dict[str, Any]) -> None:
    assert seal({**VERSION, **changed}) != seal(VERSION)


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


def clauses(*pairs: tuple[str, str]) -> list[dict[str, Any]]:
    return [
        {"handle": handle, "number": number, "text": text, "citations": [{"quote": f"of {handle}"}]}
        for number, (handle, text) in enumerate(pairs, start=1)
    ]


def test_two_versions_are_compared_clause_by_clause() -> None:
    before = clauses(("a", "We ask for peace."), ("b", "Now."), ("c", "Soon."))
    after = clauses(("c", "Soon."), ("a", "We ask for a just peace."), ("d", "Here."))
    changes = compare(before, after)
    assert [(each.change, each.before, each.after) for each in changes] == [
        (Change.RENUMBERED, 3, 1),
        (Change.REMOVED, 2, None),
        (Change.REWORDED, 1, 2),
        (Change.ADDED, None, 3),
    ]
    assert "".join(piece for op, piece in changes[2].words if op is Op.INSERTED).strip() == "a just"
    assert changes[3].gained == ("of d",)
    assert changes[1].lost == ("of b",)


def test_a_version_does_not_differ_from_itself() -> None:
    text = clauses(("a", "We ask for peace."), ("b", "Now."))
    assert {each.change for each in compare(text, text)} == {Change.SAME}


def test_a_quote_that_is_cited_once_more_is_gained_once() -> None:
    before, after = clauses(("a", "Peace.")), clauses(("a", "Peace."))
    after[0]["citations"] *= 2
    assert compare(before, after)[0].gained == ("of a",)


HANDLES = st.lists(st.sampled_from("abcdef"), unique=True)


@given(HANDLES, HANDLES)
def test_every_clause_of_both_versions_stands_once_in_the_comparison(before: list[str], after: list[str]) -> None:
    changes = compare(clauses(*((one, one) for one in before)), clauses(*((one, one) for one in after)))
    assert [each.after for each in changes if each.after] == list(range(1, len(after) + 1))
    assert sorted(each.before for each in changes if each.before) == list(range(1, len(before) + 1))


def test_a_long_clause_is_shortened_where_nothing_changed() -> None:
    words = [(Op.SAME, "one two three " * 60), (Op.INSERTED, "never"), (Op.SAME, " again." * 60)]
    short = shortened(words, 200)
    assert (Op.INSERTED, "never") in short
    assert sum(len(piece) for _op, piece in short) < 240
    assert " … " in short[0][1]
    assert shortened([(Op.SAME, "We ask for peace.")], 200) == [(Op.SAME, "We ask for peace.")]
