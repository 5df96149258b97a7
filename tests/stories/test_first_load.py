"""What a phone fetches before its owner is in the room: small, and in few requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, expect

from tests.service import Service, running
from tests.stories.browser import PHONE

MOST_BYTES, MOST_REQUESTS = 60_000, 12


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("load")) as found:
        yield found


class Fetched:
    """What a page asked for over the network, with the bytes that came: compressed, with headers, redirects too; and the
    bytes that came over its line."""

    def __init__(self, network: CDPSession) -> None:
        self.bytes: dict[str, int] = {}
        self.line = 0
        self._names: dict[str, str] = {}
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.requestServedFromCache", self._kept)
        network.on("Network.loadingFinished", self._came)
        network.on("Network.webSocketFrameReceived", self._heard)
        network.send("Network.enable")

    def _asked(self, event: Any) -> None:
        if moved := event.get("redirectResponse"):
            self.bytes[f"{moved['status']} {moved['url']}"] = int(moved["encodedDataLength"])
        self._names[event["requestId"]] = event["request"]["url"]

    def _kept(self, event: Any) -> None:
        del self._names[event["requestId"]]

    def _came(self, event: Any) -> None:
        if event["requestId"] in self._names:
            self.bytes[self._names[event["requestId"]]] = int(event["encodedDataLength"])

    def _heard(self, event: Any) -> None:
        self.line += len(event["response"]["payloadData"].encode())


def test_the_way_into_the_room_is_under_60_kb_in_12_requests(service: Service, chromium: Browser) -> None:
    """From the address in the QR code to the first screen with its line open."""
    context = chromium.new_context(viewport=PHONE)
    page = context.new_page()
    fetched = Fetched(context.new_cdp_session(page))
    page.goto(service.links["participant"])
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    assert sum(fetched.bytes.values()) + fetched.line < MOST_BYTES
    assert len(fetched.bytes) <= MOST_REQUESTS
    context.close()
