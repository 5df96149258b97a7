"""How statements go to PostgreSQL: their values beside them, so that its log holds none; and a statement takes so many."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from django.db import DataError, connection, transaction

from deliberate import rows
from rooms.seats.models import Pairing, Seat
from tests import make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="it is about PostgreSQL"),
]


def test_a_statement_that_fails_leaves_no_value_in_the_servers_log() -> None:
    value = secrets.token_hex(8)
    with pytest.raises(DataError, match="division by zero"), transaction.atomic():
        rows.read("SELECT 1 / length(replace(%s, %s, ''))", value, value)
    [(folder,)] = rows.read("SHOW data_directory")
    log = (Path(folder).parent / "log").read_text()
    assert "division by zero" in log
    assert value not in log


def test_an_event_of_more_people_than_values_go_into_one_statement_is_deleted() -> None:
    event = make.event()
    Seat.objects.bulk_create(Seat(event=event, role="participant") for _person in range(66_000))
    assert Seat.objects.count() == 66_000
    event.delete()
    assert not Seat.objects.exists()
    assert not Pairing.objects.exists()
