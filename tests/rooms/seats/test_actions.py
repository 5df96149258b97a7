from __future__ import annotations

import threading

import pytest
from django.db import connection

from deliberate.errors import Refused
from rooms.seats.actions import take_paired
from rooms.seats.models import Seat
from tests import make


@pytest.mark.django_db
def test_name_group_and_place_can_be_changed() -> None:
    event = make.event(groups=["Youth"])
    seat = make.seat(event, name="Ann")
    make.act(seat, "seats.rename", name="Quiet Heron", group=event.groups.get().handle, place="remote")
    seat.refresh_from_db()
    assert (seat.name, seat.group, seat.place) == ("Quiet Heron", event.groups.get(), "remote")


@pytest.mark.django_db
def test_a_group_of_another_event_can_not_be_chosen() -> None:
    seat = make.seat(make.event())
    with pytest.raises(Refused, match="no longer there"):
        make.act(seat, "seats.rename", name="", group=make.event().groups.all()[0].handle, place="hall")


@pytest.mark.django_db
def test_an_erased_seat_has_no_name_no_group_and_no_way_in() -> None:
    event = make.event(groups=["Youth"])
    seat = make.seat(event, name="Ann", group="Youth")
    assert make.act(seat, "seats.erase").forget_seat
    seat.refresh_from_db()
    assert (seat.name, seat.group, seat.ended, seat.epoch) == ("", None, True, 1)


@pytest.mark.django_db(transaction=True)
def test_two_devices_that_type_one_pairing_code_at_once_are_not_both_let_in() -> None:
    code = make.act(make.seat(make.event()), "seats.pair").data["code"]
    both = threading.Barrier(2)
    seats: list[Seat | None] = []

    def device() -> None:
        both.wait()
        try:
            seats.append(take_paired(code=code))
        finally:
            connection.close()

    threads = [threading.Thread(target=device) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(seat is not None for seat in seats) == 1
