"""An event, and who writes its statement."""

from __future__ import annotations

import pytest

from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make


@pytest.fixture
def event() -> Event:
    return make.event()


@pytest.fixture
def drafter(event: Event) -> Seat:
    return make.seat(event, "drafter")
