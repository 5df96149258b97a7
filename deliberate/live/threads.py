"""Where blocking work of the live engine is done: acts in one pool, paints in another, so that neither waits for the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections, connection

T = TypeVar("T")

# SQLite has one writer: a queue in front of it is fairer and cheaper than its busy handler. PostgreSQL takes several.
_acts = ThreadPoolExecutor(1 if connection.vendor == "sqlite" else 6, thread_name_prefix="act")
_reads = ThreadPoolExecutor(2, thread_name_prefix="read")


async def act(work: Callable[[], T]) -> T:
    """Run a writing piece of work off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_acts, _fresh, work)


async def read(work: Callable[[], T]) -> T:
    """Run a reading piece of work off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_reads, _fresh, work)


def _fresh(work: Callable[[], T]) -> T:
    """Do the work; give a pooled connection back afterwards. SQLite's stays with its thread, unless it broke."""
    try:
        return work()
    finally:
        if connection.vendor != "sqlite" or connection.errors_occurred:
            close_old_connections()
