"""Several processes on one machine, and the one above them. It holds the sockets, starts a worker for each, and another in
place of one that ends or falls silent. SIGHUP: all anew, one after the other. SIGTERM, SIGINT: all end, gently."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from django.conf import settings
from prometheus_client import multiprocess

from deliberate.shell.server import listen

log = structlog.get_logger("deliberate.shell")
#: How long a worker may take until it serves, may be silent, and may take to end.
START_S, SILENT_S, END_S = 60.0, 15.0, 25.0
#: A worker that ends before it ever served is started again after this, doubled each time, up to that.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0


class Worker:
    """A process that serves on a socket."""

    def __init__(self, process: asyncio.subprocess.Process, hear: int) -> None:
        self.process, self._hear = process, hear
        self.ready = asyncio.Event()
        self.heard = time.monotonic()
        asyncio.get_running_loop().add_reader(hear, self._word)

    def _word(self) -> None:
        said = os.read(self._hear, 4096)
        if not said:
            asyncio.get_running_loop().remove_reader(self._hear)
            os.close(self._hear)
        self.heard = time.monotonic()
        if b"r" in said:
            self.ready.set()

    @property
    def silent(self) -> bool:
        return self.ready.is_set() and time.monotonic() - self.heard > SILENT_S

    async def serves(self, within_s: float) -> bool:
        """Wait until it serves; False where it ends before, or takes too long."""
        waits = [asyncio.create_task(self.ready.wait()), asyncio.create_task(self.process.wait())]
        await asyncio.wait(waits, timeout=within_s, return_when=asyncio.FIRST_COMPLETED)
        for each in waits:
            each.cancel()
        return self.ready.is_set() and self.process.returncode is None

    def send(self, what: signal.Signals) -> None:
        if self.process.returncode is None:
            self.process.send_signal(what)

    async def end(self) -> None:
        """Let it end gently; after a while, at once."""
        self.send(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), END_S)
        except TimeoutError:
            log.warning("a worker did not end", pid=self.process.pid)
            self.send(signal.SIGKILL)
            await self.process.wait()


class Slot:
    """A place for a worker, and its socket. That stays open while workers come and go: who knocks meanwhile waits."""

    def __init__(self, number: int, listening: socket.socket) -> None:
        self.number, self.listening = number, listening
        self.worker: Worker | None = None
        self.served = asyncio.Event()
        self.failures = 0


class Workers:
    """The workers of this machine."""

    def __init__(self, host: str, port: int, count: int, server: str) -> None:
        """Open the sockets. OSError where the port is taken."""
        self._server = server
        #: Of how many each is one: workers here, times machines where there are several that were told so.
        self._share = str(count * int(settings.LIMIT_SHARED_BY))
        self._slots = [Slot(number, each) for number, each in enumerate(sockets(host, port, count), 1)]
        self._going: set[Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._end, self._anew = asyncio.Event(), asyncio.Event()
        self._counters = tempfile.mkdtemp(prefix="deliberate-counters-")

    async def run(self, ready: Callable[[], None]) -> None:
        """Keep every slot filled until told to end. `ready` is called once, when all of them serve."""
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self._asked_to_end)
        loop.add_signal_handler(signal.SIGHUP, self._anew.set)
        for work in (*map(self._fill, self._slots), self._watch(), self._renew(), self._greet(ready)):
            self._spawn(work)
        try:
            await self._end.wait()
        finally:
            for task in list(self._tasks):
                task.cancel()
            log.info("all workers end")
            await asyncio.gather(*(worker.end() for worker in self._all()))
            for slot in self._slots:
                slot.listening.close()
            shutil.rmtree(self._counters, ignore_errors=True)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _asked_to_end(self) -> None:
        """Once: gently. Once more: at once, as a worker takes a second signal."""
        if self._end.is_set():
            for worker in self._all():
                worker.send(signal.SIGTERM)
        self._end.set()

    def _all(self) -> set[Worker]:
        return self._going | {slot.worker for slot in self._slots if slot.worker is not None}

    async def _greet(self, ready: Callable[[], None]) -> None:
        for slot in self._slots:
            await slot.served.wait()
        ready()

    async def _start(self, slot: Slot) -> Worker:
        hear, tell = os.pipe()
        socket_and_pipe = (slot.listening.fileno(), tell)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deliberate.shell.worker", *map(str, socket_and_pipe), self._server),
            pass_fds=socket_and_pipe,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": self._counters, "LIMIT_SHARED_BY": self._share},
            process_group=0,  # Ctrl+C in a terminal would tell all of its processes; we tell our own
        )
        os.close(tell)
        return Worker(process, hear)

    async def _fill(self, slot: Slot) -> None:
        worker = slot.worker = await self._start(slot)
        self._spawn(self._mind(slot, worker))
        if await worker.serves(START_S):
            log.info("a worker serves", slot=slot.number, pid=worker.process.pid)
            slot.served.set()
        else:
            worker.send(signal.SIGKILL)  # it may hang

    async def _mind(self, slot: Slot, worker: Worker) -> None:
        """See a worker to its end. If nobody took its place meanwhile: another, at once, unless it never served."""
        code = await worker.process.wait()
        multiprocess.mark_process_dead(worker.process.pid, self._counters)  # type: ignore[no-untyped-call]
        if slot.worker is worker:
            log.warning("a worker ended", slot=slot.number, pid=worker.process.pid, code=code)
            slot.failures = 0 if worker.ready.is_set() else slot.failures + 1
            if slot.failures:
                await asyncio.sleep(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (slot.failures - 1)))
            await self._fill(slot)

    async def _watch(self) -> None:
        """End a worker whose event loop has stood still for too long: its phones are better off elsewhere."""
        while True:
            await asyncio.sleep(1)
            for slot in self._slots:
                if slot.worker is not None and slot.worker.silent:
                    log.warning("a worker is silent", slot=slot.number, pid=slot.worker.process.pid)
                    slot.worker.send(signal.SIGKILL)

    async def _renew(self) -> None:
        """Whenever asked: a new worker for each, one after the other. The old one goes when the new one serves."""
        while True:
            await self._anew.wait()
            self._anew.clear()
            log.info("all workers anew")
            if await self._collected():
                for slot in self._slots:
                    if not await self._replace(slot):
                        log.warning("the new worker does not serve: the old ones stay", slot=slot.number)
                        break
                else:
                    log.info("all workers are new")

    async def _collected(self) -> bool:
        """Put what the new workers' pages name into place: they may be of a newer version."""
        command = (sys.executable, "-m", "deliberate", "collectstatic", "--verbosity", "0", "--no-input")
        done = await (await asyncio.create_subprocess_exec(*command)).wait() == 0
        if not done:
            log.warning("static files were not collected: the old workers stay")
        return done

    async def _replace(self, slot: Slot) -> bool:
        new = await self._start(slot)
        try:
            if not await new.serves(START_S):
                return False
            old, slot.worker = slot.worker, new
            self._spawn(self._mind(slot, new))
        finally:
            if slot.worker is not new:
                new.send(signal.SIGKILL)
        log.info("a worker serves", slot=slot.number, pid=new.process.pid)
        if old is not None:
            self._going.add(old)
            await old.end()
            self._going.discard(old)
        return True


def sockets(host: str, port: int, count: int) -> list[socket.socket]:
    """A socket a worker on the same port, so that the kernel spreads phones evenly; where it can't, one for all."""
    alone = listen(host, port)  # fails where anybody else listens there; the shared ones would not
    if sys.platform != "linux":
        return [alone] * count
    alone.close()
    return [listen(host, port, shared=True) for _number in range(count)]


def serve(host: str, port: int, *, count: int, server: str, ready: Callable[[], None]) -> None:
    """Serve with so many processes until told to end."""

    async def run() -> None:
        await Workers(host, port, count, server).run(ready)

    asyncio.run(run())
