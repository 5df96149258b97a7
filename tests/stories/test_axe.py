"""No page of any role puts up a barrier, asks anybody else for anything, or complains on its console."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from deliberate.live.pages import pages
from deliberate.roles import MODERATOR, PARTICIPANT, WALL
from tests.service import ROOT, running
from tests.stories.browser import LAPTOP, PHONE, SMALLEST, Eye
from tests.stories.busy import Busy
from tests.stories.stage import Hand

NAME, PASSWORD = "keeper", "correct-horse-battery"
#: What WCAG 2.2 AA asks of targets stands beside the rules that are on by themselves.
RULES = {"rules": {"target-size": {"enabled": True}}}
COLOURS = {"runOnly": ["color-contrast"]}
Scheme = Literal["light", "dark"]
RUN = """async options => {
  const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.html.slice(0, 120)}`));
}"""
UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"
#: What sticks out to the right of the screen, where the page as a whole can be scrolled there.
WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 0.5)
  .map((one) => one.outerHTML.slice(0, 120)).slice(0, 5)"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Busy]:
    data = tmp_path_factory.mktemp("axe")
    with running(data) as service:
        make = [sys.executable, "-m", "deliberate", "account", NAME, "--data", str(data)]
        subprocess.run(make, input=PASSWORD, text=True, check=True, capture_output=True, cwd=ROOT)
        yield Busy(service)


@pytest.fixture(scope="module")
def window(chromium: Browser, busy: Busy) -> Iterator[BrowserContext]:
    """One browser with a seat in every role."""
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce")
    for role in {role for role, _screen in pages}:
        busy.seat(context, role)
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext, busy: Busy) -> Iterator[Page]:
    """A page that is watched from its first request on."""
    eye = Eye(window, busy.service.url)
    found = window.new_page()
    yield found
    found.close()
    assert eye.wrong == []


@pytest.fixture
def stranger(chromium: Browser, busy: Busy) -> Iterator[Page]:
    """A page in a browser that has no seat, watched too."""
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", base_url=busy.service.url)
    eye = Eye(context, busy.service.url)
    yield context.new_page()
    context.close()
    assert eye.wrong == []


def barriers(page: Page) -> list[str]:
    """What axe finds at every size, folded and unfolded, light and dark; and what leaves a narrow screen."""
    page.evaluate(AXE_SCRIPT)
    found = seen(page, PHONE, "light", RULES)
    page.evaluate(UNFOLD)
    for size in (PHONE, SMALLEST, LAPTOP):
        found += seen(page, size, "light", RULES) if size != PHONE else []
        found += seen(page, size, "dark", COLOURS)  # only colours differ
    return found


def seen(page: Page, size: ViewportSize, scheme: Scheme, options: Mapping[str, object]) -> list[str]:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    found = [*page.evaluate(RUN, options), *(f"too wide: {each}" for each in page.evaluate(WIDE))]
    return [f"{size['width']} px, {scheme}: {each}" for each in found]


@pytest.mark.parametrize(("role", "screen"), sorted(pages))
def test_no_page_of_a_role_puts_up_a_barrier(busy: Busy, page: Page, role: str, screen: str) -> None:
    page.goto(busy.address(role, screen))
    assert barriers(page) == []


@pytest.mark.parametrize(("role", "screen"), sorted(key for key, page in pages.items() if page.refresh_s))
def test_nor_does_one_that_comes_anew_by_itself(busy: Busy, chromium: Browser, role: str, screen: str) -> None:
    """The page for browsers without scripts. axe is one itself: so only the page's own are kept away."""
    context = chromium.new_context(viewport=PHONE)
    busy.seat(context, role, plain=True)
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(busy.address(role, screen))
    if role != WALL and page.locator("meta[http-equiv=refresh]").count():
        page.get_by_role("link", name=re.compile("Keep (it )?still")).click()
    page.evaluate(AXE_SCRIPT)
    # The wall is a screen for a hall, and shows what happens at this moment: it may come anew.
    assert [each for each in seen(page, PHONE, "light", RULES) if role != WALL or "meta-refresh" not in each] == []
    context.close()


def test_nor_does_the_full_screen_at_ones_turn(busy: Busy, chromium: Browser) -> None:
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce")
    speaker = busy.people[2]
    busy.give(context, speaker)
    page = context.new_page()
    page.goto(speaker.base)
    expect(page.get_by_role("heading", name="It is your turn")).to_be_visible()
    assert barriers(page) == []
    context.close()


def test_nor_does_the_end_of_a_seat_on_either_side(busy: Busy, chromium: Browser, page: Page) -> None:
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce")
    guest = Hand(busy.service.links[PARTICIPANT], name="A passing guest")
    busy.give(context, guest)
    phone = context.new_page()
    phone.goto(guest.base)
    turn = guest.do("floor.ask", kind="point")["turn"]
    page.goto(f"{busy.address(MODERATOR, 'seat')}?of=turn:{turn}")
    expect(page.get_by_text("A passing guest")).to_be_visible()
    assert barriers(page) == []
    page.get_by_role("button", name="End their seat").click()
    expect(phone.get_by_role("heading", name="Your seat was ended")).to_be_visible()
    assert barriers(phone) == []
    phone.get_by_label("Yes, erase me").check()
    phone.get_by_role("button", name="Erase me").click()
    expect(phone.get_by_role("heading", name="You are erased")).to_be_visible()
    context.close()


# ---- the pages around the rooms --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/join/", "Join"),
        ("/join/ZZZZZZ/", "Join"),
        ("{home}/participant/welcome/", "Join"),
        ("/in/forged/", "This link has ended"),
        ("{home}/participant/ended/", "Your seat has ended"),
        ("{home}/participant/x/", "Notes"),
        ("/nowhere/", "There is no such page"),
        ("/blank/", "Notes"),
        ("/desk/login/", "Log in"),
    ],
)
def test_no_page_before_the_seat_puts_up_a_barrier(busy: Busy, stranger: Page, path: str, heading: str) -> None:
    home = "/".join(busy.people[0].base.split("/")[:5])
    stranger.goto(path.format(home=home))
    expect(stranger.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    assert barriers(stranger) == []


@pytest.mark.parametrize("which", ["a clause", "a version"])
def test_no_permanent_page_puts_up_a_barrier(busy: Busy, stranger: Page, which: str) -> None:
    stranger.goto(f"/settled/{busy.settled[which == 'a version']}/")
    expect(stranger.locator("main")).to_contain_text("We keep the minutes.")
    assert barriers(stranger) == []


@pytest.mark.parametrize("role", [PARTICIPANT, MODERATOR])
def test_no_welcome_puts_up_a_barrier(busy: Busy, stranger: Page, role: str) -> None:
    stranger.goto(busy.service.links[role])
    assert barriers(stranger) == []


def test_no_refusal_puts_up_a_barrier(busy: Busy, page: Page) -> None:
    page.goto(busy.address(PARTICIPANT, "nowhere"))
    assert barriers(page) == []
    page.goto(busy.address(PARTICIPANT))
    send(page, busy.address(PARTICIPANT) + "do/seats.rename", place="moon")
    expect(page.get_by_role("heading", name="That was not stored")).to_be_visible()
    assert barriers(page) == []


def test_a_foreign_page_is_refused_without_a_barrier(busy: Busy, stranger: Page) -> None:
    send(stranger, busy.address(PARTICIPANT) + "do/seats.rename", place="hall")
    expect(stranger.get_by_role("heading", name="This came from another site")).to_be_visible()
    assert barriers(stranger) == []


def send(page: Page, address: str, **fields: str) -> None:
    """Send a form from the page that is open."""
    page.evaluate(
        """([action, fields]) => {
          const form = Object.assign(document.createElement("form"), { method: "post", action });
          for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { name, value }));
          document.body.append(form);
          form.submit();
        }""",
        [address, fields],
    )


def test_the_desk_puts_up_no_barrier(busy: Busy, stranger: Page) -> None:
    stranger.goto("/desk/login/")
    for password in ("wrong", PASSWORD):
        stranger.get_by_label("Username").fill(NAME)
        stranger.get_by_label("Password").fill(password)
        stranger.get_by_role("button", name="Log in").click()
        expect(stranger.get_by_role("alert" if password == "wrong" else "link").first).to_be_visible()
        assert barriers(stranger) == []
    stranger.get_by_role("link", name="Make an event").click()
    stranger.get_by_label("Title").fill("A small one")
    stranger.get_by_label("Agenda").fill("Without minutes")
    assert barriers(stranger) == []
    stranger.get_by_role("button", name="Make the event").click()
    expect(stranger.get_by_text("This line has no minutes at its end")).to_be_visible()
    assert barriers(stranger) == []
    stranger.get_by_label("Agenda").fill("With them, 10")
    stranger.get_by_role("button", name="Make the event").click()
    stranger.goto("/desk/")
    expect(stranger.get_by_role("heading", name="A small one")).to_be_visible()
    assert barriers(stranger) == []
