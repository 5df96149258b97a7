"""The host's screens, asked for as a browser does."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from deliberate.tokens import spaced
from rooms.events.models import Event
from rooms.seats.queries import cookie_of
from tests import make

pytestmark = pytest.mark.django_db
SCREENS = ["", "groups/", "rooms/", "floor/", "links/", "print/", "retention/"]


def at(event: Event, screen: str = "") -> str:
    return f"/at/{event.handle}/host/{make.room(event).handle}/{screen}"


@pytest.fixture
def event(client: Client) -> Event:
    made = make.event(groups=["Youth", "Artists"])
    client.cookies["seat"] = cookie_of(make.seat(made, "host"))
    return made


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_has_one_heading_and_no_id_twice(client: Client, event: Event, screen: str) -> None:
    html = client.get(at(event, screen)).content.decode()
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))
    assert html.count("<h1") == 1


@pytest.mark.parametrize("screen", SCREENS)
def test_every_field_has_its_label(client: Client, event: Event, screen: str) -> None:
    html = client.get(at(event, screen)).content.decode()
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    assert bool(fields) == (screen != "print/")
    labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
    for field in fields:
        found = re.search(r'\bid="([^"]+)"', field)
        hidden = 'type="hidden"' in field
        within = 'type="checkbox"' in field
        assert hidden or within or (found and found.group(1) in labelled), field


def test_a_plain_form_brings_the_same_screen_anew_and_says_what_was_done(client: Client, event: Event) -> None:
    page = at(event, "groups/")
    answer = client.post(
        at(event, "do/events.add_group"), {"name": "Fieldworkers"}, headers={"Referer": f"http://testserver{page}"}
    )
    assert answer["Location"] == page
    html = client.get(page).content.decode()
    assert "Fieldworkers" in html
    assert "Added: Fieldworkers" in html


def test_a_refused_setting_keeps_what_was_typed(client: Client, event: Event) -> None:
    answer = client.post(at(event, "do/events.add_item"), {"title": "A long talk", "minutes": "9999"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="A long talk"' in html
    assert "less than or equal to 600" in html


def test_a_small_group_is_counted_with_the_next_smallest_even_for_the_host(client: Client) -> None:
    event = make.event(groups=["Youth", "Artists", "Judges"], k=5)
    client.cookies["seat"] = cookie_of(make.seat(event, "host"))
    for group, seats in (("Youth", 10), ("Artists", 5), ("Judges", 1)):
        for _person in range(seats):
            make.seat(event, group=group)
    html = client.get(at(event, "groups/")).content.decode()
    assert "10 seats" in html
    assert "5 seats" not in html
    assert "6 seats" in html
    assert html.count("counted together</span>") == 2


def test_links_show_a_code_for_participants_and_a_picture_for_every_role(client: Client, event: Event) -> None:
    html = client.get(at(event, "links/")).content.decode()
    assert spaced(str(event.links.get(role="participant").code)) in html
    assert html.count('class="qr"') == 6
    assert "http://testserver/in/" in html


def test_one_link_is_printed_by_itself(client: Client, event: Event) -> None:
    link = event.links.get(role="participant")
    html = client.get(at(event, f"print/?link={link.handle}")).content.decode()
    assert html.count('class="qr"') == 1
    assert spaced(str(link.code)) in html


def test_every_sheet_says_what_it_is_for_and_only_the_participants_may_be_hung_up(client: Client, event: Event) -> None:
    html = client.get(at(event, "print/")).content.decode()
    sheets = html.split('<article class="card stack sheet"')[1:]
    assert len(sheets) == 6
    assert all(event.title in sheet and sheet.count('class="qr"') == 1 for sheet in sheets)
    assert ["Secret:" in sheet for sheet in sheets] == [False, True, True, True, True, True]
    assert "For everybody." in sheets[0]


def test_titles_are_neutral_where_the_host_wants_it(client: Client, event: Event) -> None:
    Event.objects.filter(pk=event.pk).update(neutral=True, title="Uprising", neutral_title="Book club")
    for screen in SCREENS:
        assert "<title>Book club</title>" in client.get(at(event, screen)).content.decode()


def test_after_deleting_the_host_reads_that_all_is_gone(client: Client, event: Event) -> None:
    answer = client.post(at(event, "do/events.delete"), {"title": event.title})
    html = client.get(answer["Location"]).content.decode()
    assert "This event is over" in html
    assert not Event.objects.exists()
