"""The demo event: a small conference day to try everything on."""

from __future__ import annotations

from deliberate.roles import ROLES
from rooms.events.actions import create_event, create_link
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
    """The demo event, whatever its host has made of it meanwhile, or a new one; with a living link for every role."""
    event = Event.objects.first() or create_event(title=TITLE, groups=GROUPS, room="Main hall", agenda=AGENDA)
    living = set(event.links.filter(revoked_at=None).values_list("role", flat=True))
    for role in ROLES:
        if role not in living:
            create_link(event, role)
    return event
