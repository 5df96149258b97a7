"""The tables of all features under rooms/, for Django's registry."""

from rooms.captions.models import Feed, Microphone
from rooms.events.models import AgendaItem, Attribution, Event, Group, Names, RoleLink, Room
from rooms.floor.models import Turn
from rooms.journal.models import Entry
from rooms.seats.models import Pairing, Seat
from rooms.transcript.models import Interim, Revision, Segment
from rooms.wall.models import Projection

__all__ = [
    "AgendaItem",
    "Attribution",
    "Entry",
    "Event",
    "Feed",
    "Group",
    "Interim",
    "Microphone",
    "Names",
    "Pairing",
    "Projection",
    "Revision",
    "RoleLink",
    "Room",
    "Seat",
    "Segment",
    "Turn",
]
