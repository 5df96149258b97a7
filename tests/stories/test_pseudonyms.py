"""Ideas without a name in real browsers: the phone's own pseudonym, and the one made here where scripts or WebCrypto are absent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.service import Service
from tests.stories.browser import PHONE
from tests.stories.stage import Hand, new_room, sit
from tests.stories.test_blind_poll import Room, watched

KEPT = "() => Object.entries(localStorage).filter(([name]) => name.startsWith('pseudonym:')).map(([, text]) => text)[0] ?? null"


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


@pytest.fixture
def hall(chromium: Browser, service: Service) -> Iterator[Room]:
    with watched(chromium, service) as found:
        yield found


def to_ideas(phone: Page) -> None:
    phone.get_by_role("navigation", name="Screens").get_by_role("link", name="Ideas").click()
    expect(phone.locator("#ideas-h")).to_be_visible()


def test_phones_act_under_pseudonyms_of_their_own(hall: Room, links: dict[str, str]) -> None:
    ann, ben = hall.sits(links["participant"]), hall.sits(links["participant"])
    for phone in (ann, ben):
        to_ideas(phone)
    ann.get_by_label("Your idea", exact=True).fill("Dig wells")
    ann.get_by_role("button", name="Post", exact=True).click()
    expect(ann.get_by_text("Your idea is on the board. It is number 1.")).to_be_visible(timeout=30_000)
    expect(ann.locator(".idea .tag", has_text="Yours")).to_be_visible()

    card = ben.locator(".idea", has_text="Dig wells")
    expect(card.locator(".tag", has_text="Yours")).to_be_hidden()
    for phone in (ann, ben):
        phone.locator(".idea button.up:visible").click()
        expect(phone.locator(".idea button.up.on")).to_be_visible(timeout=30_000)
    card.get_by_role("button", name="Agree", exact=True).click()
    expect(card.locator("[aria-pressed=true]", has_text="Agree").locator("visible=true")).to_have_count(1)
    expect(ann.locator(".idea button.up.on b")).to_have_text("2")

    ben.reload()  # what is mine is known to this phone alone, and it still knows
    expect(ben.locator(".idea button.up.on")).to_be_visible()
    ben.locator(".idea button.up.on").click()
    expect(ann.locator(".idea button.up.on b")).to_have_text("1")

    sent = [request for request in hall.to_box if "/in/" in request.url and request.method == "POST"]
    assert len(sent) == 5
    assert [
        request for request in sent if "cookie" in request.all_headers() or "referer" in request.all_headers()
    ] == []
    assert (
        len({len(request.post_data_buffer or b"") for request in sent}) == 1
    )  # what was tapped, their length does not tell

    moderator = Hand(links["moderator"])
    idea = ann.locator(".idea").get_attribute("id")
    assert idea is not None
    moderator.do("ideas.mute", idea=idea.removeprefix("idea-"), reason="Attacks a person", hidden="on")
    expect(ann.get_by_text("Your idea 1 was taken off the board:")).to_be_visible()
    expect(ann.locator("q", has_text="Attacks a person")).to_be_visible(timeout=30_000)
    ann.get_by_label("Your idea", exact=True).fill("Something else")
    ann.get_by_role("button", name="Post", exact=True).click()
    expect(
        ann.get_by_text("A moderator has muted what you do here without your name: Attacks a person")
    ).to_be_visible()
    expect(ben.locator(".idea")).to_have_count(0)

    moderator.do("ideas.unmute", idea=idea.removeprefix("idea-"))
    expect(ben.locator(".idea")).to_have_count(1)
    ann.get_by_role("link", name="You", exact=True).click()
    expect(ann.locator("[data-pseudonym-words]")).to_have_text(re.compile(r"^[a-z]{5}( [a-z]{5}){3}$"))
    ann.get_by_role("button", name="Take away what I did without my name").click()
    expect(ann.get_by_text("so are your ideas without a name")).to_be_visible()
    expect(ben.locator(".idea")).to_have_count(0)

    assert json.loads(ben.evaluate(KEPT))["seed"]
    ben.get_by_role("link", name="Exit").click()
    ben.wait_for_load_state()
    ben.goto(links["participant"])
    assert ben.evaluate(KEPT) is None


def test_without_scripts_or_webcrypto_the_service_acts_for_them(hall: Room, links: dict[str, str]) -> None:
    old = hall.sits(links["participant"], script="Object.defineProperty(crypto, 'subtle', {value: undefined})")
    plain = hall.sits(links["participant"], scripts=False)
    for phone in (old, plain):
        to_ideas(phone)
    old.get_by_label("Your idea", exact=True).fill("Dig wells")
    old.get_by_role("button", name="Post", exact=True).click()
    expect(old.locator(".idea .tag", has_text="Yours")).to_be_visible()
    plain.reload()
    for phone in (old, plain):
        phone.locator(".idea button.up:visible").click()
        expect(phone.locator(".idea button.up.on")).to_be_visible()
    expect(old.locator(".idea button.up.on b")).to_have_text("2")
    plain.locator(".idea button.up.on").click()
    expect(old.locator(".idea button.up.on b")).to_have_text("1")
    assert [request for request in hall.to_box if "/in/" in request.url] == []


def test_an_act_whose_answer_a_killed_service_kept_lands_once_also_after_a_reload(
    chromium: Browser, links: dict[str, str], service: Service
) -> None:
    Hand(links["participant"]).do("ideas.post", text="Dig wells")
    context = chromium.new_context(viewport=PHONE)
    ann = sit(context, links["participant"], "ideas/")
    sent: list[bytes] = []

    def stored_and_unanswered(route: Route) -> None:
        sent.append(route.request.post_data_buffer or b"")
        if len(sent) == 1:
            route.fetch()  # it is stored; then the plug is pulled, before the phone has heard of it
            service.kill()
        route.abort() if len(sent) < 3 else route.continue_()

    ann.route(
        re.compile(r"/box/in/\w+$"),
        lambda route: stored_and_unanswered(route) if route.request.method == "POST" else route.continue_(),
    )
    ann.locator(".idea button.up:visible").click()
    for _tenth in range(300):
        if len(sent) > 1:
            break
        ann.wait_for_timeout(100)
    service.restart()
    ann.reload()
    expect(ann.locator(".idea button.up.on b")).to_have_text("1", timeout=60_000)
    assert len(sent) >= 3
    assert len(set(sent)) == 1
    ann.locator(".idea button.up.on").click()
    expect(ann.locator(".idea button.up:visible b")).to_have_text("0", timeout=30_000)
    context.close()


def test_whoever_joined_without_scripts_goes_on_as_the_same_with_them(hall: Room, links: dict[str, str]) -> None:
    Hand(links["participant"]).do("ideas.post", text="Dig wells")
    plain = hall.sits(links["participant"], scripts=False)
    to_ideas(plain)
    plain.locator(".idea button.up:visible").click()
    expect(plain.locator(".idea button.up.on b")).to_have_text("1")
    context = hall.browser.new_context(viewport=PHONE, storage_state=plain.context.storage_state())
    hall.contexts.append(context)
    page = context.new_page()
    for _time in range(2):  # the first page still knows that there were no scripts, the next does not
        page.goto(plain.url)
        for on, count in ((False, "0"), (True, "1")):
            page.locator(".idea button.up:visible").click()
            expect(page.locator(f".idea button.up{'.on' if on else ':not(.on)'}:visible b")).to_have_text(
                count, timeout=30_000
            )
    context.close()
