"""Small queries that are asked all day: Django compiles each once, and from then on only its values are new.

Building and compiling a query costs it several times what the database takes to answer one by a key. What comes back are the
same model objects, related ones included, that the query itself would give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

M = TypeVar("M", bound=Model)
Value = int | str
#: What stands for the values while a query is compiled, and is found again among its parameters: small enough for every
#: column of numbers, and a text that no lookup leaves as it is but those that compare the whole of it.
_NUMBER, _TEXT = 31_900, "%_\\compiled"


class Compiled(Generic[M]):
    """`Compiled(lambda room: Segment.objects.filter(room=room))`, then called with values as often as one likes.

    Values are integers and texts, each used once or more; anything else in the query is the same every time. No
    prefetch_related, no annotations, no tuples of columns: those raise ValueError at the first call."""

    def __init__(self, build: Callable[..., QuerySet[M]]) -> None:
        self._build = build
        self._ready: _Ready[M] | None = None

    def __call__(self, *values: Value) -> list[M]:
        """The objects the query gives for these values."""
        if self._ready is None:
            self._ready = _Ready(self._build, values)
        return self._ready.ask(values)

    def first(self, *values: Value) -> M | None:
        """The first of them. The query should say that it wants no more ([:1])."""
        found = self(*values)
        return found[0] if found else None


class _Ready(Generic[M]):
    """A compiled query, the places of its values among its parameters, and how a row becomes an object."""

    def __init__(self, build: Callable[..., QuerySet[M]], values: tuple[Value, ...]) -> None:
        marks = [_NUMBER + n if isinstance(value, int) else f"{_TEXT}{n}" for n, value in enumerate(values)]
        asked = build(*marks)
        compiler = cast(Any, asked.query.get_compiler(using=asked.db))
        self.db = asked.db
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet as never:
            raise ValueError(
                "this query is empty whatever its values, or takes other values than numbers and texts"
            ) from never
        self.locks = asked.query.select_for_update
        #: For each parameter the number of the value that it is, or the parameter itself.
        self.params = [(marks.index(each), None) if each in marks else (None, each) for each in params]
        if {number for number, _same in self.params} - {None} != set(range(len(marks))):
            raise ValueError("a value does not come back as it is among the parameters of this query")
        if compiler.annotation_col_map or cast(Any, asked)._prefetch_related_lookups or asked.query.values_select:
            raise ValueError("only whole objects can be asked for like this")
        kinds, select = compiler.klass_info, compiler.select
        self.first, self.last = kinds["select_fields"][0], kinds["select_fields"][-1] + 1
        self.model: type[M] = kinds["model"]
        self.names = [each[0].target.attname for each in select[self.first : self.last]]
        self.related = cast(Any, get_related_populators)(kinds, select, self.db)
        self.converters = list(compiler.get_converters([each[0] for each in select[: compiler.col_count]]).items())

    def ask(self, values: tuple[Value, ...]) -> list[M]:
        connection = connections[self.db]
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("a lock ends with its transaction, and there is none")
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [same if number is None else values[number] for number, same in self.params])
            rows = cursor.fetchall()
        found = []
        for each in rows:
            row = list(each)
            for place, (converters, expression) in self.converters:
                for convert in converters:
                    row[place] = convert(row[place], expression, connection)
            one = self.model.from_db(self.db, self.names, row[self.first : self.last])
            for related in self.related:
                related.populate(row, one)
            found.append(one)
        return found
