from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from polls.ballots.models import BallotBox, Participation, Poll, Voucher
from polls.ballots.storage import TABLES, forget_old_pages
from tests import make
from tests.polls.ballots.blind.polling import all_vote, polled
from tests.polls.ballots.make import closed, opened, option, people, vote

pytestmark = pytest.mark.django_db(transaction=True)


def kept_by_sqlite() -> bytes:
    """Every byte of the database and its write-ahead log."""
    name = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in (name, Path(f"{name}-wal")) if path.exists())


def kept_by_postgresql() -> int:
    """Bytes of the tables that hold a secret poll, dead rows included."""
    with connection.cursor() as cursor:
        cursor.execute(f"select {' + '.join(f'pg_relation_size({each!r})' for each in TABLES.split(', '))}")
        return int(cursor.fetchone()[0])


def files_of_postgresql() -> list[tuple[str, int]]:
    """The tables and the files that hold them: another one once a table was written anew."""
    with connection.cursor() as cursor:
        names = TABLES.split(", ")
        cursor.execute("select relname, relfilenode from pg_class where relname = any(%s) order by relname", [names])
        return list(cursor.fetchall())


def closed_and_freed(poll: Poll, free: Callable[[], bool]) -> None:
    """It writes the tables anew, and frees them, at once or, where tests beside this one are in a transaction, with the next poll."""
    before = files_of_postgresql()
    closed(poll)
    assert not set(before) & set(files_of_postgresql())
    for _next in range(60):
        if free():
            return
        time.sleep(0.5)
        forget_old_pages()
    assert free()


def test_after_closing_the_database_shows_neither_the_box_nor_who_voted() -> None:
    event = make.event(groups=["Fieldworkers"], k=3)
    seats = people(event, 3, "Fieldworkers")
    poll = opened(event)
    group, choice = event.groups.get().handle, option(poll, "Hearings")
    for seat in seats:
        vote(seat, poll, "Hearings")
    if connection.vendor == "postgresql":
        assert kept_by_postgresql() > 0
        closed_and_freed(poll, lambda: kept_by_postgresql() == 0)
        return
    boxes = [f'[["{group}", "{choice}", {count}]]'.encode() for count in (1, 2, 3)]
    assert any(box in kept_by_sqlite() for box in boxes), "the test looks for what would be there"
    closed(poll)
    assert not any(box in kept_by_sqlite() for box in boxes)
    assert Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size == 0


def test_after_closing_the_database_shows_neither_who_asked_for_a_token_nor_in_which_order_ballots_came() -> None:
    _event, poll, seats = polled(6)
    trackers = [who.tracker.encode() for who, _octets, _receipt in all_vote(poll, seats, "Hearings", "A fund")]
    asked = [each.encode() for each in Voucher.objects.filter(poll=poll).values_list("seat", flat=True)]
    if connection.vendor == "postgresql":
        assert kept_by_postgresql() > 0
        closed_and_freed(poll, lambda: kept_by_postgresql() == 0)
        return
    assert all(each in kept_by_sqlite() for each in [*trackers, *asked]), "the test looks for what would be there"
    closed(poll)
    assert [each for each in [*trackers, *asked] if each in kept_by_sqlite()] == []


def test_while_another_poll_is_open_nothing_of_the_closed_one_is_left_between_its_rows() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("it is about PostgreSQL's files")
    _other, still, others = polled(6)
    _event, poll, seats = polled(6)
    all_vote(poll, seats, "Hearings")
    all_vote(still, others, "A fund")

    def together() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select (ctid::text::point)[1]::int from polls_blindballot")
            return sorted(place for (place,) in cursor.fetchall()) == [1, 2, 3, 4, 5, 6]

    assert not together()
    closed_and_freed(poll, together)


def test_forgetting_does_no_harm_where_there_is_nothing_to_forget() -> None:
    forget_old_pages()
    assert not BallotBox.objects.exists()
    assert not Participation.objects.exists()
