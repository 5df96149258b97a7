"""An event with one clause, and who works on it."""

from __future__ import annotations

import pytest

from polls.statements.models import Clause
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import TEXT
from tests.polls.statements.rows import clause as added


@pytest.fixture
def event() -> Event:
    return make.event(k=2, attribution="name")


@pytest.fixture
def drafter(event: Event) -> Seat:
    return make.seat(event, "drafter")


@pytest.fixture
def moderator(event: Event) -> Seat:
    return make.seat(event, "moderator")


@pytest.fixture
def clause(drafter: Seat) -> Clause:
    return added(drafter, TEXT)


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann", group="Youth")


@pytest.fixture
def ben(event: Event) -> Seat:
    return make.seat(event, name="Ben", group="Youth")
