from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from deliberate.door.origin import same_origin


@pytest.mark.parametrize(
    ("origin", "strict", "welcome"),
    [
        ("http://here.test", True, True),
        ("https://here.test", True, True),
        ("http://elsewhere.test", True, False),
        ("http://here.test.elsewhere.test", True, False),
        ("null", True, False),
        ("null", False, False),
        ("", True, False),
        ("", False, True),
        (None, True, False),
        ("file://here.test", True, False),
    ],
)
def test_only_our_own_origin_is_welcome(origin: str | None, strict: bool, welcome: bool, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["here.test"]
    assert same_origin(origin, "here.test", strict=strict) is welcome


def test_behind_a_proxy_the_public_address_is_ours_too(settings: Any) -> None:
    settings.PUBLIC_URL = "https://meeting.example"
    settings.ALLOWED_HOSTS = ["web"]
    assert same_origin("https://meeting.example", "web:8000", strict=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://elsewhere.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Referer": "http://elsewhere.test/page"}, 403),
        ({"Origin": "http://testserver"}, 404),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Referer": "http://testserver/join/"}, 404),
    ],
)
def test_a_form_on_another_site_can_not_act(headers: dict[str, str], status: int) -> None:
    answer = Client(headers=headers).post("/join/", {"code": "WRONG1"})
    assert answer.status_code == status, "404 says that the code was looked up and not found"


def test_a_foreign_name_for_this_machine_is_not_ours(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["here.test"]
    assert not same_origin("http://rebound.test", "rebound.test", strict=True)
    assert Client(headers={"Host": "rebound.test"}).get("/join/").status_code == 400


def test_where_people_come_over_tls_an_origin_without_it_is_foreign(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SECURE = ["here.test"], True
    assert same_origin("https://here.test", "here.test", strict=True)
    assert not same_origin("http://here.test", "here.test", strict=True)
