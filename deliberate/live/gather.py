"""One answer for many who ask at once: what comes while the last batch is at work makes the next one.

So a rush costs a few large queries and commits in place of thousands of small ones, and a single asker waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from typing import Generic, TypeVar

from deliberate.live import threads

#: A batch of so many is a rush.
MANY = 8
Ask = TypeVar("Ask")
Found = TypeVar("Found")


class Gather(Generic[Ask, Found]):
    """`work` takes what was asked, at most `most` at a time, and gives as many results (or exceptions) in the same order.

    It runs in `pool`, one batch at a time. While many ask, a batch that is not full waits `breath_s` for those who are
    just about to: its price hardly depends on how many it is for. `hold_s`: so long a batch that is not full waits for others
    in any case, for those who must not be alone in one."""

    def __init__(
        self,
        work: Callable[[list[Ask]], Sequence[Found | BaseException]],
        pool: Executor,
        *,
        most: int = 500,
        breath_s: float = 0.0,
        hold_s: float = 0.0,
    ) -> None:
        self.work, self.pool, self.most = work, pool, most
        self.breath_s, self.hold_s = breath_s, hold_s
        self._waiting: list[tuple[Ask, asyncio.Future[Found]]] = []
        self._running: asyncio.Task[None] | None = None
        self._full: asyncio.Event | None = None

    async def ask(self, what: Ask) -> Found:
        """The result for `what`; raises what the work gave for it, or what ended the whole batch."""
        loop = asyncio.get_running_loop()
        result: asyncio.Future[Found] = loop.create_future()
        self._waiting.append((what, result))
        if self._full is not None and len(self._waiting) >= self.most:
            self._full.set()
        if self._running is None or self._running.done() or self._running.get_loop() is not loop:
            self._running = loop.create_task(self._run())
        return await result

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        busy = False
        await asyncio.sleep(0)  # whoever is ready to ask in this turn comes along
        while self._waiting:
            if busy and self.breath_s and len(self._waiting) < self.most:
                await asyncio.sleep(self.breath_s)
            if self.hold_s:
                await self._held()
            batch, self._waiting = self._waiting[: self.most], self._waiting[self.most :]
            busy = len(batch) >= MANY
            asked = [what for what, _result in batch]
            found: Sequence[Found | BaseException]
            try:
                found = await loop.run_in_executor(self.pool, threads.fresh, lambda asked=asked: self.work(asked))
            except Exception as problem:
                found = [problem] * len(batch)
            for (_what, result), one in zip(batch, found, strict=True):
                if result.done():
                    continue  # its line was lost meanwhile
                if isinstance(one, BaseException):
                    result.set_exception(one)
                else:
                    result.set_result(one)

    async def _held(self) -> None:
        """Until enough have come, or `hold_s` is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.hold_s
        while len(self._waiting) < self.most and (left := until - loop.time()) > 0:
            self._full = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._full.wait(), left)
        self._full = None
