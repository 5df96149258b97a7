from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from deliberate.clock import now
from deliberate.compiled import Compiled
from rooms.captions import engine
from rooms.captions.models import Microphone, State

#: A process that was killed says nothing of it: what was not heard of for so long has stopped, and for so long is over.
SILENT, OVER = timedelta(seconds=45), timedelta(minutes=10)
#: What those who listen at it say of themselves, so often at least.
SEEN_EVERY_S = 10.0

_microphone = Compiled(lambda room: Microphone.objects.filter(room=room)[:1])


def state_of(room: Any) -> State:
    """How it is with the room's microphone."""
    found = _microphone.first(room.pk)
    if found is None or found.state == State.OFF:
        return State.OFF
    unheard = now() - found.seen_at
    if unheard > OVER:
        return State.OFF
    return State.AWAY if unheard > SILENT else State(found.state)


def said_of(state: State) -> str:
    """What whoever reads captions is told of them."""
    if state in (State.STARTING, State.ON):
        return _("Written by a machine, which makes mistakes.")
    if state == State.LATE:
        return _("Captions come late at the moment. They are written by a machine, which makes mistakes.")
    if state == State.OFF:
        return ""
    return _("Captions have stopped. They come back by themselves as soon as they can; the meeting goes on.")


def hears() -> bool:
    """Whether this service has what it takes to hear speech."""
    return engine.installed(settings.CAPTIONS_ENGINE)


def options() -> engine.Options:
    """What the settings say of the engine."""
    return engine.Options(
        model=settings.CAPTIONS_MODEL,
        language=settings.CAPTIONS_LANGUAGE,
        threads=settings.CAPTIONS_THREADS,
        precision=settings.CAPTIONS_PRECISION,
    )
