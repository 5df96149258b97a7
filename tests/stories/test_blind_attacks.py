"""What a voter's own phone makes of a service that cheats: with the scripts as they are, in Chromium."""

from __future__ import annotations

import hashlib
import html
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from polls.ballots.blind import formats
from tests.service import Service
from tests.stories.stage import Hand, new_room
from tests.stories.test_blind_poll import Room, casts, opened, watched, words_on

_definition = re.compile(r'data-definition="([^"]*)"')


@pytest.fixture
def hall(chromium: Browser, service: Service) -> Iterator[Room]:
    with watched(chromium, service) as found:
        yield found


@pytest.fixture
def links(service: Service) -> dict[str, str]:
    found = new_room(service)
    for _person in range(5):
        Hand(found["participant"]).http.close()
    return found


def stored(service: Service, sql: str, *values: object) -> list[tuple[str, ...]]:
    """Do something to the running service's database, behind its back."""
    [database] = Path(service.log.parent).rglob("*.sqlite3")
    with closing(sqlite3.connect(database, timeout=20)) as open_one, open_one:
        return open_one.execute(sql, values).fetchall()


def shows_otherwise(hall: Room, phone: Page, change: Callable[[str], str]) -> None:
    """From now on this phone alone is served other pages. Chromium opens no socket from such ones; a stream does."""
    hall.meant += ("ERR_BLOCKED_BY_LOCAL_NETWORK",)

    def other(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=change(answer.text()))

    phone.route(re.compile(r"/at/\w+/participant/\w+/$"), other)


def opened_elsewhere(hall: Room, phone: Page, links: dict[str, str], change: Callable[[str], str]) -> tuple[Hand, str]:
    """A poll opens while this phone is elsewhere; it comes back, and is served other pages."""
    here = phone.url
    phone.goto("about:blank")
    found = opened(links)
    shows_otherwise(hall, phone, change)
    for _again in range(50):  # a page from memory may be a picture behind
        phone.goto(here)
        if phone.locator("form.ballot").count():
            return found
    raise AssertionError("the poll does not come")


def loses_receipts(hall: Room, phone: Page, poll: str) -> list[int]:
    """From now on the box takes this phone's ballots, and its answers, whose status is kept here, get lost."""
    hall.meant += ("net::ERR_FAILED",)
    taken: list[int] = []

    def swallowed(route: Route) -> None:
        taken.append(route.fetch().status)
        route.abort()

    phone.route(re.compile(rf"/box/{poll}$"), swallowed)
    return taken


def with_another_key(page: str) -> str:
    """The same poll, to be signed by a key for this voter alone; in the page, and not in the journal."""
    found = _definition.search(page)
    if found is None:
        return page
    shown = json.loads(html.unescape(found[1]))
    modulus = formats.from_text(shown["groups"][0]["n"])
    shown["groups"][0]["n"] = formats.to_text(modulus[:-2] + bytes([modulus[-2] ^ 1]) + modulus[-1:])
    forged = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return page.replace(found[1], html.escape(forged))


def with_its_own_hash(page: str) -> str:
    """The same, and the page says of the journal what fits it."""
    page = with_another_key(page)
    found = _definition.search(page)
    if found is None:
        return page
    hashed = hashlib.sha256(html.unescape(found[1]).encode()).hexdigest()
    return re.sub(r'data-noted="\w*"', f'data-noted="{hashed}"', page)


def with_swapped_labels(page: str) -> str:
    """ "Yes" stands where "No" is chosen."""
    return (
        page.replace("<span>Yes</span>", "<span>?</span>")
        .replace("<span>No</span>", "<span>Yes</span>")
        .replace("<span>?</span>", "<span>No</span>")
    )


def test_a_key_for_one_voter_alone_is_refused_by_their_phone(hall: Room, links: dict[str, str]) -> None:
    phone = hall.sits(links["participant"])
    _moderator, poll = opened_elsewhere(hall, phone, links, with_another_key)
    expect(phone.get_by_text("This poll is not the one that was announced.")).to_be_visible()
    expect(phone.locator("form.ballot")).to_be_hidden()
    assert phone.evaluate("poll => localStorage.getItem(`ballot:${poll}`)", poll) is None, "it asked for no token"


def test_a_key_for_one_voter_alone_with_a_hash_that_fits_shows_in_the_words(hall: Room, links: dict[str, str]) -> None:
    phone, wall = hall.sits(links["participant"]), hall.sits(links["wall"])
    hall.meant += ("status of 422",)  # the signer has no such key
    opened_elsewhere(hall, phone, links, with_its_own_hash)
    shown = phone.locator("[data-fill=words]")
    expect(shown).not_to_have_text("")
    assert shown.text_content() != words_on(wall)


def test_labels_that_are_swapped_for_one_voter_are_set_right_by_what_was_announced(
    hall: Room, links: dict[str, str], service: Service
) -> None:
    phone = hall.sits(links["participant"])
    _moderator, poll = opened_elsewhere(hall, phone, links, with_swapped_labels)
    expect(phone.locator("form.ballot")).to_be_visible()
    [(yes,)] = stored(
        service,
        "SELECT o.handle FROM polls_option o JOIN polls_poll p ON p.id = o.poll_id WHERE p.handle = ? AND o.text = 'Yes'",
        poll,
    )
    assert phone.get_by_label("Yes", exact=True).get_attribute("value") == yes


@pytest.mark.parametrize("change", ["", "on"], ids=["dropped", "an earlier one put back"])
def test_a_ballot_that_was_dropped_or_put_back_is_missed_by_its_phone_which_has_the_proof(
    hall: Room, links: dict[str, str], service: Service, tmp_path: Path, change: str
) -> None:
    phone = hall.sits(links["participant"])
    moderator, poll = opened(links, change=change)
    casts(phone)
    expect(phone.get_by_text("Your ballot is in.", exact=True)).to_be_visible()
    [(pk, octets)] = stored(
        service,
        "SELECT b.id, b.octets FROM polls_blindballot b JOIN polls_poll p ON p.id = b.poll_id WHERE p.handle = ?",
        poll,
    )
    if change:
        phone.get_by_role("button", name="Change my ballot").click()
        casts(phone, "No")
        expect(phone.get_by_role("button", name="Change my ballot")).to_be_visible()
        stored(service, "UPDATE polls_blindballot SET octets = ?, number = 1 WHERE id = ?", octets, pk)
    else:
        stored(service, "DELETE FROM polls_blindballot WHERE id = ?", pk)
    moderator.do("ballots.close", poll=poll)
    expect(phone.get_by_text("Your ballot is missing from the count.")).to_be_visible(timeout=60_000)
    with phone.expect_download() as saved:
        phone.get_by_role("button", name="Save the proof").click()
    proof = json.loads(saved.value.path().read_text())
    ballot, receipt = formats.from_text(proof["ballot"]), formats.from_text(proof["receipt"])
    [(definition,)] = stored(service, "SELECT definition FROM polls_poll WHERE handle = ?", poll)
    key = formats.from_text(json.loads(definition)["receipts"])
    assert formats.receipt_holds(key, formats.poll_hash(definition), ballot, receipt)
    assert (formats.to_text(ballot) == octets) is not bool(change)
    phone.get_by_role("button", name="Forget it on this phone").click()
    expect(phone.get_by_text("Your ballot is missing from the count.")).to_be_hidden()


def test_a_ballot_whose_receipt_was_lost_as_the_poll_closed_is_found_in_the_count(
    hall: Room, links: dict[str, str]
) -> None:
    phone, wall = hall.sits(links["participant"]), hall.sits(links["wall"])
    moderator, poll = opened(links)
    taken = loses_receipts(hall, phone, poll)
    casts(phone)
    expect(phone.get_by_text("On its way.")).to_be_visible()
    while not taken:
        phone.wait_for_timeout(100)
    assert taken[0] == 200
    moderator.do("ballots.close", poll=poll)
    expect(phone.get_by_text("Your ballot is in the count.")).to_be_visible(timeout=60_000)
    assert phone.locator("[data-counted] [data-fill=words]").inner_text() == words_on(wall)
    assert phone.evaluate("poll => localStorage.getItem(`ballot:${poll}`)", poll) is None, "its seed is forgotten"


def test_somebody_who_did_not_vote_is_told_nothing_and_keeps_nothing(hall: Room, links: dict[str, str]) -> None:
    phone = hall.sits(links["participant"])
    moderator, poll = opened(links)
    phone.wait_for_function("poll => localStorage.getItem(`ballot:${poll}`)", arg=poll)
    moderator.do("ballots.close", poll=poll)
    phone.wait_for_function("poll => !localStorage.getItem(`ballot:${poll}`)", arg=poll)
    expect(phone.locator("[data-counted]")).to_be_hidden()


def test_a_second_choice_whose_receipt_was_lost_is_no_reason_to_miss_the_first(
    hall: Room, links: dict[str, str]
) -> None:
    phone = hall.sits(links["participant"])
    moderator, poll = opened(links, change="on")
    casts(phone)
    expect(phone.get_by_text("Your ballot is in.", exact=True)).to_be_visible()
    taken = loses_receipts(hall, phone, poll)
    phone.get_by_role("button", name="Change my ballot").click()
    casts(phone, "No")
    while not taken:
        phone.wait_for_timeout(100)
    assert taken[0] == 200
    moderator.do("ballots.close", poll=poll)
    expect(phone.get_by_text("Your ballot is in the count.")).to_be_visible(timeout=60_000)
