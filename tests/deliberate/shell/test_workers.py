"""Several processes on one machine: what is refused before any starts. The story of a room on them: stories/test_rolling.py."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from deliberate.bench.servers.guarded import free_port
from deliberate.shell.workers import sockets
from tests.service import start

PLACES = 4


@pytest.mark.parametrize(
    ("environment", "lacks"),
    [
        ({}, "Several workers need PostgreSQL"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:9/none", "SECRET_KEY": "x" * 50}, "Several workers need Redis"),
    ],
)
def test_several_workers_without_what_they_need_are_refused_in_words(
    tmp_path: Path, environment: dict[str, str], lacks: str
) -> None:
    assert lacks in ends_at_once(["serve", "--workers", "2"], tmp_path, free_port(), environment)


def ends_at_once(arguments: list[str], data: Path, port: int, environment: dict[str, str]) -> str:
    """What it says where it does not start."""
    process = start(arguments, data, port, **environment)
    assert process.stdout is not None
    with process.stdout:
        assert process.wait(60) == 1
    return (data / "log").read_text()


@pytest.mark.parametrize("count", ["0", "-1", "two", "100000", ""])
def test_a_number_of_workers_that_is_none_is_refused(count: str) -> None:
    with pytest.raises(CommandError, match="no number of processes"):
        call_command("serve", f"--workers={count}")


def test_a_port_that_others_listen_on_is_refused_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            sockets("127.0.0.1", port, 2)
        said = ends_at_once(["serve", "--migrate"], tmp_path, port, {})
    assert f"Port {port} on 127.0.0.1 can't be used" in said


def test_so_does_another_deployment_that_would_share_it() -> None:
    port = free_port()
    ours = sockets("127.0.0.1", port, 2)
    with pytest.raises(OSError, match="in use"):
        sockets("127.0.0.1", port, 2)
    for each in ours:
        each.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere all share one socket")
def test_each_worker_has_a_socket_of_its_own_and_all_get_their_share() -> None:
    ours = sockets("127.0.0.1", free_port(), PLACES)
    callers = [socket.create_connection(ours[0].getsockname()) for _number in range(50 * PLACES)]
    shares = []
    for each in ours:
        share = 0
        try:
            while True:
                each.accept()[0].close()
                share += 1
        except BlockingIOError:
            shares.append(share)
    assert sum(shares) == len(callers)
    assert min(shares) > 15
    for each in [*callers, *ours]:
        each.close()
