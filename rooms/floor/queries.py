"""The floor of a room, read at once: two queries, however many wait."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Q

from deliberate.compiled import Compiled
from deliberate.live.parts import once
from rooms.events.folding import Cell, alone, fold
from rooms.events.models import Event
from rooms.events.queries import participants
from rooms.floor import core, terms, timer
from rooms.floor.models import ON_FLOOR, State, Turn

#: An end is offered for taking back for ten seconds, and accepted for a minute: a page without scripts is slower.
UNDO_S = 60


@dataclass(frozen=True, slots=True)
class Ahead:
    """A waiting turn at its place in the order: why it comes there, and about how many seconds until then."""

    turn: Turn
    reason: terms.Reason
    wait_s: float


@dataclass(frozen=True)
class Floor:
    """Who waits (first asked first), who was called (first called first), and the seats of the room.

    `seats` counts the seats that take part by group handle (None: no group) and place. Everything here follows from
    what is stored: the one speaking counts as if they used all they were granted, so that no picture depends on the
    moment of painting."""

    event: Event
    waiting: list[Turn]
    called: list[Turn]
    seats: dict[tuple[str | None, str], int]

    @cached_property
    def now(self) -> Turn | None:
        """Who has the floor."""
        return next((turn for turn in reversed(self.called) if turn.state in ON_FLOOR), None)

    @cached_property
    def rule(self) -> terms.Rule:
        return rule_of(self.event)

    @cached_property
    def shares(self) -> terms.Shares:
        groups: dict[str | None, int] = {}
        places: dict[terms.Place, int] = {}
        for (group, place), count in self.seats.items():
            groups[group] = groups.get(group, 0) + count
            places[terms.Place(place)] = places.get(terms.Place(place), 0) + count
        return terms.Shares(groups, places)

    @cached_property
    def heard(self) -> list[tuple[terms.Waiting, float]]:
        """The turns that were heard, with their seconds, for the rule."""
        return [(self._value(turn), _seconds(turn)) for turn in self.called]

    @cached_property
    def subject(self) -> str | None:
        """The handle of the turn that is being discussed: what a direct reply answers."""
        return terms.heard_from(self.heard).subject

    @cached_property
    def line(self) -> list[Ahead]:
        """Those waiting in the order of the rule, as if nobody else asked."""
        turns = {turn.handle: turn for turn in self.waiting}
        values = [self._value(turn) for turn in self.waiting]
        steps = core.order(values, self.heard, self.shares, self.rule, planned(self.event))
        kinds = [terms.Kind(turns[step.handle].kind) for step in steps]
        return [Ahead(turns[step.handle], step.reason, self._wait(kinds[:place])) for place, step in enumerate(steps)]

    @cached_property
    def wait_s(self) -> float:
        """About how long somebody waits who asks now and comes last."""
        return self._wait([terms.Kind(turn.kind) for turn in self.waiting])

    @cached_property
    def spoken(self) -> list[Turn]:
        """The turns that are over and whose time ran."""
        return [turn for turn in self.called if turn.state == State.DONE and turn.started_at]

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The seats of every group that has some or was called; "" is no group."""
        sizes = {group or "": count for group, count in self.shares.groups.items()}
        for turn in self.called:
            sizes.setdefault(turn.group.handle if turn.group else "", 0)
        return sizes

    def cells(self) -> tuple[Cell, ...]:
        """The groups that figures may be told of, small ones folded together. Empty: no breakdown."""
        return fold(self.sizes, self.event.k)

    @cached_property
    def alone(self) -> frozenset[str]:
        """The groups that may be named beside no name."""
        return alone(self.sizes, self.event.k)

    def _wait(self, ahead: list[terms.Kind]) -> float:
        recent: dict[terms.Kind, list[float]] = {}
        for turn in self.spoken:
            recent.setdefault(terms.Kind(turn.kind), []).append(turn.spoken_s)
        return timer.estimate(ahead, planned(self.event), recent, _left(self.now))

    def _value(self, turn: Turn) -> terms.Waiting:
        return terms.Waiting(
            handle=turn.handle,
            kind=terms.Kind(turn.kind),
            group=turn.group.handle if turn.group else None,
            place=terms.Place(turn.place),
            speaker=_speaker(turn),
            asked=turn.asked_at,
            reply_to=turn.reply_to.handle if turn.reply_to else None,
        )


@once
def read(room: Any) -> Floor:
    """The floor of `room` as stored now."""
    turns = Turn.objects.filter(room=room).exclude(state=State.WITHDRAWN).select_related("group", "reply_to")
    waiting, called = [], []
    for turn in turns:
        if turn.state == State.WAITING:
            waiting.append(turn)
        elif turn.called_at:
            called.append(turn)
    called.sort(key=lambda turn: (turn.called_at, turn.pk))
    counts = participants(room).values_list("group__handle", "place").annotate(Count("pk"))
    return Floor(room.event, waiting, called, {(group, place): count for group, place, count in counts})


_on_floor = Compiled(
    lambda room: Turn.objects.filter(room=room, state__in=ON_FLOOR).select_related("group").order_by()[:1]
)


@once
def on_floor(room: Any) -> Turn | None:
    """The turn that has the floor of `room`."""
    return _on_floor.first(room.pk)


def turn_at(room: Any, moment: datetime) -> Turn | None:
    """The turn that had the floor at a moment."""
    called = Turn.objects.filter(room=room, called_at__lte=moment).filter(Q(ended_at=None) | Q(ended_at__gt=moment))
    return called.select_related("group").order_by("-called_at", "-pk").first()


def undoable(room: Any, at: datetime) -> tuple[Turn | None, Turn | None]:
    """What taking back would do at the moment `at`: who goes back to the list, and whose turn goes on."""
    since = at - timedelta(seconds=UNDO_S)
    called = on_floor(room)
    if called is not None and (called.state != State.CALLED or called.called_at is None or called.called_at < since):
        return None, None
    done = Turn.objects.filter(room=room, state=State.DONE, ended_at__gte=since).select_related("seat")
    ended = done.order_by("-ended_at", "-pk").first()
    if ended is not None and ended.seat is not None and ended.seat.ended:
        ended = None  # nobody is there any more to have the floor back
    if called is not None and ended is not None and ended.ended_at != called.called_at:
        ended = None  # it had ended before somebody was called: two acts, taken back one by one
    return called, ended


def rule_of(event: Event) -> terms.Rule:
    """The host's settings of the rule over its defaults. ValueError where a setting makes no sense."""
    return rule_from(event.rule)


def rule_from(settings: Mapping[str, Any]) -> terms.Rule:
    """The rule with these settings, plain values as stored; what is not given keeps its default, what is unknown is
    passed over. ValueError where one makes no sense."""
    given = {name: value for name, value in settings.items() if name in terms.Rule.__dataclass_fields__}
    if "measure" in given:
        given["measure"] = terms.Measure(given["measure"])
    if "place_balance" in given:
        given["place_balance"] = terms.PlaceBalance(given["place_balance"])
    return terms.Rule(**given)


def planned(event: Event) -> dict[terms.Kind, float]:
    """The seconds a turn lasts, by kind."""
    return {
        terms.Kind.POINT: event.seconds_point,
        terms.Kind.REPLY: event.seconds_reply,
        terms.Kind.QUESTION: event.seconds_question,
        terms.Kind.POINT_OF_ORDER: event.seconds_order,
    }


def _speaker(turn: Turn) -> str:
    """One key for all turns of a person; somebody without a phone is known by the name they were added under."""
    if turn.seat_id:
        return f"seat:{turn.seat_id}"
    return f"name:{turn.name.casefold()}" if turn.name else f"turn:{turn.handle}"


def _seconds(turn: Turn) -> float:
    return turn.spoken_s if turn.state == State.DONE else turn.timer.granted_s


def _left(turn: Turn | None) -> float:
    """Seconds that the one on the floor still needs. While the time runs: half of it, which is what is left on average."""
    if turn is None:
        return 0.0
    if turn.state == State.SPEAKING:
        return turn.timer.granted_s / 2
    return turn.timer.granted_s - turn.spoken_s
