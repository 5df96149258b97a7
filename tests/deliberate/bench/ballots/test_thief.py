"""Whoever took everything finds what there is to find, and where there is nothing, no more than luck gives."""

from __future__ import annotations

import hashlib
import random
from itertools import permutations

import numpy as np
import pytest

from deliberate.bench.ballots.taken import Taken
from deliberate.bench.ballots.thief import TOGETHER, assigned, by_bytes, by_change, by_rows, chosen, guesses, traces

COUNT = 60
SEATS = [[f"seat{number:03d}"] for number in range(COUNT)]
BALLOTS = [[f"ballot{number:03d}"] for number in range(COUNT)]


def shuffled(seed: int) -> list[int]:
    order = list(range(COUNT))
    random.Random(seed).shuffle(order)
    return order


def right(seats: dict[str, dict[int, int]], ballots: dict[str, dict[int, int]], truth: dict[int, int]) -> int:
    return chosen(guesses(seats, ballots, COUNT, truth), list(range(COUNT)))


def test_the_cheapest_assignment_is_found() -> None:
    chance = np.random.default_rng(7)
    for _try in range(30):
        cost = chance.random((5, 5))
        match = assigned(cost)
        assert sorted(match) == list(range(5))
        least = min(sum(cost[row, column] for row, column in enumerate(each)) for each in permutations(range(5)))
        assert sum(cost[row, match[row]] for row in range(5)) == pytest.approx(least)


@pytest.mark.parametrize("backwards", [False, True])
def test_rows_in_one_order_on_both_sides_give_everybody_away(backwards: bool) -> None:
    order = shuffled(1)
    taken = Taken()
    taken.rows["vouchers"] = [{"rowid": 900 + place, "seat": SEATS[who][0]} for place, who in enumerate(order)]
    cast = order[::-1] if backwards else order
    taken.rows["ballots"] = [
        {"xmin": 7000 + place, "tracker": BALLOTS[who][0], "id": who} for place, who in enumerate(cast)
    ]
    seats, ballots = by_rows(taken, SEATS), by_rows(taken, BALLOTS)
    assert right(seats, ballots, {number: number for number in range(COUNT)}) == COUNT


def test_bytes_that_lie_in_one_order_give_everybody_away_even_within_pages_from_the_end() -> None:
    order = shuffled(2)
    pages = [order[start : start + 10] for start in range(0, COUNT, 10)]
    heap = b"".join(b"".join(BALLOTS[who][0].encode().ljust(20) for who in page[::-1]).ljust(4096) for page in pages)
    log = b"".join(SEATS[who][0].encode() + b" came\n" for who in order)
    taken = Taken({"heap": heap, "log": log})
    seats, ballots = by_bytes(taken, SEATS, 4096), by_bytes(taken, BALLOTS, 4096)
    found = guesses(seats, ballots, COUNT, {number: number for number in range(COUNT)})
    assert found[0].right == COUNT
    assert "by cell" in found[0].by


def test_a_ballot_beside_its_seat_gives_both_away() -> None:
    rows = [f"{SEATS[who][0]} {BALLOTS[who][0]}".encode().ljust(100) for who in shuffled(3)]
    taken = Taken({"file": b"".join(rows)})
    found = guesses(
        by_bytes(taken, SEATS, 4096), by_bytes(taken, BALLOTS, 4096), COUNT, {number: number for number in range(COUNT)}
    )
    assert next(guess.right for guess in found if "nearest" in guess.by) == COUNT


def test_orders_that_have_nothing_to_do_with_each_other_give_away_what_luck_gives() -> None:
    def orders(first: int) -> dict[str, dict[int, int]]:
        return {f"order {n}": dict(enumerate(shuffled(n))) for n in range(first, first + 12)}

    truth = dict(enumerate(shuffled(99)))
    found = guesses(orders(100), orders(200), COUNT, truth)
    assert len(found) == 12 * 12 * 2 + 1
    assert any(guess.by == TOGETHER for guess in found)
    assert chosen(found, list(range(COUNT))) <= 0.15 * COUNT


def test_what_changed_between_two_takings_is_seen() -> None:
    before, after = Taken(), Taken()
    before.rows["seats"] = [{"handle": name, "seen": 1} for [name] in SEATS]
    after.rows["seats"] = [{"handle": name, "seen": 1 + number % 2} for number, [name] in enumerate(SEATS)]
    [changed] = by_change(before, after, SEATS).values()
    assert [changed[number] for number in range(4)] == [0, 1, 0, 1]
    assert by_change(before, before, SEATS) == {}


@pytest.mark.parametrize(
    "content",
    [
        b"GET / from 127.77.1.20",
        "from 127.77.1.20".encode("utf-16-le"),
        b'{"who": "' + hashlib.sha256(b"127.77.1.20").hexdigest().encode() + b'"}',
    ],
)
def test_an_address_is_found_as_text_in_utf_16_and_by_its_hash(content: bytes) -> None:
    assert traces(Taken({"log": content}), ["127.77.1.20"])
    assert not traces(Taken({"log": b"GET / from somebody"}), ["127.77.1.20"])
