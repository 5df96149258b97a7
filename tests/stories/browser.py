"""Sizes of screens, and an eye on what no page may do."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, ViewportSize, expect

PHONE = ViewportSize(width=390, height=844)
SMALLEST = ViewportSize(width=320, height=640)
TABLET = ViewportSize(width=820, height=1180)
LAPTOP = ViewportSize(width=1280, height=800)
#: How long a story waits for what must come: other tests may keep the machine busy.
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


class Eye:
    """Watches every page of a context: `wrong` is what any of them said on its console, failed at, or asked of others."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = home
        self.wrong: list[str] = []
        context.on("console", self._said)
        context.on("request", self._asked)
        context.on("weberror", lambda failure: self.wrong.append(f"script: {failure.error}"))

    def _said(self, message: ConsoleMessage) -> None:
        # A page that tells of an error is answered with its status, and the browser says so.
        own_status = message.page is not None and message.location["url"] == message.page.url
        if message.type in ("error", "warning") and not (own_status and "status of 4" in message.text):
            self.wrong.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.home}/", "data:")):
            self.wrong.append(f"request: {request.url}")
