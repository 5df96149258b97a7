"""The wall: one address for the projector, read from twenty metres."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.service import Service
from tests.stories.stage import Hand, new_room, sit

#: Texts on the wall that are smaller than 40 px, or that leave the screen.
UNREADABLE = """() => {
  const found = [];
  for (const one of document.querySelectorAll("header p, header p *, .clock, main *, .corner *")) {
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!says || !one.checkVisibility() || one.closest(".unseen, .captions")) continue;
    const box = one.getBoundingClientRect(), size = parseFloat(getComputedStyle(one).fontSize);
    if (size < 40) found.push(`${size} px: ${one.textContent}`);
    if (box.top < 0 || box.left < 0 || box.bottom > innerHeight || box.right > innerWidth) found.push(`cut: ${one.textContent}`);
  }
  return found;
}"""
#: Lines of text, one below the other, beside the timer and the way in.
LINES = """() => {
  const rows = [];
  for (const one of document.querySelectorAll("header p, .clock, main *")) {
    if (!one.checkVisibility({ visibilityProperty: true }) || one.closest(".unseen, .timer")) continue;
    for (const node of one.childNodes) {
      if (node.nodeType !== 3 || !node.textContent.trim()) continue;
      const range = document.createRange(), box = (one.closest(".captions, .text") ?? one).getBoundingClientRect();
      range.selectNodeContents(node);
      for (const line of range.getClientRects()) {
        const middle = (line.top + line.bottom) / 2;
        if (middle > box.top && middle < box.bottom && !rows.some((row) => Math.abs(row - middle) < 20)) rows.push(middle);
      }
    }
  }
  return rows.length;
}"""
#: Texts that leave the window sideways (or at its end, where it is wide and does not scroll), and parts that overlap.
OUTSIDE = """() => {
  const found = [], wide = innerWidth > innerHeight, boxes = [];
  for (const one of document.querySelectorAll("header p, .clock, main > .scene *, .corner *")) {
    const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!says || !one.checkVisibility() || one.closest(".unseen, .captions")) continue;
    const box = one.getBoundingClientRect();
    if (box.left < 0 || box.right > innerWidth + 1) found.push(`wide: ${one.textContent}`);
    if (wide && (box.top < 0 || box.bottom > innerHeight)) found.push(`cut: ${one.textContent}`);
  }
  for (const one of document.querySelectorAll("header, main > .scene, .corner")) {
    const box = one.getBoundingClientRect();
    if (!box.height) continue;
    const inner = [...one.querySelectorAll("*")].filter((each) => each.checkVisibility() && !each.closest(".unseen, .captions > *"));
    const top = Math.min(...inner.map((each) => each.getBoundingClientRect().top));
    const bottom = Math.max(...inner.map((each) => each.getBoundingClientRect().bottom));
    for (const other of boxes) {
      const beside = box.left >= other.box.right - 1 || other.box.left >= box.right - 1;
      if (!beside && top < other.bottom - 1 && bottom > other.top + 1) found.push(`${one.className} lies over ${other.name}`);
    }
    boxes.push({ name: one.className || one.tagName, box, top, bottom });
  }
  if (document.documentElement.scrollWidth > innerWidth) found.push("scrolls sideways");
  return found;
}"""
#: Counts how often lines roll.
ROLLS = """() => {
  window.rolls = 0;
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (...given) { window.rolls += 1; return animate.apply(this, given); };
}"""
LONG = "What would have to be true before you would send your own children to the place that this plan is made for, and who should have to say so in public, every year again, before those who live there?"


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    return new_room(service)


@pytest.fixture
def moderator(links: dict[str, str]) -> Hand:
    return Hand(links["moderator"])


def test_a_projector_without_a_keyboard_comes_in_by_itself(links: dict[str, str], chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    page = context.new_page()
    page.goto(links["wall"])
    shows(page, "wall-welcome")
    context.close()


@pytest.fixture
def wall(links: dict[str, str], chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080})
    yield sit(context, links["wall"])
    context.close()


def shows(wall: Page, part: str) -> None:
    """That this part is what the wall shows now."""
    expect(wall.locator(f"main > #part-{part}")).to_be_visible()
    assert wall.locator("main > .scene:visible").count() <= 3, (
        "the scene; with a speaker who comes next, and their words"
    )


def fill(links: dict[str, str], moderator: Hand) -> str:
    """A room with long names, long texts and many of everything; the handle of its open poll."""
    people = [
        Hand(links["participant"], name=f"{number} " + "Wilhelmina Nkemelu Okonkwo-Hartmann"[:57])
        for number in range(7)
    ]
    for one in people:
        one.do("floor.ask", kind="point")
        one.do("ideas.post", text=LONG[:270])
    Hand(links["captioner"]).do("transcript.settle", text=LONG)
    Hand(links["drafter"]).do("statements.add_clause", text=LONG * 3, after="")
    options = "\n".join(f"{number}: {LONG[:80]}" for number in range(9))
    poll = moderator.do("ballots.prepare", question=LONG, kind="one", options=options, secret="sealed")["poll"]
    moderator.do("ballots.open", poll=poll)
    for one in people:
        one.do("ballots.cast", poll=poll, choice="abstain")
    return str(poll)


def test_the_scene_changes_without_a_reload_as_the_room_or_the_moderator_chooses(
    links: dict[str, str], moderator: Hand, wall: Page
) -> None:
    shows(wall, "wall-welcome")
    expect(wall.locator("#part-wall-welcome .qr")).to_be_visible()
    wall.evaluate("window.same = true")
    Hand(links["participant"], name="Asha").do("floor.ask", kind="point")
    shows(wall, "floor-queue")
    moderator.do("floor.call_next", expected="")
    shows(wall, "floor-now")
    expect(wall.locator("#part-floor-now")).to_contain_text("Asha")
    expect(wall.locator(".corner .qr")).to_be_visible()
    moderator.do("wall.show", scene="captions")
    shows(wall, "transcript-live")
    moderator.do("wall.undo")
    shows(wall, "floor-now")
    assert wall.evaluate("window.same")


def test_captions_come_by_themselves_roll_up_and_move_nothing(
    links: dict[str, str], moderator: Hand, wall: Page
) -> None:
    captioner, spoken = Hand(links["captioner"]), wall.locator("#part-transcript-speaking .captions")
    captioner.do("transcript.settle", text="The room is open.")
    Hand(links["participant"], name="Asha").do("floor.ask", kind="point")
    moderator.do("floor.call_next", expected="")
    name = wall.locator("#part-floor-now h1")
    expect(name).to_have_text("Asha")
    expect(spoken).to_be_visible()
    before, room = name.bounding_box(), spoken.bounding_box()
    assert room
    assert room["height"] >= 3 * 40
    wall.evaluate(ROLLS)
    for words in range(4, 60, 8):
        captioner.do("transcript.interim", text=" ".join(LONG.split()[:words]))
        expect(spoken).to_contain_text(LONG.split()[min(words, len(LONG.split())) - 1])
    captioner.do("transcript.settle", text=LONG)
    expect(spoken.locator("[role=log] > div")).to_have_text(LONG)
    assert (name.bounding_box(), spoken.bounding_box()) == (before, room)
    assert wall.evaluate("window.rolls") > 0, "lines roll"
    assert wall.locator("#part-floor-now .label:visible").count() == 0, "seven lines at most"


@pytest.mark.parametrize("size", [(390, 844), (1280, 800), (1024, 768)])
def test_a_small_window_shows_every_scene_without_a_cut_or_an_overlap(
    links: dict[str, str], moderator: Hand, wall: Page, size: tuple[int, int]
) -> None:
    wall.set_viewport_size({"width": size[0], "height": size[1]})
    moderator.do("events.move_on")
    fill(links, moderator)
    moderator.do("floor.call_next", expected="")
    Hand(links["captioner"]).do("transcript.settle", text=LONG)
    for scene in ("welcome", "speaker", "queue", "captions", "balance", "poll", "ideas", "clause"):
        moderator.do("wall.show", scene=scene)
        expect(wall.locator(f"[data-scene={scene}]")).to_have_count(1)
        assert (scene, wall.evaluate(OUTSIDE)) == (scene, [])


def test_the_agenda_and_the_clock_stand_above_every_scene(links: dict[str, str], moderator: Hand, wall: Page) -> None:
    line = wall.locator("#part-events-now")
    expect(line).to_contain_text("First: Short contributions")
    moderator.do("events.move_on")
    expect(line).to_contain_text("Next: Open plenary")
    expect(line).to_contain_text("on time")
    for scene in ("welcome", "speaker", "poll", "captions"):
        moderator.do("wall.show", scene=scene)
        expect(wall.locator(f"[data-scene={scene}]")).to_have_count(1)
        expect(line).to_be_visible()


def test_one_idea_is_put_up_large(links: dict[str, str], moderator: Hand, wall: Page) -> None:
    people = [Hand(links["participant"]) for _number in range(2)]
    ideas = [one.do("ideas.post", text=f"Idea of {place}")["idea"] for place, one in enumerate(people)]
    moderator.do("wall.show", scene="ideas")
    expect(wall.locator("#part-ideas-top")).to_contain_text("Top ideas")
    moderator.do("wall.show", scene="ideas", subject=ideas[1])
    expect(wall.locator("#part-ideas-top h1")).to_have_text("Idea of 1")
    moderator.do("wall.show", scene="ideas")
    expect(wall.locator("#part-ideas-top h1")).to_have_text("Top ideas")


def test_every_scene_is_large_enough_fits_the_screen_and_has_the_code_on_it(
    links: dict[str, str], moderator: Hand, wall: Page
) -> None:
    moderator.do("events.move_on")
    poll = fill(links, moderator)
    for scene, part in (
        ("welcome", "wall-welcome"),
        ("speaker", "floor-now"),
        ("queue", "floor-queue"),
        ("captions", "transcript-live"),
        ("balance", "floor-balance"),
        ("poll", "ballots-wall"),
        ("ideas", "ideas-top"),
        ("clause", "statements-wall"),
    ):
        if scene == "balance":
            moderator.do("floor.call_next", expected="")
        moderator.do("wall.show", scene=scene)
        shows(wall, part)
        assert (scene, wall.evaluate(UNREADABLE)) == (scene, [])
        assert (scene, wall.evaluate(LINES) <= 7) == (scene, True), wall.evaluate(LINES)
        assert wall.locator(".code:visible, .code + p:visible").count() > 0
        assert (scene, Axe().run(wall).violations_count) == (scene, 0)
    moderator.do("ballots.close", poll=poll, sure="on")
    moderator.do("wall.show", scene="results")
    expect(wall.locator("#part-ballots-wall")).to_contain_text("7 abstained")
    assert wall.evaluate(UNREADABLE) == []
    assert wall.evaluate(LINES) <= 7
    moderator.do("wall.show", scene="speaker")
    expect(wall.locator("#part-floor-queue")).to_contain_text("Next")
    assert wall.evaluate(UNREADABLE) == []
    assert wall.evaluate(LINES) <= 7
    Hand(links["captioner"]).do("transcript.settle", text=LONG)
    expect(wall.locator("#part-transcript-speaking")).to_contain_text(LONG[-20:])
    assert wall.evaluate(UNREADABLE) == []
    assert wall.evaluate(LINES) <= 7


def test_without_scripts_the_wall_refreshes_itself(links: dict[str, str], moderator: Hand, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 1920, "height": 1080}, java_script_enabled=False)
    wall = sit(context, links["wall"])
    assert wall.locator("meta[http-equiv=refresh]").get_attribute("content") == "10"
    moderator.do("wall.show", scene="balance")
    expect(wall.locator("#part-floor-balance")).to_be_visible(timeout=15_000)
    context.close()


def test_a_sunlit_room_has_a_bright_wall(wall: Page) -> None:
    wall.goto(wall.url + "bright/")
    assert wall.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(250, 247, 241)"
