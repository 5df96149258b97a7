from __future__ import annotations

import pytest
from django.test import Client

from deliberate.live.painter import paint
from rooms.seats.queries import cookie_of
from tests import make

pytestmark = pytest.mark.django_db


def test_presence_is_a_number_and_never_a_name() -> None:
    event = make.event()
    make.seat(event, name="Ann Example")
    make.seat(event, name="Ben Example", place="remote")
    make.seat(event, "moderator")
    html = paint(make.room(event), "seats.presence", "participant", "en").html
    assert "2 people take part, 1 of them remote" in html
    assert "Example" not in html


def test_the_screen_about_oneself_shows_what_is_mine_the_other_rooms_and_what_is_stored(client: Client) -> None:
    event = make.event(groups=["Youth"], attribution="group", k=7)
    make.act(make.seat(event, "host"), "events.add_room", name="Workshop")
    client.cookies["seat"] = cookie_of(make.seat(event, name="Quiet Heron", group="Youth"))
    html = client.get(f"/at/{event.handle}/participant/{make.room(event).handle}/you/").content.decode()
    assert 'value="Quiet Heron"' in html
    assert f'value="{event.groups.get().handle}" selected' in html
    assert "Workshop" in html
    assert "where at least 7 people chose it" in html


def test_without_scripts_the_code_for_a_second_device_stands_on_the_next_page(client: Client) -> None:
    event = make.event()
    client.cookies["seat"] = cookie_of(make.seat(event))
    you = f"/at/{event.handle}/participant/{make.room(event).handle}/you/"
    client.post(you.replace("you/", "do/seats.pair"), headers={"Referer": f"http://testserver{you}"})
    assert "Join on your other device with the code" in client.get(you).content.decode()
