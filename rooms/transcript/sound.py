"""How words sounded, where the host keeps that: to look through what a machine wrote down, and to listen to later.

A voice tells who speaks. So sound is kept of words alone that stand under a name, in turns that were asked for after the host
had said so, and of phrases during which nobody was called, ended or put back. A phrase's sound goes, for good, with the first of
its words that is taken back, struck, corrected by whoever spoke, or shown with less."""

from __future__ import annotations

import io
import struct
import unicodedata
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
from rooms.floor.disowning import disowned
from rooms.floor.models import Turn
from rooms.journal.actions import locked, note
from rooms.journal.models import Entry
from rooms.transcript import core, own, queries, vtt
from rooms.transcript.leaving import leaving
from rooms.transcript.models import Segment, Sound
from rooms.transcript.struck import WITHDRAWN

#: Samples a second of all sound here: signed 16 bit, little-endian, mono.
RATE = 16_000
#: Silence between two phrases of a file, in milliseconds.
PAUSE_MS = 300
#: Acts by which the floor goes from one to another, and by which that is taken back, as the journal calls them.
MOVES, BACK = ("called", "called out of order", "ended"), ("put back", "reopened")
#: Letters of a name in a file's name.
_LONGEST_NAME = 40


# -- keeping and letting go ------------------------------------------------------------------------------------------------


def keep(room: Any, said: Sequence[Segment], octets: bytes, since: datetime, until: datetime) -> None:
    """Keep the sound of a phrase, said from and to these moments, that became these segments: where the host keeps it, all of it
    was said by whoever has the turn, and that is signed with a name. The room must be locked."""
    turn = said[0].turn
    # Locked and read anew: what came with a room that had to be waited for is from before the wait, and an event has other rooms.
    event = Event.objects.select_for_update(no_key=True).get(pk=room.event_id)
    if not octets or turn is None or not event.told_of_sound(turn.asked_at):
        return
    if not _named(turn, event) or any(segment.text == WITHDRAWN for segment in said):
        return
    until = max(until, since + timedelta(seconds=len(octets) / (2 * RATE)))
    if _changed_hands(room, since, until):
        return
    kept = Sound.objects.create(room=room, started_at=since, octets=octets)
    Segment.objects.filter(pk__in=[segment.pk for segment in said]).update(sound=kept)


def _changed_hands(room: Any, since: datetime, until: datetime) -> bool:
    """Whether somebody was called or ended meanwhile, or that was taken back since: then others may be heard in it."""
    moved = Entry.objects.filter(room=room, at__gte=since)
    return moved.filter(Q(verb__in=MOVES, at__lte=until) | Q(verb__in=BACK)).exists()


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
    """Whether the words of a turn stand under a name. Those between turns never do."""
    return queries.shown_as(turn, event).level is core.Level.NAME


@disowned
def forget_turns(turns: QuerySet[Turn]) -> None:
    """Nobody's voice is left beside what is known as nobody's, or was said by another."""
    let_go(Q(turn__in=turns))


# -- listening -------------------------------------------------------------------------------------------------------------


def heard_by(room: Any, seat: Any, segment: str) -> bytes | None:
    """The sound of the phrase that a segment belongs to, as a WAV file; None where none is kept, or not for this seat.

    Captioners hear all that they correct, others the words on which they decide."""
    found = Segment.objects.filter(room=room, handle=segment).exclude(sound=None)
    if seat.role != CAPTIONER:
        found = found.filter(turn__in=own.turns_of(room, seat))
    row = found.select_related("sound", "turn__group").first()
    if row is None or row.sound is None or not _named(row.turn, room.event):
        return None
    return header(len(row.sound.octets)) + bytes(row.sound.octets)


def kept_s(room: Any) -> float:
    """Seconds of sound that are kept of a room."""
    octets = Sound.objects.filter(room=room).aggregate(all=Sum(Length("octets")))["all"]
    return (octets or 0) / (2 * RATE)


def header(octets: int) -> bytes:
    """What a WAV file of so many octets of sound begins with (Multimedia Programming Interface 1.0, IBM and Microsoft, 1991)."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + octets, b"WAVE") + form + struct.pack("<4sI", b"data", octets)


class _Phrase(NamedTuple):
    """A phrase's sound with the segments that it became."""

    sound: Sound
    segments: list[Segment]

    @property
    def long_ms(self) -> int:
        return len(self.sound.octets) * 1000 // (2 * RATE)


def archive(room: Any) -> Iterator[bytes]:
    """A ZIP file, turn by turn: in order, a WAV file and beside it its words as WebVTT, under the same name.

    Of what may leave the room alone, as it is signed when its turn comes. One turn at a time is in memory."""
    sink, pause = _Sink(), bytes(2 * RATE * PAUSE_MS // 1000)
    turns = dict.fromkeys(_heard(room).values_list("turn", flat=True))
    with ZipFile(sink, "w", ZIP_STORED) as file:
        for number, turn in enumerate(turns, start=1):
            who, phrases = _said_in(room, turn)
            if phrases:
                name = f"{number:04} {_plain(who)}"
                when = phrases[0].sound.started_at.timetuple()[:6]
                octets = pause.join(bytes(phrase.sound.octets) for phrase in phrases)
                file.writestr(ZipInfo(f"{name}.wav", when), header(len(octets)) + octets)
                file.writestr(ZipInfo(f"{name}.vtt", when), vtt.write(_cues(phrases, who)))
            yield sink.taken()
    yield sink.taken()


def _heard(room: Any) -> QuerySet[Segment]:
    return Segment.objects.filter(room=room).exclude(sound=None).order_by("number")


def _said_in(room: Any, turn: int) -> tuple[str, list[_Phrase]]:
    """Who a turn is said by, and its phrases that may leave the room, as it is now."""
    event = Event.objects.get(pk=room.event_id)
    heard = _heard(room).filter(turn=turn)
    rows = list(heard.select_related("turn__group"))
    may_leave = set(leaving(heard, event).values_list("pk", flat=True))
    # Read last: the sound of what was taken back, or is signed with less, since the words were read is gone.
    sounds = Sound.objects.in_bulk([row.sound_id for row in rows])
    phrases = []
    for sound, segments in groupby(rows, lambda segment: segment.sound_id):
        said = list(segments)
        if sound in sounds and all(each.pk in may_leave for each in said) and _named(said[0].turn, event):
            phrases.append(_Phrase(sounds[sound], said))
    return (queries.attribution_of(rows[0].turn, event) if rows else ""), phrases


def _cues(phrases: Iterable[_Phrase], who: str) -> Iterator[vtt.Cue]:
    begin = 0
    for phrase in phrases:
        for segment in phrase.segments:
            since, until = (_at(moment, phrase) for moment in (segment.started_at, segment.ended_at))
            yield vtt.Cue(begin + since, begin + max(since, until), segment.text, who, corrected=segment.mended)
        begin += phrase.long_ms + PAUSE_MS


def _at(moment: datetime, phrase: _Phrase) -> int:
    """Milliseconds into its sound."""
    return min(phrase.long_ms, max(0, (moment - phrase.sound.started_at) // timedelta(milliseconds=1)))


def _plain(name: str) -> str:
    """A name as it may stand in a file's name on any system."""
    kept = "".join(letter if letter == "-" or unicodedata.category(letter)[0] in "LMN" else " " for letter in name)
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
