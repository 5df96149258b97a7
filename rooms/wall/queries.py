from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F

from deliberate import tokens
from deliberate.roles import PARTICIPANT
from rooms.events.models import RoleLink
from rooms.wall.models import Projection
from rooms.wall.scenes import claimed, scenes


@dataclass(frozen=True, slots=True)
class Showing:
    """What the wall shows: a scene, the handle of the one thing in it (or ""), and whether nobody chose it."""

    scene: str
    subject: str
    by_itself: bool


def showing(room: Any) -> Showing:
    """The moderator's choice for the wall of `room`; without one, what the room's state asks for."""
    chosen = Projection.objects.filter(room=room).first()
    if chosen is not None and chosen.scene in scenes:
        return Showing(chosen.scene, chosen.subject, by_itself=False)
    return Showing(claimed(room), "", by_itself=True)


def subject(room: Any, scene: str) -> str:
    """The handle of the one thing that a moderator put on the wall in this scene; "" for the scene as a whole."""
    chosen = Projection.objects.filter(room=room, scene=scene).first()
    return chosen.subject if chosen is not None else ""


def join_code(room: Any) -> str:
    """The code by which participants join, the room's own before the event's; "" where all were revoked."""
    links = RoleLink.objects.filter(event=room.event, role=PARTICIPANT, revoked_at=None, code__isnull=False)
    fitting = links.filter(room=room) | links.filter(room=None)
    return fitting.order_by(F("room").desc(nulls_last=True), "-pk").values_list("code", flat=True).first() or ""


@dataclass(frozen=True, slots=True)
class Way:
    """How one joins: a code, and the address at which it is typed (empty where PUBLIC_URL is: nobody can know it then)."""

    code: str

    @property
    def spaced(self) -> str:
        """The code as people read it, in two halves."""
        return tokens.spaced(self.code)

    @property
    def address(self) -> str:
        return str(urlsplit(settings.PUBLIC_URL).netloc)

    @property
    def url(self) -> str:
        """What the QR code holds."""
        return f"{settings.PUBLIC_URL}/join/{self.code}/" if settings.PUBLIC_URL else ""


def way_in(room: Any) -> Way | None:
    """The way into the room; None where no code is valid."""
    code = join_code(room)
    return Way(code) if code else None
