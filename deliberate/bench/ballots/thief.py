"""Whoever took everything tries to say whose ballot is whose: by each order in which seats and ballots lie anywhere, forwards
and backwards, by what lies near what, by what a transaction wrote together, and by what changed between two takings."""

from __future__ import annotations

import hashlib
import hmac
import random
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from deliberate.bench.ballots.taken import PLACES, Taken, texts
from polls.ballots.blind import formats

#: Somewhere -> for each seat (or ballot) where it lies there: an order to be read from it.
Orders = dict[str, dict[int, Any]]
TOGETHER = "all of them together, the best assignment"
#: The sizes of a page in SQLite and in PostgreSQL: within one, what came first lies last.
PAGES = {"SQLite": 4096, "PostgreSQL": 8192}
_ctid = re.compile(r"\((\d+),(\d+)\)")


@dataclass
class Known:
    """The two sides to be matched, each by what names it wherever it stands: `seats` (their vouchers), and `ballots`."""

    seats: list[list[str]] = field(default_factory=list)
    ballots: list[list[str]] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)


@dataclass
class Guess:
    """One way to match, and the seats for which it is right."""

    by: str
    of: frozenset[int]

    @property
    def right(self) -> int:
        return len(self.of)


def chosen(guesses: Sequence[Guess], seats: Sequence[int]) -> int:
    """How many a thief gets right who has accomplices: the way is chosen by what is right of one half of the seats, of whom
    the ballots are known, and counted on the other half; and the other way round."""
    halves = frozenset(seats[::2]), frozenset(seats[1::2])
    right = 0
    for told, others in (halves, halves[::-1]):
        best = max(guesses, key=lambda guess: (len(guess.of & told), guess.by))  # of equals none that hindsight likes
        right += len(best.of & others)
    return right


def known(taken: Taken, handles: Sequence[str], ballots: Sequence[bytes]) -> Known:
    """What whoever has the database can call each seat: its handle, its key, and by the box's salt its voucher."""
    boxes = [row["salt"] for row in taken.rows["polls_ballotbox"]]
    by_handle = {row["handle"]: row["id"] for row in taken.rows["rooms_seat"]}
    vouchers = {row["seat"]: row["asked"] for row in taken.rows["polls_voucher"]}
    found = Known()
    for handle in handles:
        pk = by_handle[handle]
        called = [hmac.new(bytes.fromhex(salt), str(pk).encode(), hashlib.sha256).hexdigest() for salt in boxes]
        asked = [vouchers[each] for each in called if vouchers.get(each)]
        found.seats.append([handle, *called, *asked])
        found.keys.append(pk)
    for octets in ballots:
        start = 53 + octets[52]
        key, token = octets[start : start + 32], octets[start + 64 : start + 448]
        text = formats.to_text(octets)
        found.ballots.append([formats.tracker(key), text[400:460], key.hex(), token.hex()[:64]])
    return found


def by_rows(taken: Taken, names: Sequence[Sequence[str]], keys: Sequence[int] = ()) -> Orders:
    """Orders in which the database itself gives rows that name them: by place, by transaction, as they come."""
    who = {name: number for number, each in enumerate(names) for name in each}
    seats = {str(key): number for number, key in enumerate(keys)}
    found: Orders = {}
    for table, rows in taken.rows.items():
        for place, row in enumerate(rows):
            for column, text in texts(row):
                keyed = column == "seat_id" or (table == "rooms_seat" and column == "id")
                number = seats.get(text) if keyed else who.get(text[400:460] if column == "octets" else text)
                if number is None:
                    continue
                where = f"{table}.{column}"
                found.setdefault(f"{where} as it comes", {})[number] = place
                for kind in PLACES:
                    if kind in row:
                        found.setdefault(f"{where} by {kind}", {})[number] = _sortable(row[kind])
                if column == "tracker":
                    found.setdefault(f"{table} by id", {})[number] = row["id"]
    return _telling(found, len(names))


def by_bytes(taken: Taken, names: Sequence[Sequence[str]], page: int) -> Orders:
    """Orders in which their names lie in files: from the first octet on, and within pages from the end."""
    found: Orders = {}
    for file, content in taken.files.items():
        for kind in range(max(map(len, names))):
            needles = [each[kind].encode() if kind < len(each) else b"\0none\0" for each in names]
            sample = needles[:: max(1, len(needles) // 12)]
            if not any(each in content for each in sample):
                continue
            for way, look in (("first", content.find), ("last", content.rfind)):
                places = {number: at for number, each in enumerate(needles) if (at := look(each)) >= 0}
                found[f"{file}, name {kind}, {way}"] = places
                found[f"{file}, name {kind}, {way}, by cell"] = {n: (at // page, -at) for n, at in places.items()}
    return _telling(found, len(names))


def by_change(before: Taken, after: Taken, names: Sequence[Sequence[str]], keys: Sequence[int] = ()) -> Orders:
    """Whose rows changed between the two takings."""
    then, now = (_said(taken, names, keys) for taken in (before, after))
    changed = {number: int(then.get(number) != now.get(number)) for number in range(len(names))}
    return {"what changed between the takings": dict(changed)} if 0 < sum(changed.values()) < len(names) else {}


def _said(taken: Taken, names: Sequence[Sequence[str]], keys: Sequence[int]) -> dict[int, set[str]]:
    who = {name: number for number, each in enumerate(names) for name in each}
    seats = {str(key): number for number, key in enumerate(keys)}
    found: dict[int, set[str]] = {}
    for table, rows in taken.rows.items():
        for row in rows:
            said = dict(texts(row))
            about = {who[text] for text in said.values() if text in who}
            about |= {seats[said["seat_id"]]} if said.get("seat_id") in seats else set()
            for number in about:
                found.setdefault(number, set()).add(f"{table} {sorted(said.items())}")
    return found


def _sortable(place: Any) -> Any:
    match = _ctid.fullmatch(str(place))
    return (int(match[1]), int(match[2])) if match else place


def _telling(found: Orders, count: int) -> Orders:
    """Those that say something of half of them at least, and not the same of all."""
    return {
        where: places
        for where, places in found.items()
        if len(places) * 2 >= count and len(set(map(repr, places.values()))) > 1
    }


def guesses(seats: Orders, ballots: Orders, count: int, truth: Mapping[int, int], seed: int = 1) -> list[Guess]:
    """Every order of seats beside every order of ballots, and all of them weighed together; the best first, by hindsight.

    `truth`: which ballot is a seat's; only the count of what is right is taken from it."""
    chance = random.Random(seed)
    mine = {name: _ranked(places, count, chance) for name, places in seats.items()}
    theirs = {name: _ranked(places, count, chance) for name, places in ballots.items()}
    found = []
    total = np.zeros((count, count))
    for one, ranks in mine.items():
        for other, others in theirs.items():
            for way, turned in (("", others), (", backwards", count - 1 - others)):
                holder = np.argsort(turned)  # rank -> ballot
                found.append(_guess(f"{one} | {other}{way}", {n: int(holder[ranks[n]]) for n in truth}, truth))
            total += np.abs(ranks[:, None] - others[None, :]) / count
    for one, other in _same_place(seats, ballots):
        near = _near(seats[one], ballots[other], count, chance)
        found.append(_guess(f"{one} nearest {other}", near, truth))
        total += _distances(seats[one], ballots[other], count)
    match = assigned(total + np.random.default_rng(seed).random((count, count)) * 1e-9)
    found.append(_guess(TOGETHER, {seat: int(match[seat]) for seat in truth}, truth))
    return sorted(found, key=lambda each: -each.right)


def _guess(by: str, match: Mapping[int, int], truth: Mapping[int, int]) -> Guess:
    return Guess(by, frozenset(seat for seat, ballot in truth.items() if match.get(seat) == ballot))


def _ranked(places: Mapping[int, Any], count: int, chance: random.Random) -> Any:
    """The rank of each; equals, and those that lie nowhere, in an order of chance."""
    tie = list(range(count))
    chance.shuffle(tie)
    order = sorted(range(count), key=lambda number: (number not in places, _key(places.get(number)), tie[number]))
    ranks = np.empty(count, dtype=int)
    ranks[order] = np.arange(count)
    return ranks


def _key(place: Any) -> tuple[Hashable, ...]:
    return place if isinstance(place, tuple) else (0 if place is None else place,)


def _same_place(seats: Orders, ballots: Orders) -> list[tuple[str, str]]:
    """Orders whose numbers can be subtracted: offsets of one file, numbers of transactions."""

    def kind(name: str) -> str:
        return (
            ""
            if "by cell" in name
            else "xmin"
            if name.endswith("by xmin")
            else name.partition(", name")[0] * (", name" in name)
        )

    return [(one, other) for one in seats for other in ballots if kind(one) and kind(one) == kind(other)]


def _near(seats: Mapping[int, int], ballots: Mapping[int, int], count: int, chance: random.Random) -> dict[int, int]:
    found = {}
    for seat, place in seats.items():
        apart = {ballot: abs(place - other) for ballot, other in ballots.items()}
        least = min(apart.values())
        found[seat] = chance.choice([ballot for ballot, each in apart.items() if each == least])
    return found


def _distances(seats: Mapping[int, int], ballots: Mapping[int, int], count: int) -> Any:
    """How far each lies from each, in shares of the longest way."""
    mine = np.array([float(seats.get(number, 0)) for number in range(count)])
    theirs = np.array([float(ballots.get(number, 0)) for number in range(count)])
    apart = np.abs(mine[:, None] - theirs[None, :])
    return apart / max(1.0, float(apart.max()))


def assigned(cost: Any) -> Any:
    """For each row the column of the cheapest assignment: shortest augmenting paths (R. Jonker, A. Volgenant, 1987)."""
    n = len(cost)
    row_price, column_price, row_of = np.zeros(n + 1), np.zeros(n + 1), np.zeros(n + 1, dtype=int)
    for row in range(1, n + 1):
        row_of[0], column = row, 0
        least, way = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=int)
        used = np.zeros(n + 1, dtype=bool)
        while row_of[column]:
            used[column] = True
            here = row_of[column]
            costs = cost[here - 1] - row_price[here] - column_price[1:]
            better = ~used[1:] & (costs < least[1:])
            least[1:][better], way[1:][better] = costs[better], column
            following = int(np.argmin(np.where(used[1:], np.inf, least[1:]))) + 1
            step = least[following]
            row_price[row_of[used]] += step
            column_price[used] -= step
            least[1:][~used[1:]] -= step
            column = following
        while column:
            row_of[column] = row_of[way[column]]
            column = way[column]
    found = np.empty(n, dtype=int)
    found[row_of[1:] - 1] = np.arange(n)
    return found


def traces(taken: Taken, telltales: Sequence[str]) -> list[str]:
    """Where any of these texts stands: letter for letter, in UTF-16, or as the hexadecimal hash of it."""
    found = []
    hashes = {algorithm(each.encode()).hexdigest() for each in telltales for algorithm in _ALGORITHMS}
    for file, content in taken.files.items():
        for each in telltales:
            if each.encode() in content or each.encode("utf-16-le") in content:
                found.append(f"{each} in {file}")
        if any(run.decode() in hashes for run in set(re.findall(rb"[0-9a-f]{32,128}", content))):
            found.append(f"a hash of one in {file}")
    return found


_ALGORITHMS = (hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha384, hashlib.sha512)
