from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rooms.floor.core import longest_wait, next_turn, order
from rooms.floor.terms import (
    Because,
    Heard,
    Kind,
    Measure,
    Place,
    PlaceBalance,
    Proposal,
    Rule,
    Shares,
    Waiting,
    heard_from,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLANNED = dict.fromkeys(Kind, 60.0)
EVEN = Shares({"artists": 10, "business": 10}, {Place.HALL: 10, Place.REMOTE: 10})


def ask(
    handle: str,
    minute: float = 0,
    kind: Kind = Kind.POINT,
    group: str | None = "artists",
    place: Place = Place.HALL,
    speaker: str = "",
    reply_to: str | None = None,
) -> Waiting:
    asked = NOON + timedelta(minutes=minute)
    return Waiting(handle, kind, group, place, speaker or f"seat of {handle}", asked, reply_to)


def called(*turns: Waiting, seconds: float = 60) -> Heard:
    return heard_from((turn, seconds) for turn in turns)


def proposed(
    waiting: Sequence[Waiting],
    heard: Heard | None = None,
    shares: Shares = EVEN,
    rule: Rule | None = None,
) -> Proposal:
    proposal = next_turn(waiting, heard or Heard(), shares, rule or Rule())
    assert proposal is not None
    return proposal


def test_nobody_waits_nobody_comes() -> None:
    assert next_turn([], Heard(), EVEN, Rule()) is None
    assert order([], [], EVEN, Rule(), PLANNED) == []


def test_the_only_one_waiting_comes_and_the_reason_says_so() -> None:
    assert proposed([ask("a")]).reason.code is Because.ONLY_ONE


def test_a_point_of_order_comes_before_all_others() -> None:
    proposal = proposed([ask("a", 0), ask("order", 5, Kind.POINT_OF_ORDER)])
    assert (proposal.handle, proposal.reason.code) == ("order", Because.POINT_OF_ORDER)


def test_after_two_points_of_order_in_a_row_somebody_else_comes() -> None:
    heard = called(ask("x", 1, Kind.POINT_OF_ORDER), ask("y", 2, Kind.POINT_OF_ORDER))
    third = ask("z", 3, Kind.POINT_OF_ORDER)
    assert proposed([ask("a", 0), third], heard).handle == "a"
    assert proposed([third], heard).handle == "z"


def test_a_host_may_give_points_of_order_no_precedence() -> None:
    waiting = [ask("a", 0), ask("order", 5, Kind.POINT_OF_ORDER)]
    assert proposed(waiting, rule=Rule(point_of_order_first=False)).handle == "a"


def test_a_direct_reply_comes_before_people_who_have_not_spoken() -> None:
    waiting = [ask("new", 1), ask("reply", 2, Kind.REPLY, speaker="s", reply_to="speech")]
    heard = called(ask("before", -2, speaker="s"), ask("speech", -1))
    proposal = proposed(waiting, heard)
    assert (proposal.handle, proposal.reason.code) == ("reply", Because.REPLY)
    assert proposal.reason.values == {"to": "speech", "number": 1, "limit": 2}


def test_replies_to_one_turn_are_limited() -> None:
    replies = [ask(f"r{n}", n, Kind.REPLY, reply_to="speech") for n in (1, 2, 3)]
    heard = called(ask("speech", 0), replies[0], replies[1])
    assert proposed([replies[2], ask("a", 0.5, group="business")], heard).handle == "a"


def test_a_reply_to_an_earlier_turn_has_no_precedence() -> None:
    heard = called(ask("first", -2), ask("second", -1))
    late = ask("late", 1, Kind.REPLY, reply_to="first")
    assert proposed([ask("a", 0), late], heard).handle == "a"


def test_a_point_of_order_does_not_end_the_discussion_of_a_turn() -> None:
    heard = called(ask("speech", -2), ask("order", -1, Kind.POINT_OF_ORDER))
    reply = ask("reply", 1, Kind.REPLY, reply_to="speech")
    assert proposed([ask("a", 0), reply], heard).handle == "reply"


def test_people_who_have_not_spoken_come_before_those_who_have() -> None:
    heard = called(ask("x", -1, speaker="s"))
    waiting = [ask("again", 0, speaker="s", group="business"), ask("new", 1)]
    proposal = proposed(waiting, heard)
    assert (proposal.handle, proposal.reason.code) == ("new", Because.FIRST_TIME)
    assert proposed(waiting, heard, rule=Rule(first_time_first=False)).handle == "again"


def test_a_point_of_order_does_not_count_as_having_spoken() -> None:
    heard = called(ask("x", -1, Kind.POINT_OF_ORDER, speaker="s"))
    assert proposed([ask("a", 0, speaker="s"), ask("b", 1)], heard).handle == "a"


def test_the_group_heard_least_against_its_share_comes_first() -> None:
    # 30 artists heard twice, 10 business seats heard once: artists are below their share.
    shares = Shares({"artists": 30, "business": 10})
    heard = called(ask("x", -3), ask("y", -2), ask("z", -1, group="business"))
    waiting = [ask("b", 0, group="business"), ask("a", 1, group="artists")]
    proposal = proposed(waiting, heard, shares)
    assert proposal.handle == "a"
    assert proposal.reason.code is Because.GROUP
    assert proposal.reason.values == {"group": "artists", "heard": 2, "seats": 30}


def test_groups_can_be_measured_by_seconds_instead_of_turns() -> None:
    heard = Heard()
    heard.hear(ask("x", -3), 30)
    heard.hear(ask("y", -2), 30)
    heard.hear(ask("z", -1, group="business"), 600)
    waiting = [ask("a", 1, group="artists"), ask("b", 0, group="business")]
    assert proposed(waiting, heard).handle == "b"
    assert proposed(waiting, heard, rule=Rule(measure=Measure.SECONDS)).handle == "a"


def test_people_without_a_group_are_balanced_like_a_group() -> None:
    heard = called(ask("x", -1))
    assert proposed([ask("a", 0), ask("none", 1, group=None)], heard).handle == "none"


def test_a_host_may_leave_the_balance_of_groups_out() -> None:
    heard = called(ask("x", -1, place=Place.REMOTE))
    waiting = [ask("a", 0), ask("b", 1, group="business")]
    assert proposed(waiting, heard).handle == "b"
    assert proposed(waiting, heard, rule=Rule(group_weight=0)).handle == "a"


def test_a_small_difference_between_groups_gives_way_to_hall_and_remote() -> None:
    # Both heard once; 100 and 110 seats: 1.05 and 0.95 shares.
    shares = Shares({"artists": 100, "business": 110})
    heard = called(ask("x", -2, group="business"), ask("y", -1))
    waiting = [ask("hall", 0, group="business"), ask("remote", 1, place=Place.REMOTE)]
    fine = proposed(waiting, heard, shares, Rule(group_weight=100))
    assert (fine.handle, fine.reason.code) == ("hall", Because.FIRST_ASKED)
    # 0.95 and 1.05 lie on two sides of a whole share; with other seats both are above it.
    shares = Shares({"artists": 100, "business": 110, "youth": 30})
    coarse = proposed(waiting, heard, shares, Rule(group_weight=1))
    assert (coarse.handle, coarse.reason.code) == ("remote", Because.PLACE)


def test_hall_and_remote_come_by_turns() -> None:
    heard = called(ask("x", -1, group="business"))
    waiting = [ask("hall", 0), ask("remote", 1, place=Place.REMOTE)]
    proposal = proposed(waiting, heard)
    assert (proposal.handle, proposal.reason.code) == ("remote", Because.PLACE)
    assert proposal.reason.values == {"place": "remote"}
    off = Rule(place_balance=PlaceBalance.OFF)
    assert proposed(waiting, heard, rule=off).handle == "hall"


def test_hall_and_remote_can_be_balanced_by_their_seats() -> None:
    shares = Shares({"artists": 1}, {Place.HALL: 90, Place.REMOTE: 10})
    heard = called(*(ask(f"h{n}", -9 + n) for n in range(5)), ask("r", -1, group=None, place=Place.REMOTE))
    waiting = [ask("remote", 0, place=Place.REMOTE), ask("hall", 1)]
    by_share = Rule(place_balance=PlaceBalance.BY_SHARE)
    assert proposed(waiting, heard, shares, by_share).handle == "hall"


def test_all_else_equal_the_first_asked_comes_first() -> None:
    proposal = proposed([ask("b", 1), ask("a", 0), ask("c", 2)])
    assert (proposal.handle, proposal.reason.code) == ("a", Because.FIRST_ASKED)


def test_whoever_was_passed_over_often_enough_comes_next() -> None:
    old = ask("old", 0, speaker="s")
    later = [ask(f"n{n}", n + 1, group="business") for n in range(3)]
    heard = called(ask("x", -1, speaker="s"), *later)
    newcomer = ask("n9", 9, group="business")
    assert proposed([old, newcomer], heard, rule=Rule(patience=4)).handle == "n9"
    proposal = proposed([old, newcomer], heard, rule=Rule(patience=3))
    assert (proposal.handle, proposal.reason.code) == ("old", Because.PASSED_OVER)
    assert proposal.reason.values == {"times": 3}


def test_between_two_calls_of_the_impatient_the_rule_chooses_once() -> None:
    past = [ask("x", -1, speaker="s"), *(ask(f"n{n}", n + 5) for n in range(3))]
    old = [ask(f"old{n}", n, speaker="s") for n in range(3)]
    new = [ask(f"new{n}", n + 20) for n in range(3)]
    turns = [(turn, 60.0) for turn in past]
    found = order([*old, *new], turns, EVEN, Rule(patience=3), PLANNED)
    assert [p.handle for p in found] == ["old0", "new0", "old1", "new1", "old2", "new2"]


@pytest.mark.parametrize(
    "wrong",
    [{"patience": 0}, {"orders_in_a_row": 0}, {"replies_per_turn": -1}, {"group_weight": -1}],
)
def test_settings_that_break_the_promise_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="start at"):
        Rule(**wrong)  # type: ignore[arg-type]


# The rule again, written as one slow sentence, to compare with.


def slow_next(waiting: list[Waiting], heard: Heard, shares: Shares, rule: Rule) -> str:
    def by_time(turn: Waiting) -> tuple[datetime, str]:
        return (turn.asked, turn.handle)

    orders = [t for t in waiting if rule.point_of_order_first and t.kind is Kind.POINT_OF_ORDER]
    rest = [t for t in waiting if t not in orders]
    if orders and (not rest or heard.orders < rule.orders_in_a_row):
        return min(orders, key=by_time).handle
    first = min(rest, key=by_time)
    passed = sum(asked > first.asked for asked in heard.called)
    if passed >= rule.patience and heard.last_asked and heard.last_asked > first.asked:
        return first.handle
    replies = [t for t in rest if t.kind is Kind.REPLY and t.reply_to and t.reply_to == heard.subject]
    if replies and heard.replies < rule.replies_per_turn:
        return min(replies, key=by_time).handle

    def key(turn: Waiting) -> tuple[object, ...]:
        group = heard.groups.get(turn.group)
        share = shares.groups.get(turn.group, 0) or 1
        ratio = (
            rule.group_weight * group.turns * max(1, sum(shares.groups.values())) // share // max(1, heard.total.turns)
            if group
            else 0
        )
        return (
            rule.first_time_first and turn.speaker in heard.speakers,
            ratio,
            turn.place == heard.last_place,
            by_time(turn),
        )

    return min(rest, key=key).handle


rules = st.builds(
    Rule,
    point_of_order_first=st.booleans(),
    orders_in_a_row=st.integers(1, 3),
    replies_per_turn=st.integers(0, 2),
    patience=st.integers(1, 6),
    first_time_first=st.booleans(),
    group_weight=st.integers(0, 5),
)
shares = st.builds(Shares, st.dictionaries(st.sampled_from(["artists", "business", None]), st.integers(0, 9)))


@st.composite
def crowds(draw: st.DrawFn) -> tuple[list[tuple[Waiting, float]], list[Waiting]]:
    drawn = draw(
        st.lists(
            st.tuples(
                st.sampled_from(Kind),
                st.sampled_from(["artists", "business", None]),
                st.sampled_from(Place),
                st.sampled_from("abcdefgh"),
                st.integers(0, 12),
                st.sampled_from([None, *(f"t{n}" for n in range(8))]),
            ),
            max_size=18,
        )
    )
    turns = [
        ask(f"t{n}", minute, kind, group, place, speaker, reply_to)
        for n, (kind, group, place, speaker, minute, reply_to) in enumerate(drawn)
    ]
    cut = draw(st.integers(0, len(turns)))
    return [(turn, 60.0) for turn in turns[:cut]], turns[cut:]


@given(crowds(), shares, rules)
@settings(max_examples=300, deadline=None)
def test_the_predicted_order_is_the_rule_called_again_and_again(
    crowd: tuple[list[tuple[Waiting, float]], list[Waiting]], shares: Shares, rule: Rule
) -> None:
    turns, waiting = crowd
    predicted = [p.handle for p in order(waiting, turns, shares, rule, PLANNED)]
    heard, left, slow = heard_from(turns), list(waiting), []
    while left:
        handle = slow_next(left, heard, shares, rule)
        proposal = next_turn(left, heard, shares, rule)
        assert proposal
        assert proposal.handle == handle
        turn = next(t for t in left if t.handle == handle)
        left.remove(turn)
        heard.hear(turn, 60.0)
        slow.append(handle)
    assert predicted == slow


def test_five_hundred_waiting_are_ordered_quickly() -> None:
    groups = [f"g{n}" for n in range(12)]
    waiting = [
        ask(f"t{n}", n, list(Kind)[n % 4], groups[n % 12], list(Place)[n % 2], f"s{n % 300}") for n in range(500)
    ]
    room = Shares(dict.fromkeys(groups, 10))
    times = []
    for _ in range(5):
        before = time.perf_counter()
        assert len(order(waiting, [], room, Rule(), PLANNED)) == 500
        times.append(time.perf_counter() - before)
    assert min(times) < 0.05


# No one starves.


def test_the_longest_wait_is_reached_by_a_room_that_does_its_worst() -> None:
    """The bound is tight: newcomers who know the rule can make it come true, never worse."""
    for ahead in (0, 1, 4):
        for orders_in_a_row in (1, 2):
            rule = Rule(patience=3, orders_in_a_row=orders_in_a_row)
            heard = called(ask("x", -9, speaker="heard before"))
            waiting = [ask(f"a{n}", -8 + n, speaker="heard before") for n in range(ahead)]
            mine = ask("mine", -1, speaker="heard before")
            waiting.append(mine)
            calls = 0
            while True:
                calls += 1
                just_passed = heard.last_asked is not None and heard.last_asked >= NOON
                if heard.passed_over(mine.asked) < rule.patience or not just_passed:
                    new = ask(f"new{calls}", calls, group=f"group {calls}")
                else:
                    new = ask(f"order{calls}", calls, Kind.POINT_OF_ORDER)
                refused = new.kind is Kind.POINT_OF_ORDER and heard.orders == orders_in_a_row
                crowd = waiting if refused else [*waiting, new]
                proposal = proposed(crowd, heard, EVEN, rule)
                turn = next(t for t in crowd if t.handle == proposal.handle)
                if turn is mine:
                    break
                waiting = [t for t in waiting if t is not turn]
                heard.hear(turn, 60)
            assert calls - 1 == longest_wait(ahead, rule)


class RoomThatWantsToStarveSomebody(RuleBasedStateMachine):
    """Newcomers ask whatever they like, whenever they like; the moderator sometimes overrides."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = Heard()
        self.waiting: list[Waiting] = []
        self.bound: dict[str, int] = {}
        self.calls: dict[str, int] = {}
        self.minute = 0
        self.settings = Rule(patience=2, orders_in_a_row=1)

    @precondition(lambda self: not self.waiting)
    @rule(patience=st.integers(1, 4), orders=st.integers(1, 3), first=st.booleans())
    def set_the_rule(self, patience: int, orders: int, first: bool) -> None:
        self.settings = Rule(patience=patience, orders_in_a_row=orders, point_of_order_first=first)

    @rule(
        kind=st.sampled_from(Kind),
        group=st.sampled_from(["artists", "business", "newest", None]),
        place=st.sampled_from(Place),
        speaker=st.sampled_from(["", "", "often heard"]),
        same_instant=st.booleans(),
        many=st.integers(1, 4),
    )
    def somebody_asks(self, kind: Kind, group: str, place: Place, speaker: str, same_instant: bool, many: int) -> None:
        for _ in range(many):
            self.minute += not same_instant
            handle = f"t{len(self.bound)}"
            subject = self.heard.subject if kind is Kind.REPLY else None
            turn = ask(handle, self.minute, kind, group, place, speaker, subject)
            # A handle drawn later may sort earlier in the same instant: so it counts as ahead.
            self.bound = {
                other: bound + (longest_wait(1, self.settings) - longest_wait(0, self.settings))
                if any(t.handle == other and t.asked == turn.asked for t in self.waiting)
                else bound
                for other, bound in self.bound.items()
            }
            self.bound[handle] = longest_wait(len(self.waiting), self.settings)
            self.calls[handle] = 0
            self.waiting.append(turn)

    @precondition(lambda self: self.waiting)
    @rule(many=st.integers(1, 6))
    def the_next_is_called(self, many: int) -> None:
        for _ in range(many):
            proposal = next_turn(self.waiting, self.heard, EVEN, self.settings)
            if proposal:
                self.call(proposal.handle)

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def somebody_withdraws(self, data: st.DataObject) -> None:
        self.waiting.remove(data.draw(st.sampled_from(self.waiting)))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def the_moderator_calls_out_of_order(self, data: st.DataObject) -> None:
        orders = self.settings.orders_in_a_row if self.settings.point_of_order_first else 0
        self.bound = {handle: bound + 1 + orders for handle, bound in self.bound.items()}
        self.call(data.draw(st.sampled_from(self.waiting)).handle)

    def call(self, handle: str) -> None:
        turn = next(t for t in self.waiting if t.handle == handle)
        self.waiting.remove(turn)
        self.heard.hear(turn, 60)
        for other in self.waiting:
            self.calls[other.handle] += 1

    @invariant()
    def nobody_waits_longer_than_promised(self) -> None:
        for turn in self.waiting:
            assert self.calls[turn.handle] <= self.bound[turn.handle]


RoomThatWantsToStarveSomebody.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_no_one_starves = RoomThatWantsToStarveSomebody.TestCase


@given(st.randoms(use_true_random=False), st.integers(1, 4), st.integers(1, 3), st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_a_flood_of_newcomers_keeps_nobody_waiting_longer_than_promised(
    random: Random, patience: int, orders: int, ahead: int
) -> None:
    rule = Rule(patience=patience, orders_in_a_row=orders)
    heard = called(ask("x", -99, speaker="s"))
    waiting = [ask(f"a{n}", -50 + n, speaker="s") for n in range(ahead)]
    mine = ask("mine", -1, speaker="s")
    waiting.append(mine)
    calls = 0
    while mine in waiting:
        assert calls <= longest_wait(ahead, rule)
        for n in range(random.randrange(4)):
            kind = random.choice(list(Kind))
            late = ask(f"n{calls}.{n}", calls, kind, f"group {calls}", reply_to=heard.subject)
            waiting.append(late)
        proposal = proposed(waiting, heard, EVEN, rule)
        turn = next(t for t in waiting if t.handle == proposal.handle)
        waiting.remove(turn)
        heard.hear(turn, 60)
        calls += 1


def test_only_calls_of_later_ones_pass_somebody_over() -> None:
    old = ask("old", 0)
    heard = called(ask("x", 1), ask("y", 2), ask("z", -1))
    assert heard.passed_over(old.asked) == 2
    assert heard.passed_over(NOON + timedelta(minutes=9)) == 0
