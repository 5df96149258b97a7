"""Which words may leave the room, by the event's policy on silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from deliberate.clock import now
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.transcript import queries
from rooms.transcript.leaving import LATER, held_back
from tests import make
from tests.rooms.transcript.rows import said
from tests.rooms.transcript.test_say import approve, spoke, without_a_phone
from tests.rooms.transcript.test_screens import page, painted, visible

pytestmark = pytest.mark.django_db


def people(silence: str) -> tuple[Seat, Seat]:
    event = make.event(silence=silence)
    return make.seat(event, name="Ann"), make.seat(event, "captioner")


def files(seat: Seat) -> str:
    room = make.room(seat.event)
    return f"{queries.as_text(room)}\n{queries.as_vtt(room)}"


def settings(event: Event, **changed: Any) -> None:
    names = ("title", "names_on_list", "attribution", "silence", "k")
    fields = {name: getattr(event, name) for name in names} | changed
    make.act(make.seat(event, "host"), "events.settings", **fields)
    event.refresh_from_db()


def test_where_silence_lets_words_stand_they_leave_at_once() -> None:
    ann, captioner = people("stands")
    spoke(ann, captioner, "I was there.")
    assert "I was there." in files(ann)


def test_else_only_approved_words_leave_and_only_as_they_were_approved() -> None:
    ann, captioner = people("approved")
    turn, (segment,) = spoke(ann, captioner, "I was there.")
    said(captioner, "Welcome to all.")
    assert "I was there." not in files(ann)
    assert "Welcome to all." in files(ann), "words between turns are nobody's to approve"
    assert held_back(make.room(ann.event)) == 1
    approve(ann, turn)
    assert "I was there." in files(ann)
    make.act(captioner, "transcript.correct", segment=segment.handle, text="I was here.", revision=0)
    assert "I was" not in files(ann)
    approve(ann, turn)
    assert "I was here." in files(ann)


def test_or_words_leave_ten_minutes_after_the_turn() -> None:
    ann, captioner = people("later")
    turn, _segments = spoke(ann, captioner, "I was there.")
    assert turn.ended_at is not None
    assert "I was there." not in files(ann)
    with time_machine.travel(turn.ended_at + LATER - timedelta(seconds=1), tick=False):
        assert "I was there." not in files(ann)
    with time_machine.travel(turn.ended_at + LATER, tick=False):
        assert "I was there." in files(ann)
    approve(ann, turn)
    assert "I was there." in files(ann)


@pytest.mark.parametrize("silence", ["approved", "later"])
def test_the_room_itself_reads_them_meanwhile(silence: str) -> None:
    ann, captioner = people(silence)
    spoke(ann, captioner, "I was there.")
    assert "I was there." in painted(ann, "transcript.recent")


def test_for_somebody_without_a_phone_a_moderator_approves() -> None:
    ann, captioner = people("approved")
    turn, _segment = without_a_phone(ann.event, captioner, "I came by boat.")
    assert "by boat" not in files(ann)
    approve(make.seat(ann.event, "moderator"), turn)
    assert "by boat" in files(ann)


def test_what_came_in_a_file_under_a_policy_keeps_to_it() -> None:
    ann, captioner = people("later")
    make.act(captioner, "transcript.load", text="Ada: It rained.\n\nBen: Here too.\n\nAda: For days.")
    assert "It rained" not in files(ann)
    with time_machine.travel(now() + LATER, tick=False):
        assert "It rained" in files(ann)


def test_a_turn_keeps_the_policy_it_began_under_and_later_turns_have_the_new_one() -> None:
    ann, captioner = people("stands")
    spoke(ann, captioner, "I was there.")
    settings(ann.event, silence="approved")
    assert "changed settings" in set(Entry.objects.values_list("verb", flat=True))
    assert Entry.objects.get(verb="changed settings").detail == "silence:approved"
    spoke(ann, captioner, "I came back.")
    assert "I was there." in files(ann)
    assert "I came back." not in files(ann)
    settings(ann.event, silence="stands")
    assert "I came back." not in files(ann), "nor does it stand because the policy changed again"


def test_whoever_waits_when_it_is_changed_speaks_under_the_new_one() -> None:
    ann, captioner = people("stands")
    moderator = make.seat(ann.event, "moderator")
    make.act(ann, "floor.ask", kind="point")
    settings(ann.event, silence="approved")
    make.act(moderator, "floor.call_next")
    make.act(moderator, "floor.start")
    said(captioner, "I was there.")
    make.act(moderator, "floor.end")
    assert "I was there." not in files(ann)


@pytest.mark.parametrize(
    ("silence", "yours", "theirs"),
    [
        ("stands", "Your words may be quoted, and leave", "Words may be quoted, and leave"),
        ("later", "Ten minutes after your turn", "Ten minutes after a turn"),
        ("approved", "Only what you approve", "Only what is approved"),
    ],
)
def test_everybody_who_asks_to_speak_reads_it_before(silence: str, yours: str, theirs: str) -> None:
    ann, captioner = people(silence)
    assert yours in visible(page(ann, "floor/"))
    assert theirs in painted(make.seat(ann.event, "moderator"), "floor.console")
    assert theirs in visible(page(captioner, "podium/"))
