"""The words of the floor: what waits, what was heard, the host's settings, a proposal.

Plain values. The rule over them is in core.py.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    POINT_OF_ORDER = "point_of_order"
    REPLY = "reply"
    QUESTION = "question"
    POINT = "point"


class Place(StrEnum):
    HALL = "hall"
    REMOTE = "remote"


class Measure(StrEnum):
    """What "heard" counts."""

    TURNS = "turns"
    SECONDS = "seconds"


class PlaceBalance(StrEnum):
    OFF = "off"
    BY_TURNS = "by_turns"  # the place that did not have the last turn
    BY_SHARE = "by_share"  # the place heard least against its share of the seats


class Because(StrEnum):
    """Why somebody comes next. The values that go with each code:

    POINT_OF_ORDER  -
    PASSED_OVER     times: calls that went to somebody who had asked later
    REPLY           to: handle of the turn, number: which reply it is, limit
    FIRST_TIME      -
    GROUP           group ("" for none given), heard (turns or whole seconds), seats in the room.
                    The seats are there so that the wording can leave out the name of a small group.
    PLACE           place
    FIRST_ASKED     -
    ONLY_ONE        -
    """

    POINT_OF_ORDER = "point_of_order"
    PASSED_OVER = "passed_over"
    REPLY = "reply"
    FIRST_TIME = "first_time"
    GROUP = "group"
    PLACE = "place"
    FIRST_ASKED = "first_asked"
    ONLY_ONE = "only_one"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One request for the floor. `speaker` is an opaque key, the same for all turns of a person;
    `reply_to` is the handle of the turn a reply answers."""

    handle: str
    kind: Kind
    group: str | None
    place: Place
    speaker: str
    asked: datetime
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Shares:
    """Seats in the room by group (None: no group given) and by place."""

    groups: Mapping[str | None, int] = field(default_factory=dict)
    places: Mapping[Place, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """The host's settings.

    `group_weight`: how fine the difference between groups is looked at, in steps per fair share.
    0 leaves groups out; 4 sees quarters of a share; a high number lets the smallest difference
    decide, and then the place of people seldom matters.
    """

    point_of_order_first: bool = True
    orders_in_a_row: int = 2
    replies_per_turn: int = 2
    patience: int = 10
    first_time_first: bool = True
    group_weight: int = 4
    measure: Measure = Measure.TURNS
    place_balance: PlaceBalance = PlaceBalance.BY_TURNS

    def __post_init__(self) -> None:
        if self.orders_in_a_row < 1 or self.patience < 1:
            raise ValueError("orders_in_a_row and patience start at 1")
        if self.replies_per_turn < 0 or self.group_weight < 0:
            raise ValueError("replies_per_turn and group_weight start at 0")


@dataclass(frozen=True, slots=True)
class Reason:
    code: Because
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    handle: str
    reason: Reason


@dataclass(slots=True)
class Sum:
    turns: int = 0
    seconds: float = 0.0

    def of(self, measure: Measure) -> int:
        return self.turns if measure is Measure.TURNS else int(self.seconds)


@dataclass(slots=True)
class Heard:
    """What the room has heard, built by calling `hear` for each called turn, oldest first, the one
    speaking included. It grows with the room, so it is the one value here that is not frozen.

    A point of order is about the meeting, not the matter: it enters no sum, changes neither the
    turn being discussed nor the place that had the last turn, but it does pass over those waiting.
    """

    speakers: dict[str, Sum] = field(default_factory=dict)
    groups: dict[str | None, Sum] = field(default_factory=dict)
    places: dict[Place, Sum] = field(default_factory=dict)
    total: Sum = field(default_factory=Sum)
    subject: str | None = None  # handle of the turn being discussed; replies answer this one
    replies: int = 0  # direct replies to it so far
    orders: int = 0  # points of order in a row just now
    last_place: Place | None = None
    last_asked: datetime | None = None  # when the one called last had asked
    called: list[datetime] = field(default_factory=list)  # when all called ones had asked, sorted

    def hear(self, turn: Waiting, seconds: float) -> None:
        self.last_asked = turn.asked
        insort(self.called, turn.asked)
        if turn.kind is Kind.POINT_OF_ORDER:
            self.orders += 1
            return
        self.orders = 0
        self.last_place = turn.place
        if turn.kind is Kind.REPLY and turn.reply_to is not None and turn.reply_to == self.subject:
            self.replies += 1
        else:
            self.subject, self.replies = turn.handle, 0
        for entry in (
            self.speakers.setdefault(turn.speaker, Sum()),
            self.groups.setdefault(turn.group, Sum()),
            self.places.setdefault(turn.place, Sum()),
            self.total,
        ):
            entry.turns += 1
            entry.seconds += seconds

    def passed_over(self, asked: datetime) -> int:
        """How many calls went to somebody who asked later than this."""
        return len(self.called) - bisect_right(self.called, asked)


def heard_from(turns: Iterable[tuple[Waiting, float]]) -> Heard:
    """The summary of called turns and their seconds, oldest call first."""
    heard = Heard()
    for turn, seconds in turns:
        heard.hear(turn, seconds)
    return heard
