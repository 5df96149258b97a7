"""Ways out of a room, in a real browser: erased, revoked, by Exit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.service import Service


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=request.param)
    yield context
    context.close()


def sit(context: BrowserContext, link: str, screen: str) -> Page:
    """Join by a link and open a screen."""
    page = context.new_page()
    page.goto(link)
    page.locator("main form button").click()
    page.goto(page.url + screen)
    return page


def seats(context: BrowserContext) -> list[str]:
    return [cookie["name"] for cookie in context.cookies() if cookie["name"] == "seat"]


def test_who_erases_themselves_is_told_so_and_keeps_nothing(service: Service, phone: BrowserContext) -> None:
    page = sit(phone, service.links["participant"], "you/")
    page.get_by_label("Yes, erase me").check()
    page.get_by_role("button", name="Erase me").click()
    expect(page.get_by_role("heading", name="You are erased")).to_be_visible()
    assert seats(phone) == []


def test_erasing_asks_once_more(service: Service, phone: BrowserContext) -> None:
    page = sit(phone, service.links["participant"], "you/")
    page.get_by_role("button", name="Erase me").click()
    expect(page.get_by_role("heading", name="You", exact=True)).to_be_visible()
    assert seats(phone) == ["seat"]


def test_exit_leaves_at_once_for_a_neutral_page_and_nothing_leads_back(service: Service, phone: BrowserContext) -> None:
    page = sit(phone, service.links["participant"], "you/")
    page.get_by_role("link", name="Exit").click()
    expect(page.get_by_role("heading", name="Notes")).to_be_visible()
    assert page.url == f"{service.url}/blank/"
    assert seats(phone) == []
    page.go_back()
    assert page.get_by_role("heading", name="You", exact=True).count() == 0


def test_whose_link_is_revoked_is_out_at_once_and_reads_why(service: Service, browser: Browser) -> None:
    first, second = browser.new_context(), browser.new_context()
    mine = sit(first, service.links["host"], "links/")
    mine.get_by_label("For", exact=True).select_option("host")
    mine.get_by_role("button", name="Make the link").click()
    link = mine.locator("textarea[id^=address]").last.input_value()
    theirs = sit(second, link, "")
    expect(theirs.get_by_text("live", exact=True)).to_be_visible()
    mine.locator("summary", has_text="Revoke (Host)").click()
    mine.get_by_role("button", name="Revoke this link (Host)").click()
    expect(theirs.get_by_role("heading", name="Your link was revoked")).to_be_visible()
    assert seats(second) == []
    first.close()
    second.close()
