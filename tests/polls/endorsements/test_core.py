"""When figures of who signed may be told anew."""

from __future__ import annotations

from polls.endorsements.core import told


def test_cells_come_with_the_kth_signature_and_not_with_each() -> None:
    assert told({"artists": 2, "youth": 2}, 0, k=5) is None
    assert told({"artists": 10, "youth": 5}, 0, k=5) == [(("artists",), 10), (("youth",), 5)]
    assert told({"artists": 10, "youth": 9}, 15, k=5) is None
    assert told({"artists": 10, "youth": 10}, 15, k=5) == [(("youth",), 10), (("artists",), 10)]


def test_where_enough_took_it_back_they_are_counted_anew_too() -> None:
    assert told({"artists": 5, "youth": 0}, 15, k=5) == []
