"""The desk of hosts who keep many events."""

from __future__ import annotations

import itertools

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
_addresses = (f"203.0.113.{number}" for number in itertools.count(1))


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    """So that a minute of guesses is over before a minute has passed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def client() -> Client:
    return Client(REMOTE_ADDR=next(_addresses))


@pytest.fixture
def host(client: Client) -> User:
    """A logged-in account."""
    user = User.objects.create_user("desk", password=PASSWORD)
    client.post("/desk/login/", {"username": "desk", "password": PASSWORD})
    return user


NEW = {"title": "Spring", "groups": "Youth\n\nArtists\nyouth", "room": "Hall", "agenda": "Opening, 10\nPlenary, 40"}


def test_the_desk_asks_for_an_account(client: Client) -> None:
    for path in ("/desk/", "/desk/new/"):
        assert client.get(path)["Location"].startswith("/desk/login/")


def test_logging_in_opens_the_desk_and_the_cookie_stays_there(client: Client, host: User) -> None:
    assert "No events yet" in client.get("/desk/").content.decode()
    cookie = client.cookies["desk"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/desk/", "Lax", True)
    client.post("/desk/logout/")
    assert client.get("/desk/").status_code == 302


def test_a_wrong_password_is_refused_and_guessing_is_slowed_from_everywhere(client: Client) -> None:
    User.objects.create_user("guessed", password=PASSWORD)
    for _guess in range(30):
        wrong = Client(REMOTE_ADDR=next(_addresses)).post(
            "/desk/login/", {"username": "guessed", "password": "a wrong guess"}
        )
        assert wrong.status_code == 422
    late = client.post("/desk/login/", {"username": "guessed", "password": PASSWORD})
    assert late.status_code == 429
    assert "tried too often" in late.content.decode()


def test_an_event_is_made_from_lines(client: Client, host: User) -> None:
    assert client.post("/desk/new/", NEW)["Location"] == "/desk/"
    event = Event.objects.get()
    assert event.keeper == host
    assert [group.name for group in event.groups.all()] == ["youth", "Artists"]
    assert [(item.title, item.minutes) for item in make.room(event).agenda.all()] == [("Opening", 10), ("Plenary", 40)]
    assert "Spring" in client.get("/desk/").content.decode()


def test_a_line_without_minutes_is_named_and_nothing_is_made(client: Client, host: User) -> None:
    answer = client.post("/desk/new/", {**NEW, "agenda": "Opening, 10\nPlenary"})
    assert answer.status_code == 422
    assert "no minutes at its end: Plenary" in answer.content.decode()
    assert not Event.objects.exists()


def test_opening_an_event_gives_a_hosts_seat_even_where_all_links_were_revoked(client: Client, host: User) -> None:
    client.post("/desk/new/", NEW)
    event = Event.objects.get()
    event.links.filter(role="host").update(revoked_at="2020-01-01T00:00Z")
    welcome = client.post(f"/desk/{event.handle}/open/")["Location"]
    assert welcome == f"/at/{event.handle}/host/welcome/"
    client.post(welcome)
    assert Seat.objects.get().role == "host"


def test_nobody_opens_or_sees_the_events_of_another(client: Client, host: User) -> None:
    theirs = make.event("Theirs")
    assert client.post(f"/desk/{theirs.handle}/open/").status_code == 404
    assert "Theirs" not in client.get("/desk/").content.decode()


def test_another_site_can_not_act_on_the_desk(client: Client, host: User) -> None:
    answer = client.post("/desk/new/", NEW, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert not Event.objects.exists()


def test_the_desk_leads_nowhere_but_to_the_desk_after_logging_in(client: Client) -> None:
    User.objects.create_user("desk", password=PASSWORD)
    answer = client.post("/desk/login/?next=https://elsewhere.example/", {"username": "desk", "password": PASSWORD})
    assert answer["Location"] == "/desk/"
