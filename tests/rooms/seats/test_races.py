"""Two taps at once: threads with connections of their own, on a database that keeps what it is given."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from rooms.floor.models import Turn
from rooms.seats import actions
from rooms.seats.models import Seat
from rooms.seats.queries import seat_of
from tests import make
from tests.races import at_once, refusals

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
            return answer.status_code, answer.cookies["seat"].value
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = set(pool.map(tap, range(4)))
    assert len({seat_of(cookie) for _status, cookie in told}) == 1
    assert {status for status, _cookie in told} == {302}
    assert Seat.objects.count() == 1


def test_who_leaves_while_a_moderator_ends_their_seat_waits_for_it_and_neither_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    event = make.event()
    ann, moderator = make.seat(event, name="Ann"), make.seat(event, "moderator")
    make.act(ann, "floor.ask", kind="point")
    shown = f"turn:{Turn.objects.get().handle}"
    # Whoever leaves has its room locked by now; the end of the seat begins.
    monkeypatch.setattr(actions, "_leavers", [*actions._leavers, lambda _seat, _by: time.sleep(0.4)])

    def end() -> None:
        time.sleep(0.2)
        make.act(moderator, "seats.end", shown=shown)

    assert refusals(at_once(lambda: actions.leave(by=ann), end)) == []
    ann.refresh_from_db()
    assert (ann.ended, ann.room) == (True, None)


def test_an_old_step_into_another_room_that_comes_again_leads_nowhere() -> None:
    event = make.event()
    workshop = event.rooms.create(name="Workshop")
    ann = make.seat(event, name="Ann")
    for room, act in ((workshop, "over-to-it"), (make.room(event), "back-again"), (workshop, "over-to-it")):
        make.act_in(room, ann, "seats.move", act)
    ann.refresh_from_db()
    assert ann.room == make.room(event)
