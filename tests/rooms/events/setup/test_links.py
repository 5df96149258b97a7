from __future__ import annotations

import pytest
from django.test import Client

from deliberate.errors import Refused
from rooms.events.models import RoleLink
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
