"""Several act at the same moment, each in a thread with a database connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from deliberate.errors import Refused


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do these acts in threads that start together; what each was told, a Refused where it was refused."""
    start = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def refusals(told: Iterable[Any]) -> list[Refused]:
    """Those who were refused."""
    return [each for each in told if isinstance(each, Refused)]
