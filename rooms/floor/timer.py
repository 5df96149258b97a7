"""The time of a turn and the wait for one: pure functions of values and of a given now.

A screen is sent one absolute deadline and counts by itself; nothing here ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median

from rooms.floor.terms import Kind

AMBER_S = 30.0  # "near the end" begins so many seconds before it, at the latest ...
AMBER_SHARE = 0.2  # ... or in the last fifth of a short turn
TRUST = 4  # turns after which the room's own pace weighs as much as the plan
RECENT = 20  # older turns say little about the pace of now


class State(StrEnum):
    READY = "ready"  # called, not yet speaking
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class Mood(StrEnum):
    CALM = "calm"
    AMBER = "amber"
    OVER = "over"


class WrongState(ValueError):
    """The timer cannot do that now. `state` says what it is doing."""

    def __init__(self, state: State) -> None:
        super().__init__(state.value)
        self.state = state


@dataclass(frozen=True, slots=True)
class Timer:
    """Seconds, and aware datetimes. `paused` is when the present pause began; `paused_s` the length
    of the pauses that are over; `extra_s` what was added (or, if negative, taken away)."""

    planned_s: float
    extra_s: float = 0.0
    started: datetime | None = None
    paused: datetime | None = None
    paused_s: float = 0.0
    ended: datetime | None = None

    @property
    def state(self) -> State:
        if self.ended is not None:
            return State.ENDED
        if self.started is None:
            return State.READY
        return State.RUNNING if self.paused is None else State.PAUSED

    @property
    def granted_s(self) -> float:
        """All the time this turn has; never below zero."""
        return max(0.0, self.planned_s + self.extra_s)

    @property
    def deadline(self) -> datetime | None:
        """When the time is up. None while it does not run: then `remaining` stands still."""
        if self.started is None or self.state is not State.RUNNING:
            return None
        return self.started + timedelta(seconds=self.granted_s + self.paused_s)

    def spoken(self, now: datetime) -> float:
        """Seconds of speech so far, pauses left out; 0 before the start, never negative."""
        if self.started is None:
            return 0.0
        until = self.ended or self.paused or now
        return max(0.0, (until - self.started).total_seconds() - self.paused_s)

    def remaining(self, now: datetime) -> float:
        """Seconds left; negative when over."""
        return self.granted_s - self.spoken(now)

    @property
    def amber_s(self) -> float:
        """How many seconds before the end the amber begins."""
        return min(AMBER_S, self.granted_s * AMBER_SHARE)

    def mood(self, now: datetime) -> Mood:
        left = self.remaining(now)
        if left <= 0:
            return Mood.OVER
        return Mood.AMBER if left <= self.amber_s else Mood.CALM

    def start(self, now: datetime) -> Timer:
        self._needs(State.READY)
        return replace(self, started=now)

    def pause(self, now: datetime) -> Timer:
        self._needs(State.RUNNING)
        return replace(self, paused=now)

    def resume(self, now: datetime) -> Timer:
        self._needs(State.PAUSED)
        return replace(self, paused=None, paused_s=self._pauses(now))

    def extend(self, seconds: float) -> Timer:
        """More time, or less; also before the start and while paused."""
        self._needs(State.READY, State.RUNNING, State.PAUSED)
        return replace(self, extra_s=self.extra_s + seconds)

    def end(self, now: datetime) -> Timer:
        """The end of the turn. A pause still on is closed, so that it does not count as speech."""
        self._needs(State.READY, State.RUNNING, State.PAUSED)
        return replace(self, ended=now, paused=None, paused_s=self._pauses(now))

    def reopen(self, now: datetime) -> Timer:
        """Take back an end: what lay between counts as a pause; a turn never begun is ready."""
        self._needs(State.ENDED)
        if self.started is None or self.ended is None:
            return replace(self, ended=None)
        gap = max(0.0, (now - self.ended).total_seconds())
        return replace(self, ended=None, paused_s=self.paused_s + gap)

    def _pauses(self, now: datetime) -> float:
        if self.paused is None:
            return self.paused_s
        return self.paused_s + max(0.0, (now - self.paused).total_seconds())

    def _needs(self, *states: State) -> None:
        if self.state not in states:
            raise WrongState(self.state)


def typical(planned_s: float, recent_s: Sequence[float]) -> float:
    """Seconds a turn takes here: the median of the last turns, near the plan while they are few.

    With n turns the median weighs n and the plan TRUST. A median, since one speech that ran away
    says nothing about the next.
    """
    last = recent_s[-RECENT:]
    if not last:
        return planned_s
    return (TRUST * planned_s + len(last) * median(last)) / (TRUST + len(last))


def estimate(
    ahead: Iterable[Kind],
    planned: Mapping[Kind, float],
    recent: Mapping[Kind, Sequence[float]],
    now_speaking_s: float = 0.0,
) -> float:
    """Seconds until one's turn.

    `ahead`: kinds of the turns before it. `planned`: seconds by kind (every kind in `ahead`).
    `recent`: real seconds of this room's ended turns by kind, oldest first. `now_speaking_s`: what
    the one speaking has left; a turn that is over its time counts as about to end.
    """
    pace = {kind: typical(seconds, recent.get(kind, ())) for kind, seconds in planned.items()}
    return max(0.0, now_speaking_s) + sum(pace[kind] for kind in ahead)
