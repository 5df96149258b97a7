"""The ways in and out in one browser: six links side by side, coming back, a second device, and Exit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deliberate.roles import PARTICIPANT, ROLES
from tests import servers
from tests.service import Service
from tests.stories.browser import PATIENCE_MS, PHONE
from tests.stories.stage import sit

#: What the first page of each role says.
SAYS = {
    "participant": "What would you add?",
    "moderator": "Proposed next",
    "captioner": "What is being said",
    "drafter": "A new clause",
    "wall": "Join with your phone.",
    "host": "How people are protected",
}


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def browser(chromium: Browser, scripts: bool) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=scripts)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def again(chromium: Browser, closed: BrowserContext, *, scripts: bool) -> BrowserContext:
    """The same browser after it was closed and opened: what it kept is all that is left."""
    kept = closed.storage_state()
    closed.close()
    return chromium.new_context(viewport=PHONE, java_script_enabled=scripts, storage_state=kept)


def name_on(page: Page) -> str:
    """The name of whose seat this is."""
    page.get_by_role("link", name="You", exact=True).click()
    return page.get_by_label("Your name in this room").input_value()


def test_the_six_links_open_side_by_side_and_leave_no_code_in_an_address(
    service: Service, browser: BrowserContext
) -> None:
    addresses: list[str] = []
    browser.on("page", lambda page: page.on("framenavigated", lambda frame: addresses.append(frame.url)))
    pages = {}
    for role in ROLES:
        pages[role] = sit(browser, service.links[role])
        expect(pages[role].get_by_text(SAYS[role]).first).to_be_visible()
    secrets = [link.rstrip("/").rpartition("/")[2] for link in service.links.values()]
    assert addresses
    assert [address for address in addresses for secret in secrets if secret in address] == []
    for role, page in pages.items():
        page.reload()
        expect(page.get_by_text(SAYS[role]).first).to_be_visible()


def test_exit_ends_one_seat_and_leaves_the_others(service: Service, browser: BrowserContext) -> None:
    pages = {role: sit(browser, service.links[role]) for role in ROLES}
    left: list[str] = []
    for role in ROLES:
        page = pages[role]
        page.get_by_role("link", name="Exit").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Notes")).to_be_visible()
        left.append(role)
        held = {cookie["path"].split("/")[3] for cookie in browser.cookies() if cookie["name"] == "seat"}
        assert held == set(ROLES) - set(left)


def test_nothing_leads_back_after_exit(service: Service, chromium: Browser, chromium_path: str, scripts: bool) -> None:
    """Even where the browser may keep whole pages to go back to, as people's own do."""
    ignored = ["--disable-back-forward-cache"]
    own = chromium.browser_type.launch(
        executable_path=chromium_path, args=servers.chromium_args(), ignore_default_args=ignored
    )
    context = own.new_context(viewport=PHONE, java_script_enabled=scripts)
    page = sit(context, service.links[PARTICIPANT])
    for screen in ("Ideas", "Words"):
        page.get_by_role("link", name=screen, exact=True).click()
        expect(page.get_by_role("link", name=screen, exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Exit").click()
    expect(page.get_by_role("heading", name="Notes")).to_be_visible()
    for _step in range(3):
        page.go_back(wait_until="commit")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Notes|Join"))
        expect(page.locator("body")).not_to_contain_text("Main hall")
    assert context.storage_state()["origins"] == []
    own.close()


def test_who_closes_the_browser_and_comes_back_finds_their_seat(
    service: Service, chromium: Browser, scripts: bool, browser: BrowserContext
) -> None:
    page = sit(browser, service.links[PARTICIPANT], name="Quiet Heron")
    address = page.url
    later = again(chromium, browser, scripts=scripts)
    page = later.new_page()
    page.goto(address)
    assert name_on(page) == "Quiet Heron"
    page.goto(service.links[PARTICIPANT])
    assert page.url == address, "who scans the code again goes straight in"
    later.close()


def test_a_second_device_joins_the_same_seat_with_a_short_code(
    service: Service, chromium: Browser, browser: BrowserContext
) -> None:
    page = sit(browser, service.links[PARTICIPANT], "you/", name="Calm Otter")
    page.get_by_role("button", name="Show me a code").click()
    said = page.get_by_role("status").filter(has_text="with the code").first
    expect(said).to_be_visible()
    found = re.search(r"code ([A-Z0-9\s]+),", said.inner_text())
    assert found is not None
    second = chromium.new_context(viewport=PHONE)
    other = second.new_page()
    other.goto(f"{service.url}/join/")
    other.get_by_label("The code on the wall").fill(found.group(1))
    other.get_by_role("button", name="Go on").click()
    assert name_on(other) == "Calm Otter"
    second.close()
