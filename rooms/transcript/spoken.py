"""Words that came with times, as a machine hears them: shown while they are said, and kept with when each of them was said.

They belong to the turn and the item that were on when their phrase began, as a captioner's do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from django.db import transaction

from deliberate.live.stale import touch
from deliberate.text import tidy
from rooms.floor.queries import turn_at
from rooms.journal.actions import note
from rooms.transcript import queries, sealed
from rooms.transcript.actions import LIVE, add, promise, sign
from rooms.transcript.models import Interim, Segment
from rooms.transcript.pieces import pieces
from rooms.transcript.sound import keep

_MS = timedelta(milliseconds=1)


class Word(NamedTuple):
    """A word, and when it was said."""

    text: str
    since: datetime
    until: datetime


class Heard(NamedTuple):
    """How a phrase sounded (signed 16 bit, little-endian, 16 kHz, mono), and when it was over."""

    octets: bytes
    until: datetime


@transaction.atomic
def saying(*, room: Any, text: str, since: datetime | None) -> None:
    """Show `text` as what is being said right now, in a phrase that began at `since`; an empty text takes it away."""
    text = tidy(text)
    before = Interim.objects.filter(room=room).first()
    turn = turn_at(room, since) if text and since else None
    if queries.withdrawn_with(turn, since):
        text, turn = "", None
    if (before.text if before else "") == text:
        return
    if before is None or before.since != since or before.turn != turn:
        sign(turn, room)
    fields = {"text": text, "turn": turn, "since": since if text else None, **sealed.BARE}
    Interim.objects.update_or_create(room=room, defaults=fields)
    touch(room, *LIVE)


@transaction.atomic
def said(*, room: Any, by: Any, words: Sequence[Word], since: datetime, heard: Heard | None = None) -> list[Segment]:
    """Keep the words of a phrase that began at `since`, which no longer is being said; and how they sounded, where
    that is kept (sound.py). The room must be locked.

    Nothing is kept where there are no words: it was no speech."""
    if Interim.objects.filter(room=room, since=since).exclude(text="").update(text="", turn=None, since=None):
        touch(room, *LIVE)
    # One for each that stands between white space, as pieces and corrections count them.
    single = [Word(part, word.since, word.until) for word in words for part in tidy(word.text).split()]
    texts = pieces(" ".join(word.text for word in single))
    if not texts:
        return []
    turn, item = turn_at(room, since), queries.item_at(room, since)
    found = [
        Segment(
            room=room,
            turn=turn,
            item=item,
            text=text,
            started_at=run[0].since,
            ended_at=run[-1].until,
            times=[[(word.since - run[0].since) // _MS, (word.until - run[0].since) // _MS] for word in run],
        )
        for text, run in _shared_out(texts, single)
    ]
    promise(turn, room.event)
    sign(turn, room)
    add(room, found)
    if heard is not None:
        keep(room, found, heard.octets, since, heard.until)
    note(room, by, "settled", found[0], str(len(found)))
    return found


def _shared_out(texts: list[str], words: list[Word]) -> list[tuple[str, list[Word]]]:
    """Each piece with its words. A run without white space that was cut into pieces goes with the first of them."""
    edges = accumulate((len(text.split()) for text in texts), initial=0)
    runs = [words[start:end] for start, end in pairwise(edges)]
    last = words[-1]
    return [(text, run or [last]) for text, run in zip(texts, runs, strict=True)]
