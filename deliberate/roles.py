"""The six roles. A role is also the audience of a picture: everybody in one role sees the same."""

from __future__ import annotations

from typing import Final

PARTICIPANT: Final = "participant"
MODERATOR: Final = "moderator"
CAPTIONER: Final = "captioner"
DRAFTER: Final = "drafter"
WALL: Final = "wall"
HOST: Final = "host"

ROLES: Final = (PARTICIPANT, MODERATOR, CAPTIONER, DRAFTER, WALL, HOST)
#: Who works for the room, in front of a screen of their own.
CREW: Final = (MODERATOR, CAPTIONER, DRAFTER)
