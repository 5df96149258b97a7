"""Two rooms of one event: a seat counts where it sits."""

from __future__ import annotations

import pytest
from django.test import Client

from deliberate.door.views import SEAT_COOKIE
from polls.ballots.models import Poll
from polls.ballots.queries import eligible
from rooms.events.models import Event, RoleLink, Room
from rooms.events.queries import participants
from rooms.floor import queries as floor
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make
from tests.polls.ballots.make import OPTIONS, opened, vote

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(groups=["Youth", "Artists"])


@pytest.fixture
def workshop(event: Event) -> Room:
    handle = make.act(make.seat(event, "host"), "events.add_room", name="Workshop").data["room"]
    return Room.objects.select_related("event").get(handle=handle)


def here(room: Room) -> set[str]:
    return set(participants(room).values_list("name", flat=True))


def test_a_seat_sits_in_the_room_of_its_link_else_in_the_first(event: Event, workshop: Room) -> None:
    make.seat(event, name="Ann")
    RoleLink.objects.filter(event=event, role="participant").update(room=workshop)
    make.seat(event, name="Ben")
    assert (here(make.room(event)), here(workshop)) == ({"Ann"}, {"Ben"})


def test_whoever_goes_over_counts_there_and_no_longer_here(event: Event, workshop: Room) -> None:
    ann = make.seat(event, name="Ann", group="Youth")
    make.seat(event, name="Ben", group="Artists")
    make.act_in(workshop, ann, "seats.move")
    hall = make.room(event)
    youth, artists = (event.groups.get(name=name).handle for name in ("Youth", "Artists"))
    assert (here(hall), here(workshop)) == ({"Ben"}, {"Ann"})
    assert floor.read(hall).shares.groups == {artists: 1}
    assert floor.read(workshop).shares.groups == {youth: 1}


def test_whoever_voted_and_went_over_could_vote_and_who_went_without_could_not(event: Event, workshop: Room) -> None:
    ann, ben, _cem = (make.seat(event, name=name) for name in ("Ann", "Ben", "Cem"))
    poll = opened(event)
    assert eligible(poll) == 3
    vote(ann, poll, OPTIONS[0])
    make.act_in(workshop, ann, "seats.move")
    make.act_in(workshop, ben, "seats.move")
    assert eligible(Poll.objects.get(pk=poll.pk)) == 2


def test_an_erased_seat_sits_nowhere(event: Event) -> None:
    ann = make.seat(event)
    make.act(ann, "seats.erase")
    assert Seat.objects.get(pk=ann.pk).room is None


def test_the_page_you_leads_over_by_a_plain_form(event: Event, workshop: Room) -> None:
    ann, client = make.seat(event, name="Ann"), Client()
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    base = f"/at/{event.handle}/participant/"
    page = client.get(f"{base}{make.room(event).handle}/you/").content.decode()
    assert f'action="{base}{workshop.handle}/do/seats.move"' in page
    answer = client.post(f"{base}{workshop.handle}/do/seats.move", {"next": f"{base}{workshop.handle}/"})
    assert answer.headers["Location"] == f"{base}{workshop.handle}/"
    assert here(workshop) == {"Ann"}


def test_the_page_you_withdraws_what_waits_in_the_room_left(event: Event, workshop: Room) -> None:
    ann, client, hall = make.seat(event, name="Ann"), Client(), make.room(event)
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    base = f"/at/{event.handle}/participant/"
    make.act(ann, "floor.ask", kind="point")
    make.act_in(workshop, ann, "seats.move")
    page = client.get(f"{base}{workshop.handle}/you/").content.decode()
    assert f'data-when="elsewhere:{hall.handle}"><p' in page
    answer = client.post(f"{base}{hall.handle}/do/floor.withdraw", {"next": f"{base}{workshop.handle}/"})
    assert answer.headers["Location"] == f"{base}{workshop.handle}/"
    assert not floor.read(hall).waiting


def test_the_code_of_another_room_takes_a_seat_there(event: Event, workshop: Room) -> None:
    ann, client = make.seat(event, name="Ann"), Client()
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    make.act(make.seat(event, "host"), "events.new_link", role="participant", room=workshop.handle)
    code = RoleLink.objects.get(event=event, room=workshop).code
    assert client.get(f"/join/{code}/", follow=True).status_code == 200
    assert here(workshop) == {"Ann"}


def test_whoever_exits_is_counted_no_more_and_not_called_in_their_absence(event: Event) -> None:
    ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
    for seat in (ann, ben):
        make.act(seat, "floor.ask", kind="point")
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    assert client.get(f"/at/{event.handle}/participant/leave/").status_code == 302
    assert here(make.room(event)) == {"Ben"}
    assert [turn.name for turn in floor.read(make.room(event)).waiting] == ["Ben"]


def test_whoever_exits_while_they_have_the_floor_gives_it_back(event: Event) -> None:
    ann = make.seat(event, name="Ann")
    turn = make.act(ann, "floor.ask", kind="point").data["turn"]
    make.act(make.seat(event, "moderator"), "floor.call_next", expected=turn)
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    client.get(f"/at/{event.handle}/participant/leave/")
    assert floor.read(make.room(event)).now is None


def test_a_second_device_of_a_seat_that_exited_counts_again_once_it_comes_in(event: Event) -> None:
    ann, client = make.seat(event, name="Ann"), Client()
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    client.get(f"/at/{event.handle}/participant/leave/")
    client.cookies[SEAT_COOKIE] = cookie_of(ann)
    client.get(f"/at/{event.handle}/participant/welcome/")
    assert here(make.room(event)) == {"Ann"}
