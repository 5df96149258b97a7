"""Both servers keep the same promises: bodies bounded, nothing logged of who asks, and a gentle end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import httpx
import pytest
import websockets

from deliberate.bench.servers.guarded import free_port
from deliberate.rehearsal.phone import Door
from deliberate.shell.server import LONGEST_BODY, SERVERS
from tests.service import ROOT, Service, bare, event_of, start


@pytest.fixture(scope="module", params=SERVERS)
def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    links = event_of(folder, {})
    command = partial(start, ["serve", "--server", request.param], folder, port)
    found = Service(command, port, folder / "log")
    try:
        found.wait()
        found.links = {role: url.replace("http://localhost:8000", found.url) for role, url in links.items()}
        yield found
    finally:
        found.stop()


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_without_end_is_not_taken(service: Service, announced: bool) -> None:
    piece, sent = b"x" * 65_536, 0
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as line:
        length = b"Content-Length: 400000000" if announced else b"Transfer-Encoding: chunked"
        line.sendall(b"POST /join/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + length + b"\r\n\r\n")
        try:
            while sent < 20 * LONGEST_BODY:
                line.sendall(piece if announced else b"10000\r\n" + piece + b"\r\n")
                sent += len(piece)
            pytest.fail("all of it was taken")
        except ConnectionError:
            pass
    service.wait()


def test_a_body_that_is_too_long_is_told_so_and_one_that_fits_is_read(service: Service) -> None:
    assert httpx.post(f"{service.url}/join/", content=b"x" * (LONGEST_BODY + 1)).status_code == 413
    assert httpx.post(f"{service.url}/join/", content=b"code=" + b"x" * 100_000).status_code != 413


def test_what_a_caller_claims_of_itself_is_not_believed_and_the_server_says_no_version(service: Service) -> None:
    claims = {"X-Forwarded-For": "192.0.2.77", "X-Forwarded-Proto": "https", "User-Agent": "somebody"}
    for _ask in range(2):
        answer = httpx.get(f"{service.url}/join/", headers=claims)
        assert answer.headers["server"] == "deliberate"
    # An address that is not this machine's reads no counters: had the claim been believed, its host would be a stranger's.
    assert httpx.get(f"{service.url}/metrics").status_code == 200
    said = service.log.read_text()
    assert not [word for word in ("192.0.2.77", "127.0.0.1", "somebody", "/join/") if word in said]


async def test_told_to_end_it_tells_its_phones_to_come_back_and_ends(service: Service) -> None:
    door = Door(service.url)
    member = await door.join(service.links["participant"])
    headers = {"Cookie": f"seat={member.cookie}", "Origin": service.url}
    url = service.url.replace("http", "ws") + member.base + "live"
    async with websockets.connect(url, additional_headers=headers, proxy=None) as line:
        await line.send(json.dumps({"watch": {"floor.queue": ""}}))
        await line.recv()
        service.process.send_signal(signal.SIGTERM)
        frames = []
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                frames.append(json.loads(await line.recv()))
        assert frames[-1:] == [{"end": "restart"}]
        assert line.close_code == 1012
    await door.close()
    assert await asyncio.to_thread(service.process.wait, 15) == 0
    assert "Traceback" not in service.log.read_text()


def test_a_process_holds_neither_the_other_server_nor_what_draws_pdfs_until_asked() -> None:
    """They are a third of its memory, and of the time it takes to start."""
    loaded = "deliberate.asgi, deliberate.urls, deliberate.shell.with_uvicorn"
    begin = f"import django; django.setup(); import sys, {loaded}; print(*sys.modules)"
    held = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", begin], cwd=ROOT, check=True, capture_output=True, text=True,
        env={**bare(), "DJANGO_SETTINGS_MODULE": "tests.settings"},
    )  # fmt: skip
    assert "deliberate.urls" in held.stdout.split()
    assert not {"daphne", "twisted.internet.reactor", "fpdf", "fontTools"} & set(held.stdout.split())
