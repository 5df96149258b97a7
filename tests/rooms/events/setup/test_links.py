from __future__ import annotations

import pytest
from django.test import Client

from deliberate.errors import Refused
from deliberate.roles import CREW
from rooms.events.models import RoleLink
from rooms.events.queries import path_of
from rooms.seats.queries import cookie_of, seat_of
from tests import make

pytestmark = pytest.mark.django_db


def test_a_new_participants_link_has_a_code_and_another_role_a_signed_path() -> None:
    event = make.event()
    host = make.seat(event, "host")
    joining = make.act(host, "events.new_link", role="participant")
    link = RoleLink.objects.get(handle=joining.data["link"])
    assert joining.data["path"] == f"/join/{link.code}/"
    working = make.act(host, "events.new_link", role="drafter")
    assert working.data["path"].startswith(f"/in/{working.data['link']}:")


def test_whoever_comes_by_a_link_for_a_room_lands_there(client: Client) -> None:
    event = make.event()
    host = make.seat(event, "host")
    workshop = make.act(host, "events.add_room", name="Workshop").data["room"]
    path = make.act(host, "events.new_link", role="moderator", room=workshop).data["path"]
    client.get(path)
    assert client.post(f"/at/{event.handle}/moderator/welcome/")["Location"].endswith(f"/moderator/{workshop}/")


@pytest.mark.parametrize("role", [*CREW, "wall"])
def test_a_link_for_one_room_gives_its_role_there_alone(client: Client, role: str) -> None:
    event = make.event()
    host = make.seat(event, "host")
    workshop = make.act(host, "events.add_room", name="Workshop").data["room"]
    base = f"/at/{event.handle}/{role}"
    client.get(make.act(host, "events.new_link", role=role, room=workshop).data["path"])
    client.post(f"{base}/welcome/")
    assert client.get(f"{base}/{workshop}/").status_code == 200
    hall = make.room(event)
    for path in ("", "outcome/", "transcript.txt", "stream"):
        answer = client.get(f"{base}/{hall.handle}/{path}")
        assert answer.status_code in (401, 404), path
    assert client.post(f"{base}/{hall.handle}/do/floor.close_list").status_code == 401
    hall.refresh_from_db()
    assert hall.list_open


def test_a_link_without_a_room_gives_its_role_in_all_of_them(client: Client) -> None:
    event = make.event()
    workshop = make.act(make.seat(event, "host"), "events.add_room", name="Workshop").data["room"]
    client.get(path_of(event.links.get(role="moderator")))
    client.post(f"/at/{event.handle}/moderator/welcome/")
    for room in (workshop, make.room(event).handle):
        assert client.get(f"/at/{event.handle}/moderator/{room}/").status_code == 200


def test_whoever_comes_by_the_link_for_another_room_goes_by_that_one(client: Client) -> None:
    event = make.event()
    host = make.seat(event, "host")
    workshop = make.act(host, "events.add_room", name="Workshop").data["room"]
    base, hall = f"/at/{event.handle}/moderator", make.room(event).handle
    ways = [
        make.act(host, "events.new_link", role="moderator", room=room).data["path"] for room in (workshop, hall, "")
    ]
    opened = []
    for way in ways:
        landed = client.get(way, follow=True)
        if landed.request["PATH_INFO"].endswith("welcome/"):
            landed = client.post(f"{base}/welcome/", follow=True)
        assert landed.status_code == 200
        opened.append([client.get(f"{base}/{room}/").status_code for room in (workshop, hall)])
    assert opened == [[200, 401], [401, 200], [200, 200]]
    assert event.seats.filter(role="moderator").count() == 1
    client.get(ways[0], follow=True)
    assert client.get(f"{base}/{hall}/").status_code == 200, "a link for all rooms is not narrowed by one for a room"


def test_a_participant_and_a_host_go_everywhere_by_any_link(client: Client) -> None:
    event = make.event()
    host = make.seat(event, "host")
    workshop = make.act(host, "events.add_room", name="Workshop").data["room"]
    for role in ("participant", "host"):
        client.get(make.act(host, "events.new_link", role=role, room=workshop).data["path"])
        client.post(f"/at/{event.handle}/{role}/welcome/", {"place": "hall"})
        assert client.get(f"/at/{event.handle}/{role}/{make.room(event).handle}/").status_code == 200


def test_a_room_of_another_event_is_no_place_to_lead_to() -> None:
    event, other = make.event(), make.event()
    with pytest.raises(Refused, match="no longer there"):
        make.act(make.seat(event, "host"), "events.new_link", role="wall", room=make.room(other).handle)


def test_revoking_a_crew_link_ends_the_seats_it_gave() -> None:
    event = make.event()
    moderator, drafter = make.seat(event, "moderator"), make.seat(event, "drafter")
    make.act(make.seat(event, "host"), "events.revoke_link", link=event.links.get(role="moderator").handle)
    assert seat_of(cookie_of(moderator)) is None
    assert seat_of(cookie_of(drafter)) is not None


def test_revoking_a_participants_link_lets_nobody_new_in_and_nobody_out(client: Client) -> None:
    event = make.event()
    person = make.seat(event)
    link = event.links.get(role="participant")
    make.act(make.seat(event, "host"), "events.revoke_link", link=link.handle)
    assert seat_of(cookie_of(person)) is not None
    assert client.get(f"/join/{link.code}/", REMOTE_ADDR="198.51.100.1").status_code == 404


def test_a_host_can_not_lock_themselves_out() -> None:
    event = make.event()
    host = make.seat(event, "host")
    with pytest.raises(Refused, match="You came by this link"):
        make.act(host, "events.revoke_link", link=event.links.get(role="host").handle)


def test_a_link_is_revoked_once() -> None:
    event = make.event()
    host = make.seat(event, "host")
    link = event.links.get(role="wall").handle
    make.act(host, "events.revoke_link", link=link)
    with pytest.raises(Refused, match="no longer there"):
        make.act(host, "events.revoke_link", link=link)
