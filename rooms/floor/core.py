"""Who speaks next: one pure rule over who waits and what was heard.

The order of the rule, each step only where the one before leaves a choice:

1. a point of order, but never more than `Rule.orders_in_a_row` of them in a row while others wait;
2. whoever was passed over `Rule.patience` times, so that no one starves (see `longest_wait`);
3. a direct reply to the turn being discussed, up to `Rule.replies_per_turn` of them;
4. people who have not spoken yet;
5. the group heard least against its share of the seats in the room;
6. hall and remote by turns;
7. first asked, first called.

Nothing here knows a table, a language or the time of day. A reason is a code with values; the
sentences are made elsewhere, where they can be translated.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from datetime import datetime

from rooms.floor.terms import (
    Because,
    Heard,
    Kind,
    Place,
    PlaceBalance,
    Proposal,
    Reason,
    Rule,
    Shares,
    Sum,
    Waiting,
    heard_from,
)


def next_turn(waiting: Iterable[Waiting], heard: Heard, shares: Shares, rule: Rule) -> Proposal | None:
    """Who comes next and why; None when nobody waits. Changes nothing."""
    line = _Line(waiting, heard, shares, rule)
    chosen = line.choose()
    return Proposal(chosen[0].handle, chosen[1]) if chosen else None


def order(
    waiting: Iterable[Waiting],
    turns: Iterable[tuple[Waiting, float]],
    shares: Shares,
    rule: Rule,
    planned: Mapping[Kind, float],
) -> list[Proposal]:
    """The whole order if nobody else asked and each turn took its planned seconds.

    Takes the called turns themselves, not a `Heard`, since it plays on and must not change yours.
    """
    line = _Line(waiting, heard_from(turns), shares, rule)
    proposals = []
    while chosen := line.choose():
        turn, reason = chosen
        proposals.append(Proposal(turn.handle, reason))
        line.take(turn, planned.get(turn.kind, 0.0))
    return proposals


def longest_wait(ahead: int, rule: Rule) -> int:
    """At most so many calls come before a request, whatever newcomers ask.

    `ahead` is the number of requests waiting when it was asked, with those asked in the same
    instant. With n = orders_in_a_row (0 where points of order have no precedence) the bound is

        patience + n + ahead * (n + 2)

    Why. Calls of people ahead: at most `ahead`. Calls of later ones: `patience` of them until the
    request has been passed over that often; so has then everybody ahead of it who still waits,
    since whoever passes it passes them. From there on a call that passes over the longest-waiting
    is followed by the longest-waiting, who is ahead or is the request itself, with at most n points
    of order in between. So between two calls of people ahead lie at most 1 + n later ones, and n
    before the first of them, for the request fell due by being passed over. Together:
    ahead + patience + n + ahead * (1 + n).

    A call out of order by the moderator is not the rule's: each adds at most 1 + n.
    """
    orders = rule.orders_in_a_row if rule.point_of_order_first else 0
    return rule.patience + orders + ahead * (orders + 2)


class _Line:
    """Those waiting, kept in a few lines sorted by asking, so that a call looks only at heads."""

    def __init__(self, waiting: Iterable[Waiting], heard: Heard, shares: Shares, rule: Rule) -> None:
        self.heard, self.shares, self.rule = heard, shares, rule
        self.gone: set[str] = set()
        self.orders: deque[Waiting] = deque()
        self.rest: deque[Waiting] = deque()
        self.replies: defaultdict[str, deque[Waiting]] = defaultdict(deque)
        self.new: defaultdict[tuple[str | None, Place], deque[Waiting]] = defaultdict(deque)
        self.old: defaultdict[tuple[str | None, Place], list[Waiting]] = defaultdict(list)
        self.group_seats = sum(shares.groups.values())
        self.place_seats = sum(shares.places.values())
        self.left = 0
        for turn in sorted(waiting, key=_asked):
            self.left += 1
            if rule.point_of_order_first and turn.kind is Kind.POINT_OF_ORDER:
                self.orders.append(turn)
                continue
            self.rest.append(turn)
            self.new[turn.group, turn.place].append(turn)
            if turn.kind is Kind.REPLY and turn.reply_to is not None:
                self.replies[turn.reply_to].append(turn)

    def choose(self) -> tuple[Waiting, Reason] | None:
        heard, rule = self.heard, self.rule
        first = self._head(self.rest)
        point_of_order = self._head(self.orders)
        if point_of_order and (first is None or heard.orders < rule.orders_in_a_row):
            return point_of_order, Reason(Because.POINT_OF_ORDER)
        if first is None:
            return None
        # After a call that was theirs the rule has one free choice before the next such call:
        # else a long list, once impatient, would be served by age alone and balance would end.
        times = heard.passed_over(first.asked)
        just_passed = heard.last_asked is not None and heard.last_asked > first.asked
        if times >= rule.patience and just_passed:
            return first, Reason(Because.PASSED_OVER, {"times": times})
        if heard.subject is not None and heard.replies < rule.replies_per_turn:
            reply = self._head(self.replies[heard.subject])
            if reply:
                number = heard.replies + 1
                limit = rule.replies_per_turn
                return reply, Reason(Because.REPLY, {"to": heard.subject, "number": number, "limit": limit})
        chosen = min(self._candidates(), key=self._key)
        return chosen, self._reason(chosen, first)

    def take(self, turn: Waiting, seconds: float) -> None:
        self.gone.add(turn.handle)
        self.left -= 1
        self.heard.hear(turn, seconds)

    def _head(self, line: deque[Waiting]) -> Waiting | None:
        while line and line[0].handle in self.gone:
            line.popleft()
        return line[0] if line else None

    def _candidates(self) -> list[Waiting]:
        """The first asked of each group and place: among new speakers, and among the others."""
        found = []
        for bucket, line in self.new.items():
            while (head := self._head(line)) and self._has_spoken(head):
                insort(self.old[bucket], line.popleft(), key=_asked)
            if head:
                found.append(head)
        for spoken in self.old.values():
            while spoken and spoken[0].handle in self.gone:
                spoken.pop(0)
            if spoken:
                found.append(spoken[0])
        return found

    def _has_spoken(self, turn: Waiting) -> bool:
        return self.rule.first_time_first and turn.speaker in self.heard.speakers

    def _key(self, turn: Waiting) -> tuple[bool, int, int, datetime, str]:
        return (
            self._has_spoken(turn),
            self._group_level(turn.group),
            self._place_level(turn.place),
            *_asked(turn),
        )

    def _group_level(self, group: str | None) -> int:
        heard = self.heard.groups.get(group, Sum()).of(self.rule.measure)
        total = self.heard.total.of(self.rule.measure)
        seats = self.shares.groups.get(group, 0)
        return _level(heard, total, seats, self.group_seats, self.rule.group_weight)

    def _place_level(self, place: Place) -> int:
        if self.rule.place_balance is PlaceBalance.OFF:
            return 0
        if self.rule.place_balance is PlaceBalance.BY_TURNS:
            return int(place is self.heard.last_place)
        heard = self.heard.places.get(place, Sum()).of(self.rule.measure)
        total = self.heard.total.of(self.rule.measure)
        seats = self.shares.places.get(place, 0)
        return _level(heard, total, seats, self.place_seats, weight=4)

    def _reason(self, chosen: Waiting, first: Waiting) -> Reason:
        """What set the chosen before the first asked: the question those waiting will put."""
        if self.left == 1:
            return Reason(Because.ONLY_ONE)
        if chosen is first:
            return Reason(Because.FIRST_ASKED)
        if self._has_spoken(chosen) != self._has_spoken(first):
            return Reason(Because.FIRST_TIME)
        if self._group_level(chosen.group) == self._group_level(first.group):
            return Reason(Because.PLACE, {"place": chosen.place.value})
        heard = self.heard.groups.get(chosen.group, Sum()).of(self.rule.measure)
        seats = self.shares.groups.get(chosen.group, 0)
        return Reason(Because.GROUP, {"group": chosen.group or "", "heard": heard, "seats": seats})


def _level(heard: int, total: int, seats: int, all_seats: int, weight: int) -> int:
    """Share heard over share of seats, in whole steps of 1/weight. Integers, so that ties are ties.

    Somebody waits for whom no seat is counted: they count as one seat, never as a division by none.
    """
    return weight * heard * max(1, all_seats) // (max(1, total) * max(1, seats))


def _asked(turn: Waiting) -> tuple[datetime, str]:
    return turn.asked, turn.handle
