"""One whole plenary in steps, from the code on the wall to the files to take away.

The steps are the same with scripts and without: without, whoever looks brings their page anew, as it does by itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from deliberate.roles import CAPTIONER, DRAFTER, MODERATOR
from rooms.events.qr import qr
from tests.stories.browser import PHONE
from tests.stories.hall import Hall, scene, unfold
from tests.stories.voting import POLLS, the_room_votes

HEARD = "where somebody comes back to say what became of it"
SAID = f"Trust grows where people are heard, and {HEARD}."
IDEA = "Every promise gets a date, and somebody who answers for it"
RESERVATION = "Who pays for the way back?"


def led(hall: Hall, folder: Path) -> None:
    """All of it, in order; the files are kept in `folder`."""
    people_join(hall)
    the_agenda_begins(hall)
    one_speaks_and_is_written_down(hall)
    for poll in POLLS:
        the_room_votes(hall, poll)
    an_idea_is_posted_lifted_and_shown(hall)
    three_things_are_proposed_for_the_statement(hall)
    clauses_are_supported_and_opposed(hall)
    the_wording_changes_and_the_wall_follows(hall)
    the_statement_is_settled_and_taken_away(hall, folder)


def people_join(hall: Hall) -> None:
    """One scans the code on the wall and keeps the name that is suggested; another types it and writes their own."""
    welcome = scene(hall, "welcome")
    code = welcome.locator(".code").inner_text().replace(" ", "")
    address = f"{hall.service.url}/join/{code}/"
    expect(welcome.locator("svg.qr path")).to_have_attribute("d", qr(address).path)
    amina, ben = hall.window("Amina", PHONE), hall.window("Ben", PHONE)
    amina.goto(address)
    suggested = amina.get_by_label("Your name in this room").input_value()
    amina.get_by_label("Your group").select_option("Youth")
    amina.get_by_role("button", name="Join").click()
    expect(amina.get_by_role("heading", name="Main hall")).to_be_visible()
    ben.goto(f"{hall.service.url}/join/")
    ben.get_by_label("The code on the wall").fill(code.lower())
    ben.get_by_role("button", name="Go on").click()
    ben.get_by_label("Your name in this room").fill("Ben")
    ben.get_by_text("Remote").click()
    ben.get_by_role("button", name="Join").click()
    expect(ben.get_by_role("heading", name="Main hall")).to_be_visible()
    for page in (amina, ben):
        assert code not in page.url
    expect(hall.look(MODERATOR).get_by_text("2 people take part, 1 of them remote")).to_be_visible()
    assert suggested


def the_agenda_begins(hall: Hall) -> None:
    hall.pages[MODERATOR].get_by_role("button", name="Begin").click()
    expect(hall.look("Amina").locator("#part-events-now")).to_contain_text("On the agenda Short contributions")


def one_speaks_and_is_written_down(hall: Hall) -> None:
    """Asked, called, on a full screen; the words reach the other phone; another answers directly."""
    amina, moderator = hall.pages["Amina"], hall.pages[MODERATOR]
    amina.get_by_role("button", name="Ask to speak").click()
    expect(amina.get_by_text("You are next")).to_be_visible()
    hall.look(MODERATOR).get_by_role("button", name="Call next").click()
    turn = hall.look("Amina").locator(".turn")
    expect(turn.get_by_role("heading", name="It is your turn")).to_be_visible()
    assert turn.bounding_box() == {"x": 0, "y": 57, "width": PHONE["width"], "height": PHONE["height"] - 57}
    moderator.get_by_role("button", name="Start").click()
    expect(moderator.get_by_role("button", name="Pause")).to_be_visible()
    expect(scene(hall, "speaker").locator("time")).to_have_text(re.compile(r"[12]:\d\d"))
    writing_down(hall, SAID)
    hall.look("Amina").get_by_role("button", name="I am done").click()
    expect(turn).to_have_count(0)


def writing_down(hall: Hall, words: str) -> None:
    """With scripts the words stand on the phones while they are being typed."""
    box = hall.pages[CAPTIONER].get_by_label("What is being said")
    captions = hall.pages["Ben"].locator("#part-transcript-live")
    if hall.scripts:
        box.press_sequentially(words)
        expect(captions.locator(".interim")).to_have_text(words)
        box.press("Enter")
        expect(captions.locator(".interim")).to_have_count(0)
    else:
        box.fill(words)
        hall.pages[CAPTIONER].get_by_role("button", name="Settle").click()
    expect(hall.pages[CAPTIONER].locator(".segments")).to_contain_text(words)
    expect(hall.look("Ben").locator("#part-transcript-live")).to_contain_text(words)


def an_idea_is_posted_lifted_and_shown(hall: Hall) -> None:
    amina, moderator = hall.go("Amina", "Ideas"), hall.pages[MODERATOR]
    if not hall.scripts:
        amina.get_by_role("link", name="Post an idea").click()
    amina.get_by_label("Your idea").fill(IDEA)
    amina.get_by_role("button", name="Post").click()
    expect(amina.locator(".idea", has_text=IDEA).get_by_text("Yours")).to_be_visible()
    card = hall.go("Ben", "Ideas").locator(".idea", has_text=IDEA)
    card.get_by_role("button", name="0 support this").click()
    expect(card.get_by_role("button", name="1 supports this")).to_have_attribute("aria-pressed", "true")
    card.get_by_role("button", name="Agree", exact=True).click()
    expect(card.get_by_role("button", name="✓ Agree")).to_be_visible()
    row = hall.look(MODERATOR).locator("li", has_text=IDEA)
    unfold(row, "More for idea 1")
    row.get_by_role("button", name="Show on the wall").click()
    expect(scene(hall, "ideas")).to_contain_text(IDEA)
    moderator.get_by_role("button", name="By itself").click()
    expect(moderator.get_by_role("heading", name="by itself")).to_be_visible()


def three_things_are_proposed_for_the_statement(hall: Hall) -> None:
    """Words by one, an idea by another, a result by the moderator; the drafter quotes each of them."""
    for who, page in (
        ("Ben", hall.go("Ben", "Words")),
        ("Amina", hall.go("Amina", "Ideas")),
        (MODERATOR, hall.look(MODERATOR)),
    ):
        page.get_by_role("link", name="This belongs in the statement").click()
        page.get_by_label("Why it belongs there").fill(f"{who} says so")
        page.get_by_role("button", name="Propose it").click()
        expect(page.get_by_text("Proposed for the statement").first).to_be_visible()
        expect(page.get_by_role("link", name="You proposed this")).to_be_visible()
    drafter = hall.look(DRAFTER)
    expect(drafter.locator("#part-statements-proposals li.card")).to_have_count(3)
    drafter.get_by_label("Title", exact=True).fill("What we promise")
    drafter.get_by_role("button", name="Save").first.click()
    expect(drafter.locator("#part-statements-drafter summary").first).to_have_text("What we promise")
    cite(drafter, SAID, HEARD, "a new clause")
    cite(drafter, IDEA, IDEA, "Clause 1")
    cite(drafter, "What first?", "Hearings wins by instant-runoff, in 1 round.", "a new clause")
    expect(drafter.locator("li.clause")).to_have_count(2)
    expect(drafter.locator("li.clause").first.locator(".rests blockquote")).to_have_text([HEARD, IDEA])


def cite(drafter: Page, source: str, quote: str, into: str) -> None:
    proposals = drafter.locator("#part-statements-proposals")
    proposal = proposals.locator("li.card", has_text=source)
    proposal.get_by_label("The words to quote").fill(quote)
    proposal.get_by_label("Into").select_option(into)
    proposal.get_by_role("button", name="Cite").click()
    expect(proposals.locator("li.card", has_text=source)).to_have_count(0)


def clauses_are_supported_and_opposed(hall: Hall) -> None:
    amina = hall.go("Amina", "Words")
    expect(amina.locator(".speech", has_text=SAID)).to_contain_text("Your words: In clause 1")
    first = hall.go("Amina", "Statement").locator("li.clause").first
    first.get_by_role("button", name="I support it").click()
    expect(first.get_by_role("button", name="✓ You support it")).to_be_visible()
    first = hall.go("Ben", "Statement").locator("li.clause").first
    unfold(first, "A reservation, or I can’t accept it")
    first.get_by_label("Your words").fill(RESERVATION)
    first.get_by_role("button", name="I can’t accept it").click()
    expect(first.locator(".legend")).to_have_text("1 supports it 0 can live with it 0 reservations 1 can’t accept it")


def the_wording_changes_and_the_wall_follows(hall: Hall) -> None:
    """A new item of the agenda leaves clauses and results behind; a new wording comes on the wall with what changed."""
    hall.look(MODERATOR).get_by_role("button", name="Move on").click()
    expect(scene(hall, "ideas")).to_contain_text(IDEA)
    clause = hall.look(DRAFTER).locator("li.clause").first
    unfold(clause, "Reword")
    clause.get_by_label("Wording of clause 1").fill(f"{HEARD}, in writing")
    if not hall.scripts:  # else what is typed arrives by itself
        clause.get_by_role("button", name="Save").click()
    expect(clause.locator(".text").first).to_have_text(f"{HEARD}, in writing")
    shown = scene(hall, "agreeing")
    expect(shown.locator("ins")).to_have_text(", in writing")
    expect(shown.locator(".legend")).to_have_text("1 supports it 0 can live with it 0 reservations 1 can’t accept it")
    mine = hall.look("Amina").locator("li.clause").first
    expect(mine.get_by_text("The wording has changed since you chose.")).to_be_visible()


def the_statement_is_settled_and_taken_away(hall: Hall, folder: Path) -> None:
    """Four files, in each of which the agreed words stand and nobody's name does."""
    drafter = hall.look(DRAFTER)
    unfold(drafter, "Settle this version")
    drafter.get_by_role("button", name="Settle", exact=True).click()
    expect(drafter.locator("#part-statements-drafter")).to_contain_text("Version 1 is settled")
    outcome = hall.go(DRAFTER, "Outcome")
    files = {}
    for name in ("HTML", "Markdown", "PDF", "JSON bundle"):
        with outcome.expect_download() as download:
            outcome.get_by_role("link", name=name, exact=True).first.click()  # the record's stand below
        download.value.save_as(folder / name)
        files[name] = (folder / name).read_bytes()
    for name in ("HTML", "Markdown"):
        text = files[name].decode()
        assert [words for words in (HEARD, IDEA, RESERVATION) if words not in text] == []
        assert "Ben" not in text
    assert files["PDF"].startswith(b"%PDF-")
    assert files["PDF"].count(b"/Type /Page\n") > 0
    room = json.loads(files["JSON bundle"])["rooms"][0]
    quotes = [cited["quote"] for clause in room["statement"]["clauses"] for cited in clause["citations"]]
    assert quotes[:2] == [HEARD, IDEA]
    assert [segment["text"] for segment in room["segments"]] == [SAID]
