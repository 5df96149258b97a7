from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from polls.ballots.models import BallotBox, Participation
from polls.ballots.storage import forget_old_pages
from tests import make
from tests.polls.ballots.make import closed, opened, option, people, vote


def kept() -> bytes:
    """Every byte that SQLite keeps: the database and its write-ahead log."""
    name = Path(str(connection.settings_dict["NAME"]))
    return b"".join(path.read_bytes() for path in (name, Path(f"{name}-wal")) if path.exists())


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="looks into SQLite's files")
def test_after_closing_no_file_shows_the_box_any_more() -> None:
    event = make.event(groups=["Fieldworkers"])
    poll = opened(event)
    group, choice = event.groups.get().handle, option(poll, "Hearings")
    for seat in people(event, 3, "Fieldworkers"):
        vote(seat, poll, "Hearings")
    steps = [f'[["{group}", "{choice}", {count}]]'.encode() for count in (1, 2, 3)]
    assert any(step in kept() for step in steps), "the test looks for what would be there"
    closed(poll)
    assert not any(step in kept() for step in steps)
    assert Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size == 0


@pytest.mark.django_db(transaction=True)
def test_forgetting_does_no_harm_where_there_is_nothing_to_forget() -> None:
    forget_old_pages()
    assert not BallotBox.objects.exists()
    assert not Participation.objects.exists()
