from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from deliberate.clock import now
from deliberate.errors import Refused
from rooms.events.models import AgendaItem
from rooms.floor.models import State, Turn
from rooms.seats.models import Seat
from rooms.transcript import files, queries
from rooms.transcript.models import Segment
from tests import make

pytestmark = pytest.mark.django_db
SRT = """1
00:00:01,000 --> 00:00:03,000
ADA: We begin.

2
00:00:12,000 --> 00:00:14,000
ADA: What trust costs.

3
00:00:32,000 --> 00:00:34,500
BEN: A village.

4
00:01:02,000 --> 00:01:04,000
BEN: Thank you all.
"""


def spoke(seat: Seat, since: datetime, until: datetime | None) -> Turn:
    state = State.DONE if until else State.SPEAKING
    return Turn.objects.create(
        room=make.room(seat.event), seat=seat, name=seat.name, state=state,
        asked_at=since, called_at=since, started_at=since, ended_at=until,
    )  # fmt: skip


@pytest.fixture
def captioner() -> Any:
    return make.seat(make.event(attribution="name"), "captioner")


def typed(moment: datetime) -> str:
    """As a browser's field for a date with a time says it."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")


def test_captions_of_a_recording_go_to_the_turns_that_were_on(captioner: Any) -> None:
    room, began = make.room(captioner.event), (now() - timedelta(hours=1)).replace(microsecond=0)
    second = timedelta(seconds=1)
    asha = spoke(make.seat(captioner.event, name="Asha"), began + 10 * second, began + 30 * second)
    bola = spoke(make.seat(captioner.event, name="Bola"), began + 30 * second, began + 60 * second)
    item = AgendaItem.objects.filter(room=room).order_by("pk")[0]
    AgendaItem.objects.filter(pk=item.pk).update(started_at=began + 20 * second, ended_at=began + 40 * second)
    answer = make.act(captioner, "transcript.load", text=SRT, began=typed(began))
    found = list(Segment.objects.select_related("turn"))
    assert [segment.text for segment in found] == ["We begin.", "What trust costs.", "A village.", "Thank you all."]
    assert [segment.turn for segment in found[1:3]] == [asha, bola]
    assert [segment.turn.name for segment in found if segment.turn and not segment.turn.called_at] == ["ADA", "BEN"]
    assert [segment.item for segment in found] == [None, None, item, None]
    assert (found[2].started_at, found[2].ended_at) == (began + 32 * second, began + 34.5 * second)
    assert "2 of them belong to turns." in str(answer.say)


def test_who_had_the_floor_says_it_and_not_the_file(captioner: Any) -> None:
    began = (now() - timedelta(hours=1)).replace(microsecond=0)
    spoke(make.seat(captioner.event, name="Asha"), began, None)
    make.act(captioner, "transcript.load", text=SRT, began=typed(began))
    assert {paragraph.attribution for paragraph in queries.paragraphs(make.room(captioner.event))} == {"Asha"}


def test_a_turn_whose_words_came_from_a_file_keeps_the_rule_of_that_moment(captioner: Any) -> None:
    event = make.event(attribution="role")
    began = (now() - timedelta(hours=1)).replace(microsecond=0)
    turn = spoke(make.seat(event, name="Asha"), began, None)
    make.act(make.seat(event, "captioner"), "transcript.load", text=SRT, began=typed(began))
    turn.refresh_from_db()
    assert turn.attribution == "role"


def test_the_speakers_phone_learns_that_their_words_stand_there(captioner: Any) -> None:
    began = (now() - timedelta(hours=1)).replace(microsecond=0)
    asha = make.seat(captioner.event, name="Asha")
    turn = spoke(asha, began, None)
    make.act(captioner, "transcript.load", text=SRT, began=typed(began))
    assert f"spoke:{turn.words}" in make.marks_of("transcript", make.room(captioner.event), asha)


def test_without_a_beginning_it_comes_behind_what_is_there(captioner: Any) -> None:
    spoke(make.seat(captioner.event, name="Asha"), now() - timedelta(hours=2), None)
    make.act(captioner, "transcript.load", text=SRT)
    assert {segment.turn.name for segment in Segment.objects.select_related("turn") if segment.turn} == {"ADA", "BEN"}


def test_a_recording_does_not_reach_into_the_future(captioner: Any) -> None:
    with pytest.raises(Refused, match="future"):
        make.act(captioner, "transcript.load", text=SRT, began=typed(now() - timedelta(seconds=30)))
    assert not Segment.objects.exists()


def test_files_have_what_a_recording_brought_in_where_it_was_said(captioner: Any) -> None:
    """Its pieces have later numbers; players and readers want an order in time."""
    room, began = make.room(captioner.event), (now() - timedelta(hours=1)).replace(microsecond=0)
    make.act(captioner, "transcript.settle", text="The last words.")
    make.act(captioner, "transcript.load", text=SRT, began=typed(began))
    spoken = ["We begin.", "What trust costs.", "A village.", "Thank you all.", "The last words."]
    for written in (queries.as_vtt(room), queries.as_srt(room)):
        found = files.cues(written, names=True)
        assert [cue.text for cue in found] == spoken
        assert [cue.start_ms for cue in found] == sorted(cue.start_ms for cue in found)
    text = queries.as_text(room)
    assert sorted(spoken, key=text.index) == spoken
