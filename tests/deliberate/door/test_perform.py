"""The one way in: each act once, by who may, in words where not."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test import Client

from deliberate.clock import now
from deliberate.door.entrance import Place
from deliberate.door.models import Receipt
from deliberate.door.perform import as_query, perform
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from deliberate.live.pages import PLAIN_COOKIE
from rooms.events.models import AgendaItem, Event, RoleLink
from rooms.floor.models import Turn
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript.models import Segment
from tests import make


@pytest.mark.django_db
def test_an_act_repeated_under_its_id_is_done_once_and_answered_twice_alike() -> None:
    moderator = make.seat(make.event(), "moderator")
    first = make.act(moderator, "events.move_on", act_id="the-same-act")
    second = make.act(moderator, "events.move_on", act_id="the-same-act")
    assert str(first.say) == str(second.say) == "Now: Short contributions"
    assert AgendaItem.objects.filter(state=AgendaItem.State.DONE).count() == 0


@pytest.mark.django_db
def test_the_same_id_from_another_seat_is_another_act() -> None:
    event = make.event()
    make.act(make.seat(event, "moderator"), "events.move_on", act_id="the-same-act")
    make.act(make.seat(event, "moderator"), "events.move_on", act_id="the-same-act")
    assert AgendaItem.objects.get(state=AgendaItem.State.CURRENT).title == "Open plenary"


@pytest.mark.django_db
def test_the_same_id_with_other_words_is_another_act() -> None:
    captioner = make.seat(make.event(), "captioner")
    for text in ("The first words.", "Quite other words.", "The first words."):
        make.act(captioner, "transcript.settle", act_id="a-restored-page", text=text)
    assert list(Segment.objects.values_list("text", flat=True)) == ["The first words.", "Quite other words."]


@pytest.mark.django_db
def test_a_plain_page_s_form_that_is_sent_twice_is_done_once_and_one_of_a_new_page_again() -> None:
    moderator, client = make.seat(make.event(), "moderator"), Client()
    base = f"/at/{moderator.event.handle}/moderator/{make.room(moderator.event).handle}/"
    client.cookies[SEAT_COOKIE], client.cookies[PLAIN_COOKIE] = cookie_of(moderator), "1"
    for _page in range(2):
        page = client.get(base).content.decode()
        found = re.search(r'action="([^"]*events.move_on)".*?name="act" value="(\w+)"', page, re.DOTALL)
        assert found is not None
        assert page.count('name="act"') == page.count("/do/")
        for _time in range(2):
            client.post(found.group(1), {"act": found.group(2)})
    assert AgendaItem.objects.get(state=AgendaItem.State.CURRENT).title == "Open plenary"


@pytest.mark.django_db
def test_a_refused_act_leaves_no_receipt_and_may_be_tried_again() -> None:
    event = make.event()
    moderator = make.seat(event, "moderator")
    AgendaItem.objects.update(state=AgendaItem.State.DONE)
    with pytest.raises(Refused, match="The agenda is at its end"):
        make.act(moderator, "events.move_on", act_id="one-more-try")
    assert Receipt.objects.count() == 0
    AgendaItem.objects.filter(title="Statement").update(state=AgendaItem.State.AHEAD)
    assert str(make.act(moderator, "events.move_on", act_id="one-more-try").say) == "Now: Statement"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "name", "fields", "act", "code"),
    [
        ("participant", "events.move_on", {}, "", "role"),
        ("participant", "no.such_thing", {}, "", "unknown"),
        ("moderator", "events.move_on", {"surprise": "1"}, "", "unknown_field"),
        ("moderator", "events.move_on", {}, "short", "act"),
        ("moderator", "events.move_on", {}, "with spaces in it", "act"),
        ("participant", "seats.rename", {"place": "the moon"}, "", "fields"),
        ("participant", "seats.rename", {"name": "A\x00B", "place": "hall"}, "", "nul"),
        ("participant", "seats.rename", {"name": {"a": 1}, "place": "hall"}, "", "shape"),
        ("participant", "seats.rename", {"name": "x" * 61, "place": "hall"}, "", "fields"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_code(
    role: str, name: str, fields: dict[str, object], act: str, code: str
) -> None:
    seat = make.seat(make.event(), role)
    room = make.room(seat.event)
    with pytest.raises(Refused) as refused:
        perform(Place(seat, room, seat.event), name, fields, act)
    assert refused.value.code == code
    assert str(refused.value)


@pytest.mark.django_db
def test_too_many_acts_of_one_seat_are_refused_and_others_go_on(settings: Any) -> None:
    event = make.event()
    fast, other = make.seat(event), make.seat(event)
    for _number in range(20):
        make.act(fast, "seats.rename", place="hall")
    with pytest.raises(Refused) as refused:
        make.act(fast, "seats.rename", place="hall")
    assert refused.value.code == "limit"
    make.act(other, "seats.rename", place="remote")
    assert Seat.objects.get(pk=other.pk).place == "remote"


@pytest.mark.django_db(transaction=True)
def test_one_act_sent_on_two_lines_at_once_is_done_once() -> None:
    event = make.event()
    moderator = make.seat(event, "moderator")
    room = make.room(event)
    start = threading.Barrier(2)
    said: list[str] = []

    def press() -> None:
        start.wait()
        try:
            said.append(str(perform(Place(moderator, room, event), "events.move_on", {}, "pressed-twice").say))
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said == ["Now: Short contributions"] * 2


def links(seat: Seat) -> QuerySet[RoleLink]:
    return seat.event.links.filter(role=seat.role)


#: What may happen to a seat that has a line open, by which it loses its access.
LOSSES: dict[str, Callable[[Seat], object]] = {
    "its link is revoked": lambda seat: links(seat).update(revoked_at=now()),
    "its link is gone": lambda seat: links(seat).delete(),
    "it goes by another room's link": lambda seat: links(seat).update(room=seat.event.rooms.create(name="Workshop")),
    "its cookies were ended": lambda seat: Seat.objects.filter(pk=seat.pk).update(epoch=1),
    "it has ended": lambda seat: Seat.objects.filter(pk=seat.pk).update(ended=True),
    "its event is over": lambda seat: Event.objects.update(retention_until=now() - timedelta(days=2)),
    "its room is gone": lambda seat: make.room(seat.event).delete(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("lost", LOSSES)
def test_who_came_in_before_may_do_nothing_once_access_is_lost_and_is_told_nothing_again(lost: str) -> None:
    moderator = make.seat(make.event(), "moderator")
    room = make.room(moderator.event)
    place = Place(moderator, room, room.event)
    assert str(perform(place, "events.move_on", {}, "an-act-before").say) == "Now: Short contributions"
    LOSSES[lost](moderator)
    for act in ("an-act-before", "an-act-after"):
        with pytest.raises(Refused, match="Your seat has ended") as refused:
            perform(place, "events.move_on", {}, act)
        assert refused.value.code == "seat"
    assert not AgendaItem.objects.filter(state=AgendaItem.State.DONE).exists()


@pytest.mark.django_db
def test_a_seat_acts_as_it_is_stored_and_not_as_it_came_in() -> None:
    event = make.event()
    ann = make.seat(event, name="Ann")
    came = Place(ann, make.room(event), event)
    make.act(ann, "seats.rename", name="Aysel", group=event.groups.get(name="Youth").handle, place="remote")
    perform(came, "floor.ask", {"kind": "point"})
    turn = Turn.objects.get()
    assert turn.group is not None
    assert (turn.name, turn.group.name, turn.place) == ("Aysel", "Youth", "remote")


@pytest.mark.django_db(transaction=True)
def test_what_was_waited_for_is_seen_whole() -> None:
    """A group chosen by the transaction that is waited for belongs to the act that waited: not a joined row from before."""
    event = make.event()
    ann = make.seat(event, name="Ann")
    chosen = threading.Event()

    def choose() -> None:
        try:
            with transaction.atomic():
                Seat.objects.filter(pk=ann.pk).update(group=event.groups.get(name="Youth"))
                chosen.set()
                time.sleep(0.3)
        finally:
            connection.close()

    thread = threading.Thread(target=choose)
    thread.start()
    assert chosen.wait(5)
    perform(Place(ann, make.room(event), event), "floor.ask", {"kind": "point"})
    thread.join()
    assert Turn.objects.get().group == event.groups.get(name="Youth")


def test_fields_of_json_read_as_a_form_would_send_them() -> None:
    query = as_query({"a": True, "b": False, "c": None, "d": 3, "e": ["x", 1]})
    assert dict(query.lists()) == {"a": ["on"], "b": [""], "c": [""], "d": ["3"], "e": ["x", "1"]}
