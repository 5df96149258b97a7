from __future__ import annotations

import pytest
from django.test import Client

from deliberate.live.pages import PLAIN_COOKIE
from deliberate.live.painter import paint
from deliberate.tokens import spaced
from rooms.seats.actions import take_paired
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
    assert "where at least 7 people of it were in the room" in html


def test_without_scripts_the_code_for_a_second_device_stands_in_its_card_and_nowhere_else(client: Client) -> None:
    event = make.event()
    client.cookies["seat"] = cookie_of(make.seat(event))
    you = f"/at/{event.handle}/participant/{make.room(event).handle}/you/"
    client.cookies[PLAIN_COOKIE] = "1"
    asked = client.post(you.replace("you/", "do/seats.pair"), {"next": f"{you}?paired=1#pair-title"})
    assert asked.headers["Location"] == f"{you}?paired=1#pair-title"
    strip, card = client.get(f"{you}?paired=1").content.decode().split('id="pair-title"')
    assert "Join on your other device with the code" in card
    assert "with the code" not in strip


def test_a_code_for_a_second_device_is_written_as_the_codes_of_rooms_are(client: Client) -> None:
    code = make.act(make.seat(make.event()), "seats.pair").data["code"]
    assert code == spaced(code.replace(" ", ""))
    assert take_paired(code=code) is not None
