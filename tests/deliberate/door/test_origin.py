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
def test_only_our_own_origin_is_welcome(origin: str | None, strict: bool, welcome: bool) -> None:
    assert same_origin(origin, "here.test", strict=strict) is welcome


def test_behind_a_proxy_the_public_address_is_ours_too(settings: Any) -> None:
    settings.PUBLIC_URL = "https://meeting.example"
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
