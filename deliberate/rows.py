"""Rows by the hundred, in SQL: what a whole room does at once can't pay for the making of a query and of an object a row.

Statements are written for PostgreSQL, with what SQLite says otherwise put in here. Lists are bound as one parameter."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Field, Model

_size, _lock = re.compile(r"\(.*\)"), re.compile(r" FOR (NO KEY )?UPDATE( OF \w+)?")


def read(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """The rows that a SELECT gives."""
    with connection.cursor() as cursor:
        cursor.execute(*_spoken(sql, params))
        return list(cursor.fetchall())


def write(sql: str, *params: Any) -> None:
    """Do one statement that gives nothing."""
    with connection.cursor() as cursor:
        cursor.execute(*_spoken(sql, params))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], otherwise: str = "") -> None:
    """Store rows of these fields in their order. `otherwise`: what becomes of one that is there ("ON CONFLICT ...")."""
    fields = ", ".join(_columns(model, names))
    start = f"INSERT INTO {model._meta.db_table} ({fields}) "
    if connection.vendor == "postgresql":
        _each(f"{start} SELECT * FROM {_table(model, names)} {otherwise}", rows)
    else:
        _each(f"{start} VALUES ({', '.join(['%s'] * len(names))}) {otherwise}", rows)


def delete(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Delete the rows that have these values in these fields. Nothing may refer to such rows: nothing is cascaded."""
    fields, start = _columns(model, names), f"DELETE FROM {model._meta.db_table} WHERE "
    if connection.vendor == "postgresql":
        _each(f"{start} ({', '.join(fields)}) IN (SELECT * FROM {_table(model, names)})", rows)
    else:
        _each(start + " AND ".join(f"{field} = %s" for field in fields), rows)


def _each(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL takes all rows at once, column by column; SQLite is no further away than a function call."""
    these = list(rows)
    if not these:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(sql, [list(column) for column in zip(*these, strict=True)])
        else:
            cursor.executemany(sql, these)


def _columns(model: type[Model], names: Sequence[str]) -> list[str]:
    return [str(field.column) for field in _fields(model, names)]


def _fields(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _table(model: type[Model], names: Sequence[str]) -> str:
    """Columns as a table. Types go without their size: a value that is too long is an error, and never cut."""
    types = [_size.sub("", str(field.db_type(connection))) for field in _fields(model, names)]
    return f"unnest({', '.join(f'%s::{each}[]' for each in types)})"


def _spoken(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        return sql, list(params)
    sql = sql.replace("= ANY(%s)", "IN (SELECT value FROM json_each(%s))")
    # Whoever writes has the whole file, and needs no locks on rows.
    return _lock.sub("", sql), [json.dumps(each) if isinstance(each, list) else each for each in params]
