"""Whoever comes by leaves no address, no user agent and no referrer: not in the database, not in a log, not on the terminal."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import websockets

from tests import traces
from tests.service import Service, running

#: On Linux the whole of 127.0.0.0/8 is this machine: an address of our own that nothing else would write down.
ADDRESS = "127.0.0.77" if sys.platform == "linux" else "127.0.0.1"
MARKS = {
    "User-Agent": "Quagga/7.7 (marked)",
    "Referer": "https://quagga-referrer.example/page",
    "X-Forwarded-For": "192.0.2.199",
    "X-Real-IP": "192.0.2.198",
    "Forwarded": "for=192.0.2.197",
    "Via": "1.1 quagga-proxy",
}
WORDS = ["Quagga/7.7", "quagga-referrer", "192.0.2.19", "quagga-proxy", "127.0.0.77"]


@pytest.fixture(params=["0", "1"], ids=["no proxy", "behind a proxy"])
def service(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Service]:
    with running(tmp_path, LOG_LEVEL="DEBUG", TRUSTED_PROXIES=request.param) as found:
        yield found


@pytest.fixture
def browser(service: Service) -> Iterator[httpx.Client]:
    transport = httpx.HTTPTransport(local_address=ADDRESS)
    with httpx.Client(
        base_url=service.url, headers=MARKS, transport=transport, follow_redirects=True, timeout=30
    ) as found:
        yield found


async def _over_the_socket(service: Service, base: str, cookie: str) -> None:
    headers = {**MARKS, "Cookie": f"seat={cookie}", "Origin": service.url}
    headers.pop("User-Agent")
    async with websockets.connect(
        service.url.replace("http", "ws") + base + "live",
        additional_headers=headers,
        user_agent_header=MARKS["User-Agent"],
        local_addr=(ADDRESS, 0),
        proxy=None,
    ) as socket:
        for frame in ('{"beat": 1}', "nonsense", json.dumps({"do": "no.such", "with": {}, "id": "a-marked-act"})):
            await socket.send(frame)
            await socket.recv()


def test_nothing_of_the_device_or_the_way_is_written_down(
    service: Service, browser: httpx.Client, tmp_path: Path
) -> None:
    own = {"Origin": service.url}
    page = browser.get(service.links["participant"])
    room = browser.post(page.url, data={"name": "Ann", "place": "hall"}, headers=own)
    base = room.url.path
    assert browser.post(f"{base}do/seats.rename", data={"place": "moon"}, headers=own).status_code == 422
    assert browser.post(f"{base}do/seats.pair").status_code == 403, "the marked referrer is a foreign page"
    assert browser.get("/join/ZZZZZZ/").status_code == 404
    assert browser.get("/in/forged/").status_code == 404
    assert browser.get("/nowhere/").status_code == 404
    assert browser.post("/desk/login/", data={"username": "a", "password": "b"}, headers=own).status_code == 422
    with browser.stream("GET", f"{base}stream", headers={"X-Watch": '{"seats.presence": ""}'}) as stream:
        next(stream.iter_text())
    cookie = next(one.value for one in browser.cookies.jar if one.name == "seat")
    asyncio.run(_over_the_socket(service, base, str(cookie)))
    with pytest.raises(websockets.ConnectionClosed):
        asyncio.run(_over_the_socket(service, base, "forged"))
    service.process.terminate()
    assert service.process.stdout is not None
    said = service.process.stdout.read()
    assert [word for word in WORDS if word in said or traces.files_with(word, tmp_path)] == []
    assert traces.files_with("Ann", tmp_path), "the search finds what is stored"
