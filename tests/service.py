"""A whole service in processes of its own, as a person would start it, for tests from outside."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import httpx

from deliberate.bench.servers.guarded import free_port
from deliberate.shell.server import DEFAULT

ROOT = Path(__file__).parent.parent
#: Under what the services run whose tests do not ask for one or for both.
SERVER = os.environ.get("TEST_SERVER", DEFAULT)


class Service:
    """A running `deliberate demo`, or a process of `deliberate serve`: where it is, its links, and its log."""

    def __init__(self, begin: Callable[[], subprocess.Popen[str]], port: int, log: Path) -> None:
        self.process, self.port, self.log = begin(), port, log
        self.links: dict[str, str] = {}
        self._begin = begin
        self.url = f"http://127.0.0.1:{port}"

    def find_links(self) -> None:
        """Wait for the six links that a demo prints."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            role, _colon, url = line.strip().partition(": ")
            if url.startswith("http://"):
                self.links[role] = url
            if "host" in self.links:
                return
        raise AssertionError(f"the demo did not start: {self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()
        self._close()

    def kill(self) -> None:
        """As a pulled plug would: no goodbye."""
        self.process.kill()
        self.process.wait(5)
        self._close()

    def restart(self) -> None:
        """Once more where it was, with what it left."""
        self.process = self._begin()
        self.wait()

    def wait(self, within_s: float = 120) -> None:
        """Until it is ready."""
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            try:
                if httpx.get(self.url + "/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"it did not get ready: {self.log.read_text()[-3000:]}")

    def _close(self) -> None:
        assert self.process.stdout is not None
        self.process.stdout.close()


def bare() -> dict[str, str]:
    """This process's environment without the storage and the settings that the tests themselves may be using."""
    own = ("DATABASE_URL", "REDIS_URL", "DATA_DIR", "DJANGO_SETTINGS_MODULE")
    return {name: value for name, value in os.environ.items() if name not in own}


def start(arguments: list[str], data: Path, port: int, **environment: str) -> subprocess.Popen[str]:
    """`deliberate ...` in a process of its own, its errors in data/log."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "deliberate", *arguments, "--port", str(port), "--data", str(data)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**bare(), "PYTHONWARNINGS": "default", **environment},
        )


def demo(
    data: Path, arguments: tuple[str, ...] = (), port: int = 0, environment: dict[str, str] | None = None
) -> Service:
    """Start a demo and wait for its six links."""
    port = port or free_port()
    environment = environment or {}
    service = Service(lambda: start(["demo", *arguments], data, port, **environment), port, data / "log")
    service.find_links()
    return service


@cache
def _left() -> tempfile.TemporaryDirectory[str]:
    """A data folder as a demo leaves it that was started once and stopped."""
    folder = tempfile.TemporaryDirectory(prefix="deliberate-left-")
    demo(Path(folder.name)).stop()
    return folder


@contextmanager
def running(data: Path, server: str = SERVER, **environment: str) -> Iterator[Service]:
    """A demo that comes back: what its first start takes to store is stored once for all of them."""
    shutil.copytree(_left().name, data, dirs_exist_ok=True, ignore=shutil.ignore_patterns("log"))
    service = demo(data, ("--server", server), environment=environment)
    try:
        yield service
    finally:
        service.stop()


def event_of(data: Path, shared: dict[str, str]) -> dict[str, str]:
    """Bring a deployment's database up to date and make an event in it: its six links."""
    environment = {**bare(), **shared, "DATA_DIR": str(data)}
    run = [sys.executable, "-m", "deliberate"]
    subprocess.run([*run, "migrate", "--verbosity", "0"], cwd=ROOT, env=environment, check=True)
    made = subprocess.run(
        [*run, "event", "A meeting", "--group", "Youth"],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return dict(line.split(": ", 1) for line in made.stdout.splitlines() if ": http" in line)


def _shared(database: str, redis: str, more: dict[str, str]) -> dict[str, str]:
    return {"DATABASE_URL": database, "REDIS_URL": redis, "SECRET_KEY": "a-key-for-tests-" + "x" * 40, **more}


@contextmanager
def workers(count: int, data: Path, database: str, redis: str, **more: str) -> Iterator[list[Service]]:
    """`count` processes of `deliberate serve` behind one PostgreSQL and one Redis, with an event of six links."""
    shared = _shared(database, redis, more)
    links = event_of(data, shared)
    services: list[Service] = []
    try:
        for number in range(count):
            port, folder = free_port(), data / str(number)
            services.append(Service(partial(start, ["serve"], folder, port, **shared), port, folder / "log"))
            for role, url in links.items():
                services[-1].links[role] = url.replace("http://localhost:8000", services[-1].url)
        for service in services:
            service.wait()
        yield services
    finally:
        for service in services:
            service.stop()


@contextmanager
def several(count: int, server: str, data: Path, database: str, redis: str, **more: str) -> Iterator[Service]:
    """`deliberate serve --workers`: so many processes on one port, with an event of six links."""
    shared, port = _shared(database, redis, more), free_port()
    links = event_of(data, shared)
    command = ["serve", "--workers", str(count), "--server", server]
    service = Service(partial(start, command, data, port, **shared), port, data / "log")
    try:
        assert service.process.stdout is not None
        said = service.process.stdout.readline()
        assert said == f"serving on port {port} with {count} workers\n", service.log.read_text()
        service.links |= {role: url.replace("http://localhost:8000", service.url) for role, url in links.items()}
        yield service
    finally:
        service.stop()
