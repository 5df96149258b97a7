"""What a phone fetches before its owner is in the room: small, and in few requests."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, CDPSession, expect

from tests.service import Service
from tests.stories.browser import PHONE

MOST_BYTES = 60_000
#: The line included. The welcome page, with what it needs and two redirects, comes before the room.
MOST_REQUESTS, MOST_FROM_THE_CODE = 6, 9


class Fetched:
    """What a page asked for over the network, with the bytes that came: compressed, with headers, redirects too; and the
    bytes that came over its lines, which count as a request each."""

    def __init__(self, network: CDPSession) -> None:
        self.bytes: dict[str, int] = {}
        self.lines = self.line = 0
        self._names: dict[str, str] = {}
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.requestServedFromCache", self._kept)
        network.on("Network.loadingFinished", self._came)
        network.on("Network.webSocketCreated", self._opened)
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

    def _opened(self, _event: Any) -> None:
        self.lines += 1

    def _heard(self, event: Any) -> None:
        self.line += len(event["response"]["payloadData"].encode())

    @property
    def requests(self) -> int:
        return len(self.bytes) + self.lines

    @property
    def weight(self) -> int:
        return sum(self.bytes.values()) + self.line


def loaded(context: BrowserContext, address: str, *, join: bool) -> Fetched:
    """All that came until the line lives."""
    page = context.new_page()
    fetched = Fetched(context.new_cdp_session(page))
    page.goto(address)
    if join:
        page.get_by_role("button", name="Join").click()
    expect(page.get_by_text("live", exact=True)).to_be_visible()
    assert fetched.lines == 1
    return fetched


def test_a_phone_is_in_the_room_with_under_60_kb_in_6_requests(service: Service, chromium: Browser) -> None:
    """First from the address in the QR code; then with that seat, but with nothing kept from before."""
    first = chromium.new_context(viewport=PHONE)
    way_in = loaded(first, service.links["participant"], join=True)
    assert way_in.weight < MOST_BYTES
    assert way_in.requests <= MOST_FROM_THE_CODE
    again = chromium.new_context(viewport=PHONE, storage_state=first.storage_state())
    room = loaded(again, first.pages[0].url, join=False)
    assert room.weight < MOST_BYTES
    assert room.requests <= MOST_REQUESTS
    first.close()
    again.close()
