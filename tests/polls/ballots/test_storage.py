from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from polls.ballots.models import BallotBox, Participation
from polls.ballots.storage import forget_old_pages
from tests import make
from tests.polls.ballots.make import closed, opened, option, people, vote

pytestmark = pytest.mark.django_db(transaction=True)


def kept_by_sqlite() -> bytes:
    """Every byte of the database and its write-ahead log."""
    name = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in (name, Path(f"{name}-wal")) if path.exists())


def kept_by_postgresql() -> int:
    """Bytes of the two tables, dead rows included."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_relation_size('polls_ballotbox') + pg_relation_size('polls_participation')")
        return int(cursor.fetchone()[0])


def test_after_closing_the_database_shows_neither_the_box_nor_who_voted() -> None:
    event = make.event(groups=["Fieldworkers"])
    poll = opened(event)
    group, choice = event.groups.get().handle, option(poll, "Hearings")
    for seat in people(event, 3, "Fieldworkers"):
        vote(seat, poll, "Hearings")
    if connection.vendor == "postgresql":
        assert kept_by_postgresql() > 0
        closed(poll)
        assert kept_by_postgresql() == 0
        return
    boxes = [f'[["{group}", "{choice}", {count}]]'.encode() for count in (1, 2, 3)]
    assert any(box in kept_by_sqlite() for box in boxes), "the test looks for what would be there"
    closed(poll)
    assert not any(box in kept_by_sqlite() for box in boxes)
    assert Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size == 0


def test_forgetting_does_no_harm_where_there_is_nothing_to_forget() -> None:
    forget_old_pages()
    assert not BallotBox.objects.exists()
    assert not Participation.objects.exists()
