"""Two drafters write one clause at the same time, each in a browser of their own; a phone reads along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, ViewportSize, expect

from tests.service import Service, running
from tests.stories.browser import LAPTOP, PHONE, Eye
from tests.stories.stage import Hand, new_room, sit

TABLET = ViewportSize(width=820, height=1180)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("drafting"), LIVE_TICK_S="0.02", LIMIT_FACTOR="1000") as found:
        yield found


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


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


def test_two_write_one_clause_at_the_same_time_and_a_phone_reads_it(links: dict[str, str], chromium: Browser) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="We ask for peace.")
    laptop, tablet = chromium.new_context(viewport=LAPTOP), chromium.new_context(viewport=TABLET, has_touch=True)
    hall = chromium.new_context(viewport=PHONE)
    reader = sit(hall, links["participant"], "text/")
    ann, ben = Writer(laptop, links["drafter"]), Writer(tablet, links["drafter"])
    ann.to_the("Home")
    ben.to_the("End")
    for one, other in zip("Today: ", " And for bread.", strict=False):
        ann.field.press_sequentially(one)
        ben.field.press_sequentially(other)
    ben.field.press_sequentially(" And for bread."[7:])
    whole = "Today: We ask for peace. And for bread."
    ann.reads(whole)
    ben.reads(whole)
    expect(ann.cursor()).to_have_text(ben.name)
    expect(ben.cursor()).to_have_text(ann.name)
    expect(reader.locator(".clause .text")).to_have_text(whole)
    assert ann.eye.wrong == ben.eye.wrong == []
    for each in (laptop, tablet, hall):
        each.close()
