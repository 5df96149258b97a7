"""What takes its place in a page that stays: pieces that htmx asks for, and words that are for one seat alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from tests.service import Service, running
from tests.stories.browser import PATIENCE_MS, PHONE, SMALLEST
from tests.stories.stage import Hand, new_room, sit


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("in-place"), LIVE_TICK_S="0.02", LIMIT_FACTOR="1000") as found:
        yield found


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


def pieces(page: Page) -> list[Response]:
    """The answers to htmx from now on."""
    found: list[Response] = []
    page.on("response", lambda answer: found.append(answer) if answer.request.headers.get("hx-request") else None)
    return found


def test_a_search_is_answered_in_the_page_by_a_piece_and_the_line_stays(
    links: dict[str, str], chromium: Browser
) -> None:
    captioner = Hand(links["captioner"])
    captioner.do("transcript.settle", text="We dig wells before we build roads.")
    captioner.do("transcript.settle", text="Nobody asked the village.")
    context = chromium.new_context()
    page = sit(context, links["participant"], "words/")
    expect(page.locator("#line")).to_have_attribute("data-line", "live")
    asked = pieces(page)
    page.get_by_role("searchbox").fill("wells")
    expect(page.locator("#found mark")).to_have_text("wells")
    expect(page.locator("#found")).not_to_contain_text("village")
    expect(page.locator("#line")).to_have_attribute("data-line", "live")
    assert "<head>" not in asked[-1].text()
    context.close()


def test_another_page_of_ideas_comes_in_place_and_can_be_voted_on(links: dict[str, str], chromium: Browser) -> None:
    for number in range(12):
        Hand(links["participant"]).do("ideas.post", text=f"Idea text {number}")
    context = chromium.new_context()
    page = sit(context, links["participant"], "ideas/?sort=newest")
    asked = pieces(page)
    page.get_by_role("link", name="More ideas").click()
    card = page.locator("#board li", has_text="Idea text 1")
    expect(card).to_have_count(1)
    assert "page=2" in page.url
    assert "<head>" not in asked[-1].text()
    card.get_by_role("button", name="Support").click()
    expect(card.locator("b").first).to_have_text("1")
    context.close()


def test_why_a_request_was_removed_is_read_by_whoever_asked_alone(links: dict[str, str], chromium: Browser) -> None:
    context, other, chair = chromium.new_context(), chromium.new_context(), Hand(links["moderator"])
    ann, ben = sit(context, links["participant"], "floor/"), sit(other, links["participant"], "floor/")
    ann.get_by_role("button", name="Ask to speak").click()
    row = ann.locator("[data-part='floor.queue'] li")
    expect(row).to_have_count(1)
    turn = str(row.get_attribute("id")).removeprefix("turn-")
    chair.do("floor.remove", turn=turn, reason="We are at the break")
    expect(ann.get_by_text("A moderator took you off the list. We are at the break")).to_be_visible()
    expect(ben.locator("[data-part='floor.queue'] li")).to_have_count(0)
    assert "at the break" not in ben.content()
    ann.reload()
    expect(ann.get_by_text("A moderator took you off the list. We are at the break")).to_be_visible()
    for each in (context, other):
        each.close()


def call(chair: Hand, turn: str) -> None:
    chair.do("floor.call", turn=turn, reason="It is their village")
    chair.do("floor.start")


def test_what_one_chose_to_ask_for_stays_chosen_when_a_direct_reply_comes_and_goes(
    links: dict[str, str], chromium: Browser
) -> None:
    context, chair, ben = chromium.new_context(), Hand(links["moderator"]), Hand(links["participant"], name="Ben")
    ann = sit(context, links["participant"], name="Ann")
    expect(ann.locator("#line")).to_have_attribute("data-line", "live")
    ann.get_by_label("Question", exact=True).check()
    turn = ben.do("floor.ask", kind="point")["turn"]
    expect(ann.get_by_text("1 person is waiting")).to_be_visible()
    chair.do("floor.call_next", expected=turn)
    expect(ann.get_by_label("Direct reply", exact=True)).to_be_visible()
    chair.do("floor.start")
    chair.do("floor.end")
    expect(ann.locator("[data-part='floor.now']")).not_to_contain_text("Ben")
    expect(ann.get_by_label("Question", exact=True)).to_be_checked()
    chair.do("floor.close_list")
    expect(ann.get_by_role("button", name="Raise a point of order")).to_be_visible()
    chair.do("floor.open_list")
    expect(ann.get_by_label("New point", exact=True)).to_be_visible()
    assert ann.locator("[name=kind]:checked").count() == 1
    context.close()


def test_after_ones_own_turn_a_new_point_is_chosen_not_a_reply_to_oneself(
    links: dict[str, str], chromium: Browser
) -> None:
    context, chair = chromium.new_context(), Hand(links["moderator"])
    ann = sit(context, links["participant"], "floor/")
    expect(ann.locator("#line")).to_have_attribute("data-line", "live")
    ann.get_by_label("Question", exact=True).check()
    ann.get_by_role("button", name="Ask to speak").click()
    row = ann.locator("[data-part='floor.queue'] li")
    expect(row).to_have_count(1)
    call(chair, str(row.get_attribute("id")).removeprefix("turn-"))
    ann.get_by_role("button", name="I am done").click()
    expect(ann.get_by_role("button", name="Ask to speak")).to_be_visible()
    expect(ann.get_by_label("Direct reply", exact=True)).to_be_hidden()
    expect(ann.get_by_label("New point", exact=True)).to_be_checked()
    ann.get_by_role("button", name="Ask to speak").click()
    expect(ann.get_by_role("button", name="Withdraw")).to_be_visible()
    context.close()


def test_somebody_without_a_phone_is_erased_in_their_row_or_by_name(links: dict[str, str], chromium: Browser) -> None:
    chair = Hand(links["moderator"])
    chair.do("floor.add", name="Zora Quagga", group="", place="hall", kind="point")
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = sit(context, links["moderator"])
    row = page.locator("[data-part='floor.queue'] li", has_text="Zora Quagga")
    row.locator("summary").click()
    row.get_by_role("button", name="Erase them").click()
    expect(page.locator("[data-part='floor.queue']")).not_to_contain_text("Zora")
    chair.do("floor.add", name="Zora Quagga", group="", place="hall", kind="point")
    page.get_by_text("Erase someone without a phone").click()
    page.get_by_label("Their name, as it was put on the list").fill("zora quagga")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part='floor.queue'] ol")).to_have_count(0)
    context.close()


def test_while_one_types_an_idea_those_that_may_say_the_same_come_up_and_go(
    links: dict[str, str], chromium: Browser
) -> None:
    other = Hand(links["participant"], name="Ben", place="hall")
    other.do("ideas.post", text="Lower the voting age to sixteen")
    context = chromium.new_context()
    page = sit(context, links["participant"], "ideas/")
    expect(page.locator("#line")).to_have_attribute("data-line", "live")
    field, found = page.get_by_label("Your idea"), page.locator("#alike")
    field.press_sequentially("The voting age could be lowered to sixteen")
    expect(found).to_contain_text("Lower the voting age to sixteen", timeout=30_000)
    expect(found).to_contain_text("Found by a machine")
    expect(field).to_be_focused()
    found.get_by_role("button", name="Support it").click()
    expect(found).to_contain_text("You support it")
    page.get_by_role("button", name="Post", exact=True).click()
    expect(field).to_have_value("")
    expect(found).to_be_empty()
    context.close()


@pytest.mark.parametrize("secret", ["blind", "sealed"])
def test_an_open_poll_is_seen_from_every_screen_until_one_has_voted(
    links: dict[str, str], chromium: Browser, secret: str
) -> None:
    context, chair = chromium.new_context(viewport=PHONE), Hand(links["moderator"])
    for _guest in range(5):  # fewer could not vote in secret
        Hand(links["participant"])
    asked = chair.do("ballots.prepare", question="Where?", kind="one", options="Here\nThere", secret=secret)
    page = sit(context, links["participant"])
    here, way = page.url, page.get_by_role("link", name="A poll is open: vote")
    page.goto(f"{here}words/")
    expect(page.locator("#line")).to_have_attribute("data-line", "live")
    chair.do("ballots.open", poll=asked["poll"])
    expect(way).to_be_in_viewport()
    way.click()
    expect(page).to_have_url(here)
    expect(way).to_have_count(0)
    page.get_by_label("Here", exact=True).check()
    page.get_by_role("button", name="Cast my ballot").click()
    expect(page.get_by_text("Your ballot is in.").locator("visible=true").first).to_be_visible(timeout=PATIENCE_MS)
    for screen in ("floor", "ideas", "text"):
        page.goto(f"{here}{screen}/")
        expect(page.locator("#line")).to_have_attribute("data-line", "live")
        expect(way.locator("visible=true")).to_have_count(0)
    context.close()


def test_the_table_of_support_finds_room_on_the_smallest_phone(links: dict[str, str], chromium: Browser) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="Nobody decides over a well without those who walk to it.")
    context = chromium.new_context(viewport=SMALLEST)
    page = sit(context, links["participant"])
    here = page.url
    for screen in ("support", "outcome"):
        page.goto(f"{here}{screen}/")
        expect(page.get_by_role("cell", name="0", exact=True).first).to_be_visible()
        assert page.get_by_role("columnheader", name="Cannot accept").count() == 1
        assert page.evaluate(
            "[...document.querySelectorAll('.scrolls')].every((one) => one.scrollWidth <= one.clientWidth)"
        )
    context.close()
