"""Two drafters write one clause at the same time, each in a browser of their own; a phone reads along."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.service import Service, running
from tests.stories.browser import LAPTOP, PHONE, TABLET
from tests.stories.proxy import proxy
from tests.stories.stage import Hand, new_room, sit
from tests.stories.writer import Writer


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("drafting"), LIVE_TICK_S="0.02", LIMIT_FACTOR="1000") as found:
        yield found


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


def test_two_write_one_clause_at_the_same_time_and_a_phone_reads_it(links: dict[str, str], chromium: Browser) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="We ask for peace.")
    laptop, tablet = chromium.new_context(viewport=LAPTOP), chromium.new_context(viewport=TABLET, has_touch=True)
    hall = chromium.new_context(viewport=PHONE)
    reader = sit(hall, links["participant"], "text/")
    ann, ben = Writer(laptop, links["drafter"]), Writer(tablet, links["drafter"])
    ann.to_the("Home")
    ben.to_the("End")
    for one, other in zip("Today: ", " And for bread.", strict=False):
        ann.field.press_sequentially(one)
        ben.field.press_sequentially(other)
    ben.field.press_sequentially(" And for bread."[7:])
    whole = "Today: We ask for peace. And for bread."
    ann.reads(whole)
    ben.reads(whole)
    expect(ann.cursor()).to_have_text(ben.name)
    expect(ben.cursor()).to_have_text(ann.name)
    expect(reader.locator(".clause .text")).to_have_text(whole)
    expect(ann.page.locator(".mirror .name")).to_be_hidden()
    assert ann.eye.wrong == ben.eye.wrong == []
    for each in (laptop, tablet, hall):
        each.close()


def test_each_undoes_their_own_words_alone(links: dict[str, str], chromium: Browser) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="We ask.")
    laptop, tablet = chromium.new_context(viewport=LAPTOP), chromium.new_context(viewport=TABLET, has_touch=True)
    ann, ben = Writer(laptop, links["drafter"]), Writer(tablet, links["drafter"])
    ann.to_the("Home")
    ann.field.press_sequentially("Today: ")
    ben.reads("Today: We ask.")
    ben.to_the("End")
    ben.field.press_sequentially(" Now.")
    ann.reads("Today: We ask. Now.")
    ann.field.press("Control+z")
    ben.reads("We ask. Now.")
    ben.page.get_by_role("button", name="Undo").tap()
    ann.reads("We ask.")
    ann.page.get_by_role("button", name="Redo").click()
    ben.reads("Today: We ask.")
    ann.page.get_by_role("button", name="Done").click()
    expect(ann.field).to_be_hidden()
    expect(ben.cursor()).to_have_count(0)
    for each in (laptop, tablet):
        each.close()


def test_a_form_that_is_closed_at_once_keeps_what_was_typed_and_opens_again(
    links: dict[str, str], chromium: Browser
) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="We ask.")
    laptop = chromium.new_context(viewport=LAPTOP)
    ann = Writer(laptop, links["drafter"])
    for word in ("Now: ", "Here: "):
        ann.to_the("Home")
        ann.field.press_sequentially(word)
        ann.page.get_by_role("button", name="Done").click()
        ann.page.locator("summary", has_text="Reword").click()
        expect(ann.page.locator("form.live")).to_be_visible()
    ann.reads("Here: Now: We ask.")
    ann.to_the("End")
    ann.field.press_sequentially(" Soon.")
    ann.reads("Here: Now: We ask. Soon.")
    expect(ann.page.locator(".clause > .text")).to_have_text("Here: Now: We ask. Soon.")
    assert ann.eye.wrong == []
    laptop.close()


def test_words_typed_while_the_service_is_down_are_kept_when_it_is_back(
    links: dict[str, str], service: Service, chromium: Browser
) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="We ask.")
    laptop, tablet = chromium.new_context(viewport=LAPTOP), chromium.new_context(viewport=TABLET, has_touch=True)
    ann, ben = Writer(laptop, links["drafter"]), Writer(tablet, links["drafter"])
    service.kill()
    for one in (ann, ben):
        expect(one.page.locator("[data-state]")).to_contain_text("No line.")
    ann.to_the("Home")
    ann.field.press_sequentially("Today: ")
    ben.to_the("End")
    ben.field.press_sequentially(" Now.")
    service.restart()
    for one in (ann, ben):
        one.reads("Today: We ask. Now.")
    for each in (laptop, tablet):
        each.close()


def test_words_typed_without_a_line_come_into_a_pad_that_was_begun_anew_and_bring_nothing_old_back(
    links: dict[str, str], service: Service, chromium: Browser
) -> None:
    """Words are struck from what was said while one drafter is away: every pad is begun anew, and the other goes on."""
    Hand(links["drafter"]).do("statements.add_clause", text="We trust Quagga Obi and ask for peace.")
    captioner, moderator = Hand(links["captioner"]), Hand(links["moderator"])
    (segment,) = captioner.do("transcript.settle", text="We all saw Quagga Obi at the well.")["segments"]
    laptop, tablet = chromium.new_context(viewport=LAPTOP), chromium.new_context(viewport=TABLET, has_touch=True)
    with proxy(service.port) as network:
        ann = Writer(laptop, links["drafter"].replace(f":{service.port}/", f":{network.port}/", 1))
        ben = Writer(tablet, links["drafter"])
        network.down = True
        network.cut()
        expect(ann.page.locator("[data-state]")).to_contain_text("No line.")
        ann.to_the("End")
        ann.field.press_sequentially(" Ann was here.")
        ann.to_the("Home")
        ann.field.press_sequentially("Today: ")
        moderator.do("transcript.strike", segment=segment, words="Quagga Obi", sure="on")
        ben.reads("We trust Quagga Obi and ask for peace.")
        ben.field.fill("We trust her and ask for peace and bread.")
        ben.reads("We trust her and ask for peace and bread.")
        network.down = False
        whole = "Today: We trust her and ask for peace and bread. Ann was here."
        for one in (ann, ben):
            one.reads(whole)
        ann.to_the("End")
        ann.field.press_sequentially(" Now.")
        ben.reads(f"{whole} Now.")
        for each in (laptop, tablet):
            each.close()


#: What both agreed on last (or what may have been), what one typed since, what stands now, and what comes of both.
ONE_TEXT = [
    (["We ask."], "We ask. Now.", "We ask for peace.", "We ask for peace. Now."),
    (["We trust Ann here."], "Today we trust Ann here too.", "We trust here.", "Today we trust here too."),
    (["Ann said so."], "Anna said so.", "said so.", "asaid so."),
    (["We ask. Ann said it."], "We ask. And so Ann said it.", "We ask.", "We ask.And so "),
    (["We ask for peace."], "We peace.", "We all ask for quiet peace.", "We all quiet peace."),
    (["We ask.", "We ask. Now"], "We ask. Now and here.", "We ask. Now", "We ask. Now and here."),
    (["We ask.", "We ask. Now"], "We ask. Now and here.", "We ask.", "We ask. Now and here."),
    (["我们要和平。"], "我们都要和平。", "我们要水和平。", "我们都要水和平。"),
    (["Bread 🌾."], "Bread 🌽.", "Bread and 🌾.", "Bread and 🌽."),
    (["Same."], "Same.", "Other.", "Other."),
    ([""], "Mine.", "Theirs. ", "Theirs. Mine."),
]


def test_what_one_typed_is_put_on_the_words_that_stand_now(links: dict[str, str], chromium: Browser) -> None:
    context = chromium.new_context()
    page = sit(context, links["drafter"])
    script = """([bases, typed, after]) => window.deliberateRebase.rebased(bases, typed, after).reduce(
        (text, [at, out, into]) => text.slice(0, at) + into + text.slice(at + out), after)"""
    for bases, typed, after, comes in ONE_TEXT:
        assert page.evaluate(script, [bases, typed, after]) == comes, (bases, typed, after)
    context.close()


def test_a_word_that_is_being_composed_is_not_torn_by_what_others_type(
    links: dict[str, str], chromium: Browser
) -> None:
    Hand(links["drafter"]).do("statements.add_clause", text="We ask.")
    laptop, tablet = chromium.new_context(viewport=LAPTOP), chromium.new_context(viewport=TABLET, has_touch=True)
    ann, ben = Writer(laptop, links["drafter"]), Writer(tablet, links["drafter"])
    ann.to_the("End")
    keyboard = laptop.new_cdp_session(ann.page)
    keyboard.send("Input.imeSetComposition", {"text": "ni", "selectionStart": 2, "selectionEnd": 2})
    ben.to_the("Home")
    ben.field.press_sequentially("Today: ")
    ben.reads("Today: We ask.")
    expect(ann.field).to_have_value("We ask.ni")
    keyboard.send("Input.insertText", {"text": "你"})
    ann.reads("Today: We ask.你")
    ben.reads("Today: We ask.你")
    for each in (laptop, tablet):
        each.close()


def test_a_clause_that_is_taken_out_is_left_and_one_sent_by_a_plain_form_comes_into_the_pad(
    links: dict[str, str], chromium: Browser
) -> None:
    drafter = Hand(links["drafter"])
    clause = drafter.do("statements.add_clause", text="We ask.")["clause"]
    laptop, plain = chromium.new_context(viewport=LAPTOP), chromium.new_context(java_script_enabled=False)
    ann, old = Writer(laptop, links["drafter"]), sit(plain, links["drafter"])
    old.locator("summary", has_text="Reword").click()
    old.get_by_label("Wording of clause 1").fill("We ask for peace.")
    old.locator("form[data-pad] button").click()
    expect(old.get_by_text("Saved.")).to_be_visible()
    ann.reads("We ask for peace.")
    drafter.do("statements.remove_clause", clause=clause)
    expect(ann.field).to_have_count(0)
    drafter.do("statements.restore_clause", clause=clause)
    ann.page.locator("summary", has_text="Reword").click()
    ann.reads("We ask for peace.")
    assert ann.eye.wrong == []
    for each in (laptop, plain):
        each.close()


def test_a_phone_does_not_load_the_editor(links: dict[str, str], chromium: Browser) -> None:
    asked: list[str] = []
    for role, loads in (("participant", False), ("moderator", False), ("captioner", False), ("drafter", True)):
        context = chromium.new_context(viewport=PHONE)
        context.on("request", lambda request: asked.append(request.url))
        sit(context, links[role])
        assert any("packs/pads" in url for url in asked) == loads, role
        context.close()
