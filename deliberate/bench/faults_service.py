"""The service that is put to the test, and what it stands on: everything that a fault can take away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from deliberate.bench import machine
from deliberate.bench.crew import PACE
from deliberate.bench.product import Product, ended, ready
from deliberate.bench.servers import postgres, redis
from deliberate.bench.servers.guarded import free_port, new_folder, plain_user

MINDED = ("/bin/sh", str(Path(__file__).with_name("servers") / "minded.sh"))
#: A disk of its own that can be filled: room for what a run stores, and PostgreSQL's journal kept small beside it.
DISK_BYTES = 600 * 2**20
SMALL_JOURNAL = {"max_wal_size": "96MB", "min_wal_size": "32MB"}
FAKETIME = tuple(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Disk:
    """A folder on a disk of its own, where we may mount one; else a plain folder that can't be filled."""

    def __init__(self) -> None:
        self.folder = new_folder("deliberate-disk-", plain_user())
        mount, size = shutil.which("mount"), f"size={DISK_BYTES},mode=755"
        asked = [mount or "", "-t", "tmpfs", "-o", size, "tmpfs", str(self.folder)]
        self.own = mount is not None and subprocess.run(asked, capture_output=True).returncode == 0
        self.folder.chmod(0o755)
        (self.folder / "data").mkdir(mode=0o700)

    def fill(self) -> None:
        """Leave not one byte."""
        with (self.folder / "ballast").open("ab", buffering=0) as ballast:
            with contextlib.suppress(OSError):
                space = os.statvfs(self.folder)
                os.posix_fallocate(ballast.fileno(), 0, space.f_bavail * space.f_frsize)
            with contextlib.suppress(OSError):
                while ballast.write(bytes(4096)):
                    pass

    def free(self) -> None:
        (self.folder / "ballast").unlink(missing_ok=True)

    def gone(self) -> None:
        if self.own:
            subprocess.run([shutil.which("umount") or "", "--lazy", str(self.folder)], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass
class Service(Product):
    """The product with a port that stays, so that it may be killed and come back. `clock`: a file that says by how much its
    clock is off."""

    server: str = "uvicorn"
    port: int = 0
    clock: Path | None = None

    def served_by(self) -> list[int]:
        """The processes that hold phones."""
        if self.workers == 1:
            return [self.pid]
        found = []
        for pid in machine.family(self.pid):
            with contextlib.suppress(OSError):
                if b"deliberate.shell.worker" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    found.append(pid)
        return found

    async def _served(self) -> None:
        self.port = self.port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        words = [sys.executable, "-m", "deliberate", "serve", "--port", str(self.port)]
        words += [] if self.pid else ["--migrate"]
        words += ["--server", self.server, "--workers", str(self.workers)]
        with (self.folder / "server.log").open("a") as log:
            self._process = subprocess.Popen(  # noqa: ASYNC220
                words, env=self.settings() | self._clock(), stdout=log, stderr=log
            )
        self.pid = self._process.pid
        await ready(self.url + "/ready", self._process, self.folder / "server.log")

    def _clock(self) -> dict[str, str]:
        if self.clock is None:
            return {}
        self.clock.write_text("+0\n")
        kept = {"FAKETIME_TIMESTAMP_FILE": str(self.clock), "FAKETIME_CACHE_DURATION": "1"}
        return kept | {"LD_PRELOAD": str(FAKETIME[0]), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}

    async def again(self, clock: Path | None) -> None:
        """Ended gently and started anew."""
        await asyncio.to_thread(ended, self._process)
        self.clock = clock
        await self._served()

    async def kill(self, pid: int) -> None:
        """Kill -9. What is above a worker starts another; nobody is above a single process but us."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        await self.back()

    async def back(self) -> None:
        """All its processes serve again."""
        if self.workers == 1 and await asyncio.to_thread(self._over):
            await self._served()
        for _look in range(1200):
            if len(self.served_by()) >= self.workers:
                return
            await asyncio.sleep(0.05)

    def _over(self) -> bool:
        try:
            self._process.wait(0.5)
        except subprocess.TimeoutExpired:
            return False
        return True

    def said(self) -> str:
        """Its log."""
        return (self.folder / "server.log").read_text(errors="replace")


class Below:
    """What the service stands on. `folder`: that of a server under minded.sh."""

    def __init__(self, disk: Disk, database: str, redis_url: str) -> None:
        self.disk, self.database, self.redis_url = disk, database, redis_url

    def environment(self) -> dict[str, str]:
        kept = PACE | {"DATA_DIR": str(self.disk.folder / "data"), "LOG_LEVEL": "INFO"}
        return kept | ({"DATABASE_URL": self.database, "REDIS_URL": self.redis_url} if self.database else {})

    async def postgres_away(self, seconds: float) -> None:
        """PostgreSQL is stopped in immediate mode, as by a power cut, and comes back after so long."""
        data = await asyncio.to_thread(self._data)
        held = data.parent / "held"
        held.touch()
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        await asyncio.sleep(seconds)
        held.unlink()
        await self.postgres_back()

    def _data(self) -> Path:
        import psycopg

        with psycopg.connect(self.database) as link:
            row = link.execute("show data_directory").fetchone()
            assert row is not None
            return Path(row[0])

    async def postgres_back(self) -> None:
        """Wait until it takes connections."""
        import psycopg

        end = time.monotonic() + 60
        while time.monotonic() < end:
            with contextlib.suppress(psycopg.Error):
                await asyncio.to_thread(lambda: psycopg.connect(self.database, connect_timeout=2).close())
                return
            await asyncio.sleep(0.05)

    async def redis_away(self, seconds: float) -> None:
        """Redis is killed, and comes back, empty, after so long."""
        from redis import Redis

        port = urlsplit(self.redis_url).port or 6379
        with contextlib.closing(Redis(port=port)) as link:
            folder = Path(str(link.config_get("dir")["dir"]))
            pid = int(link.info("server")["process_id"])
        (folder / "held").touch()
        os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(seconds)
        (folder / "held").unlink()
        end = time.monotonic() + 30
        while time.monotonic() < end:
            with contextlib.suppress(Exception), contextlib.closing(Redis(port=port)) as link:
                link.ping()
                return
            await asyncio.sleep(0.05)

    async def redis_emptied(self) -> None:
        """All that it held is gone, and every line to it cut."""
        from redis import Redis

        with contextlib.closing(Redis(port=urlsplit(self.redis_url).port or 6379)) as link:
            link.flushall()
            for kind in ("normal", "pubsub"):
                link.client_kill_filter(_type=kind, skipme=True)


@contextlib.contextmanager
def below(several: bool) -> Iterator[Below]:
    """SQLite alone, or PostgreSQL and Redis; data on a disk of its own where we may mount one."""
    disk = Disk()
    try:
        with contextlib.ExitStack() as running:
            if not several:
                yield Below(disk, "", "")
                return
            database = running.enter_context(postgres(place=disk.folder, around=MINDED, more=SMALL_JOURNAL))
            yield Below(disk, database, running.enter_context(redis(around=MINDED)))
    finally:
        disk.gone()
