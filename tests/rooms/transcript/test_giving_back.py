"""What is said while somebody was called by mistake is of whoever had the floor."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deliberate.clock import now
from deliberate.errors import Refused
from rooms.events.models import Event
from rooms.floor.models import Turn
from rooms.seats.models import Seat
from rooms.transcript.models import Interim, Segment
from rooms.transcript.queries import as_text
from rooms.transcript.struck import WITHDRAWN
from tests import make
from tests.rooms.transcript.test_say import mend, take_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(event: Event) -> Seat:
    return make.seat(event, "moderator")


def says(captioner: Seat, text: str) -> Segment:
    handle = make.act(captioner, "transcript.settle", text=text).data["segments"][0]
    return Segment.objects.get(handle=handle)


@pytest.fixture
def two(event: Event, captioner: Seat, moderator: Seat) -> tuple[Seat, Seat]:
    """Ann speaks, Ben is called too early, and Ann goes on."""
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    for seat in (ann, ben):
        make.act(seat, "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    make.act(moderator, "floor.start")
    says(captioner, "Ann says hello.")
    make.act(moderator, "floor.call_next", expected=Turn.objects.get(name="Ben").handle)
    return ann, ben


def turn_of(seat: Seat) -> Turn:
    return Turn.objects.get(seat=seat)


def test_words_go_back_to_whoever_goes_on_who_looks_through_them(
    event: Event, captioner: Seat, moderator: Seat, two: tuple[Seat, Seat]
) -> None:
    ann, ben = two
    still = says(captioner, "Still Ann speaking.")
    Segment.objects.filter(pk=still.pk).update(approved=0)
    make.act(captioner, "transcript.interim", text="And she")
    make.act(moderator, "floor.undo_end")
    still.refresh_from_db()
    assert (still.turn, still.approved) == (turn_of(ann), None), "what another approved is not approved"
    assert Interim.objects.get().turn == turn_of(ann)
    assert "Ben" not in as_text(make.room(event))
    says(captioner, "And she ends.")
    assert set(Segment.objects.values_list("turn", flat=True)) == {turn_of(ann).pk}
    with pytest.raises(Refused):
        take_back(ben, turn_of(ben))
    take_back(ann, turn_of(ann), still)
    still.refresh_from_db()
    assert still.text == WITHDRAWN


def test_what_another_corrected_is_not_shown_as_corrected_by_whoever_goes_on(
    event: Event, captioner: Seat, moderator: Seat, two: tuple[Seat, Seat]
) -> None:
    ann, ben = two
    still = says(captioner, "Still Ann speaking.")
    mend(ben, still, "I never said that.", 0)
    make.act(moderator, "floor.undo_end")
    still.refresh_from_db()
    assert (still.turn, still.text, still.mended) == (turn_of(ann), "I never said that.", False)
    assert "corrected" not in as_text(make.room(event))


def test_what_was_withdrawn_with_the_turn_that_goes_on_stays_so(
    captioner: Seat, moderator: Seat, two: tuple[Seat, Seat]
) -> None:
    ann, _ben = two
    still = says(captioner, "Still Ann speaking.")
    take_back(ann, turn_of(ann))
    later = says(captioner, "Ann goes on.")
    Segment.objects.filter(pk=later.pk).update(started_at=now() + timedelta(seconds=1))
    make.act(moderator, "floor.undo_end")
    still.refresh_from_db()
    later.refresh_from_db()
    assert (still.text, later.text) == (WITHDRAWN, "Ann goes on.")


def test_where_nobody_had_the_floor_they_are_said_between_turns(event: Event, captioner: Seat, moderator: Seat) -> None:
    ben = make.seat(event, name="Ben")
    make.act(ben, "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    said = says(captioner, "Welcome, everybody.")
    make.act(moderator, "floor.undo_end")
    said.refresh_from_db()
    assert said.turn is None
