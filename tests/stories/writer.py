"""A drafter who writes in a browser, at the same time as others."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.stories.browser import Eye
from tests.stories.stage import sit


class Writer:
    """Somebody who has the pad of the one clause open."""

    def __init__(self, context: BrowserContext, link: str) -> None:
        self.eye = Eye(context, "/".join(link.split("/")[:3]))
        self.page: Page = sit(context, link)
        self.page.locator("summary", has_text="Reword").click()
        self.field: Locator = self.page.get_by_label("Wording of clause 1")
        expect(self.page.locator("form.live")).to_be_visible()
        self.name = self.page.locator("[data-told]").inner_text().removeprefix("You write here as ").rstrip(".")

    def cursor(self) -> Locator:
        return self.page.locator(".mirror .caret")

    def to_the(self, end: str) -> None:
        self.field.press(f"Control+{end}")

    def reads(self, words: str) -> None:
        expect(self.field).to_have_value(words)
        expect(self.page.locator("[data-state]")).to_contain_text("Kept.")
