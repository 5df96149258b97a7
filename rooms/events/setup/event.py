"""The event itself: its settings, how long it is kept, and its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.door.models import Receipt
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.parts import parts
from deliberate.live.stale import drop_seat, touch
from deliberate.shell.traces import wipe
from rooms.events.models import Attribution, Event, Names
from rooms.journal.actions import locked, note

#: Settings that promise people how much is shown of them, with their levels from most to least. A turn has a column of the
#: same name; empty: the event's.
PROMISED = {"attribution": Attribution.values, "names_on_list": Names.values}


#: What later features do when less of who spoke is shown in an event from now on.
_lowered: list[Callable[[Event], None]] = []


def lowered(work: Callable[[Event], None]) -> Callable[[Event], None]:
    """Register what a later feature does when an event's attribution is lowered, within the act's transaction."""
    _lowered.append(work)
    return work


def opened(room: Any) -> tuple[Any, Event]:
    """The room and its event, both locked until the end of the transaction. DoesNotExist where they are gone."""
    room = locked(room)
    return room, Event.objects.select_for_update().get(pk=room.event_id)


def touch_all(event: Event) -> None:
    """A setting may show anywhere: every part of every room is stale."""
    for room in event.rooms.all():
        touch(room, *parts)


def meant(rows: Any) -> Any:
    """The one row that was meant, or Refused where somebody else has removed it meanwhile."""
    found = rows.first()
    if found is None:
        raise Refused(_("This is no longer there. Reload the page, please."))
    return found


@transaction.atomic
def settings(*, room: Any, by: Any, keeps_sound: bool = False, **fields: Any) -> Answer:
    """Change what the event is called and how it treats people. `fields`: columns of Event (SettingsForm).

    Sound is kept of turns that begin after that was said."""
    room, event = opened(room)
    fields["silence"] = fields.get("silence") or event.silence
    fields["sound_since"] = (event.sound_since or now()) if keeps_sound else None
    changed = [name for name, value in fields.items() if getattr(event, name) != value]
    for name, levels in PROMISED.items():
        if name in changed and levels.index(fields[name]) < levels.index(getattr(event, name)):
            _hold(event, name)
    if "silence" in changed:
        _hold_begun(event)
    for name in changed:
        setattr(event, name, fields[name])
    event.save(update_fields=changed)
    if "attribution" in changed:
        for work in _lowered:
            work(event)
    sound = "kept" if event.keeps_sound else "not kept"
    told = {"silence": f"silence:{event.silence}", "sound_since": f"sound:{sound}"}
    note(room, by, "changed settings", detail=", ".join(told.get(name, name) for name in changed))
    touch_all(event)
    return Answer(say=_("Saved."))


def _hold(event: Event, promised: str) -> None:
    """Turns keep what was promised when they were asked, though the event's setting is about to be raised."""
    for room in event.rooms.all():
        room.turns.filter(**{promised: ""}).update(**{promised: getattr(event, promised)})


def _hold_begun(event: Event) -> None:
    """Turns that were called keep the policy on silence that their speakers read before."""
    for room in event.rooms.all():
        room.turns.filter(silence="").exclude(called_at=None).update(silence=event.silence)


@transaction.atomic
def keep_until(*, room: Any, by: Any, retention_until: date) -> Answer:
    """Change the day after which everything of the event is deleted."""
    room, event = opened(room)
    event.retention_until = retention_until
    event.save(update_fields=["retention_until"])
    note(room, by, "changed retention", detail=retention_until.isoformat())
    return Answer(say=_("Saved."))


@transaction.atomic
def delete(*, room: Any, by: Any, title: str) -> Answer:
    """Delete the event with everything in it, now. `title` is typed by the host, to be sure."""
    _room, event = opened(room)
    if title.casefold() != event.title.casefold():
        raise Refused(_("Nothing was deleted: that is not the title of this event."))
    remove_event(event)
    return Answer(say=_("The event is gone, with everything that was said and decided in it."), forget_seat=True)


def remove_event(event: Event) -> None:
    """Delete an event with all that belongs to it, and end every line into it. Call it inside a transaction."""
    for seat in event.seats.all():
        drop_seat(seat)
    Receipt.objects.filter(scope=event.handle).delete()
    event.delete()
    transaction.on_commit(wipe)


def remove_due(today: date) -> int:
    """Delete the events whose retention date is before `today`; how many there were."""
    due = Event.objects.filter(retention_until__lt=today)
    for event in due:
        with transaction.atomic():
            # Several processes may start at once: one of them deletes it, the others find it gone.
            for found in Event.objects.select_for_update().filter(pk=event.pk):
                remove_event(found)
    return len(due)
