"""How statements go to PostgreSQL: their values beside them, so that its log holds none; and a statement takes so many."""

from __future__ import annotations

import secrets
from pathlib import Path

import pytest
from django.db import DataError, connection, transaction

from deliberate import rows
from rooms.seats.models import Seat
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


def test_a_statement_takes_more_values_than_the_protocol_counts() -> None:
    """As the deletion of an event of so many people."""
    seat = make.seat(make.event())
    assert Seat.objects.filter(pk__in=[seat.pk, *range(-66_000, 0)]).get() == seat
