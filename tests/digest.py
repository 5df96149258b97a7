"""All that is stored, as short texts: where they are equal nothing was changed. And how to undo what a test tries."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import connection, transaction

from polls.pseudonyms import issuing


def stored() -> dict[str, str]:
    """A digest of each table of this process's database, by the table's name."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found[table] = _of(cursor.fetchall())
    return found


def stored_in(data: Path) -> dict[str, str]:
    """A digest of each table of the SQLite file in the data folder of a running service, by the table's name."""
    with closing(sqlite3.connect(f"file:{data / 'deliberate.sqlite3'}?mode=ro", uri=True)) as file:
        tables = file.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        return {table: _of(file.execute(f'SELECT * FROM "{table}"').fetchall()) for (table,) in tables}


def _of(rows: list[tuple[object, ...]]) -> str:
    return hashlib.blake2b("\n".join(sorted(map(repr, rows))).encode(), digest_size=8).hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is undone at its end, and forgotten where this process remembers it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    issuing._admitted.clear()
