"""From the words spoken to the text agreed, in steps: what people do in their browsers, one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from playwright.sync_api import Browser, Page, expect, sync_playwright

from deliberate.roles import CAPTIONER, DRAFTER, HOST, MODERATOR, PARTICIPANT
from tests import servers
from tests.service import Service
from tests.stories.browser import LAPTOP, PATIENCE_MS, PHONE, TABLET, Eye
from tests.stories.hall import unfold
from tests.stories.plenary import cite
from tests.stories.speech import RECORDING
from tests.stories.stage import Hand, sit
from tests.stories.writer import Writer

#: What a machine hears without fail, and what the speaker sets right: it hears "what will trust".
HEARD, RIGHT = "the people who live by", "The second visit is what builds trust."
QUOTE = "The second visit is what builds trust"
DRAFTED = "We come back."
WRITTEN = "After each hearing: We come back. With an answer."
AMENDED = "After every hearing: We come back. With an answer."
RESERVATION = "Who pays for the way back?"
#: Two of each: a group is named where it has that many people.
GROUPS = ("Youth", "Diplomats")
#: What a slow machine may take for one step, in milliseconds. Steps wait for what they need and no longer.
SLOW_MS = 90_000


@dataclass
class Chain:
    """A room: its podium and two phones in browsers, a host, a moderator and two more people as hands."""

    service: Service
    browser: Browser
    eyes: list[Eye] = field(default_factory=list)
    pages: dict[str, Page] = field(default_factory=dict)
    hands: dict[str, Hand] = field(default_factory=dict)
    #: The permanent page of the version that was settled.
    settled: str = ""

    def window(self, who: str, role: str, size: object, screen: str = "") -> Page:
        context = self.browser.new_context(viewport=size)  # type: ignore[arg-type]
        context.set_default_timeout(SLOW_MS)
        self.eyes.append(Eye(context, self.service.url))
        self.pages[who] = sit(context, self.service.links[role], screen)
        return self.pages[who]

    def screen(self, who: str, name: str) -> Page:
        """One of the screens of somebody's phone."""
        page = self.pages[who]
        # At Now stands, too, that a poll is open.
        link = page.get_by_role("navigation", name="Screens").get_by_role("link", name=re.compile(rf"^{name}\b"))
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        return page


@contextmanager
def room(service: Service) -> Iterator[Chain]:
    """Everybody in one browser program, whose microphone is the recording, played once. No page may have complained in the end."""
    fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    fake.append(f"--use-file-for-fake-audio-capture={RECORDING}%noloop")
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=servers.chromium(), args=[*servers.chromium_args(), *fake], timeout=SLOW_MS
        )
        expect.set_options(timeout=SLOW_MS)
        try:
            found = Chain(service, browser)
            yield found
            assert [wrong for eye in found.eyes for wrong in eye.wrong] == []
        finally:
            expect.set_options(timeout=PATIENCE_MS)
            browser.close()


def people_come(here: Chain) -> None:
    """Words are shown with names and reservations with groups; groups of two are named. Asha and Ben join on phones."""
    host = here.hands[HOST] = Hand(here.service.links[HOST])
    settings = {"title": "Just governance", "names_on_list": "all", "attribution": "name", "k": "2"}
    host.do("events.settings", **settings)
    host.do("statements.rules", majority="half", settle_by="drafters", quorum="0", public="on", reservations="group")
    here.hands[MODERATOR] = Hand(here.service.links[MODERATOR])
    link = here.service.links[PARTICIPANT]
    welcome = host.http.get(link).text
    for who, group in zip(("Asha", "Ben"), GROUPS, strict=True):
        context = here.browser.new_context(viewport=PHONE)
        context.set_default_timeout(SLOW_MS)
        here.eyes.append(Eye(context, here.service.url))
        page = here.pages[who] = context.new_page()
        page.goto(link)
        page.get_by_label("Your name in this room").fill(who)
        page.get_by_label("Your group").select_option(group)
        page.get_by_role("button", name="Join").click()
        expect(page.get_by_role("button", name="Ask to speak")).to_be_visible()
        [handle] = re.findall(rf'<option value="(\w+)"[^>]*>\s*{group}', welcome)
        here.hands[group] = Hand(link, name=f"One more of {group}", group=handle)
    here.hands[MODERATOR].do("events.move_on")


def asha_speaks_and_both_phones_read_along(here: Chain) -> None:
    """The recording is her voice. Its words stand on both phones, and under her name in the transcript."""
    here.pages["Asha"].get_by_role("button", name="Ask to speak").click()
    expect(here.pages["Asha"].get_by_text("You are next")).to_be_visible()
    here.hands[MODERATOR].do("floor.call_next")
    here.hands[MODERATOR].do("floor.start")
    podium = here.window("podium", CAPTIONER, LAPTOP, "podium/")
    podium.get_by_role("button", name="Take the microphone").click()
    expect(podium.get_by_text("What is said is written down.")).to_be_visible()
    for who in ("Ben", "Asha"):
        captions = here.pages[who].locator("#part-transcript-live")
        expect(captions).to_contain_text(HEARD)
        expect(captions.locator("[role=log]")).to_contain_text("The second visit", ignore_case=True)
    podium.get_by_role("button", name="Stop").click()
    expect(podium.get_by_text("The microphone is off.")).to_be_visible()
    here.pages["Asha"].get_by_role("button", name="I am done").click()
    expect(here.screen("Ben", "Words").locator(".speech")).to_contain_text("Asha")


def ben_proposes_the_quote(here: Chain) -> None:
    ben = here.screen("Ben", "Words")
    ben.get_by_role("link", name="This belongs in the statement").first.click()
    which = ben.get_by_role("radio", name=re.compile(QUOTE))
    if which.count():  # a pause may have parted what she said
        which.check()
    ben.get_by_label("Why it belongs there").fill("It is what we came for")
    ben.get_by_role("button", name="Propose it").click()
    expect(ben.get_by_text("Proposed for the statement").first).to_be_visible()


def two_drafters_write_one_clause_at_the_same_time(here: Chain) -> None:
    """One cites the quote into a clause; then both write in it, on a laptop and on a tablet, letter by letter in turns."""
    hand = here.hands[DRAFTER] = Hand(here.service.links[DRAFTER])
    hand.do("statements.name", title="What we promise")
    hand.do("statements.add_clause", text=DRAFTED)
    desk = here.window("cites", DRAFTER, LAPTOP)
    cite(desk, QUOTE, QUOTE, "Clause 1")
    expect(desk.locator("li.clause").first.locator(".rests blockquote")).to_have_text(QUOTE)
    laptop = here.browser.new_context(viewport=LAPTOP)
    tablet = here.browser.new_context(viewport=TABLET, has_touch=True)
    for context in (laptop, tablet):
        context.set_default_timeout(SLOW_MS)
    ann, ben = Writer(laptop, here.service.links[DRAFTER]), Writer(tablet, here.service.links[DRAFTER])
    here.eyes += [ann.eye, ben.eye]
    before, behind = (WRITTEN[: WRITTEN.index(DRAFTED)], WRITTEN.partition(DRAFTED)[2])
    ann.to_the("Home")
    ben.to_the("End")
    for at in range(max(len(before), len(behind))):
        ann.field.press_sequentially(before[at : at + 1])
        ben.field.press_sequentially(behind[at : at + 1])
    for writer in (ann, ben):
        writer.reads(WRITTEN)
    expect(here.screen("Asha", "Statement").locator(".clause .text")).to_have_text(WRITTEN)
    ann.page.get_by_role("button", name="Done").click()
    tablet.close()
    here.pages["drafter"] = ann.page


def an_amendment_is_voted_in(here: Chain) -> None:
    """Ben proposes it, the moderator puts it to a poll, both vote, and the text changes as the poll closes."""
    ben, moderator = here.screen("Ben", "Statement"), here.hands[MODERATOR]
    ben.get_by_role("link", name="Amend it clause 1").click()
    ben.get_by_label("How it shall read").fill(AMENDED)
    form = ben.locator("form", has=ben.get_by_label("How it shall read"))
    form.get_by_label("Your reason").fill("None may be left out")
    form.get_by_role("button", name="Propose it").click()
    card = ben.locator("li.clause.card", has_text="“each” becomes “every”")
    expect(card).to_be_visible()
    amendment = str(card.get_attribute("id")).removeprefix("amendment-")
    poll = moderator.do("amendments.put", amendment=amendment)["poll"]
    moderator.do("ballots.open", poll=poll)
    for who in ("Asha", "Ben"):
        phone = here.screen(who, "Now")
        expect(phone.get_by_text("“each” becomes “every”")).to_be_visible()
        form = phone.locator("form.ballot")
        form.get_by_label("For: adopt it", exact=True).check()
        form.get_by_role("button", name="Cast my ballot").click()
        expect(phone.get_by_text("Your ballot is in.", exact=True).last).to_be_visible()
    moderator.do("ballots.close", poll=poll)
    expect(here.screen("Asha", "Statement").locator(".clause .text")).to_have_text(AMENDED)


def one_group_holds_a_reservation(here: Chain) -> None:
    """Asha supports the clause; Ben's reservation is signed with his group."""
    asha = here.screen("Asha", "Statement").locator("li.clause").first
    asha.get_by_role("button", name="I support it").click()
    expect(asha.get_by_role("button", name="✓ You support it")).to_be_visible()
    ben = here.screen("Ben", "Statement").locator("li.clause").first
    unfold(ben, "A reservation, or I can’t accept it")
    ben.get_by_label("Your words").fill(RESERVATION)
    ben.get_by_label("Signed with").select_option("group")
    ben.get_by_role("button", name="It is a reservation").click()
    expect(ben.locator(".legend")).to_contain_text("1 reservation")


def the_version_is_settled(here: Chain) -> None:
    desk = here.pages["drafter"]
    expect(desk.locator("li.clause .text").first).to_have_text(AMENDED)
    unfold(desk, "Settle this version")
    desk.get_by_role("button", name="Settle", exact=True).click()
    expect(desk.locator("#part-statements-drafter")).to_contain_text("Version 1 is settled")
    bundle = here.hands[DRAFTER].http.get(f"{here.hands[DRAFTER].base}bundle.json").json()
    [version] = bundle["rooms"][0]["statement"]["versions"]
    here.settled = f"{here.service.url}/settled/{version['hash']}/"
    assert QUOTE in httpx.get(here.settled).text
