"""The line to the room holds: where sockets are blocked, through cuts, and over a restart of the service."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.service import Service, demo, running
from tests.stories.proxy import Proxy, proxy
from tests.stories.stage import Hand, new_room, sit


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("line"), LIVE_WINDOW_BYTES="8192") as found:
        yield found


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


@pytest.fixture
def network(service: Service) -> Iterator[Proxy]:
    with proxy(service.port) as found:
        yield found


def behind(network: Proxy, link: str) -> str:
    """The link as people behind this network type it."""
    return re.sub(r":\d+/", f":{network.port}/", link, count=1)


def is_live(page: Page, within_s: float = 5) -> None:
    expect(page.locator("#line")).to_have_attribute("data-line", "live", timeout=1000 * within_s)


@pytest.mark.parametrize("sockets", ["refused", "mute"])
def test_where_sockets_are_blocked_the_phone_falls_back_by_itself_and_works_the_same(
    links: dict[str, str], network: Proxy, chromium: Browser, sockets: str
) -> None:
    network.sockets = sockets
    context, moderator = chromium.new_context(), Hand(links["moderator"])
    moderator.do("floor.close_list")
    phone = sit(context, behind(network, links["participant"]))
    is_live(phone, within_s=15)
    moderator.do("floor.open_list")
    phone.get_by_role("button", name="Ask to speak").click()
    expect(phone.get_by_text("You are on the list.")).to_be_visible()
    expect(phone.get_by_text("You are next")).to_be_visible()
    phone.get_by_role("button", name="Withdraw").click()
    expect(phone.get_by_role("button", name="Ask to speak")).to_be_visible()
    assert any("/stream" in line for line in network.seen)
    context.close()


def test_a_stream_that_has_said_enough_is_followed_by_the_next_and_no_picture_is_missed(
    links: dict[str, str], network: Proxy, chromium: Browser
) -> None:
    network.sockets = "refused"
    context, moderator = chromium.new_context(), Hand(links["moderator"])
    phone = sit(context, behind(network, links["participant"]), "floor/")
    is_live(phone, within_s=15)
    for number in range(12):
        moderator.do("floor.add", name=f"Guest {number}", place="hall", kind="point")
        expect(phone.get_by_text(f"Guest {number}", exact=True)).to_be_visible()
    assert sum("/stream" in line for line in network.seen) > 2
    is_live(phone)
    context.close()


def test_an_act_whose_answer_was_lost_is_sent_again_and_done_once(
    links: dict[str, str], network: Proxy, chromium: Browser
) -> None:
    context = chromium.new_context()
    phone = sit(context, behind(network, links["participant"]), "ideas/")
    is_live(phone)
    network.deaf = True
    phone.get_by_label("Your idea").fill("Meet in the village, not in the capital.")
    phone.get_by_role("button", name="Post", exact=True).click()
    expect(phone.get_by_role("button", name="Post", exact=True)).to_have_attribute("aria-busy", "true")
    phone.wait_for_timeout(500)
    network.deaf = False
    network.cut()
    expect(phone.get_by_label("Your idea")).to_have_value("")
    expect(phone.locator(".idea", has_text="Meet in the village")).to_have_count(1)
    is_live(phone)
    context.close()


def test_a_page_outlives_a_restart_of_the_service_and_keeps_what_was_done_meanwhile(
    tmp_path: Path, chromium: Browser
) -> None:
    before = demo(tmp_path)
    context = chromium.new_context()
    phone, console = sit(context, before.links["participant"], name="Ann"), sit(context, before.links["moderator"])
    is_live(phone)
    before.kill()
    expect(phone.locator("#line")).to_have_text("reconnecting")
    phone.get_by_role("button", name="Ask to speak").click()
    expect(phone.get_by_role("button", name="Ask to speak")).to_have_attribute("aria-busy", "true")
    after = demo(tmp_path, port=before.port)
    try:
        expect(phone.get_by_text("You are next")).to_be_visible(timeout=20_000)
        is_live(phone)
        is_live(console, within_s=20)
        expect(console.locator("#part-floor-queue li")).to_have_count(1)
        expect(console.locator("#part-floor-queue")).to_contain_text("Ann")
    finally:
        context.close()
        after.stop()
