"""The demo event: a small conference day to try everything on."""

from __future__ import annotations

from rooms.events.actions import create_event
from rooms.events.models import Event

TITLE = "Just governance for human security"
GROUPS = [
    "Politicians",
    "Diplomats",
    "Academics",
    "Journalists",
    "Fieldworkers",
    "Business",
    "Artists",
    "Youth",
    "Displaced people",
]
AGENDA = [
    ("Short contributions: what insecurity looks like from where you live", 25),
    ("Open plenary: what makes people trust those who govern", 40),
    ("Workshop report: land, water and who decides", 20),
    ("Towards a statement: what we promise each other", 30),
]


def ensure() -> Event:
    """The demo event: the one in the database, or a new one."""
    found = Event.objects.filter(title=TITLE).first()
    return found or create_event(title=TITLE, groups=GROUPS, room="Main hall", agenda=AGENDA)
