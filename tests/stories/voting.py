"""A room votes: a poll of each kind, from its preparation to its result on every screen."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Page, expect

from deliberate.roles import MODERATOR
from tests.stories.hall import Hall, scene, unfold


class Poll(NamedTuple):
    """A poll, how everybody fills in the ballot (what is tapped, or chosen with a rank), and what the result says."""

    kind: str
    question: str
    options: str
    ballot: dict[str, str]
    result: str


POLLS = [
    Poll("One choice", "Where do we meet next?", "In a village\nIn a city", {"In a village": ""}, "In a village 100 %"),
    Poll("Several choices", "What is urgent?", "Water\nLand\nWork", {"Water": "", "Land": ""}, "Land 100 %"),
    Poll("A scale", "How heard did you feel?", "", {"4": ""}, "Median 4"),
    Poll("A ranking", "What first?", "Hearings\nA fund", {"Hearings": "1", "A fund": "2"}, "Hearings wins"),
]


def the_room_votes(hall: Hall, poll: Poll) -> None:
    """Prepared, opened, filled in by two of five, closed: everywhere the turnout first, the result only then."""
    hall.fill(3)
    moderator = hall.look(MODERATOR)
    if moderator.locator("meta[http-equiv=refresh]").count():  # a page that comes anew is no place to write
        moderator.goto(moderator.url + "still/")
    unfold(moderator, "Prepare a poll")
    moderator.locator("#paper-new-question").fill(poll.question)
    moderator.locator("#paper-new-kind").select_option(poll.kind)
    moderator.locator("#paper-new-secret").select_option("Secret: sealed")
    if poll.options:
        moderator.locator("#paper-new-options").fill(poll.options)
    moderator.get_by_role("button", name="Prepare", exact=True).click()
    moderator.get_by_role("button", name=f"Open: {poll.question}").click()
    expect(moderator.get_by_text("Poll open, sealed")).to_be_visible()
    expect(scene(hall, "poll")).to_contain_text(poll.question)
    for who in ("Amina", "Ben"):
        hall.look(who)
        casts(hall.pages[who], poll)
    expect(hall.look(MODERATOR).locator("#part-ballots-turnout")).to_contain_text("2 of 5")
    moderator.get_by_role("button", name="Close and show results").click()
    for page, part in ((moderator, "results"), (hall.look("Ben"), "fresh")):
        expect(page.locator(f"#part-ballots-{part}")).to_contain_text(poll.result)
    expect(scene(hall, "poll")).to_contain_text("2 of 5 voted")


def casts(phone: Page, poll: Poll) -> None:
    """Somebody fills in their ballot; afterwards there is none to fill in."""
    vote = phone.get_by_role("link", name="Vote")
    if vote.count():  # without scripts the ballot stands on a page of its own, which keeps still
        vote.click()
    form = phone.locator("form.ballot")
    expect(form.get_by_role("heading", name=poll.question)).to_be_visible()
    for choice, rank in poll.ballot.items():
        if rank:
            form.get_by_label(choice).select_option(rank)
        else:
            form.get_by_label(choice, exact=True).check()
    form.get_by_role("button", name="Cast my ballot").click()
    expect(phone.get_by_text("Your ballot is in.", exact=True).last).to_be_visible()
    expect(form).to_be_hidden()
