from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from rooms.journal.actions import locked, note
from rooms.wall.models import Projection
from rooms.wall.scenes import scenes

UNDO = {"undo": {"command": "wall.undo", "fields": {}}}


@transaction.atomic
def show(*, room: Any, by: Any, scene: str, subject: str = "") -> Answer:
    """Put a scene on the wall and keep it there; `subject` is the handle of the one thing to show in it, if any."""
    room = locked(room)
    holds = scenes[scene].holds
    if subject and (holds is None or not holds(room, subject)):
        raise Refused(_("This is no longer there to be shown. Reload the page, please."))
    _put(room, by, scene, subject)
    return Answer(say=_said(scene), data=UNDO)


@transaction.atomic
def auto(*, room: Any, by: Any) -> Answer:
    """Let the room's state choose what the wall shows."""
    _put(locked(room), by, "", "")
    return Answer(say=_said(""), data=UNDO)


@transaction.atomic
def undo(*, room: Any, by: Any) -> Answer:
    """Take back the last choice: the wall shows what it showed before."""
    room = locked(room)
    projection = Projection.objects.filter(room=room).first()
    if projection is None:
        raise Refused(_("Nothing was put on the wall yet."))
    _put(room, by, projection.before, projection.before_subject)
    return Answer(say=_said(projection.before))


def _put(room: Any, by: Any, scene: str, subject: str) -> None:
    projection, _new = Projection.objects.get_or_create(room=room)
    shown = (projection.scene, projection.subject)
    if shown == (scene, subject):
        return
    projection.before, projection.before_subject = shown
    projection.scene, projection.subject = scene, subject
    projection.save()
    note(room, by, "put on the wall", f"{scene}:{subject}" if subject else scene or "auto")
    stale = {part for name in (scene, shown[0]) if name in scenes for part in scenes[name].parts}
    touch(room, "wall.scene", *sorted(stale))


def _said(scene: str) -> str:
    if scene not in scenes:
        return _("The wall follows the room.")
    return _("On the wall: %(scene)s") % {"scene": scenes[scene].title}
