"""How words sounded, where the host keeps that: to look through what a machine wrote down, and to listen to later.

A voice tells who speaks. So sound is kept of words alone that stand under a name, in turns that were called after the host
had said so, and between turns where the event signs with names. A phrase's sound goes, for good, with the first of its words
that is taken back, struck, corrected by whoever spoke, or shown with less."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.roles import CAPTIONER
from deliberate.shell.traces import wipe
from rooms.events.models import Attribution, Event
from rooms.events.setup.event import lowered
from rooms.floor.models import Turn
from rooms.journal.actions import locked, note
from rooms.transcript import core, own, queries, vtt
from rooms.transcript.leaving import leaving
from rooms.transcript.models import Segment, Sound
from rooms.transcript.struck import WITHDRAWN

#: Samples a second of all sound here: signed 16 bit, little-endian, mono.
RATE = 16_000
#: Silence between two phrases of a file, in milliseconds.
PAUSE_MS = 300
#: Letters of a name in a file's name.
_LONGEST_NAME = 40


# -- keeping and letting go ------------------------------------------------------------------------------------------------


def keep(room: Any, said: Sequence[Segment], octets: bytes, since: datetime) -> None:
    """Keep the sound of a phrase that began at `since` and became these segments, where the host keeps it and their signature
    lets it be kept. The room must be locked."""
    turn = said[0].turn
    event = room.event
    if not octets or event.sound_since is None or not _named(turn, event):
        return
    if turn is not None and (turn.called_at is None or turn.called_at < event.sound_since):
        return  # whoever speaks was told that none is kept
    if any(segment.text == WITHDRAWN for segment in said):
        return
    until = since + timedelta(seconds=len(octets) / (2 * RATE))
    if Turn.objects.filter(room=room, called_at__gt=since, called_at__lte=until).exists():
        return  # it may hold the voice of whoever spoke next, too
    kept = Sound.objects.create(room=room, started_at=since, octets=octets)
    Segment.objects.filter(pk__in=[segment.pk for segment in said]).update(sound=kept)


def let_go(segments: Q) -> None:
    """Let the sound of these segments go for good, with that of all words of the same phrases. Call it inside a transaction."""
    _delete(Sound.objects.filter(pk__in=Segment.objects.filter(segments).values("sound")))


def _delete(sounds: QuerySet[Sound]) -> None:
    deleted, _by_kind = sounds.defer("octets").delete()
    if deleted:
        transaction.on_commit(wipe)


@lowered
def forget_voices(event: Event) -> None:
    """Where an event signs with less than names from now on, nobody's voice is left."""
    if event.attribution != Attribution.NAME:
        let_go(Q(room__event=event))


@transaction.atomic
def delete_sound(*, room: Any, by: Any, sure: bool = True) -> Answer:
    """Delete all sound that is kept of the room."""
    room = locked(room)
    if not Sound.objects.filter(room=room).exists():
        raise Refused(_("No sound of this room is kept."))
    _delete(Sound.objects.filter(room=room))
    note(room, by, "deleted", "sound")
    return Answer(say=_("The sound of this room is gone. The words stay."))


def _named(turn: Turn | None, event: Event) -> bool:
    """Whether words of a turn, or of none, stand under a name."""
    if turn is None:
        return event.attribution == Attribution.NAME
    return queries.shown_as(turn, event).level is core.Level.NAME


# -- listening -------------------------------------------------------------------------------------------------------------


def heard_by(room: Any, seat: Any, segment: str) -> bytes | None:
    """The sound of the phrase that a segment belongs to, as a WAV file; None where none is kept, or not for this seat.

    Captioners hear all that they correct, others the words on which they decide."""
    found = Segment.objects.filter(room=room, handle=segment).exclude(sound=None)
    if seat.role != CAPTIONER:
        found = found.filter(turn__in=own.turns_of(room, seat))
    row = found.select_related("sound").first()
    return None if row is None or row.sound is None else header(len(row.sound.octets)) + bytes(row.sound.octets)


def kept_s(room: Any) -> float:
    """Seconds of sound that are kept of a room."""
    octets = Sound.objects.filter(room=room).aggregate(all=Sum(Length("octets")))["all"]
    return (octets or 0) / (2 * RATE)


def header(octets: int) -> bytes:
    """What a WAV file of so many octets of sound begins with (Multimedia Programming Interface 1.0, IBM and Microsoft, 1991)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + octets, b"WAVE") + form + struct.pack("<4sI", b"data", octets)


class _Phrase(NamedTuple):
    """A phrase's sound, the segments that it became, and how many octets it is."""

    sound: int
    since: datetime
    octets: int
    segments: list[Segment]


def archive(room: Any) -> Iterator[bytes]:
    """A ZIP file, piece by piece: of each turn, in order, a WAV file and beside it its words as WebVTT, under the same name.

    Of what may leave the room alone, as it is signed when it is asked for."""
    sink = _Sink()
    with ZipFile(sink, "w", ZIP_STORED) as file:
        for number, (turn, phrases) in enumerate(_runs(room), start=1):
            who = queries.attribution_of(turn, room.event)
            name = f"{number:04} {_plain(who)}".strip()
            when = phrases[0].since.timetuple()[:6]
            sizes = [each.octets for each in phrases]
            pause = bytes(2 * RATE * PAUSE_MS // 1000)
            about = ZipInfo(f"{name}.wav", when)
            about.file_size = 44 + sum(sizes) + len(pause) * (len(sizes) - 1)
            with file.open(about, "w") as wav:
                wav.write(header(about.file_size - 44))
                for index, phrase in enumerate(phrases):
                    # Let go since the list was read: as long, and silent.
                    row = Sound.objects.filter(pk=phrase.sound).first()
                    octets = bytes(row.octets) if row is not None else bytes(phrase.octets)
                    wav.write((pause if index else b"") + octets)
                    yield sink.taken()
            file.writestr(ZipInfo(f"{name}.vtt", when), vtt.write(_cues(phrases, who)))
            yield sink.taken()
    yield sink.taken()


def _runs(room: Any) -> Iterator[tuple[Turn | None, list[_Phrase]]]:
    """The turns that are heard, each with its phrases."""
    rows = Segment.objects.filter(room=room).exclude(sound=None).select_related("turn__group").order_by("number")
    may_leave = set(leaving(rows, room.event).values_list("pk", flat=True))
    of = {pk: (since, octets) for pk, since, octets in _sounds(room)}
    phrases = []
    for sound, segments in groupby(rows, lambda segment: segment.sound_id):
        said = list(segments)
        if all(segment.pk in may_leave for segment in said) and _named(said[0].turn, room.event) and sound in of:
            phrases.append(_Phrase(sound, *of[sound], said))
    for _turn, run in groupby(phrases, lambda phrase: phrase.segments[0].turn_id):
        together = list(run)
        yield together[0].segments[0].turn, together


def _sounds(room: Any) -> QuerySet[Sound, tuple[int, datetime, int]]:
    return Sound.objects.filter(room=room).values_list("pk", "started_at", Length("octets"))


def _cues(phrases: Iterable[_Phrase], who: str) -> Iterator[vtt.Cue]:
    begin = 0
    for phrase in phrases:
        long = phrase.octets * 1000 // (2 * RATE)
        for segment in phrase.segments:
            since, until = (_within(moment - phrase.since, long) for moment in (segment.started_at, segment.ended_at))
            yield vtt.Cue(begin + since, begin + max(since, until), segment.text, who, corrected=segment.mended)
        begin += long + PAUSE_MS


def _within(passed: timedelta, long: int) -> int:
    return min(long, max(0, passed // timedelta(milliseconds=1)))


def _plain(name: str) -> str:
    """A name as it may stand in a file's name on any system."""
    kept = "".join(letter if letter.isalnum() or letter in " -" else " " for letter in name)
    return " ".join(kept.split())[:_LONGEST_NAME].strip()


class _Sink(io.RawIOBase):
    """Where a ZIP file is written to that is sent while it is made."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, octets: Any) -> int:
        self._pieces.append(bytes(octets))
        return len(octets)

    def taken(self) -> bytes:
        """What was written since it was taken last."""
        found, self._pieces = b"".join(self._pieces), []
        return found
