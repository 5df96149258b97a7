"""An event that signs words with names, and who takes them down there."""

from __future__ import annotations

import pytest

from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make


@pytest.fixture
def event() -> Event:
    return make.event(attribution="name")


@pytest.fixture
def captioner(event: Event) -> Seat:
    return make.seat(event, "captioner")
