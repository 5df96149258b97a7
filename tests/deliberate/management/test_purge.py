"""What is past its time goes, with everything that belongs to it, and its bytes too."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection

from deliberate.clock import now
from deliberate.door.models import Receipt
from rooms.events.models import Event
from rooms.seats.models import Pairing
from tests import make, traces

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite's files")
YESTERDAY = now().date() - timedelta(days=1)


def purge() -> str:
    said = io.StringIO()
    call_command("purge", stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_an_event_past_its_time_goes_with_everything_and_others_stay() -> None:
    due, kept = make.event("Due by now"), make.event("Kept")
    make.act(make.seat(due), "seats.pair")
    make.act(make.seat(due, "moderator"), "events.move_on")
    make.seat(kept)
    Event.objects.filter(pk=due.pk).update(retention_until=YESTERDAY)
    assert purge().startswith("deleted: 1 events")
    assert list(Event.objects.all()) == [kept]
    assert traces.columns_with(due.handle) == set()
    assert kept.seats.count() == 1


@pytest.mark.django_db
def test_an_event_is_kept_through_its_last_day() -> None:
    make.event(retention_until=now().date())
    assert purge().startswith("deleted: 0 events")
    assert Event.objects.count() == 1


@pytest.mark.django_db
def test_receipts_pairing_codes_and_log_ins_go_when_they_are_old() -> None:
    event = make.event()
    fresh, old = make.seat(event), make.seat(event)
    make.act(fresh, "seats.pair")
    make.act(old, "seats.pair")
    Pairing.objects.filter(seat=old).update(until=now() - timedelta(seconds=1))
    Receipt.objects.create(key="today", answer={}, day=now().date())
    Receipt.objects.create(key="old", answer={}, day=now().date() - timedelta(days=2))
    Session.objects.create(session_key="old", session_data="", expire_date=now() - timedelta(seconds=1))
    assert purge().startswith("deleted: 0 events, 1 receipts, 1 pairing codes\n")
    assert Pairing.objects.get().seat == fresh
    assert Receipt.objects.get().key == "today"
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
@sqlite_only
def test_nothing_of_what_was_deleted_is_left_in_the_file() -> None:
    event = make.event("Zebulon Quagga's meeting")
    assert traces.database_files_with("Zebulon Quagga")
    Event.objects.filter(pk=event.pk).update(retention_until=YESTERDAY)
    purge()
    assert traces.database_files_with("Zebulon Quagga") == set()


@pytest.mark.django_db(transaction=True)
@sqlite_only
def test_where_somebody_reads_meanwhile_the_rows_go_and_the_file_is_rewritten_next_time() -> None:
    event = make.event("Zebulon Quagga's meeting")
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM rooms_event").fetchall()
        Event.objects.filter(pk=event.pk).update(retention_until=YESTERDAY)
        assert "in use" in purge()
        assert not Event.objects.exists()
    Receipt.objects.create(key="old", answer={}, day=YESTERDAY - timedelta(days=1))
    assert "in use" not in purge()
    assert traces.database_files_with("Zebulon Quagga") == set()
