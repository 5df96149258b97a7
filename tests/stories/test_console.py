"""The moderator's console, worked without a mouse."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.service import Service
from tests.stories.stage import Hand, new_room, sit


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


@pytest.fixture
def console(links: dict[str, str], chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = sit(context, links["moderator"])
    expect(page.locator("#line")).to_have_attribute("data-line", "live")
    yield page
    context.close()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_a_plenary_is_led_from_the_keyboard_alone(links: dict[str, str], console: Page) -> None:
    for number in range(3):
        Hand(links["participant"], name=f"Guest {number}").do("floor.ask", kind="point")
    floor, agenda, wall = (console.locator(f"#part-{name}") for name in ("floor-now", "events-agenda", "wall-scene"))
    press(console, "m")
    expect(agenda.locator("[aria-current]")).to_contain_text("Short contributions")
    press(console, "n")
    expect(floor).to_contain_text("Guest 0")
    press(console, "p")
    expect(floor).to_contain_text("Pause")
    press(console, "p")
    expect(floor).to_contain_text("paused")
    press(console, "p", "e", "x")
    expect(floor).to_contain_text("Nobody is speaking.")
    press(console, "z")
    expect(floor).to_contain_text("Guest 0")
    press(console, "n")
    expect(floor).to_contain_text("Guest 1")
    press(console, "l")
    expect(console.get_by_role("button", name="Open the list")).to_be_visible()
    press(console, "l")
    expect(console.get_by_role("button", name="Close the list")).to_be_visible()
    press(console, "b")
    expect(wall).to_contain_text("On the wall: Balance")
    press(console, "0")
    expect(wall).to_contain_text("On the wall: Speaker, by itself")


def test_a_poll_is_prepared_opened_and_closed_by_keyboard(console: Page) -> None:
    polls, wall = console.locator("#part-ballots-console"), console.locator("#part-wall-scene")
    press(console, "/")
    console.keyboard.type("prepare")
    press(console, "Enter", "Tab")
    console.keyboard.type("Where?")
    press(console, "Tab", "Tab", "ArrowDown", "ArrowDown", "Tab")  # with names: they are too few for a secret one
    console.keyboard.type("Here\nThere")
    console.get_by_role("button", name="Prepare", exact=True).press("Enter")
    expect(polls).to_contain_text("1Where?")
    press(console, "o")
    expect(console.locator("#part-ballots-turnout")).to_contain_text("Poll open, with names")
    expect(wall).to_contain_text("On the wall: Poll, by itself")
    press(console, "c")
    expect(console.locator("#part-ballots-results")).to_contain_text("Where?")
    expect(wall).to_contain_text("On the wall: Results, by itself")


def test_the_form_of_a_poll_shows_what_its_kind_needs_and_says_at_the_field_what_is_wrong(console: Page) -> None:
    console.get_by_text("Prepare a poll").click()
    options, least = console.locator("#paper-new-options"), console.locator("#paper-new-least")
    prepare = console.get_by_role("button", name="Prepare", exact=True)
    prepare.click()
    expect(console.get_by_label("Question")).to_be_focused()
    expect(console.get_by_label("Question")).to_have_accessible_description("This is still empty.")
    console.get_by_label("Question").fill("Where?")
    options.fill("Here")
    prepare.click()
    expect(options).to_be_focused()
    expect(options).to_have_accessible_description("Write two to 20 options, one a line.")
    expect(options).to_have_attribute("aria-invalid", "true")
    expect(console.locator("#said")).to_be_hidden()
    expect(prepare).not_to_have_attribute("aria-busy", "true")
    expect(least).to_be_hidden()
    console.locator("#paper-new-kind").select_option("several")
    expect(least).to_have_accessible_name("At least")
    console.locator("#paper-new-kind").select_option("scale")
    expect(options).to_be_hidden()
    expect(least).to_have_accessible_name("Lowest")
    prepare.click()
    expect(console.locator("#part-ballots-console")).to_contain_text("A scale, blind")


def test_why_somebody_is_called_out_of_order_is_asked_for_at_the_field(links: dict[str, str], console: Page) -> None:
    Hand(links["participant"], name="Asha").do("floor.ask", kind="point")
    console.locator("#part-floor-queue .more > summary").click()
    console.get_by_role("button", name="Call now").click()
    why = console.get_by_label("Why now?")
    expect(why).to_be_focused()
    expect(why).to_have_accessible_description("This is still empty.")
    why.press_sequentially("She has to leave")
    expect(why).to_have_accessible_description("")
    console.get_by_role("button", name="Call now").click()
    expect(console.locator("#part-floor-now")).to_contain_text("Called out of order: She has to leave")


def test_the_bar_offers_acts_and_places_alone(links: dict[str, str], console: Page) -> None:
    Hand(links["participant"], name="Asha").do("floor.ask", kind="point")
    expect(console.locator("#part-floor-queue")).to_contain_text("Asha")
    press(console, "/")
    offered = console.evaluate("[...document.querySelectorAll('#commands option')].map((one) => one.value)")
    assert {"Floor", "Call next", "Close the list", "Prepare a poll", "All ideas", "Begin", "Captions"} <= set(offered)
    assert [each for each in offered if each.startswith(("More", "Who chose", "Taken off", "By group"))] == []


def test_messages_cover_nothing_that_can_be_worked(console: Page) -> None:
    press(console, "b")
    console.get_by_text("Prepare a poll").click()
    console.get_by_label("Question").fill("Where?")
    console.locator("#paper-new-kind").select_option("scale")
    console.get_by_role("button", name="Prepare", exact=True).click()
    expect(console.locator("#said")).to_be_visible()
    expect(console.locator("#undo")).to_be_visible()
    covered = console.evaluate("""() => [...document.querySelectorAll("#said, #undo")].flatMap((toast) => {
        const box = toast.getBoundingClientRect();
        return [...document.querySelectorAll("main .card, header *, main h2 kbd")].filter((one) => {
            const other = one.getBoundingClientRect();
            return box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
        }).map((one) => one.outerHTML.slice(0, 60));
    })""")
    assert covered == []


def test_everything_frequent_is_in_view_though_a_form_is_open(links: dict[str, str], console: Page) -> None:
    for number in range(9):
        Hand(links["participant"], name=f"Guest {number}").do("floor.ask", kind="point")
        Hand(links["participant"], name=f"Poet {number}").do(
            "ideas.post", text=f"An idea that takes two lines, the {number}th"
        )
    press(console, "n")
    console.get_by_text("Prepare a poll").click()
    for seen in (
        "#part-floor-queue",
        "#part-ideas-console",
        "#part-transcript-live",
        "#part-wall-scene",
        "#part-floor-balance",
    ):
        box = console.locator(seen).bounding_box()
        assert box is not None
        assert box["y"] + min(box["height"], 80) <= 800


def test_the_columns_the_list_of_keys_and_the_bar_are_one_key_away(console: Page) -> None:
    for key, column in (("1", "col-floor"), ("2", "col-room"), ("3", "col-stage")):
        press(console, key)
        expect(console.locator(f"#{column}")).to_be_focused()
    press(console, "?")
    keys = console.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("Call next")
    press(console, "Escape")
    expect(keys).to_be_hidden()
    press(console, "/")
    console.keyboard.type("captions")
    press(console, "Enter")
    expect(console.locator("#part-wall-scene")).to_contain_text("On the wall: Captions")


def test_letters_are_letters_where_somebody_types_and_keys_can_be_switched_off(console: Page) -> None:
    console.get_by_text("Add someone without a phone").click()
    console.locator("#add-name").fill("")
    console.locator("#add-name").press_sequentially("below")
    expect(console.locator("#part-wall-scene")).to_contain_text("by itself")
    expect(console.locator("#add-name")).to_have_value("below")
    hints = console.locator("main kbd:visible")
    expect(hints).not_to_have_count(0)
    console.get_by_role("link", name="Keys").click()
    console.get_by_label("Keys are on").uncheck()
    press(console, "Escape")
    expect(hints).to_have_count(0)
    press(console, "b")
    console.wait_for_timeout(300)
    expect(console.locator("#part-wall-scene")).to_contain_text("by itself")


def test_a_picture_takes_neither_half_typed_text_nor_focus_nor_an_open_detail(
    links: dict[str, str], console: Page
) -> None:
    console.get_by_text("Add someone without a phone").click()
    name = console.locator("#add-name")
    name.fill("Old Joh")
    name.evaluate("field => field.setSelectionRange(4, 4)")
    Hand(links["participant"], name="Asha").do("floor.ask", kind="point")
    expect(console.locator("#part-floor-queue")).to_contain_text("Asha")
    expect(name).to_be_focused()
    expect(name).to_have_value("Old Joh")
    assert name.evaluate("field => field.selectionStart") == 4
    press(console, "l", "End")
    expect(name).to_have_value("Old lJoh")


def test_what_hurts_is_offered_for_taking_back_for_ten_seconds(console: Page) -> None:
    console.clock.install()
    press(console, "b")
    undo = console.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    console.clock.run_for(9_000)
    expect(undo).to_be_visible()
    console.clock.run_for(2_000)
    expect(undo).to_be_hidden()


def test_a_picture_that_comes_asks_nothing_back(links: dict[str, str], chromium: Browser) -> None:
    context = chromium.new_context()
    page, sent = context.new_page(), []
    page.on("websocket", lambda line: line.on("framesent", lambda frame: sent.append(frame)))
    page.goto(links["moderator"])
    page.locator("main form button").click()
    expect(page.locator("#line")).to_have_attribute("data-line", "live")
    before = len(sent)
    for number in range(5):
        Hand(links["participant"], name=f"Guest {number}").do("floor.ask", kind="point")
        expect(page.locator("#part-floor-queue")).to_contain_text(f"Guest {number}")
    assert [frame for frame in sent[before:] if "pong" not in str(frame)] == []
    context.close()


def test_a_phone_shows_no_hints_at_keys(links: dict[str, str], chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = sit(context, links["moderator"])
    expect(page.get_by_role("button", name="Close the list")).to_be_visible()
    expect(page.locator("kbd:visible")).to_have_count(0)
    context.close()


@pytest.mark.parametrize("size", [(1280, 800), (820, 1180)], ids=["laptop", "tablet"])
def test_the_console_fits_the_screen_and_axe_finds_nothing(
    links: dict[str, str], chromium: Browser, size: tuple[int, int]
) -> None:
    for number in range(9):
        Hand(links["participant"], name=f"Guest {number}").do("floor.ask", kind="point")
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]})
    page = sit(context, links["moderator"])
    press(page, "n")
    expect(page.get_by_role("button", name="Start")).to_be_visible()
    assert page.evaluate("[document.documentElement.scrollHeight, document.documentElement.scrollWidth]") == [
        size[1],
        size[0],
    ]
    assert Axe().run(page).violations_count == 0
    press(page, "?")
    assert Axe().run(page).violations_count == 0
    page.goto(page.url + "keys/")
    assert Axe().run(page).violations_count == 0
    context.close()
