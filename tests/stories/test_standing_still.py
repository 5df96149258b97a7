"""Pages that stand still hear that words on them were taken back, show what stands now, and keep what was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.polls.suggestions.test_themes import SCHOOL, WATER
from tests.service import Service
from tests.stories.browser import Eye
from tests.stories.stage import Hand, new_room, sit

SAID = "The okapi was promised a second well."
TOLD = "Words on this page were taken back or corrected. It shows what stands now."


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


@pytest.fixture
def segment(links: dict[str, str]) -> str:
    (handle,) = Hand(links["captioner"]).do("transcript.settle", text=SAID)["segments"]
    return str(handle)


@pytest.fixture
def context(chromium: Browser, service: Service) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    eye = Eye(context, service.url)
    yield context
    context.close()
    assert eye.wrong == []


def strike(links: dict[str, str], segment: str, words: str = "okapi") -> None:
    Hand(links["moderator"]).do("transcript.strike", segment=segment, words=words, sure="on")


def goes(page: Page) -> None:
    """The words leave the page that is open, and the page says so."""
    expect(page.locator("body")).not_to_contain_text("okapi")
    expect(page.locator("#main")).to_contain_text("[struck]")
    expect(page.locator("#said")).to_have_text(TOLD)


def test_what_a_search_found(links: dict[str, str], segment: str, context: BrowserContext) -> None:
    page = sit(context, links["participant"], "words/")
    page.get_by_role("searchbox").fill("promised")
    expect(page.locator("#found mark")).to_have_text("promised")
    expect(page.locator("#found")).to_contain_text("okapi")
    loaded = page.evaluate("window.here = 1")
    strike(links, segment)
    goes(page)
    expect(page.locator("#found mark")).to_have_text("promised")
    expect(page.get_by_role("searchbox")).to_have_value("promised")
    assert page.evaluate("window.here") == loaded, "it was not loaded anew"


def test_what_is_proposed_with_a_note_that_is_half_written(
    links: dict[str, str], segment: str, context: BrowserContext
) -> None:
    page = sit(context, links["participant"], f"propose/?source=segment:{segment}")
    expect(page.locator("blockquote")).to_contain_text("okapi")
    note = page.get_by_role("textbox")
    note.fill("It was promised to us")
    note.evaluate("(field) => field.setSelectionRange(3, 6)")
    strike(links, segment)
    goes(page)
    expect(note).to_have_value("It was promised to us")
    held = "(field) => [document.activeElement === field, field.selectionStart, field.selectionEnd]"
    assert note.evaluate(held) == [True, 3, 6]


def test_what_a_captioner_was_setting_right(links: dict[str, str], segment: str, context: BrowserContext) -> None:
    page = sit(context, links["captioner"], f"?correct={segment}")
    form = page.locator("form[data-command='transcript.correct']")
    form.get_by_role("textbox").fill(f"{SAID} Twice.")
    page.get_by_label("What is being said").fill("And we came ba")
    strike(links, segment)
    expect(form.get_by_role("textbox")).to_have_value(SAID.replace("okapi", "[struck]"))
    expect(page.locator("body")).not_to_contain_text("okapi")
    expect(page.get_by_label("What is being said")).to_have_value("And we came ba")


def test_what_a_drafter_looks_through(links: dict[str, str], segment: str, context: BrowserContext) -> None:
    drafter = Hand(links["drafter"])
    drafter.do("statements.add_clause", text="A second well was promised.", after="")
    page = sit(context, links["drafter"])
    library = page.locator("#library")
    expect(library).to_contain_text("okapi")
    page.get_by_role("link", name="What bears on it").click()
    bearing = page.locator("#bearing")
    expect(bearing).to_contain_text("okapi")
    page.get_by_label("A new clause").fill("We come ba")
    strike(links, segment)
    for region in (library, bearing):
        expect(region).to_contain_text("[struck]")
    expect(page.locator("body")).not_to_contain_text("okapi")
    expect(page.locator("#bearing-h")).to_have_text("What bears on clause 1")
    expect(page.get_by_label("A new clause")).to_have_value("We come ba")


def test_themes_and_their_quotes(links: dict[str, str], context: BrowserContext) -> None:
    ann, moderator = Hand(links["participant"]), Hand(links["moderator"])
    ideas = [ann.do("ideas.post", text=f"{text}, and the okapi")["idea"] for text in (*WATER, *SCHOOL)]
    page = sit(context, links["drafter"], "themes/")
    expect(page.locator(".theme").first).to_contain_text("okapi")
    for idea in ideas:
        moderator.do("ideas.hide", idea=idea, reason="Off topic")
    expect(page.locator("body")).not_to_contain_text("okapi")
    expect(page.locator("#said")).to_have_text(TOLD)
