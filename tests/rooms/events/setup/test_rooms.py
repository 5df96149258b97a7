from __future__ import annotations

import pytest

from deliberate.errors import Refused
from rooms.events.models import AgendaItem, Event, Room
from tests import make

pytestmark = pytest.mark.django_db


def titles(event: Event) -> list[str]:
    return [item.title for item in make.room(event).agenda.all()]


def item(event: Event, title: str) -> str:
    return make.room(event).agenda.get(title=title).handle


def test_a_new_room_stands_after_the_others_and_is_named_by_its_handle() -> None:
    event = make.event()
    answer = make.act(make.seat(event, "host"), "events.add_room", name="Workshop")
    assert [room.name for room in event.rooms.all()] == ["Hall", "Workshop"]
    assert Room.objects.get(handle=answer.data["room"]).name == "Workshop"


def test_the_room_one_looks_at_can_be_renamed() -> None:
    event = make.event()
    make.act(make.seat(event, "host"), "events.edit_room", name="Great hall")
    assert make.room(event).name == "Great hall"


def test_points_are_added_at_the_end_changed_and_removed() -> None:
    event = make.event()
    host = make.seat(event, "host")
    answer = make.act(host, "events.add_item", title="Closing", minutes="10")
    assert titles(event) == ["Short contributions", "Open plenary", "Statement", "Closing"]
    make.act(host, "events.edit_item", item=answer.data["item"], title="Farewell", minutes="5")
    make.act(host, "events.remove_item", item=item(event, "Open plenary"))
    assert titles(event) == ["Short contributions", "Statement", "Farewell"]
    assert AgendaItem.objects.get(title="Farewell").minutes == 5


def test_points_that_are_ahead_change_places() -> None:
    event = make.event()
    host = make.seat(event, "host")
    make.act(host, "events.move_item", item=item(event, "Statement"), direction="up")
    assert titles(event) == ["Short contributions", "Statement", "Open plenary"]
    with pytest.raises(Refused, match="at the end"):
        make.act(host, "events.move_item", item=item(event, "Open plenary"), direction="down")


def test_what_has_begun_stays_where_it_is_but_its_words_can_be_mended() -> None:
    event = make.event()
    make.act(make.seat(event, "moderator"), "events.move_on")
    host = make.seat(event, "host")
    begun = item(event, "Short contributions")
    with pytest.raises(Refused, match="This point has begun"):
        make.act(host, "events.remove_item", item=begun)
    with pytest.raises(Refused, match="at the end"):
        make.act(host, "events.move_item", item=item(event, "Open plenary"), direction="up")
    make.act(host, "events.edit_item", item=begun, title="Opening words", minutes="12")
    assert titles(event)[0] == "Opening words"


def test_the_agenda_of_another_room_is_not_touched() -> None:
    event, other = make.event(), make.event()
    with pytest.raises(Refused, match="no longer there"):
        make.act(make.seat(event, "host"), "events.remove_item", item=item(other, "Statement"))
