"""How people sign what they write about a text: as they choose, no further than the event's attribution, and never more is
kept than may be shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rooms.events.folding import alone
from rooms.events.queries import group_sizes
from rooms.transcript.core import Level, Shown, attribution, lowest

#: What one may choose to be called by, from most to least.
SIGNED = [
    (Level.NAME.value, gettext_lazy("My name")),
    (Level.GROUP.value, gettext_lazy("My group, where it is large enough")),
    (Level.NOBODY.value, gettext_lazy("Without a name")),
]
#: Columns of a row that nobody signs any more.
UNSIGNED: dict[str, Any] = {"level": Level.NOBODY.value, "author": "", "group": None}


def kept(room: Any, by: Any, *levels: str) -> dict[str, Any]:
    """Columns level, author and group of something that a seat signs now, at the lowest of these levels and the event's.

    A group is kept where it stands alone in the room now: those who are here are the crowd that hides who wrote."""
    level = lowest(Level(room.event.attribution), *(Level(each) for each in levels))
    group = by.group if level in (Level.NAME, Level.GROUP) else None
    if group is not None and group.handle not in alone(group_sizes(room), room.event.k):
        group = None
    return {"level": level.value, "author": by.name if level is Level.NAME else "", "group": group}


def shown_as(row: Any, event: Any, *levels: str) -> Shown:
    """Who something is shown as written by, as far as they chose, and as these levels and the event allow now."""
    level = lowest(Level(row.level), Level(event.attribution), *(Level(each) for each in levels))
    return attribution([level], name=row.author, role=_("Participant"), group=row.group.name if row.group else "")


def shown(row: Any, event: Any, *levels: str) -> str:
    """The same in words; "" for nobody."""
    return shown_as(row, event, *levels).text


def choices(event: Any, *levels: str) -> list[tuple[str, Any]]:
    """What one may choose from, under the event's attribution and these levels."""
    most = lowest(Level(event.attribution), *(Level(each) for each in levels))
    return [(value, label) for value, label in SIGNED if lowest(Level(value), most) is Level(value)]
