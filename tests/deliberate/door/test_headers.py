"""What every answer carries, whatever it is: a policy for what it may load, no guessing of types, nothing to be kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings

from deliberate import tokens
from deliberate.door.views import SEAT_COOKIE
from rooms.seats.queries import cookie_of, seat_of
from tests import make

pytestmark = pytest.mark.django_db


def answers(client: Client) -> dict[str, Any]:
    """An answer of every kind: pages, files, refusals, JSON, redirects."""
    event = make.event()
    seat = make.seat(event)
    base = f"/at/{event.handle}/participant/{make.room(event).handle}/"
    found = {
        "join": client.get("/join/"),
        "a wrong code": client.post("/join/", {"code": "AAAAAA"}),
        "desk": client.get("/desk/login/"),
        "no seat": client.get(base),
        "nothing there": client.get("/no/such/page"),
        "redirect": client.get("/"),
        "blank": client.get("/blank/"),
    }
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    found["page"] = client.get(base)
    found["file"] = client.get(f"{base}transcript.txt")
    found["JSON"] = client.post(f"{base}do/floor.ask", {"kind": "point"}, headers={"Accept": "application/json"})
    found["refused"] = client.post(f"{base}do/events.move_on")
    return found


def test_every_answer_carries_the_policy_and_is_kept_nowhere() -> None:
    for what, answer in answers(Client()).items():
        policy = answer.headers["Content-Security-Policy"]
        for rule in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'self'", "base-uri 'none'"):
            assert rule in policy, what
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff", what
        assert answer.headers["Referrer-Policy"] == "same-origin", what
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", what
        assert "no-store" in answer.headers["Cache-Control"], what
        assert not [name for name in answer.headers if name.startswith("Access-Control")], what


def test_every_answer_says_what_it_is_and_in_which_letters() -> None:
    for what, answer in answers(Client()).items():
        kind = answer.headers["Content-Type"]
        if answer.content:
            assert kind == "application/json" or re.fullmatch(r"text/[a-z]+; charset=utf-8", kind), f"{what}: {kind}"
        assert ("attachment" in answer.headers.get("Content-Disposition", "")) == (what == "file")


@override_settings(SECURE_HSTS_SECONDS=31_536_000, SECURE_SSL_REDIRECT=True, SECURE=True)
def test_over_tls_it_is_said_for_a_year_and_cookies_never_go_without() -> None:
    event, client = make.event(), Client()
    arrived = client.get(f"/join/{event.links.get(role='participant').code}/", secure=True)
    assert arrived.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    seated = client.post(arrived.headers["Location"], {"place": "hall"}, secure=True)
    for name, where in (("ticket", arrived), (SEAT_COOKIE, seated)):
        cookie = where.cookies[name]
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
        assert cookie["path"] != "/", "bound to the pages of one role of one event"
        assert cookie["domain"] == ""
    plain = client.get("/join/")
    assert (plain.status_code, plain.headers["Location"][:8]) == (301, "https://")


@pytest.mark.parametrize("method", ["trace", "put", "patch", "delete"])
def test_no_other_method_does_anything(method: str) -> None:
    event, client = make.event(), Client()
    client.cookies[SEAT_COOKIE] = cookie_of(make.seat(event, "moderator"))
    base = f"/at/{event.handle}/moderator/{make.room(event).handle}/"
    answer: HttpResponse = getattr(client, method)(f"{base}do/events.move_on")
    assert answer.status_code == 405
    assert client.get(f"{base}do/events.move_on").status_code == 405, "an act is never a GET"


@pytest.mark.parametrize(
    "path", ["/.git/HEAD", "/.env", "/static/", "/static/../manage.py", "/admin/", "/at/", "/docs/"]
)
def test_nothing_lies_about_to_be_found(path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_token_of_one_purpose_or_changed_by_a_letter_opens_nothing() -> None:
    seat = make.seat(make.event())
    cookie = cookie_of(seat)
    assert seat_of(cookie) == seat
    same = {"s": seat.handle, "e": seat.epoch}
    assert seat_of(tokens.sign(same, "ticket")) is None
    for at in range(len(cookie)):
        changed = cookie[:at] + ("A" if cookie[at] != "A" else "B") + cookie[at + 1 :]
        assert seat_of(changed) is None or at == len(cookie) - 1, "the last letter of base64 holds spare bits"
    assert tokens.unsign(cookie, "seat", max_age_s=-1) is None


def test_the_password_field_is_masked_and_takes_any_long_password(django_user_model: Any) -> None:
    page = Client().get("/desk/login/").content.decode()
    field = re.search(r"<input[^>]*name=\"password\"[^>]*>", page)
    assert field is not None
    assert 'type="password"' in field.group()
    assert 'autocomplete="current-password"' in field.group()
    assert "maxlength" not in field.group()
    password = " Ünï-" + "长" * 80 + "' "
    django_user_model.objects.create_user("ann", password=password)
    client = Client()
    assert client.post("/desk/login/", {"username": "ann", "password": password.strip()}).status_code == 422
    before = client.cookies.get("desk")
    assert client.post("/desk/login/", {"username": "ann", "password": password}).status_code == 302
    assert before is None or before.value != client.cookies["desk"].value
    assert django_user_model.objects.get().password.startswith("pbkdf2_sha256$")
    key = client.cookies["desk"].value
    client.post("/desk/logout/")
    client.cookies["desk"] = key
    assert client.get("/desk/").status_code == 302, "the session is gone, not only its cookie"


@pytest.mark.parametrize("ending", ["a new password", "removal"])
def test_a_new_password_and_a_removed_account_end_the_sessions(django_user_model: Any, ending: str) -> None:
    user = django_user_model.objects.create_user("ann", password="a-long-password-1")
    client = Client()
    client.post("/desk/login/", {"username": "ann", "password": "a-long-password-1"})
    assert client.get("/desk/").status_code == 200
    if ending == "removal":
        user.delete()
    else:
        user.set_password("a-long-password-2")
        user.save()
    assert client.get("/desk/").status_code == 302
