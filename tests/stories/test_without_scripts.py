"""A moderator leads the room, and a participant takes part, with scripts off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.service import Service
from tests.stories.stage import Hand, new_room, sit


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


@pytest.fixture
def plain(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800}, java_script_enabled=False)
    yield context
    context.close()


def refreshes(page: Page) -> str | None:
    found = page.locator("meta[http-equiv=refresh]")
    return found.get_attribute("content") if found.count() else None


def test_a_moderator_leads_the_floor_and_takes_back_an_end(links: dict[str, str], plain: BrowserContext) -> None:
    phone = sit(plain, links["participant"], name="Asha")
    phone.get_by_role("button", name="Ask to speak").click()
    expect(phone.get_by_text("You are next")).to_be_visible()
    console = sit(plain, links["moderator"])
    floor = console.locator("#part-floor-now")
    for button, then in (("Begin", "Short contributions"), ("Call next", "Asha"), ("Start", "Pause")):
        console.get_by_role("button", name=button).first.click()
        expect(console.locator("main")).to_contain_text(then)
    expect(console.locator("kbd:visible")).to_have_count(0)
    console.get_by_role("button", name="End", exact=True).click()
    expect(floor).to_contain_text("Nobody is speaking.")
    once = console.locator("form[action$='floor.undo_end']:visible")
    expect(once).to_have_count(1)
    console.goto(console.url)
    expect(once).to_have_count(1)
    expect(once).to_contain_text("Pressed by mistake?")
    once.get_by_role("button").click()
    expect(floor).to_contain_text("Asha")
    console.get_by_role("button", name="End", exact=True).click()
    console.locator("#undo button").click()
    expect(floor).to_contain_text("Asha")
    expect(console.locator("#undo")).to_be_hidden()


def test_a_moderator_chooses_what_the_wall_shows(links: dict[str, str], plain: BrowserContext) -> None:
    console = sit(plain, links["moderator"])
    console.get_by_role("button", name="Balance").click()
    expect(console.locator("#part-wall-scene")).to_contain_text("On the wall: Balance")
    console.locator("#undo button").click()
    expect(console.locator("#part-wall-scene")).to_contain_text("by itself")
    expect(console.locator("#bar")).to_be_hidden()
    assert console.get_by_role("link", name="Keys").count() == 0, "no key does anything here"
    console.goto(console.url + "keys/")
    expect(console.get_by_text("Open the first prepared poll")).to_be_visible()


def test_the_console_comes_anew_by_itself_and_keeps_still_while_somebody_writes(
    links: dict[str, str], plain: BrowserContext
) -> None:
    console = sit(plain, links["moderator"])
    assert refreshes(console) == "20"
    console.get_by_role("link", name="Keep still while I write").click()
    assert refreshes(console) is None
    console.get_by_text("Prepare a poll").click()
    console.get_by_label("Question", exact=True).fill("Where?")
    console.get_by_label("Ballots", exact=True).select_option("Open, with names")
    console.get_by_label("Options, one a line").fill("Here\nThere")
    console.get_by_role("button", name="Prepare", exact=True).click()
    expect(console.locator("#part-ballots-console")).to_contain_text("1Where?")
    assert refreshes(console) is None, "still the page that keeps still"
    console.get_by_role("link", name="Refresh by itself again").click()
    assert refreshes(console) == "20"


def test_a_ballot_keeps_still_on_its_own_page_and_whoever_waits_to_speak_learns_of_their_turn(
    links: dict[str, str], plain: BrowserContext
) -> None:
    phone, console = sit(plain, links["participant"]), sit(plain, links["moderator"], "still/")
    assert refreshes(phone) == "15"
    console.get_by_text("Prepare a poll").click()
    console.get_by_label("Question", exact=True).fill("Where?")
    console.get_by_label("Ballots", exact=True).select_option("Open, with names")
    console.get_by_label("Options, one a line").fill("Here\nThere")
    console.get_by_role("button", name="Prepare", exact=True).click()
    console.get_by_role("button", name="Open: Where?").click()
    phone.get_by_role("button", name="Ask to speak").click()
    assert refreshes(phone) == "15", "also while a poll is open"
    expect(phone.locator("main > [data-part]").first).to_contain_text("You are next")
    phone.get_by_role("link", name="Vote").click()
    assert refreshes(phone) is None, "nothing half filled in is refreshed away"
    phone.get_by_label("Here", exact=True).check()
    phone.get_by_role("button", name="Cast my ballot").click()
    expect(phone.locator("#part-ballots-call")).to_contain_text("Your ballot is in.")
    assert refreshes(phone) == "15"
    console.get_by_role("button", name="Close and show results").click()
    expect(console.locator("#part-ballots-results")).to_contain_text("voted, 0 abstained")


def test_whoever_spoke_corrects_approves_and_withdraws_their_words(
    links: dict[str, str], plain: BrowserContext
) -> None:
    phone = sit(plain, links["participant"], name="Asha")
    phone.get_by_role("button", name="Ask to speak").click()
    moderator, captioner = Hand(links["moderator"]), Hand(links["captioner"])
    turn = re.findall(r'name="turn" value="(\w+)"', moderator.http.get(moderator.base).text)[0]
    moderator.do("floor.call", turn=turn, reason="It is her village")
    moderator.do("floor.start")
    for text in ("The well was promised in May.", "Nobody asked us."):
        captioner.do("transcript.settle", text=text)
    moderator.do("floor.end")

    phone.goto(phone.url)
    phone.get_by_role("link", name="Approve, correct or take back").click()
    piece = phone.locator("li", has_text="The well was promised")
    piece.get_by_text("Correct this piece").click()
    piece.get_by_label("How it should read").fill("The well was promised in March.")
    piece.get_by_role("button", name="Save the correction").click()
    expect(phone.locator("li", has_text="in March.")).to_contain_text("corrected by who spoke")
    phone.get_by_role("button", name="I approve these words").click()
    expect(phone.locator(".hint", has_text="These words are approved.")).to_be_visible()
    piece = phone.locator("li", has_text="Nobody asked us.")
    piece.get_by_text("Withdraw this piece").click()
    piece.get_by_label("Yes, withdraw these words").check()
    piece.get_by_role("button", name="Withdraw", exact=True).click()
    expect(phone.locator("main")).to_contain_text("[withdrawn]")
    expect(phone.locator("main")).not_to_contain_text("Nobody asked us.")
    phone.get_by_text("Withdraw the whole turn").first.click()
    phone.get_by_label("Yes, withdraw all of it").check()
    phone.get_by_role("button", name="Withdraw the whole turn").click()
    expect(phone.locator(".hint", has_text="All of these words are withdrawn.")).to_be_visible()
    read = captioner.http.get(f"{captioner.base}transcript.txt").text
    assert "[withdrawn]" in read
    assert "March" not in read
