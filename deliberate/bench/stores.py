"""The stores that several processes of a service share, for as long as a bench takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from deliberate.bench.servers import postgres, redis


@contextmanager
def stores(workers: int) -> Iterator[dict[str, str]]:
    """Settings for so many processes: one keeps its data in a SQLite file, several share a PostgreSQL and a Redis."""
    with ExitStack() as stack:
        found = {}
        if workers > 1:
            found = {"DATABASE_URL": stack.enter_context(postgres()), "REDIS_URL": stack.enter_context(redis())}
        yield found
