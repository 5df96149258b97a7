from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction

from deliberate.clock import now
from rooms.journal.actions import locked
from rooms.seats.models import Seat
from rooms.transcript import queries, vtt
from rooms.transcript.models import Interim, Segment
from rooms.transcript.spoken import Word, said, saying
from tests import make
from tests.rooms.transcript.rows import speaks
from tests.traces import columns_with

pytestmark = pytest.mark.django_db
MS = timedelta(milliseconds=1)


@pytest.fixture
def captioner() -> Any:
    return make.seat(make.event(), "captioner")


def words(text: str, since: datetime, each_ms: int = 300) -> list[Word]:
    """One after the other, each of them so long."""
    return [
        Word(word, since + at * each_ms * MS, since + (at + 1) * each_ms * MS) for at, word in enumerate(text.split())
    ]


def heard(captioner: Seat, text: str, since: datetime) -> list[Segment]:
    with transaction.atomic():
        return said(room=locked(make.room(captioner.event)), by=captioner, words=words(text, since), since=since)


def test_words_are_kept_with_when_each_was_said(captioner: Any) -> None:
    since = now() - timedelta(seconds=5)
    [segment] = heard(captioner, "What trust costs.", since)
    segment.refresh_from_db()
    assert (segment.text, segment.times) == ("What trust costs.", [[0, 300], [300, 600], [600, 900]])
    assert (segment.started_at, segment.ended_at) == (since, since + 900 * MS)


def test_a_long_phrase_is_cut_and_every_word_keeps_its_own_time(captioner: Any) -> None:
    since = now() - timedelta(seconds=60)
    found = heard(captioner, "We drove two days to a village that had been promised a well. " * 6, since)
    assert len(found) > 1
    for segment in found:
        assert len(segment.times or []) == len(segment.text.split())
    assert all(one.ended_at == two.started_at for one, two in pairwise(found))


def test_they_belong_to_the_turn_that_was_on_when_the_phrase_began(captioner: Any) -> None:
    first = speaks(make.seat(captioner.event, name="Asha"))
    since = now()
    speaks(make.seat(captioner.event, name="Bola"))
    assert heard(captioner, "Thank you.", since)[0].turn == first
    assert heard(captioner, "Good morning.", now())[0].turn != first


def test_what_is_being_said_shows_and_goes_when_it_is_settled(captioner: Any) -> None:
    room, since = make.room(captioner.event), now()
    saying(room=room, text="What rust", since=since)
    saying(room=room, text="What trust costs", since=since)
    assert queries.live(room).interim == ["What trust costs"]
    heard(captioner, "What trust costs.", since)
    assert queries.live(room).interim == []


def test_what_somebody_types_meanwhile_stays(captioner: Any) -> None:
    saying(room=make.room(captioner.event), text="What trust", since=now())
    make.act(captioner, "transcript.interim", text="Typed by hand")
    heard(captioner, "What trust costs.", now() - timedelta(seconds=3))
    assert Interim.objects.get().text == "Typed by hand"


def test_no_words_are_no_segment_and_take_the_interim_away(captioner: Any) -> None:
    since = now()
    saying(room=make.room(captioner.event), text="Uh", since=since)
    assert heard(captioner, "", since) == []
    assert (Interim.objects.get().text, Segment.objects.count()) == ("", 0)


def test_a_machine_that_goes_on_hearing_withdrawn_words_stores_none_of_them(captioner: Any) -> None:
    ann = make.seat(captioner.event, name="Ann")
    room, turn, since = make.room(captioner.event), speaks(ann), now()
    heard(captioner, "I was there.", now() - timedelta(seconds=1))
    Segment.objects.update(turn=turn)
    saying(room=room, text="Quagga came", since=since)
    make.act(ann, "transcript.take_back", turn=turn.words, segment="", sure="on")
    saying(room=room, text="Quagga came back", since=since)
    assert (queries.live(room).interim, columns_with("Quagga")) == ([], set())
    saying(room=room, text="Thank you", since=now())
    assert queries.live(room).interim == ["Thank you"]


def test_a_correction_and_a_strike_forget_the_times(captioner: Any) -> None:
    one, two = heard(captioner, "A well.", now())[0], heard(captioner, "A promise of Ann.", now())[0]
    make.act(captioner, "transcript.correct", segment=one.handle, text="A wall.", revision=0)
    make.act(captioner, "transcript.strike", segment=two.handle, words="Ann", sure=True)
    assert list(Segment.objects.values_list("times", flat=True)) == [None, None]


def test_they_are_written_into_webvtt_where_somebody_asks(captioner: Any) -> None:
    heard(captioner, "What trust <costs>.", now())
    room = make.room(captioner.event)
    assert "\nWhat trust &lt;costs&gt;.\n" in queries.as_vtt(room)
    written = queries.as_vtt(room, words=True)
    assert "\nWhat <00:00:00.300>trust <00:00:00.600>&lt;costs&gt;.\n" in written
    assert [cue.text for cue in vtt.read(written).cues] == ["What trust <costs>."]
