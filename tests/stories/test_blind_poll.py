"""A blind poll in real browsers: with scripts, over a page without WebCrypto, and without scripts; and then the recount."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, Route, expect

from deliberate.bench.servers.guarded import free_port
from polls.ballots.blind import verify_poll
from tests.service import Service, demo
from tests.stories.browser import LAPTOP, PHONE, Eye
from tests.stories.stage import Hand, new_room, sit

ROOT = Path(__file__).parent.parent.parent
QUESTION = "Shall the village meet?"


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


class Room:
    """Contexts of a browser that are watched; each person has their own."""

    def __init__(self, browser: Browser, service: Service) -> None:
        self.browser, self.service = browser, service
        self.contexts: list[BrowserContext] = []
        self.eyes: list[Eye] = []
        self.to_box: list[Request] = []
        #: What browsers may say of answers that a story brings about.
        self.meant: tuple[str, ...] = ()

    def sits(self, link: str, *, scripts: bool = True, script: str = "") -> Page:
        context = self.browser.new_context(viewport=PHONE if "join" in link else LAPTOP, java_script_enabled=scripts)
        if script:
            context.add_init_script(script)
        self.contexts.append(context)
        self.eyes.append(Eye(context, self.service.url))
        context.on("request", lambda request: self.to_box.append(request) if "/box/" in request.url else None)
        return sit(context, link)


@contextmanager
def watched(browser: Browser, service: Service) -> Iterator[Room]:
    """A room of browsers; none of them may have complained at the end."""
    found = Room(browser, service)
    yield found
    for context in found.contexts:
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.close()
    assert [wrong for eye in found.eyes for wrong in eye.wrong if not any(map(wrong.count, found.meant))] == []


@pytest.fixture
def hall(chromium: Browser, service: Service) -> Iterator[Room]:
    with watched(chromium, service) as found:
        yield found


def opened(links: dict[str, str], **fields: str) -> tuple[Hand, str]:
    moderator = Hand(links["moderator"])
    asked = {"question": QUESTION, "kind": "one", "options": "Yes\nNo", **fields}
    poll = moderator.do("ballots.prepare", **asked)["poll"]
    moderator.do("ballots.open", poll=poll)
    return moderator, poll


def casts(phone: Page, choice: str = "Yes") -> None:
    form = phone.locator("form.ballot")
    expect(form).to_be_visible()
    form.get_by_label(choice, exact=True).check()
    form.get_by_role("button", name="Cast my ballot").click()


def test_a_token_that_does_not_come_is_asked_for_until_it_does(
    hall: Room, links: dict[str, str], service: Service
) -> None:
    for _person in range(4):
        Hand(links["participant"]).http.close()
    phone, hall.meant = hall.sits(links["participant"]), ("status of 503",)
    here = phone.url
    phone.goto("about:blank")
    opened(links)
    signer = service.log.parent / "signer"
    gone = signer.rename(signer.with_name("gone"))
    signer.touch()  # the signer ends, for nobody can find it any more, and no other can take its place
    phone.clock.install()
    phone.goto(here)
    away = phone.get_by_text("What lets you vote did not come yet.")
    passes(phone, away)
    signer.unlink()
    gone.rename(signer)
    passes(phone, phone.locator("form.ballot"))
    expect(away).to_be_hidden()


def test_a_ballot_that_is_told_to_wait_comes_again_by_itself(hall: Room, links: dict[str, str]) -> None:
    for _person in range(4):
        Hand(links["participant"]).http.close()
    phone, hall.meant = hall.sits(links["participant"]), ("status of 429",)
    _moderator, poll = opened(links, change="on")
    said = [{"code": "limit", "say": "Wait a moment."}]

    def at_first(route: Route) -> None:
        if said:
            route.fulfill(status=429, json=said.pop(), headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.continue_()

    phone.route(re.compile(rf"/box/{poll}$"), at_first)
    casts(phone)
    expect(phone.get_by_text("Your ballot is in.", exact=True)).to_be_visible(timeout=20_000)
    assert said == []


def passes(phone: Page, what: Locator) -> None:
    """Let time pass for the page until this is seen."""
    for _step in range(60):
        if what.is_visible():
            return
        phone.clock.run_for(20_000)
        phone.wait_for_timeout(200)
    expect(what).to_be_visible()


def test_five_people_vote_blind_and_anybody_recounts(
    hall: Room, links: dict[str, str], service: Service, tmp_path: Path
) -> None:
    one, two = hall.sits(links["participant"]), hall.sits(links["participant"])
    old = hall.sits(links["participant"], script="Object.defineProperty(crypto, 'subtle', {value: undefined})")
    plain = hall.sits(links["participant"], scripts=False)
    Hand(links["participant"]).http.close()
    wall = hall.sits(links["wall"])
    two.get_by_role("link", name="Words", exact=True).click()
    moderator, poll = opened(links)

    # Whoever looks elsewhere asks for a token too: so asking does not say that somebody means to vote.
    two.wait_for_function("poll => localStorage.getItem(`ballot:${poll}`)", arg=poll)
    two.get_by_role("link", name="A poll is open: vote").click()

    words = one.locator("[data-fill=words]")
    expect(words).to_have_text(words_on(wall))
    for phone in (one, two):
        casts(phone)
        expect(phone.get_by_text("Your ballot is in.", exact=True)).to_be_visible()
    one.reload()
    expect(one.get_by_text("Your ballot is in.", exact=True)).to_be_visible()

    expect(old.get_by_text("your browser can't make a blind ballot")).to_be_visible()
    old.locator("[data-at=unable]").get_by_role("link", name="Vote").click()
    plain.reload()
    plain.get_by_role("link", name="Vote").first.click()
    for phone in (old, plain):
        assert phone.locator(".promise .aloud").inner_text() == words_on(wall)
        casts(phone, "No")
        expect(phone.get_by_role("heading", name="Your ballot is in.")).to_be_visible()
        phone.get_by_role("link", name="Back").click()
    plain.get_by_role("link", name="Vote").first.click()
    expect(plain.get_by_text("Your ballot is in.", exact=True)).to_be_visible()

    sent = [request for request in hall.to_box if request.method == "POST"]
    assert len(sent) == 4
    assert [request for request in sent if "cookie" in request.all_headers()] == []
    assert [request for request in sent if links["participant"] in request.all_headers().get("referer", "")] == []

    moderator.do("ballots.close", poll=poll)
    for phone in (one, two):
        expect(phone.get_by_text("Your ballot is in the count.")).to_be_visible(timeout=60_000)
    path = tmp_path / "poll.json"
    path.write_bytes(httpx.get(f"{service.url}/box/{poll}/ballots.json").content)
    report = verify_poll.verify(path.read_bytes())
    assert report.holds, "\n".join(report)
    program = tmp_path / "verify_poll.py"
    program.write_bytes(httpx.get(f"{service.url}/box/verify_poll.py").content)
    told = subprocess.run([sys.executable, program, path], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "WRONG" not in told.stdout


def test_a_ballot_goes_to_a_box_on_an_origin_of_its_own(chromium: Browser, tmp_path: Path) -> None:
    port = free_port()
    box = f"http://localhost:{port}"
    service = demo(tmp_path, port=port, environment={"BALLOT_BOX": box})
    context = chromium.new_context(viewport=PHONE)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    try:
        phone = sit(context, service.links["participant"])
        for _other in range(4):
            Hand(service.links["participant"]).http.close()
        moderator, poll = opened(service.links)
        with phone.expect_request(f"{box}/{poll}") as sent:
            casts(phone)
        expect(phone.get_by_text("Your ballot is in.", exact=True)).to_be_visible()
        assert sent.value.all_headers()["origin"] == service.url
        moderator.do("ballots.close", poll=poll)
        expect(phone.get_by_text("Your ballot is in the count.")).to_be_visible(timeout=60_000)
        assert complaints == []
        refused = httpx.post(f"{box}/{poll}/sealed", data={"choice": "-"})
        style = re.search(r'"(/static/[^"]+\.css)"', refused.text)
        assert style is not None, refused.text
        assert httpx.get(f"{box}{style[1]}").status_code == 200, "what its pages look like"
    finally:
        context.close()
        service.stop()


def words_on(wall: Page) -> str:
    place = wall.locator("#part-ballots-wall .aloud")
    expect(place).to_be_visible()
    return place.inner_text()
