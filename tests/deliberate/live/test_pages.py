"""What a page answers to a whole browser and to htmx, which asks for a piece of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def words(seat: Seat, headers: dict[str, str], cookie: str = "") -> Any:
    client = Client()
    client.cookies["seat"] = cookie or cookie_of(seat)
    address = f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/words/"
    return client.get(address, {"find": "wells"}, headers=headers)


def test_htmx_gets_the_page_without_its_head_and_the_bodys_data() -> None:
    ann = make.seat(make.event())
    whole, piece = (words(ann, headers).content.decode() for headers in ({}, HTMX))
    for lacking in ("<!doctype html>", "<head>", "<script", "data-marks="):
        assert lacking in whole
        assert lacking not in piece
    assert '<main id="main"' in piece
    assert '<div id="found">' in piece
    assert piece.strip() in whole


def test_whose_seat_has_ended_loads_the_page_anew_where_htmx_asks() -> None:
    ann = make.seat(make.event())
    answer = words(ann, HTMX, "forged")
    assert answer["HX-Refresh"] == "true"
    assert not answer.content
    assert words(ann, {}, "forged").status_code == 401
