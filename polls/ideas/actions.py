from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.facts import known
from deliberate.live.parts import resting_on
from deliberate.live.stale import touch, touch_marks, touch_seat
from polls.ideas import queries
from polls.ideas.models import Idea, State
from polls.ideas.upvoting import BOARDS
from rooms.events.models import Room
from rooms.journal.actions import locked, note
from rooms.seats.actions import eraser
from rooms.seats.models import Seat

#: Parts that go stale besides when an idea comes, or leaves the board, or is back.
CHANGED = (*BOARDS, "ideas.waiting", "ideas.aside", "wall.scene")
#: The kind of facts that later features register to say where an idea's words are quoted ("clause 3").
QUOTED = "quoted idea"


@transaction.atomic
def hide(*, room: Any, by: Any, idea: str, reason: str) -> Answer:
    """Take an idea off the board, or off the list of those that wait. Its author is told why, the moderator where its
    words are quoted."""
    room = locked(room)
    found = _find(room, idea, State.SHOWN, State.WAITING)
    set_aside(found, State.HIDDEN, reason=reason)
    note(room, by, "hid", found)
    touch_moved(room)
    _tell_author(found)
    said = _("Hidden: idea %(n)d.") % {"n": found.number}
    if quoted := _quoted(room, found):
        said += " " + _(
            "It stands in the text: %(where)s. The quote is withheld there too; what the clause itself says is for the"
            " drafters to reword."
        ) % {"where": ", ".join(quoted)}
    return Answer(say=said, data=_undo("ideas.unhide", found))


def _quoted(room: Any, idea: Idea) -> list[str]:
    """Where the words of an idea, and of those that count for it, are quoted."""
    handles = Idea.objects.filter(pk__in=queries.group_of(idea)).order_by().values_list("handle", flat=True)
    places = known(QUOTED, room)
    found = {place for handle in handles for place in places.get(handle, ())}
    return sorted(found, key=lambda place: (len(place), place))  # clause 2 before clause 10


def _tell_author(idea: Idea) -> None:
    """Why it was hidden is among the author's marks, where nobody else can read it."""
    if idea.seat is not None:
        touch_seat(idea.seat)
    elif idea.pseudonym_id is not None:
        touch_marks(idea.room)


@transaction.atomic
def unhide(*, room: Any, by: Any, idea: str) -> Answer:
    """Put a hidden idea back to where it was, with all its support."""
    room = locked(room)
    found = _find(room, idea, State.HIDDEN)
    if not found.text:
        raise Refused(_("Its author took this idea back. Its words are gone."))
    found.state, found.reason = found.before, ""
    found.save(update_fields=["state", "reason"])
    note(room, by, "unhid", found)
    touch_moved(room)
    _tell_author(found)
    return Answer(say=_("Idea %(n)d is back.") % {"n": found.number})


@transaction.atomic
def approve(*, room: Any, by: Any, idea: str) -> Answer:
    """Let an idea that waits onto the board."""
    room = locked(room)
    found = _find(room, idea, State.WAITING)
    found.state = State.SHOWN
    found.save(update_fields=["state"])
    note(room, by, "approved", found)
    touch(room, *CHANGED, *resting_on("posted"))
    return Answer(say=_("Idea %(n)d is on the board.") % {"n": found.number})


@transaction.atomic
def merge(*, room: Any, by: Any, idea: str, into: str) -> Answer:
    """Let an idea count for another one that says the same. `into` is the other one's handle or its number."""
    room = locked(room)
    found = _find(room, idea, State.SHOWN, State.WAITING)
    stays = queries.handle_of(room, into)
    target = queries.standing(room, [stays]).get(stays)
    if target is None:
        raise Refused(_("There is no idea %(into)s on the board. Look at its number again.") % {"into": into})
    if target.pk == found.pk:
        raise Refused(_("That is the same idea. Name the other one's number."))
    set_aside(found, State.MERGED, merged_into=target)
    note(room, by, "merged", found, f"idea:{target.handle}")
    _regroup(queries.group_of(target))
    touch_moved(room)
    said = _("Idea %(n)d counts for idea %(target)d now.") % {"n": found.number, "target": target.number}
    return Answer(say=said, data=_undo("ideas.unmerge", found))


@transaction.atomic
def unmerge(*, room: Any, by: Any, idea: str) -> Answer:
    """Let a merged idea stand by itself again, with the support that was given to it."""
    room = locked(room)
    found = _find(room, idea, State.MERGED)
    apart = queries.group_of(queries.root_of(found))
    found.state, found.merged_into = found.before, None
    found.save(update_fields=["state", "merged_into"])
    note(room, by, "unmerged", found)
    _regroup(apart)
    touch_moved(room)
    return Answer(say=_("Idea %(n)d stands by itself again.") % {"n": found.number})


@transaction.atomic
def pin(*, room: Any, by: Any, idea: str) -> Answer:
    """Keep an idea at the head of the board."""
    return _flag(room, by, idea, "pinned", _("Idea %(n)d stays at the head of the board."), pinned=True)


@transaction.atomic
def unpin(*, room: Any, by: Any, idea: str) -> Answer:
    """Let an idea take its place by support again."""
    return _flag(room, by, idea, "unpinned", _("Idea %(n)d is no longer pinned."), pinned=False)


@transaction.atomic
def take_up(*, room: Any, by: Any, idea: str) -> Answer:
    """Say on its card that the room has taken an idea up."""
    return _flag(room, by, idea, "took up", _("Idea %(n)d is marked as taken up."), taken_up=True)


@transaction.atomic
def put_back(*, room: Any, by: Any, idea: str) -> Answer:
    """Take the mark "taken up" off an idea."""
    return _flag(room, by, idea, "put back", _("Idea %(n)d is no longer marked as taken up."), taken_up=False)


def _flag(room: Any, by: Any, handle: str, verb: str, said: str, **change: bool) -> Answer:
    room = locked(room)
    found = _find(room, handle, State.SHOWN)
    if Idea.objects.filter(pk=found.pk).exclude(**change).update(**change):
        note(room, by, verb, found)
        touch(room, *BOARDS)
    return Answer(say=said % {"n": found.number})


def set_aside(idea: Idea, state: State, **changes: Any) -> None:
    """Take an idea off the board, remembering where it was."""
    Idea.objects.filter(pk=idea.pk).update(before=idea.state, state=state, **changes)


def leave(idea: Idea) -> None:
    """Take an idea out of what counts as one with it: what was merged into it counts for what it counted for, or stands by
    itself again. With the room locked."""
    idea.refresh_from_db()
    apart = queries.group_of(queries.root_of(idea))
    if len(apart) == 1:
        return
    merged = Idea.objects.filter(merged_into=idea)
    if idea.merged_into_id is not None:
        merged.update(merged_into=idea.merged_into_id)
        Idea.objects.filter(pk=idea.pk).update(state=idea.before, merged_into=None)
    else:
        merged.update(state=F("before"), merged_into=None)
    _regroup(apart)


def touch_moved(room: Any) -> None:
    """An idea left the board or is back, and so do its words wherever they are quoted."""
    touch(room, *CHANGED, *resting_on("ideas"))


def _find(room: Any, handle: str, *states: State) -> Idea:
    """The idea of this handle in one of these states; Refused where somebody was quicker."""
    found = Idea.objects.filter(room=room, handle=handle, state__in=states).first()
    if found is None:
        raise Refused(_("This idea has just been changed by somebody else. Look at it again."))
    return found


def _undo(command: str, idea: Idea) -> dict[str, Any]:
    return {"undo": {"command": command, "fields": {"idea": idea.handle}}}


Regrouped = Callable[[list[int]], None]
_listeners: list[Regrouped] = []


def regrouped(listener: Regrouped) -> Regrouped:
    """Register what a later feature does when ideas (their keys) begin or cease to count as one."""
    _listeners.append(listener)
    return listener


def _regroup(ideas: list[int]) -> None:
    for listener in _listeners:
        listener(ideas)


@eraser
def forget(seat: Seat) -> None:
    """Take the name off an erased seat's ideas."""
    for room in Room.objects.filter(ideas__seat=seat, ideas__author__gt="").distinct():
        touch(room, *CHANGED)
    Idea.objects.filter(seat=seat).update(author="")
