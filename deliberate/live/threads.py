"""Where blocking work of the live engine is done: acts in one pool, paints in another, so that neither waits for the other."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from django.db import close_old_connections, connection

T = TypeVar("T")


class Lanes(Executor):
    """Threads with two queues before them: whoever moderates goes before the crowd. Threads start when first needed."""

    def __init__(self, threads: int, name: str) -> None:
        self._most, self._name = threads, name
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._first: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._rest: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._something = threading.Condition()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it after what waits already."""
        return self._put(self._rest, lambda: fn(*args, **kwargs))

    def submit_first(self, fn: Callable[..., Any], /, *args: Any) -> Future[Any]:
        """Do it before all that was put by `submit` and waits."""
        return self._put(self._first, lambda: fn(*args))

    def _put(self, queue: deque[tuple[Future[Any], Callable[[], Any]]], work: Callable[[], Any]) -> Future[Any]:
        result: Future[Any] = Future()
        with self._something:
            queue.append((result, work))
            if self._idle == 0 and len(self._threads) < self._most:
                self._threads.append(threading.Thread(target=self._work, name=self._name, daemon=True))
                self._threads[-1].start()
            self._something.notify()
        return result

    def _work(self) -> None:
        while True:
            with self._something:
                self._idle += 1
                while not self._first and not self._rest:
                    self._something.wait()
                self._idle -= 1
                result, work = (self._first or self._rest).popleft()
            if result.set_running_or_notify_cancel():
                try:
                    result.set_result(work())
                except BaseException as problem:
                    result.set_exception(problem)
            del result, work


# SQLite has one writer: a queue in front of it is fairer and cheaper than its busy handler. PostgreSQL takes several.
acts = Lanes(1 if connection.vendor == "sqlite" else 6, "act")
reads = ThreadPoolExecutor(2, thread_name_prefix="read")


async def act(work: Callable[[], T], *, first: bool = False) -> T:
    """Run a writing piece of work off the event loop; `first`: before all that waits but was not put first."""
    put = acts.submit_first if first else acts.submit
    return await asyncio.wrap_future(put(fresh, work))


async def read(work: Callable[[], T]) -> T:
    """Run a reading piece of work off the event loop."""
    return await asyncio.get_running_loop().run_in_executor(reads, fresh, work)


def fresh(work: Callable[[], T]) -> T:
    """Do the work; give a pooled connection back afterwards. SQLite's stays with its thread, unless it broke."""
    try:
        return work()
    finally:
        if connection.vendor != "sqlite" or connection.errors_occurred:
            close_old_connections()
