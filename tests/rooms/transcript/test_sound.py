from __future__ import annotations

import io
import wave
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from deliberate.clock import now
from deliberate.errors import Refused
from deliberate.live.painter import paint
from rooms.events.models import Event
from rooms.floor.models import State, Turn
from rooms.journal.actions import locked
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.transcript import sound, vtt
from rooms.transcript.models import Segment, Sound
from rooms.transcript.spoken import Heard, Word
from rooms.transcript.spoken import said as keep_words
from tests import make
from tests.rooms.captions.sounds import tone
from tests.rooms.transcript.rows import speaks
from tests.rooms.transcript.test_screens import page

pytestmark = pytest.mark.django_db
LONG = timedelta(seconds=2)


def keeps(event: Event, keeps_sound: str = "on", **fields: str) -> None:
    """The host says whether sound is kept, in an event that signs with names."""
    asked = {"title": event.title, "names_on_list": "all", "attribution": "name", "k": "5", "keeps_sound": keeps_sound}
    host = event.seats.filter(role="host").first() or make.seat(event, "host")
    make.act(host, "events.settings", "", **{**asked, **fields})


@pytest.fixture
def event() -> Event:
    found = make.event()
    keeps(found)
    return found


def says(captioner: Seat, text: str = "What trust costs a village.", since: datetime | None = None) -> Segment:
    """A microphone brings a phrase of two seconds."""
    since = since or now()
    words = [Word(each, since, since + LONG) for each in text.split()]
    with transaction.atomic():
        room = locked(make.room(captioner.event))
        found = keep_words(room=room, by=captioner, words=words, since=since, heard=Heard(tone(2), since + LONG))
    return Segment.objects.get(pk=found[-1].pk)


def heard(by: Seat, segment: Segment) -> bytes | None:
    return sound.heard_by(make.room(by.event), by, segment.handle)


def test_no_sound_is_kept_unless_the_host_says_so() -> None:
    event = make.event(attribution="name")
    captioner = make.seat(event, "captioner")
    speaks(make.seat(event, name="Asha"))
    says(captioner)
    keeps(event, keeps_sound="")
    says(captioner)
    assert not Sound.objects.exists()


def test_the_sound_of_a_phrase_is_kept_as_it_came(captioner: Seat) -> None:
    asha = make.seat(captioner.event, name="Asha")
    speaks(asha)
    segment = says(captioner)
    for somebody in (captioner, asha):
        found = heard(somebody, segment)
        assert found is not None
        with wave.open(io.BytesIO(found)) as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
            assert file.readframes(10**9) == tone(2)
    for role in ("participant", "moderator", "drafter", "host", "wall"):
        assert heard(make.seat(captioner.event, role), segment) is None, role


def test_nobody_but_captioners_hears_somebody_whose_seat_has_ended(captioner: Seat) -> None:
    asha, moderator = make.seat(captioner.event, name="Asha"), make.seat(captioner.event, "moderator")
    speaks(asha)
    segment = says(captioner)
    Seat.objects.filter(pk=asha.pk).update(ended=True)
    shown = page(moderator, "say/")
    assert segment.text in shown
    assert f"sound/{segment.handle}.wav" not in shown
    assert heard(moderator, segment) is None
    assert heard(captioner, segment) is not None


def test_a_moderator_hears_whoever_has_no_phone(captioner: Seat) -> None:
    turn = speaks(make.seat(captioner.event, name="Asha"))
    Turn.objects.filter(pk=turn.pk).update(seat=None)
    assert heard(make.seat(captioner.event, "moderator"), says(captioner)) is not None


def test_who_asked_to_speak_before_the_host_said_so_is_not_kept(event: Event, captioner: Seat) -> None:
    keeps(event, keeps_sound="")
    asha = make.seat(event, name="Asha")
    make.act(asha, "floor.ask", kind="point")
    keeps(event)
    moderator = make.seat(event, "moderator")
    make.act(moderator, "floor.call_next")
    assert says(captioner).sound is None
    make.act(moderator, "floor.end")
    make.act(asha, "floor.ask", "", kind="point")
    make.act(moderator, "floor.call_next", "")
    assert says(captioner, since=now() + LONG).sound is not None


@pytest.mark.parametrize("level", ["role", "group", "nobody"])
def test_no_voice_is_kept_of_whom_nobody_is_to_know(captioner: Seat, level: str) -> None:
    turn = speaks(make.seat(captioner.event, name="Asha", group="Youth"))
    Turn.objects.filter(pk=turn.pk).update(attribution=level)
    assert says(captioner).sound is None


def _called(moderator: Seat, since: datetime) -> None:
    waiting = Turn.objects.get(state=State.WAITING)
    make.act(moderator, "floor.call_next", expected=waiting.handle)


def _ended(moderator: Seat, since: datetime) -> None:
    make.act(moderator, "floor.end")


def _undone(moderator: Seat, since: datetime) -> None:
    """Somebody else was called by mistake after the phrase, and put back before it was settled."""
    with time_machine.travel(since + 2 * LONG, tick=False):
        _called(moderator, since)
        make.act(moderator, "floor.undo_end")


@pytest.mark.parametrize("moves", [_called, _ended, _undone])
def test_a_phrase_in_which_others_may_be_heard_is_not_kept(
    captioner: Seat, moves: Callable[[Seat, datetime], None]
) -> None:
    moderator = make.seat(captioner.event, "moderator")
    for name in ("Asha", "Bola"):
        make.act(make.seat(captioner.event, name=name), "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", "a" * 16)
    since = now()
    moves(moderator, since)
    segment = says(captioner, since=since)
    assert segment.turn is not None
    assert segment.turn.name == "Asha"
    assert segment.sound is None


def test_what_was_kept_of_somebody_who_was_called_by_mistake_goes(captioner: Seat) -> None:
    moderator = make.seat(captioner.event, "moderator")
    make.act(make.seat(captioner.event, name="Asha"), "floor.ask", kind="point")
    make.act(moderator, "floor.call_next")
    assert says(captioner, since=now() + timedelta(milliseconds=1)).sound is not None
    make.act(moderator, "floor.undo_end")
    assert not Sound.objects.exists()


def test_sound_is_kept_where_the_event_signs_with_names_alone(event: Event) -> None:
    with pytest.raises(Refused, match="A voice tells who speaks"):
        keeps(event, attribution="group")
    event.refresh_from_db()
    assert event.attribution == "name"


def test_what_is_said_between_turns_is_not_kept(captioner: Seat) -> None:
    segment = says(captioner)
    assert segment.turn is None
    assert segment.sound is None


def _withdrawn(asha: Seat, segment: Segment, turn: str) -> None:
    make.act(asha, "transcript.take_back", turn=turn, sure="on")


def _piece_withdrawn(asha: Seat, segment: Segment, turn: str) -> None:
    make.act(asha, "transcript.take_back", turn=turn, segment=segment.handle, sure="on")


def _corrected(asha: Seat, segment: Segment, turn: str) -> None:
    make.act(asha, "transcript.mend", segment=segment.handle, text="What it costs.", revision=0)


def _lowered(asha: Seat, segment: Segment, turn: str) -> None:
    make.act(asha, "transcript.lower", turn=turn, level="role")


def _struck(asha: Seat, segment: Segment, turn: str) -> None:
    make.act(make.seat(asha.event, "moderator"), "transcript.strike", segment=segment.handle, words="trust", sure="on")


def _erased(asha: Seat, segment: Segment, turn: str) -> None:
    make.act(asha, "seats.erase")


def _erased_by_name(asha: Seat, segment: Segment, turn: str) -> None:
    Turn.objects.filter(words=turn).update(seat=None)
    make.act(make.seat(asha.event, "moderator"), "floor.erase", name="Asha", turn="")


def _event_lowered(asha: Seat, segment: Segment, turn: str) -> None:
    keeps(asha.event, keeps_sound="", attribution="group")


@pytest.mark.parametrize(
    "act", [_withdrawn, _piece_withdrawn, _corrected, _lowered, _struck, _erased, _erased_by_name, _event_lowered]
)
def test_sound_goes_with_the_words(captioner: Seat, act: Callable[[Seat, Segment, str], None]) -> None:
    asha = make.seat(captioner.event, name="Asha")
    turn = speaks(asha)
    segment = says(captioner)
    Turn.objects.filter(pk=turn.pk).update(state=State.DONE, ended_at=now())
    speaks(make.seat(captioner.event, name="Bola"))
    other = says(captioner)
    act(asha, segment, turn.words)
    left = {other.sound_id} if act is not _event_lowered else set()
    assert set(Sound.objects.values_list("pk", flat=True)) == left
    assert heard(captioner, segment) is None


def test_a_phrase_of_several_pieces_goes_with_the_first_of_them(captioner: Seat) -> None:
    asha = make.seat(captioner.event, name="Asha")
    turn = speaks(asha)
    last = says(captioner, "We drove two days to a village that had been promised a well, and found none there. " * 4)
    pieces = Segment.objects.filter(sound=last.sound)
    assert len(pieces) > 1
    _piece_withdrawn(asha, pieces[0], turn.words)
    assert not Sound.objects.exists()


def test_what_a_captioner_corrects_stays_to_be_heard(captioner: Seat) -> None:
    speaks(make.seat(captioner.event, name="Asha"))
    segment = says(captioner)
    make.act(captioner, "transcript.correct", segment=segment.handle, text="What rust costs.", revision=0)
    assert heard(captioner, segment) is not None


def test_words_withdrawn_before_they_were_settled_leave_no_sound(captioner: Seat) -> None:
    asha = make.seat(captioner.event, name="Asha")
    turn = speaks(asha)
    since = now()
    says(captioner, "Good morning.")
    _withdrawn(asha, Segment.objects.get(), turn.words)
    assert says(captioner, since=since).sound is None
    assert not Sound.objects.exists()


def _files(event: Event) -> dict[str, bytes]:
    room = make.room(event)
    with zipfile.ZipFile(io.BytesIO(b"".join(sound.archive(room)))) as file:
        assert file.testzip() is None
        return {name: file.read(name) for name in file.namelist()}


def test_the_archive_holds_each_turn_with_its_words(event: Event, captioner: Seat) -> None:
    speaks(make.seat(event, name="Asha Óka/for"))
    says(captioner, "What trust costs.")
    says(captioner, "A village.", since=now() + LONG)
    speaks(make.seat(event, name="हिन्दी"))
    says(captioner, "Thank you.", since=now() + 3 * LONG)
    found = _files(event)
    names = ["0001 Asha Óka for.wav", "0001 Asha Óka for.vtt", "0002 हिन्दी.wav", "0002 हिन्दी.vtt"]
    assert list(found) == names
    with wave.open(io.BytesIO(found[names[0]])) as file:
        assert file.readframes(10**9) == tone(2) + bytes(2 * 16_000 * 300 // 1000) + tone(2)
    cues = vtt.read(found[names[1]].decode()).cues
    assert [(cue.text, cue.start_ms, cue.end_ms) for cue in cues] == [
        ("What trust costs.", 0, 2000), ("A village.", 2300, 4300)
    ]  # fmt: skip
    assert {cue.speaker for cue in cues} == {"Asha Óka/for"}


def test_what_is_withdrawn_while_the_archive_is_sent_is_not_in_the_rest(event: Event, captioner: Seat) -> None:
    seats = [make.seat(event, name=name) for name in ("Asha", "Bola", "Cem")]
    turns = []
    for number, seat in enumerate(seats):
        turns.append(speaks(seat))
        says(captioner, f"This is {seat.name}.", since=now() + number * LONG)
    pieces = sound.archive(make.room(event))
    sent = [next(pieces)]
    _withdrawn(seats[1], Segment(), turns[1].words)
    make.act(seats[2], "transcript.lower", turn=turns[2].words, level="role")
    with zipfile.ZipFile(io.BytesIO(b"".join([*sent, *pieces]))) as file:
        assert file.namelist() == ["0001 Asha.wav", "0001 Asha.vtt"]


def test_the_archive_holds_what_may_leave_the_room_alone(event: Event, captioner: Seat) -> None:
    Event.objects.update(silence="approved")
    asha = make.seat(event, name="Asha")
    turn = speaks(asha)
    says(captioner)
    Turn.objects.filter(pk=turn.pk).update(state=State.DONE, ended_at=now())
    assert _files(event) == {}
    make.act(asha, "transcript.approve", turn=turn.words, seen=1)
    assert list(_files(event)) == ["0001 Asha.wav", "0001 Asha.vtt"]


def test_a_host_deletes_all_of_it_and_the_words_stay(event: Event, captioner: Seat) -> None:
    speaks(make.seat(event, name="Asha"))
    says(captioner)
    host = event.seats.get(role="host")
    assert sound.kept_s(make.room(event)) == 2
    make.act(host, "transcript.delete_sound", sure="on")
    assert sound.kept_s(make.room(event)) == 0
    assert Segment.objects.get().text == "What trust costs a village."
    with pytest.raises(Refused, match="No sound"):
        make.act(host, "transcript.delete_sound", "", sure="on")


def test_the_journal_tells_since_when_and_that_it_was_deleted(event: Event, captioner: Seat) -> None:
    speaks(make.seat(event, name="Asha"))
    says(captioner)
    make.act(event.seats.get(role="host"), "transcript.delete_sound", sure="on")
    keeps(event, keeps_sound="")
    told = [(entry.verb, entry.subject, entry.detail) for entry in Entry.objects.order_by("number")]
    assert told[0][0] == "changed settings"
    assert "sound:kept" in told[0][2]
    assert told[-2][:2] == ("deleted", "sound")
    assert told[-1][2] == "sound:not kept"


def test_the_sound_goes_with_the_event(event: Event, captioner: Seat) -> None:
    speaks(make.seat(event, name="Asha"))
    says(captioner)
    make.act(event.seats.get(role="host"), "events.delete", title=event.title)
    assert not Sound.objects.exists()


@pytest.mark.parametrize(("keeps_sound", "there"), [("on", True), ("", False)])
def test_people_are_told_before_they_ask_to_speak(event: Event, keeps_sound: str, there: bool) -> None:
    keeps(event, keeps_sound=keeps_sound)
    html = paint(make.room(event), "floor.ask", "participant", "en").html
    assert ("as long as it stands under your name" in html) is there


def test_whoever_has_the_floor_reads_that_their_sound_is_kept(event: Event, captioner: Seat) -> None:
    """And not who asked to speak before the host said so, nor once the host keeps none any more."""
    said = "So is their sound"

    def shown() -> str:
        return paint(make.room(event), "floor.turn", "participant", "en").html

    speaks(make.seat(event, name="Asha"))
    assert said in shown()
    Turn.objects.update(asked_at=now() - timedelta(days=1))
    assert said not in shown()
    Turn.objects.update(asked_at=now())
    assert said in shown()
    keeps(event, keeps_sound="")
    assert said not in shown()
