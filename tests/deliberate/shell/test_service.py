"""The running service: who reads its counters, how much it takes in, and what it deletes by itself."""

from __future__ import annotations

import socket
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest

from deliberate.shell.server import LONGEST_BODY
from tests.service import Service, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("service")


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    with running(folder, PURGE_EVERY_S="1") as found:
        yield found


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"X-Forwarded-For": "192.0.2.7"}, 404),
        ({"Forwarded": "for=192.0.2.7"}, 404),
        ({"Via": "1.1 tunnel"}, 404),
        ({"Host": "plenary.example.org"}, 404),
    ],
)
def test_counters_are_read_on_this_machine_and_not_through_a_proxy_on_it(
    service: Service, headers: dict[str, str], status: int
) -> None:
    assert httpx.get(f"{service.url}/metrics", headers=headers).status_code == status


def test_a_foreign_name_reads_nothing(service: Service) -> None:
    assert httpx.get(f"{service.url}/join/", headers={"Host": "rebound.test"}).status_code == 400


def resident_kb(service: Service) -> int:
    status = Path(f"/proc/{service.process.pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def endless(service: Service, announced: bool) -> None:
    """Send a body that is larger than any that is taken, until the service hangs up."""
    piece, sent = b"x" * 65_536, 0
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
        length = b"Content-Length: 400000000" if announced else b"Transfer-Encoding: chunked"
        line.sendall(b"POST /join/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + length + b"\r\n\r\n")
        with suppress(ConnectionError):
            while sent < 20 * LONGEST_BODY:
                line.sendall(piece if announced else b"10000\r\n" + piece + b"\r\n")
                sent += len(piece)
            pytest.fail("all of it was taken")


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_without_end_is_hung_up_on_and_not_held(service: Service, announced: bool) -> None:
    endless(service, announced)  # what a first one brings into memory for good is not what is held of it
    before = resident_kb(service)
    for _body in range(3):
        endless(service, announced)
    assert resident_kb(service) - before < 4 * LONGEST_BODY // 1024
    service.wait()  # a busy machine may need more than one answer's time


def test_an_event_past_its_day_is_deleted_though_nobody_restarts_the_service(service: Service, folder: Path) -> None:
    with closing(sqlite3.connect(folder / "deliberate.sqlite3", timeout=20)) as rows:
        rows.execute("update rooms_event set retention_until = '2020-01-01'")
        rows.commit()
        for _attempt in range(100):
            if rows.execute("select count(*) from rooms_event").fetchone() == (0,):
                break
            time.sleep(0.1)
        assert rows.execute("select count(*) from rooms_event").fetchone() == (0,)
        assert rows.execute("select count(*) from rooms_seat").fetchone() == (0,)
