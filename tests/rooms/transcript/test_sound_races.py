"""Sound that comes while the host shows less of who speaks: threads with connections of their own."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import Event as Signal

import pytest
from django.db import transaction

from deliberate.clock import now
from rooms.events.models import Event, Room
from rooms.journal.actions import locked
from rooms.transcript.models import Segment, Sound
from rooms.transcript.spoken import Heard, Word, said
from tests import make
from tests.races import at_once
from tests.rooms.captions.sounds import tone
from tests.rooms.transcript.rows import speaks
from tests.rooms.transcript.test_sound import keeps

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("other", [False, True], ids=["in this room", "in another room"])
@pytest.mark.parametrize("attribution", ["group", "name"], ids=["lowered", "no longer kept"])
def test_no_sound_is_stored_past_a_host_who_keeps_none(other: bool, attribution: str) -> None:
    event = make.event()
    keeps(event)
    captioner, room = make.seat(event, "captioner"), make.room(event)
    if other:
        room = Room.objects.create(event=event, name="Second", position=1)
    speaks(make.seat(event, name="Asha"), room)
    changed, since = Signal(), now() + timedelta(seconds=1)

    def unticks() -> None:
        with transaction.atomic():
            keeps(event, keeps_sound="", attribution=attribution)
            changed.set()
            time.sleep(0.5)

    def comes_in() -> None:
        assert changed.wait(20)
        with transaction.atomic():
            here = locked(Room.objects.get(pk=room.pk))
            word, heard = Word("Good.", since, since), Heard(tone(1), since)
            said(room=here, by=captioner, words=[word], since=since, heard=heard)

    at_once(unticks, comes_in)
    assert Segment.objects.get().turn is not None
    assert Event.objects.get().sound_since is None
    assert not Sound.objects.exists()
