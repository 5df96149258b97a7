from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from deliberate.clock import now
from deliberate.errors import Refused
from rooms.captions import actions, queries
from rooms.captions.models import Microphone, State
from rooms.journal.models import Entry
from rooms.transcript.models import Segment
from rooms.transcript.queries import live
from rooms.transcript.spoken import Word
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def captioner() -> Any:
    return make.seat(make.event(), "captioner")


def begun(captioner: Any, again: str = "") -> str:
    return actions.begin(room=make.room(captioner.event), by=captioner, again=again)


def said(captioner: Any, line: str, number: int, text: str) -> None:
    since = now()
    words = [Word(each, since, since) for each in text.split()]
    actions.said(room=make.room(captioner.event), by=captioner, line=line, number=number, words=words, since=since)


def test_a_phrase_is_kept_once_by_its_number(captioner: Any) -> None:
    line = begun(captioner)
    for number, text in ((1, "One."), (1, "One."), (2, "Two."), (1, "One.")):
        said(captioner, line, number, text)
    assert list(Segment.objects.values_list("text", flat=True)) == ["One.", "Two."]


def test_who_takes_the_microphone_next_has_it(captioner: Any) -> None:
    room, line = make.room(captioner.event), begun(captioner)
    begun(captioner)
    with pytest.raises(Refused) as refused:
        actions.saying(room=room, line=line, text="One", since=now())
    assert refused.value.code == "taken"
    with pytest.raises(Refused):
        actions.tell(room=room, by=captioner, line=line, state=State.OFF)
    assert queries.state_of(room) == State.STARTING


def test_the_last_words_of_a_line_that_broke_come_in_after_the_next_has_begun(captioner: Any) -> None:
    line = begun(captioner)
    said(captioner, line, 1, "One.")
    other = begun(captioner, again=line)
    said(captioner, other, 1, "Three.")
    for _time in range(2):
        said(captioner, line, 2, "Two.")
    assert sorted(Segment.objects.values_list("text", flat=True)) == ["One.", "Three.", "Two."]


def test_a_line_that_comes_back_is_no_new_beginning_in_the_journal(captioner: Any) -> None:
    line = begun(captioner)
    begun(captioner, again=line)
    assert list(Entry.objects.filter(verb="listening").values_list("role", "subject")) == [("captioner", "microphone")]


def test_a_moderator_switches_it_off_and_nothing_more_comes_in(captioner: Any) -> None:
    room, line = make.room(captioner.event), begun(captioner)
    actions.saying(room=room, line=line, text="One", since=now())
    make.act(make.seat(captioner.event, "moderator"), "captions.stop")
    assert (live(room).interim, queries.state_of(room)) == ([], State.OFF)
    with pytest.raises(Refused):
        said(captioner, line, 1, "One.")
    with pytest.raises(Refused, match="No microphone"):
        make.act(make.seat(captioner.event, "moderator"), "captions.stop")
    assert Entry.objects.filter(verb="stopped", role="moderator").count() == 1


def test_what_is_being_said_goes_when_the_engine_stops(captioner: Any) -> None:
    room, line = make.room(captioner.event), begun(captioner)
    actions.tell(room=room, by=captioner, line=line, state=State.ON)
    actions.saying(room=room, line=line, text="One", since=now())
    actions.tell(room=room, by=captioner, line=line, state=State.AGAIN)
    assert live(room).interim == []
    assert "have stopped" in queries.said_of(queries.state_of(room))


def test_one_that_is_not_heard_of_is_away_and_then_off(captioner: Any) -> None:
    room = make.room(captioner.event)
    line = begun(captioner)
    actions.tell(room=room, by=captioner, line=line, state=State.ON)
    for later, state in ((0, State.ON), (60, State.AWAY), (700, State.OFF)):
        with time_machine.travel(now() + timedelta(seconds=later), tick=False):
            assert queries.state_of(room) == state
    assert Microphone.objects.get().state == State.ON


def test_the_captions_say_that_a_machine_writes_them(captioner: Any) -> None:
    room = make.room(captioner.event)
    assert queries.said_of(queries.state_of(room)) == ""
    begun(captioner)
    assert "machine" in queries.said_of(queries.state_of(room))
