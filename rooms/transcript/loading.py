"""Bringing in a transcript made elsewhere: behind what is there, or aligned to the turns that were on while it was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.clock import now
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from rooms.events.models import AgendaItem, Attribution
from rooms.floor.models import State, Turn
from rooms.journal.actions import locked, note
from rooms.transcript import files, queries
from rooms.transcript.actions import add, promise, sign
from rooms.transcript.files import Cue
from rooms.transcript.kept_out import KeptOut
from rooms.transcript.models import Segment

_MS = timedelta(milliseconds=1)


@transaction.atomic
def load(*, room: Any, by: Any, text: str, began: datetime | None = None) -> Answer:
    """Add a transcript made elsewhere behind what is there, its order and distances in time kept.

    `began`: when its recording began. Then each cue belongs to the turn and the item that were on when it was said.
    Without it, and where nobody had the floor, each run of one speaker becomes a turn that is done. A name is kept only
    where the event shows names. What may hold words that were taken out for good stays out (kept_out.py)."""
    names = room.event.attribution == Attribution.NAME
    try:
        cues = files.cues(text, names=names)
    except files.BadFile as bad:
        raise Refused(_unreadable(bad), code="file") from None
    if not cues:
        raise Refused(_("There are no words to keep in this."))
    room = locked(room)
    length = max(cue.end_ms for cue in cues) * _MS
    if began is not None and began + length > now():
        raise Refused(_("A recording that began then would last into the future. Nothing was stored."), code="began")
    said = list(_aligned(room, cues, began) if began is not None else _behind(room, cues, length))
    if not said:
        raise Refused(
            _("All of this may be words that were withdrawn, corrected by who spoke, or struck. Nothing was stored."),
            code="kept_out",
        )
    for turn in {segment.turn for segment in said if segment.turn is not None and segment.turn.called_at is not None}:
        promise(turn, room.event)
        sign(turn, room)
    add(room, said)
    note(room, by, "loaded", said[0], str(len(said)))
    say = [ngettext("One segment is in.", "%(count)d segments are in.", len(said)) % {"count": len(said)}]
    if began is not None:
        count = sum(segment.turn is not None and segment.turn.called_at is not None for segment in said)
        found = ngettext("One of them belongs to a turn.", "%(count)d of them belong to turns.", count)
        say.append(found % {"count": count})
    if left_out := len(cues) - len(said):
        told = ngettext(
            "%(count)d caption was left out: it may hold words that were withdrawn, corrected by who spoke, or struck.",
            "%(count)d captions were left out: they may hold words that were withdrawn, corrected by who spoke, or struck.",
            left_out,
        )
        say.append(told % {"count": left_out})
    if not names and any(cue.speaker for cue in cues):
        say.append(_("Names before words were left out, since this event shows none."))
    return Answer(say=" ".join(say))


def _behind(room: Any, cues: list[Cue], length: timedelta) -> Iterator[Segment]:
    """As if it ended now, or began where the last words ended; all in the item that is on now."""
    at, item = now(), queries.item_at(room, now())
    zero = max(at - length, queries.last_end(room) or at - length)
    for speaker, run in groupby(cues, lambda cue: cue.speaker):
        yield from _of_a_run(room, item, speaker, list(run), zero)


def _aligned(room: Any, cues: list[Cue], began: datetime) -> Iterator[Segment]:
    """Each where it was said, but for what may hold words that are to come back no more."""
    turn_at = _then(Turn.objects.filter(room=room, called_at__isnull=False).select_related("group"), "called_at")
    item_at = _then(AgendaItem.objects.filter(room=room, started_at__isnull=False), "started_at")

    kept_out = KeptOut(room)

    def may_come(cue: Cue) -> bool:
        since, until = began + cue.start_ms * _MS, began + cue.end_ms * _MS
        # Of two turns where it goes on into the next one.
        turns = {turn_at(since), turn_at(max(since, until - _MS))}
        return not any(kept_out.holds(turn, since, until) for turn in turns)

    def where(cue: Cue) -> tuple[Turn | None, AgendaItem | None, str]:
        at = began + cue.start_ms * _MS
        turn = turn_at(at)
        return turn, item_at(at), "" if turn else cue.speaker

    for (turn, item, speaker), run in groupby(filter(may_come, cues), where):
        if turn is None:
            yield from _of_a_run(room, item, speaker, list(run), began)
        else:
            for cue in run:
                yield _segment(room, turn, item, cue, began)


def _then(rows: Any, begins: str) -> Callable[[datetime], Any]:
    """What was on at a moment, of rows that begin and end: the one that began last."""
    found = [(getattr(row, begins), row.ended_at, row) for row in rows.order_by(f"-{begins}", "-pk")]

    def at(moment: datetime) -> Any:
        return next((row for since, until, row in found if since <= moment and (not until or until > moment)), None)

    return at


def _of_a_run(room: Any, item: Any, speaker: str, run: list[Cue], zero: datetime) -> Iterator[Segment]:
    """What one speaker said without a break, in a turn of its own."""
    turn = _turn_of(room, item, speaker, zero + run[0].start_ms * _MS) if speaker else None
    for cue in run:
        yield _segment(room, turn, item, cue, zero)


def _segment(room: Any, turn: Turn | None, item: Any, cue: Cue, zero: datetime) -> Segment:
    since, until = zero + cue.start_ms * _MS, zero + cue.end_ms * _MS
    return Segment(room=room, turn=turn, item=item, text=cue.text, started_at=since, ended_at=until)


def _turn_of(room: Any, item: Any, speaker: str, at: datetime) -> Turn:
    """A turn for words that came in a file. It was never on this floor: no start, no end, no share in the balance."""
    rule = room.event.attribution
    name = speaker[:60] if rule == Attribution.NAME else ""
    return Turn.objects.create(
        room=room, item=item, name=name, state=State.DONE, asked_at=at, attribution=rule, silence=room.event.silence
    )


def _unreadable(bad: files.BadFile) -> str:
    what = {
        files.Flaw.NO_HEADER: _(
            "A WebVTT file begins with the word WEBVTT, a SubRip file with a number and a line of times. Save the captions as one of these, or as plain text."
        ),
        files.Flaw.NO_TIMES: _("Line %(line)d has words without times before them."),
        files.Flaw.BAD_TIMES: _("The times in line %(line)d can't be read, or are later than 48 hours."),
        files.Flaw.ENDS_BEFORE_START: _("The words at line %(line)d end before they begin."),
    }[bad.code]
    return f"{what % {'line': bad.line}} {_('Nothing was stored.')}"
