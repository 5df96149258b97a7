"""The way to a seat and back out of it, page by page."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from deliberate.clock import now
from deliberate.door.limits import Buckets
from deliberate.roles import CREW, ROLES
from rooms.events.models import Event
from rooms.events.queries import path_of
from rooms.seats import views
from rooms.seats.models import Pairing, Seat
from rooms.seats.queries import cookie_of, seat_of
from tests import make

pytestmark = pytest.mark.django_db
_addresses = (f"198.51.100.{number}" for number in itertools.count(1))


@pytest.fixture
def client() -> Client:
    """A browser at an address of its own: guesses are counted for each."""
    return Client(REMOTE_ADDR=next(_addresses))


def code(event: Event) -> str:
    return str(event.links.get(role="participant").code)


def join(client: Client, event: Event, **fields: str) -> str:
    """Come by the code and fill in the one page; where one lands."""
    client.get(f"/join/{code(event)}/")
    fields = {"name": "Ann", "place": "hall", **fields}
    return client.post(f"/at/{event.handle}/participant/welcome/", fields).headers["Location"]


# ---- codes -----------------------------------------------------------------------------------------------------------


def test_the_address_with_the_code_leads_away_from_it_at_once(client: Client) -> None:
    event = make.event()
    answer = client.get(f"/join/{code(event)}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/at/{event.handle}/participant/welcome/")
    assert code(event) not in client.get(answer["Location"]).content.decode()


def test_a_code_may_be_typed_small_and_with_spaces(client: Client) -> None:
    event = make.event()
    typed = f" {code(event)[:3].lower()} {code(event)[3:]} "
    assert client.post("/join/", {"code": typed}).status_code == 302


@pytest.mark.parametrize("typed", ["ZZZZZZ", "0", "' OR 1=1 --", "ZZZZZZ" * 50, "\u0661\u0662\u0663"])
def test_a_wrong_code_is_answered_by_a_page_that_says_what_to_do(client: Client, typed: str) -> None:
    answer = client.post("/join/", {"code": typed})
    assert answer.status_code == 404
    assert "No room has this code. Look at the wall once more" in answer.content.decode()
    assert "A code for one more device works once" in answer.content.decode()


def test_an_old_code_ends_with_its_link_and_with_its_event(client: Client) -> None:
    event = make.event()
    make.act(make.seat(event, "host"), "events.revoke_link", link=event.links.get(role="participant").handle)
    assert client.get(f"/join/{code(event)}/").status_code == 404
    late = make.event(retention_until=now().date() - timedelta(days=1))
    assert client.get(f"/join/{code(late)}/").status_code == 404


def test_guessing_is_slowed_for_one_address_and_not_for_another(client: Client) -> None:
    codes = [client.post("/join/", {"code": f"ZZZZ{number:02}"}).status_code for number in range(32)]
    assert codes == [404] * 30 + [429] * 2
    assert "Too many codes were tried" in client.post("/join/", {"code": "ZZZZZZ"}).content.decode()
    assert Client(REMOTE_ADDR=next(_addresses)).post("/join/", {"code": "ZZZZZZ"}).status_code == 404


def test_behind_a_proxy_one_guesser_slows_nobody_else_and_can_not_change_their_address(settings: Settings) -> None:
    settings.SECURE, settings.TRUSTED_PROXIES = True, 1
    guesser, other = (f"2001:db8:{next(_addresses).rpartition('.')[2]}::1" for _person in range(2))

    def guess(number: int, seen: str) -> int:
        said = {"X-Forwarded-For": f"192.0.2.{number}, {seen}"}
        return Client(REMOTE_ADDR="10.0.0.2").post("/join/", {"code": f"ZZZZ{number:02}"}, headers=said).status_code

    assert [guess(number, guesser) for number in range(32)] == [404] * 30 + [429] * 2
    assert guess(40, other) == 404


def test_a_whole_hall_behind_one_address_joins_with_the_right_code(client: Client) -> None:
    event = make.event()
    assert {client.get(f"/join/{code(event)}/").status_code for _person in range(40)} == {302}


def test_one_link_gives_so_many_seats_a_minute_and_what_was_typed_stays(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "_joins", Buckets(3))
    event, other = make.event(), make.event("Another")
    assert [bool(join(Client(), event)) for _person in range(3)] == [True] * 3
    client.get(f"/join/{code(event)}/")
    late = client.post(f"/at/{event.handle}/participant/welcome/", {"name": "Late Lark", "place": "remote"})
    assert late.status_code == 429
    assert "Very many people are joining just now" in late.content.decode()
    assert 'value="Late Lark"' in late.content.decode()
    assert Seat.objects.filter(event=event).count() == 3
    assert join(client, other), "another link has its own minute"


def test_who_has_a_seat_is_not_counted_when_they_come_back(client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "_joins", Buckets(1))
    event = make.event()
    assert len({join(client, event) for _time in range(3)}) == 1
    assert Seat.objects.count() == 1


# ---- role links ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [*CREW, "wall", "host"])
def test_a_role_link_leads_away_from_its_token_and_gives_its_role_alone(client: Client, role: str) -> None:
    event = make.event()
    answer = client.get(path_of(event.links.get(role=role)))
    assert answer["Location"] == f"/at/{event.handle}/{role}/welcome/"
    client.post(answer["Location"])
    assert Seat.objects.get().role == role


def test_a_forged_or_revoked_role_link_is_answered_by_a_page_that_says_so(client: Client) -> None:
    event = make.event()
    path = path_of(event.links.get(role="moderator"))
    forged = path[:-3] + ("A/" if path[-3] != "A" else "B/")
    assert client.get(forged).status_code == 404
    make.act(make.seat(event, "host"), "events.revoke_link", link=event.links.get(role="moderator").handle)
    answer = client.get(path)
    assert answer.status_code == 404
    assert "This link has ended" in answer.content.decode()


def test_a_ticket_for_one_role_opens_no_other(client: Client) -> None:
    event = make.event()
    client.get(f"/join/{code(event)}/")
    assert client.post(f"/at/{event.handle}/moderator/welcome/").status_code == 404
    assert not Seat.objects.exists()


def test_a_link_revoked_while_the_page_was_open_gives_no_seat(client: Client) -> None:
    event = make.event()
    client.get(path_of(event.links.get(role="drafter")))
    make.act(make.seat(event, "host"), "events.revoke_link", link=event.links.get(role="drafter").handle)
    assert client.post(f"/at/{event.handle}/drafter/welcome/").status_code == 404


# ---- the one page ----------------------------------------------------------------------------------------------------


def test_one_page_and_one_tap_give_a_seat_in_a_cookie_for_its_own_pages(client: Client) -> None:
    event = make.event(groups=["Youth"])
    group = event.groups.get()
    landed = join(client, event, name=" Quiet\nHeron ", group=group.handle, place="remote")
    assert landed == f"/at/{event.handle}/participant/{make.room(event).handle}/"
    seat = Seat.objects.get()
    assert (seat.name, seat.group, seat.place) == ("Quiet Heron", group, "remote")
    cookie = client.cookies["seat"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/at/{event.handle}/participant/", True, "Lax")


def test_a_double_tap_gives_one_seat(client: Client) -> None:
    event = make.event()
    client.get(f"/join/{code(event)}/")
    ticket = client.cookies["ticket"].value
    welcome, taps = f"/at/{event.handle}/participant/welcome/", []
    for _tap in range(2):  # the second leaves before the first is answered: the same ticket, no seat yet
        phone = Client()
        phone.cookies["ticket"] = ticket
        taps.append(seat_of(phone.post(welcome, {"name": "Ann", "place": "hall"}).cookies["seat"].value))
    assert taps[0] == taps[1]
    assert Seat.objects.get().name == "Ann"


def test_who_comes_later_on_the_same_device_gets_a_seat_of_their_own(client: Client) -> None:
    event = make.event()
    join(client, event)
    client.get(f"/at/{event.handle}/participant/leave/")
    join(client, event, name="Ben")
    assert list(Seat.objects.order_by("pk").values_list("name", flat=True)) == ["Ann", "Ben"]


def test_the_ticket_of_an_erased_seat_gives_no_way_back_to_it(client: Client) -> None:
    event = make.event()
    client.get(f"/join/{code(event)}/")
    phone = Client()
    phone.cookies["ticket"] = client.cookies["ticket"].value
    welcome = f"/at/{event.handle}/participant/welcome/"
    client.post(welcome, {"name": "Ann", "place": "hall"})
    make.act(Seat.objects.get(), "seats.erase")
    again = phone.post(welcome, {"name": "Ann", "place": "hall"})
    assert "seat" not in again.cookies
    assert "Type the code once more" in again.content.decode()


def test_a_name_is_suggested_and_none_is_needed(client: Client) -> None:
    event = make.event()
    client.get(f"/join/{code(event)}/")
    assert 'value="' in client.get(f"/at/{event.handle}/participant/welcome/").content.decode()
    join(client, event, name="")
    assert Seat.objects.get().name == ""


def test_nobody_is_told_whether_a_name_is_taken(client: Client) -> None:
    event = make.event()
    make.seat(event, name="Ann")
    join(client, event, name="Ann")
    assert Seat.objects.filter(name="Ann").count() == 2


def test_a_group_of_another_event_is_refused_and_what_was_typed_stays(client: Client) -> None:
    event, other = make.event(), make.event()
    client.get(f"/join/{code(event)}/")
    typed = {"name": "Quiet Heron", "place": "remote", "group": other.groups.all()[0].handle}
    answer = client.post(f"/at/{event.handle}/participant/welcome/", typed)
    assert answer.status_code == 422
    assert 'value="Quiet Heron"' in answer.content.decode()
    assert not Seat.objects.exists()


def test_who_comes_back_finds_the_same_seat(client: Client) -> None:
    event = make.event()
    landed = join(client, event)
    client.get(f"/join/{code(event)}/")
    assert client.get(f"/at/{event.handle}/participant/welcome/")["Location"] == landed
    assert Seat.objects.count() == 1


def test_who_scans_another_rooms_code_keeps_the_seat_and_lands_in_that_room(client: Client) -> None:
    event = make.event()
    join(client, event)
    host = make.seat(event, "host")
    workshop = make.act(host, "events.add_room", name="Workshop").data["room"]
    path = make.act(host, "events.new_link", role="participant", room=workshop).data["path"]
    landed = client.get(client.get(path)["Location"])["Location"]
    assert landed == f"/at/{event.handle}/participant/{workshop}/"
    assert Seat.objects.filter(role="participant").count() == 1


# ---- previews --------------------------------------------------------------------------------------------------------


def test_a_preview_shows_the_title_or_the_neutral_one_as_the_host_wants(client: Client) -> None:
    event = make.event("Just governance")
    client.get(f"/join/{code(event)}/")
    client.cookies.clear()  # as a messenger that fetches a preview
    page = f"/at/{event.handle}/participant/welcome/"
    html = client.get(page).content.decode()
    assert "<title>Just governance</title>" in html
    assert 'property="og:title" content="Just governance"' in html
    Event.objects.update(neutral=True, neutral_title="Book club")
    html = client.get(page).content.decode()
    assert "Just governance" not in html
    assert 'property="og:title" content="Book club"' in html
    Event.objects.update(neutral_title="")
    assert "<title>Meeting</title>" in client.get(page).content.decode()


def test_a_role_link_has_no_preview(client: Client) -> None:
    event = make.event("Just governance")
    html = client.get(f"/at/{event.handle}/moderator/welcome/").content.decode()
    assert "Just governance" not in html


# ---- a second device -------------------------------------------------------------------------------------------------


def test_a_second_device_takes_the_same_seat_by_a_code_that_works_once(client: Client) -> None:
    event = make.event()
    seat = make.seat(event)
    pairing = make.act(seat, "seats.pair").data["code"]
    answer = client.post("/join/", {"code": f"{pairing[:3]} {pairing[3:]}"})
    assert answer["Location"] == f"/at/{event.handle}/participant/{make.room(event).handle}/"
    assert seat_of(client.cookies["seat"].value) == seat
    assert Client(REMOTE_ADDR=next(_addresses)).post("/join/", {"code": pairing}).status_code == 404


def test_looking_at_an_address_with_a_pairing_code_does_not_use_it_up(client: Client) -> None:
    pairing = make.act(make.seat(make.event()), "seats.pair").data["code"]
    assert client.get(f"/join/{pairing}/").status_code == 404
    assert client.post("/join/", {"code": pairing}).status_code == 302


def test_a_pairing_code_ends_after_minutes_with_the_next_one_and_with_the_seat(client: Client) -> None:
    event = make.event()
    seat = make.seat(event)
    first = make.act(seat, "seats.pair").data["code"]
    second = make.act(seat, "seats.pair").data["code"]
    assert client.post("/join/", {"code": first}).status_code == 404
    Pairing.objects.update(until=now() - timedelta(seconds=1))
    assert client.post("/join/", {"code": second}).status_code == 404
    third = make.act(seat, "seats.pair").data["code"]
    make.act(seat, "seats.erase")
    assert client.post("/join/", {"code": third}).status_code == 404


def test_the_code_itself_is_not_stored() -> None:
    pairing = make.act(make.seat(make.event()), "seats.pair").data["code"]
    assert pairing not in str(Pairing.objects.values().get())


# ---- leaving ---------------------------------------------------------------------------------------------------------


def test_exit_ends_the_cookies_clears_the_browser_and_goes_where_the_host_wants(client: Client) -> None:
    event = make.event(exit_url="https://weather.example/")
    join(client, event)
    answer = client.get(f"/at/{event.handle}/participant/leave/")
    assert answer["Location"] == "https://weather.example/"
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert {name: cookie["max-age"] for name, cookie in answer.cookies.items()} == {
        "seat": 0,
        "plain": 0,
        "said": 0,
        "ticket": 0,
    }
    assert {cookie["path"] for name, cookie in answer.cookies.items() if name != "ticket"} == {
        f"/at/{event.handle}/participant/"
    }


def test_exit_works_without_a_seat_and_for_an_event_that_is_gone(client: Client) -> None:
    assert client.get("/at/nothing/participant/leave/")["Location"] == "/blank/"
    assert "<h1>Notes</h1>" in client.get("/blank/").content.decode()


def test_what_stands_behind_exit_says_nothing_of_the_event_or_the_service(client: Client) -> None:
    event = make.event(title="Uprising")
    room = make.room(event)
    answer = client.get(f"/at/{event.handle}/participant/{room.handle}/")
    page = answer.content.decode()
    assert answer.status_code == 401
    assert "<title>Notes</title>" in page
    assert [word for word in ("Uprising", room.name, "deliberate", "seat", "Exit") if word in page] == []


@pytest.mark.parametrize("role", ROLES)
def test_when_an_event_is_over_every_role_reads_so_and_the_wall_offers_nothing_to_press(
    client: Client, role: str
) -> None:
    event = make.event()
    path = f"/at/{event.handle}/{role}/"
    client.cookies["seat"] = cookie_of(make.seat(event, role))
    event.delete()
    html = client.get(f"{path}ended/").content.decode()
    assert "This event is over" in html
    assert ("Join another event" in html, 'class="button exit"' in html) == ((role != "wall"),) * 2
    assert ('class="wall"' in html) == (role == "wall")


@pytest.mark.parametrize("path", ["/join/", "/join/ZZZZZZ/", "/in/forged/", "/nowhere/", "/desk/login/"])
def test_every_page_before_a_seat_has_an_exit(client: Client, path: str) -> None:
    html = client.get(path).content.decode()
    assert 'class="button exit"' in html


def test_the_page_before_the_seat_and_the_page_of_a_refusal_leave_by_the_hosts_exit(client: Client) -> None:
    event = make.event()
    client.get(f"/join/{code(event)}/")
    leave = f'href="/at/{event.handle}/participant/leave/"'
    assert leave in client.get(f"/at/{event.handle}/participant/welcome/").content.decode()
    landed = join(client, event)
    assert leave in client.post(f"{landed}do/no.such_thing").content.decode()
    assert leave in client.get(f"{landed}no-such-page/").content.decode()


@pytest.mark.parametrize(
    ("why", "words"),
    [("erased", "You are erased"), ("revoked", "Your link was revoked"), ("over", "This event is over")],
)
def test_whose_seat_has_ended_reads_why_and_keeps_nothing(client: Client, why: str, words: str) -> None:
    event = make.event()
    seat = make.seat(event, "moderator")
    client.cookies["seat"] = cookie_of(seat)
    if why == "erased":
        make.act(seat, "seats.erase")
    elif why == "revoked":
        make.act(make.seat(event, "host"), "events.revoke_link", link=event.links.get(role="moderator").handle)
    else:
        Event.objects.all().delete()
    answer = client.get(f"/at/{event.handle}/moderator/ended/")
    assert words in answer.content.decode()
    assert answer.cookies["seat"]["max-age"] == 0


def test_a_living_seat_has_not_ended(client: Client) -> None:
    event = make.event()
    client.cookies["seat"] = cookie_of(make.seat(event))
    answer = client.get(f"/at/{event.handle}/participant/ended/")
    assert answer["Location"] == f"/at/{event.handle}/participant/welcome/"
