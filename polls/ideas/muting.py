"""Whoever posted an idea without a name is muted, and taken away what they did, without anybody learning who it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate import rows
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch, touch_marks
from deliberate.shell.traces import wipe
from polls.ideas.actions import CHANGED, leave, set_aside, touch_moved
from polls.ideas.models import Idea, State, Upvote
from polls.pseudonyms import actions as pseudonyms
from polls.pseudonyms.actions import withdrawer
from polls.pseudonyms.models import Pseudonym
from rooms.journal.actions import locked, note

LOCKED = "SELECT id FROM polls_pseudonym WHERE id = %s FOR NO KEY UPDATE"


@transaction.atomic
def mute(*, room: Any, by: Any, idea: str, reason: str, hidden: bool) -> Answer:
    """Let whoever posted this idea without a name do nothing more without it. They are told why. `hidden`: their other ideas
    without a name go off the board too, and their upvotes and stances don't count."""
    found, author = _author(room, idea)
    room = locked(room)
    if author.muted:
        raise Refused(_("Whoever posted idea %(n)d is muted already.") % {"n": found.number})
    pseudonyms.mute(author.pk, reason, hidden=hidden)
    if hidden:
        for each in Idea.objects.filter(pseudonym=author, state__in=(State.SHOWN, State.WAITING)):
            set_aside(each, State.HIDDEN, reason=reason)
        touch_moved(room)
    touch(room, *CHANGED)
    touch_marks(room)
    note(room, by, "muted the author of", found, "hidden" if hidden else "")
    said = _("Whoever posted idea %(n)d is muted. Who it is, nobody can tell.") % {"n": found.number}
    return Answer(say=said, data={"undo": {"command": "ideas.unmute", "fields": {"idea": found.handle}}})


@transaction.atomic
def unmute(*, room: Any, by: Any, idea: str) -> Answer:
    """Let them again. What was hidden as they were muted is back."""
    found, author = _author(room, idea)
    room = locked(room)
    if not author.muted:
        return Answer(say=_("Whoever posted idea %(n)d is not muted.") % {"n": found.number})
    for each in Idea.objects.filter(pseudonym=author, state=State.HIDDEN, reason=author.muted if author.hidden else ""):
        Idea.objects.filter(pk=each.pk).update(state=each.before, reason="")
    pseudonyms.unmute(author.pk)
    note(room, by, "unmuted the author of", found)
    touch_moved(room)
    touch_marks(room)
    return Answer(say=_("Whoever posted idea %(n)d can act again.") % {"n": found.number})


def _author(room: Any, handle: str) -> tuple[Idea, Pseudonym]:
    """The idea and its pseudonym, that one locked: before the room, as by those who act under it."""
    found = Idea.objects.filter(room=room, handle=handle).first()
    if found is None:
        raise Refused(_("This idea has just been changed by somebody else. Look at it again."))
    if found.pseudonym_id is None:
        raise Refused(_("This idea has an author with a name, or none any more. Nobody can be muted by it."))
    rows.read(LOCKED, found.pseudonym_id)
    return found, Pseudonym.objects.get(pk=found.pseudonym_id)


TakenBack = Callable[[Any, Idea], None]
_listeners: list[TakenBack] = []


def taken_back(listener: TakenBack) -> TakenBack:
    """Register what a later feature does when its author takes an idea back: strike its words from what was quoted of it.

    It is called with the room locked, while the idea still has its words."""
    _listeners.append(listener)
    return listener


@withdrawer
def take_away(room: Any, pseudonym: int) -> None:
    """The upvotes of a pseudonym go, and its ideas with all their words, wherever they are quoted."""
    room = locked(room)
    Upvote.objects.filter(pseudonym=pseudonym, idea__room=room).delete()
    for idea in Idea.objects.filter(room=room, pseudonym=pseudonym).order_by("number"):
        for listener in _listeners:
            listener(room, idea)
        leave(idea)
    gone: dict[str, Any] = {"text": "", "pinned": False, "reason": _("Its author took it back.")}
    mine = Idea.objects.filter(room=room, pseudonym=pseudonym)
    # Who is muted stays so, and a moderator finds them by what they posted.
    if not Pseudonym.objects.filter(pk=pseudonym, muted__gt="").exists():
        gone["pseudonym"] = None
    mine.update(state=State.HIDDEN, **gone)
    touch_moved(room)
    transaction.on_commit(wipe)
