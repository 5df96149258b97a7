from __future__ import annotations

from deliberate.door.registry import NoFields, command
from deliberate.roles import MODERATOR
from rooms.events import actions

command("events.move_on", form=NoFields, who=[MODERATOR])(actions.move_on)
