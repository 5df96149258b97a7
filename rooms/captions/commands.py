from __future__ import annotations

from deliberate.door.registry import NoFields, command
from deliberate.roles import CAPTIONER, MODERATOR
from rooms.captions import actions

command("captions.stop", form=NoFields, who=[CAPTIONER, MODERATOR], marks=False)(actions.stop)
