"""Rows by the hundred, in SQL: what a whole room does at once can't pay for the making of a query and of an object a row.

Statements are written for PostgreSQL, with what SQLite says otherwise put in here. Lists are bound as one parameter. On
SQLite a statement is one step however many rows it has: between two steps the interpreter is let go, and a thread beside a
busy event loop would wait for it hundreds of times."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Field, Model

_size, _lock = re.compile(r"\(.*\)"), re.compile(r" FOR (NO KEY )?UPDATE( OF \w+)?")


#: How many columns a statement for SQLite gives, once it was asked.
_widths: dict[str, int] = {}


def read(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    """The rows that a SELECT gives: numbers, texts, truths. A truth is 0 or 1 on SQLite."""
    spoken, bound = _spoken(sql, params)
    width = _widths.get(sql) if any(isinstance(each, list) for each in params) else None
    with connection.cursor() as cursor:
        if width is not None and connection.vendor == "sqlite":
            names = ", ".join(f"c{number}" for number in range(width))
            cursor.execute(
                f"WITH found({names}) AS ({spoken}) SELECT json_group_array(json_array({names})) FROM found", bound
            )
            return [tuple(row) for row in json.loads(cursor.fetchone()[0])]
        cursor.execute(spoken, bound)
        found = list(cursor.fetchall())
        _widths[sql] = len(cursor.description)
        return found


def write(sql: str, *params: Any) -> None:
    """Do one statement that gives nothing."""
    with connection.cursor() as cursor:
        cursor.execute(*_spoken(sql, params))


def insert(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]], otherwise: str = "") -> None:
    """Store rows of these fields in their order. `otherwise`: what becomes of one that is there ("ON CONFLICT ...")."""
    fields = ", ".join(_columns(model, names))
    table = f"INSERT INTO {model._meta.db_table} ({fields})"
    _with_all(f"{table} SELECT * FROM {_table(model, names)} WHERE TRUE {otherwise}", rows)


def delete(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Delete the rows that have these values in these fields. Nothing may refer to such rows: nothing is cascaded."""
    fields = ", ".join(_columns(model, names))
    _with_all(f"DELETE FROM {model._meta.db_table} WHERE ({fields}) IN (SELECT * FROM {_table(model, names)})", rows)


def _with_all(sql: str, rows: Iterable[Sequence[Any]]) -> None:
    these = list(rows)
    if not these:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(sql, [list(column) for column in zip(*these, strict=True)])
        else:
            cursor.execute(sql, [json.dumps(these, default=_written)])


def _written(value: Any) -> str:
    if type(value) is date:
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not stored by the hundred")


def _columns(model: type[Model], names: Sequence[str]) -> list[str]:
    return [str(field.column) for field in _fields(model, names)]


def _fields(model: type[Model], names: Sequence[str]) -> list[Field[Any, Any]]:
    by_name = {field.name: field for field in model._meta.concrete_fields}
    return [by_name[name] for name in names]


def _table(model: type[Model], names: Sequence[str]) -> str:
    """What is bound, as a table. Types go without their size: a value that is too long is an error, and never cut."""
    if connection.vendor == "sqlite":
        each = ", ".join(f"json_extract(value, '$[{number}]')" for number in range(len(names)))
        return f"(SELECT {each} FROM json_each(%s))"
    types = [_size.sub("", str(field.db_type(connection))) for field in _fields(model, names)]
    return f"unnest({', '.join(f'%s::{each}[]' for each in types)})"


def _spoken(sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        return sql, list(params)
    sql = sql.replace("= ANY(%s)", "IN (SELECT value FROM json_each(%s))")
    # Whoever writes has the whole file, and needs no locks on rows.
    return _lock.sub("", sql), [json.dumps(each) if isinstance(each, list) else each for each in params]
