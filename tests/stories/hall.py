"""A hall of people, each in a browser of their own, with scripts or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Error, Locator, Page, ViewportSize, expect

from deliberate.roles import CAPTIONER, DRAFTER, MODERATOR, PARTICIPANT, WALL
from tests.service import Service
from tests.stories.browser import LAPTOP, PATIENCE_MS, Eye
from tests.stories.stage import Hand, go_on


@dataclass
class Hall:
    """Everybody, each in a browser of their own: the wall, three who lead, and the people."""

    browser: Browser
    service: Service
    scripts: bool
    eyes: list[Eye] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    others: list[Hand] = field(default_factory=list)

    def fill(self, others: int) -> None:
        """So many sit there without a browser, from now on."""
        while len(self.others) < others:
            self.others.append(Hand(self.service.links[PARTICIPANT]))

    def window(self, who: str, size: ViewportSize) -> Page:
        """A browser of somebody's own, that is watched."""
        context = self.browser.new_context(viewport=size, java_script_enabled=self.scripts)
        context.set_default_timeout(PATIENCE_MS)
        self.eyes.append(Eye(context, self.service.url))
        self.pages[who] = context.new_page()
        return self.pages[who]

    def look(self, who: str) -> Page:
        """What somebody's page shows now."""
        page = self.pages[who]
        if not self.scripts:
            try:
                page.reload()
            except Error as cut:
                if "ERR_ABORTED" not in cut.message:
                    raise
                page.reload()  # the page came anew by itself in that moment
        return page

    def go(self, who: str, screen: str) -> Page:
        """Another screen of somebody's."""
        page = self.pages[who]
        # At Now stands, too, that a poll is open.
        link = page.get_by_role("navigation", name="Screens").get_by_role("link", name=re.compile(rf"^{screen}\b"))
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        return page


@contextmanager
def seated(browser: Browser, service: Service, *, scripts: bool) -> Iterator[Hall]:
    """The wall and those who lead have taken their seats. Afterwards no page may have complained or asked elsewhere."""
    found = Hall(browser, service, scripts)
    for role in (WALL, MODERATOR, CAPTIONER, DRAFTER):
        page = found.window(role, LAPTOP)
        page.goto(service.links[role])
        go_on(page)
    yield found
    for page in found.pages.values():
        page.context.close()
    assert [wrong for eye in found.eyes for wrong in eye.wrong] == []


def scene(hall: Hall, name: str) -> Locator:
    """The wall shows this scene and no other."""
    showing = hall.look(WALL).locator(f"main > .scene.{name}:visible")
    expect(showing).to_be_visible()
    expect(showing.page.locator(f"main > .scene:visible:not(.queueing, .{name})")).to_have_count(0)
    return showing


def unfold(place: Page | Locator, summary: str) -> None:
    """Open a detail, where it isn't open yet."""
    closed = place.locator("details:not([open]) > summary", has_text=summary)
    if closed.count():
        closed.click()
