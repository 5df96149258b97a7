"""What a microphone does in its room. What is heard is kept by the same actions as what a captioner types."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.stale import touch
from rooms.captions.models import Microphone, State
from rooms.journal.actions import locked, note
from rooms.transcript import spoken
from rooms.transcript.actions import LIVE
from rooms.transcript.models import Interim
from rooms.transcript.spoken import Heard, Word


@transaction.atomic
def begin(*, room: Any, by: Any, again: str = "") -> str:
    """A line of the podium's page begins to bring sound: the word by which it goes on. It takes the place of any other.

    `again`: the word of the line that the same page had before. Where nobody else came between, it is no new beginning."""
    room = locked(room)
    before = Microphone.objects.filter(room=room).first()
    line = tokens.handle(16)
    fields = {
        "state": State.STARTING,
        "line": line,
        "kept": 0,
        "line_before": before.line if before else "",
        "kept_before": before.kept if before else 0,
        "seen_at": now(),
    }
    Microphone.objects.update_or_create(room=room, defaults=fields)
    if before is None or not again or before.line != again:
        note(room, by, "listening", "microphone")
    touch(room, *LIVE)
    return line


@transaction.atomic
def tell(*, room: Any, by: Any, line: str, state: State) -> None:
    """Say how it is with the microphone; what is being said goes where it stops."""
    before = _held(room, line)
    Microphone.objects.filter(pk=before.pk).update(state=state, seen_at=now())
    if before.state == state:
        return
    if state not in (State.ON, State.LATE):
        Interim.objects.filter(room=room).update(text="", turn=None, since=None)
    if state == State.OFF:
        note(locked(room), by, "stopped", "microphone")
    touch(room, *LIVE)


@transaction.atomic
def saying(*, room: Any, line: str, text: str, since: datetime) -> None:
    """Show what is being said, in a phrase that began at `since`."""
    _held(room, line)
    spoken.saying(room=room, text=text, since=since)


@transaction.atomic
def said(
    *,
    room: Any,
    by: Any,
    line: str,
    number: int,
    words: Sequence[Word],
    since: datetime,
    heard: Heard | None = None,
) -> None:
    """Keep the words of a line's phrase of this number, once: a number that was kept already changes nothing.

    The last words of a line that broke may come after the next one has begun."""
    room = locked(room)
    before = Microphone.objects.filter(room=room, line_before=line).exclude(line_before="").first()
    held, kept = (before, "kept_before") if before is not None else (_held(room, line), "kept")
    if number <= getattr(held, kept):
        return
    Microphone.objects.filter(pk=held.pk).update(**{kept: number})
    spoken.said(room=room, by=by, words=words, since=since, heard=heard)


@transaction.atomic
def stop(*, room: Any, by: Any) -> Answer:
    """Switch the room's microphone off, from wherever one sits. Its page hears of it and lets go of the microphone."""
    room = locked(room)
    if (
        not Microphone.objects.filter(room=room)
        .exclude(state=State.OFF)
        .update(state=State.OFF, line="", line_before="")
    ):
        raise Refused(_("No microphone is on in this room."))
    Interim.objects.filter(room=room).update(text="", turn=None, since=None)
    note(room, by, "stopped", "microphone")
    touch(room, *LIVE)
    return Answer(say=_("The microphone is off. What was said so far stays."))


def _held(room: Any, line: str) -> Microphone:
    found = Microphone.objects.filter(room=room, line=line).exclude(line="").first()
    if found is None:
        raise Refused(_("Another page has the microphone of this room, or somebody switched it off."), code="taken")
    return found
