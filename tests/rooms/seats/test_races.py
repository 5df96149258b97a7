"""Two taps at once: threads with connections of their own, on a database that keeps what it is given."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def test_taps_on_join_that_come_in_at_once_make_one_seat() -> None:
    event = make.event()
    browser, start = Client(), Barrier(4)
    browser.get(f"/join/{event.links.get(role='participant').code}/")

    def tap(_number: int) -> tuple[int, str]:
        phone = Client()
        phone.cookies["ticket"] = browser.cookies["ticket"].value
        try:
            start.wait()
            answer = phone.post(f"/at/{event.handle}/participant/welcome/", {"name": "Ann", "place": "hall"})
            return answer.status_code, answer.cookies["seat"].value.partition(":")[0]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = set(pool.map(tap, range(4)))
    assert len(told) == 1
    assert told.pop()[0] == 302
    assert Seat.objects.count() == 1
