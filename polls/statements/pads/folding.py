"""Folding: what drafters typed on a pad becomes the clause's text, now and then; what else changed the clause goes into the
pad.

The clause's text is the truth for everybody but the drafters who are typing: readers, quotes, versions and files know
nothing of pads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from deliberate import tokens
from deliberate.clock import now
from deliberate.live.stale import tell
from deliberate.roles import DRAFTER
from deliberate.text import paragraphs
from polls.statements.core import LONGEST_CLAUSE
from polls.statements.models import Clause
from polls.statements.pads import core
from polls.statements.pads.models import Pad, Stroke
from polls.statements.rewording import open_to_words, reword
from rooms.journal.actions import locked

#: What was typed after a longer pause begins a new wording that is kept.
SITTING_S = 120
#: Other processes have read a stroke so long after it was folded, in seconds; one that slept longer reads the whole pad.
HANDED_ON_S = 30


class _Drafters:
    """Whoever typed: who it was is not kept."""

    role = DRAFTER


def about(clause: str) -> str:
    """What processes tell each other under, when a pad has changed."""
    return f"pad:{clause}"


@transaction.atomic
def fold(*, room: Any, clause: str) -> None:
    """Make the pad and the text of one clause agree. Nothing happens where they do."""
    room = locked(room)
    for pad in _waiting(room).filter(clause__handle=clause):
        _fold(room, pad)


@transaction.atomic
def fold_all(*, room: Any) -> None:
    """The same for all clauses of a room: before its text is frozen. Nobody types on any until the act is over."""
    room = locked(room)
    list(_pads(room).values_list("pk"))
    for pad in _waiting(room):
        _fold(room, pad)


@transaction.atomic
def renew_all(*, room: Any) -> None:
    """Begin every pad of a room anew, under another name: nothing of what was ever typed and deleted on it is left, here or
    in the pages that have it open, for they open the new one. What stands on a pad stays on it."""
    fold_all(room=room)
    for pad in _pads(room).select_related("clause"):
        text = core.text_of(
            core.load(bytes(pad.state), *(bytes(data) for data in pad.strokes.values_list("data", flat=True)))
        )
        waits = pad.number > pad.base
        pad.strokes.all().delete()
        pad.state, pad.handle, pad.base = core.begun(pad.clause.text), tokens.handle(), pad.number
        pad.revision = pad.clause.revision
        if waits:
            add(pad, core.edited(pad.state, text))
        pad.save()
        tell(room, about(pad.clause.handle))


def unfit(clauses: Iterable[Clause]) -> set[int]:
    """The keys of those of these clauses, folded, on whose pads there is something that can't be their words."""
    waiting = Pad.objects.filter(clause__in=list(clauses), number__gt=F("base"))
    return set(waiting.values_list("clause", flat=True))


def left() -> list[Any]:
    """The rooms in which words were typed that are not in their clauses yet."""
    waiting = Pad.objects.filter(number__gt=F("base"), clause__removed=False).select_related("clause__statement__room")
    some = [pad.clause for pad in waiting if open_to_words(pad.clause)]
    return list({clause.statement.room_id: clause.statement.room for clause in some}.values())


def forget_strokes() -> None:
    """Delete the strokes that are in their pads' states and have been handed on: words that were deleted stand in them."""
    settled = Q(pad__folded_at=None) | Q(pad__folded_at__lt=now() - timedelta(seconds=HANDED_ON_S))
    Stroke.objects.filter(settled, number__lte=F("pad__base")).delete()


def _waiting(room: Any) -> Any:
    """The pads of a room that may not agree with their clauses, locked."""
    unlike = Q(number__gt=F("base")) | ~Q(revision=F("clause__revision"))
    return _pads(room).filter(unlike)


def _pads(room: Any) -> Any:
    """The pads of a room, locked."""
    return Pad.objects.filter(clause__statement__room=room).select_for_update(of=("self",)).order_by("pk")


def _fold(room: Any, pad: Pad) -> None:
    """With the room and the pad locked."""
    row, before = Clause.objects.get(pk=pad.clause_id), (pad.number, pad.handle)
    typing = pad.folded_at is not None and now() - pad.folded_at < timedelta(seconds=SITTING_S)
    if row.revision != pad.revision:
        # As somebody who began from the words last agreed, and wrote at the same time as those who typed since.
        others = core.edited(bytes(pad.state), row.text)
        pad.state, pad.revision, typing = core.merged([bytes(pad.state), others]), row.revision, False
        add(pad, others)
    newer = [bytes(data) for data in pad.strokes.filter(number__gt=pad.base).values_list("data", flat=True)]
    doc = core.load(bytes(pad.state), *newer)
    text = paragraphs(core.text_of(doc))
    if not open_to_words(row) or not 0 < len(text) <= LONGEST_CLAUSE:
        # It can't be the clause's words as it is: it stays on the pad, in one stroke, which is not written again each time.
        if len(newer) <= 1 and pad.number == before[0]:
            return
        pad.strokes.all().delete()
        if newer:
            Stroke.objects.create(pad=pad, number=pad.number, data=core.merged(newer))
    else:
        if text != row.text:
            reword(room, _Drafters(), row, text, typing=typing)
            pad.folded_at = now()
        # Those that were folded before: other processes have had the time to hand on what was folded now.
        pad.strokes.filter(number__lte=pad.base).delete()
        pad.state, pad.base, pad.revision = doc.get_update(), pad.number, row.revision
        if len(pad.state) > core.RENEWED:
            pad.state, pad.handle = core.begun(text), tokens.handle()
    pad.save()
    if (pad.number, pad.handle) != before:
        tell(room, about(row.handle))


def add(pad: Pad, data: bytes) -> None:
    """One more stroke on a pad that is locked."""
    pad.number += 1
    Stroke.objects.create(pad=pad, number=pad.number, data=data)


def differs(room: Any, clause: str) -> bool:
    """Whether others changed the clause since its pad was folded."""
    unlike = Pad.objects.exclude(revision=F("clause__revision"))
    return bool(unlike.filter(clause__handle=clause, clause__statement__room=room).exists())
