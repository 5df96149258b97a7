"""What was withdrawn, corrected by who spoke, or struck does not come back with the captions of a recording."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from deliberate.clock import now
from deliberate.errors import Refused
from rooms.events.models import Event
from rooms.floor.models import Turn
from rooms.seats.models import Seat
from rooms.transcript import queries
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHDRAWN
from tests import make
from tests.rooms.transcript.test_loading import spoke, typed
from tests.rooms.transcript.test_say import mend, take_back

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
#: What was said, and when, in seconds after the recording began. Captioners type some three seconds later.
SPOKEN = (
    (0, 3, "I greet you all."),
    (7, 10, "We come from the north."),
    (11, 15, "The minister promised us forty wells."),
    (30, 34, "Nobody asked us."),
    (50, 54, "Thank you."),
)
SECRET = "The minister promised us forty wells."


@pytest.fixture
def began() -> datetime:
    return (now() - timedelta(hours=1)).replace(microsecond=0)


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


@pytest.fixture
def turn(ann: Seat, began: datetime) -> Turn:
    """A turn of which a captioner took down all."""
    held = spoke(ann, began, began + timedelta(minutes=2))
    for number, (since, until, text) in enumerate(SPOKEN, start=1):
        took_down(held, number, text, began + (since + 3) * SECOND, began + (until + 3) * SECOND)
    return held


def took_down(turn: Turn | None, number: int, text: str, since: datetime, until: datetime) -> Segment:
    room = turn.room if turn else make.room(Event.objects.get())
    return Segment.objects.create(
        room=room, turn=turn, number=number, text=text, folded=text.casefold(), started_at=since, ended_at=until
    )


def secret(turn: Turn) -> Segment:
    return Segment.objects.get(turn=turn, text=SECRET)


def vtt(*cues: tuple[float, float, str]) -> str:
    def clock(at: float) -> str:
        return f"{int(at) // 60:02}:{int(at) % 60:02}.{round(at % 1 * 1000):03}"

    return "\n\n".join(["WEBVTT", *(f"{clock(since)} --> {clock(until)}\n{text}" for since, until, text in cues)])


def load(captioner: Seat, began: datetime, *cues: tuple[float, float, str]) -> str:
    return str(make.act(captioner, "transcript.load", text=vtt(*(cues or SPOKEN)), began=typed(began)).say)


def brought(turn: Turn) -> list[str]:
    """What the recording brought in, behind what was taken down."""
    return [segment.text for segment in Segment.objects.filter(room=turn.room, number__gt=len(SPOKEN))]


def transcript(turn: Turn) -> str:
    return queries.as_text(turn.room)


def test_a_withdrawn_piece_stays_so_though_it_was_typed_later_than_it_was_said(
    ann: Seat, captioner: Seat, began: datetime, turn: Turn
) -> None:
    """Of the recording nothing comes in that may be of it; what was said long before and after does."""
    take_back(ann, turn, secret(turn))
    told = load(captioner, began)
    assert brought(turn) == ["I greet you all.", "Thank you."]
    assert "wells" not in transcript(turn)
    assert "3 captions were left out" in told
    assert "2 segments are in." in told


def test_a_cue_that_is_cut_otherwise_stays_out_too(ann: Seat, captioner: Seat, began: datetime, turn: Turn) -> None:
    take_back(ann, turn, secret(turn))
    load(captioner, began, (10.4, 12.8, "The minister promised"), (12.8, 14, "us forty wells."), (50, 54, "Thank you."))
    assert brought(turn) == ["Thank you."]


def test_the_words_that_a_speaker_corrected_do_not_come_back(
    ann: Seat, captioner: Seat, began: datetime, turn: Turn
) -> None:
    mend(ann, secret(turn), "Wells were promised.", 0)
    assert "left out" in load(captioner, began)
    assert "forty" not in transcript(turn)
    assert "Wells were promised. [corrected]" in transcript(turn)


def test_nor_do_they_once_a_captioner_wrote_there_something_else(
    ann: Seat, captioner: Seat, began: datetime, turn: Turn
) -> None:
    piece = secret(turn)
    mend(ann, piece, "Wells were promised.", 0)
    make.act(captioner, "transcript.correct", segment=piece.handle, text="Some wells were promised.", revision=1)
    load(captioner, began)
    assert "forty" not in transcript(turn)


def test_nor_words_that_were_struck(captioner: Seat, began: datetime, turn: Turn) -> None:
    make.act(captioner, "transcript.strike", segment=secret(turn).handle, words="forty", sure="on")
    load(captioner, began)
    assert "forty" not in transcript(turn)


def test_a_captioner_s_correction_keeps_nothing_out(captioner: Seat, began: datetime, turn: Turn) -> None:
    make.act(captioner, "transcript.correct", segment=secret(turn).handle, text="Forty wells.", revision=0)
    assert "left out" not in load(captioner, began)
    assert brought(turn) == [text for _since, _until, text in SPOKEN]


def test_before_the_first_piece_of_a_turn_all_may_be_of_it(
    ann: Seat, captioner: Seat, began: datetime, turn: Turn
) -> None:
    """A captioner came late, and wrote what was said before from memory."""
    Segment.objects.filter(turn=turn, number__lt=3).delete()
    take_back(ann, turn, secret(turn))
    load(captioner, began)
    assert brought(turn) == ["Thank you."]


def test_what_was_struck_between_turns_does_not_come_back(captioner: Seat, event: Event, began: datetime) -> None:
    """And of a recording that is put behind what is there nothing is left out: it has no times of its own."""
    piece = took_down(None, 1, "Asha Obi is late.", began + 14 * SECOND, began + 17 * SECOND)
    make.act(captioner, "transcript.strike", segment=piece.handle, words="Asha Obi", sure="on")
    load(captioner, began, (11, 14, "Asha Obi is late."), (80, 82, "We begin."))
    assert [segment.text for segment in Segment.objects.all()] == ["[struck] is late.", "We begin."]
    make.act(captioner, "transcript.load", text=vtt((0, 2, "Welcome.")))
    assert Segment.objects.filter(text="Welcome.").exists()


def test_another_turn_s_words_come_in(ann: Seat, captioner: Seat, event: Event, began: datetime, turn: Turn) -> None:
    after = spoke(make.seat(event, name="Ben"), began + timedelta(minutes=2), None)
    take_back(ann, turn)
    load(captioner, began, *SPOKEN, (120, 124, "I thank Ann."))
    assert [(each.turn, each.text) for each in Segment.objects.filter(number__gt=len(SPOKEN))] == [
        (after, "I thank Ann.")
    ]
    assert set(Segment.objects.filter(turn=turn).values_list("text", flat=True)) == {WITHDRAWN}


def test_a_cue_that_goes_on_into_a_turn_brings_nothing_of_it_back(
    ann: Seat, captioner: Seat, event: Event, began: datetime, turn: Turn
) -> None:
    """It begins while somebody else has the floor."""
    spoke(make.seat(event, name="Ben"), began - timedelta(minutes=1), began)
    take_back(ann, turn)
    earlier = began - timedelta(minutes=1)
    load(captioner, earlier, (20, 24, "I end."), (58, 64, "Thank you. I greet you all."))
    assert brought(turn) == ["I end."]


def test_a_recording_of_such_words_alone_is_refused(ann: Seat, captioner: Seat, began: datetime, turn: Turn) -> None:
    take_back(ann, turn)
    before: Any = list(Segment.objects.values())
    with pytest.raises(Refused, match="Nothing was stored"):
        load(captioner, began)
    assert list(Segment.objects.values()) == before
