"""What the room sees of amendments: words marked so that they can be heard, rivals, answers, and who may do what."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from deliberate.door.views import SEAT_COOKIE
from deliberate.live.pages import PLAIN_COOKIE
from deliberate.live.painter import paint
from polls.amendments.screens import EACH
from polls.statements.models import Clause
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make
from tests.polls.amendments.rows import TEXT, proposed, put
from tests.polls.statements.rows import reopened

pytestmark = pytest.mark.django_db
TWELVE, TWO = TEXT.replace("four", "twelve"), TEXT.replace("four", "two")


def html(event: Event, part: str, role: str = "participant") -> str:
    return paint(make.room(event), part, role, "en").html


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(seat: Seat, address: str, *, plain: bool = False) -> str:
    """A page as the seat's browser gets it."""
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    if plain:
        client.cookies[PLAIN_COOKIE] = "1"
    response = client.get(f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/{address}")
    assert response.status_code == 200
    return response.content.decode()


def test_what_changes_is_marked_and_said_in_words(event: Event, ann: Seat, clause: Clause) -> None:
    proposed(ann, clause, TWELVE)
    shown = html(event, "amendments.waiting")
    assert "<del>" in shown
    assert "<ins>" in shown
    heard = words(shown)
    assert "We ask for [taken out: four ] [added: twelve ] hearings a year" in heard
    assert "“four” becomes “twelve”" in heard
    assert "Amendment 1: change clause 1" in heard
    assert "Why: It is what we heard." in heard


def test_the_drafter_says_why_whichever_way_it_is_merged_or_declined(event: Event, ann: Seat, clause: Clause) -> None:
    proposed(ann, clause, TWELVE)
    fields = re.findall(r'<input[^>]* name="reason"[^>]*>', html(event, "amendments.waiting", "drafter"))
    assert [" required" in field and "aria-describedby" in field for field in fields] == [True, True]


def test_rivals_name_each_other_and_others_do_not(event: Event, ann: Seat, ben: Seat, clause: Clause) -> None:
    for who, text in ((ann, TWELVE), (ben, TWO), (ben, TEXT.replace("village", "town"))):
        proposed(who, clause, text)
    shown = html(event, "amendments.waiting").split("<li class=")
    assert "the same words as amendment 2" in words(shown[1])
    assert "the same words as amendment 1" in words(shown[2])
    assert "same words" not in shown[3]


def test_a_clause_says_how_many_amendments_wait_on_it(event: Event, ann: Seat, ben: Seat, clause: Clause) -> None:
    assert "amendment" not in words(html(event, "statements.text")).partition("We ask for")[2].lower()
    proposed(ann, clause, TWELVE)
    assert "1 amendment waits" in html(event, "statements.text")
    proposed(ben, clause, TWO)
    assert "2 amendments wait" in html(event, "statements.drafter", "drafter")


def test_each_role_is_offered_what_it_may_do(event: Event, ann: Seat, clause: Clause) -> None:
    proposed(ann, clause, TWELVE)
    for role, has in {
        "participant": {"cosign", "uncosign", "withdraw"},
        "moderator": {"withdraw", "put", "hide"},
        "drafter": {"accept", "merge", "decline"},
        "captioner": set(),
    }.items():
        found = set(re.findall(r'data-command="amendments\.(\w+)"', html(event, "amendments.waiting", role)))
        assert found == has, role


def test_nobody_is_offered_what_is_refused_once_the_clause_is_settled(
    event: Event, ann: Seat, drafter: Seat, clause: Clause
) -> None:
    proposed(ann, clause, TWELVE)
    proposed(ann, clause, "And we come back.", kind="after")
    make.act(drafter, "statements.settle", clause=clause.handle)

    def offered(role: str) -> list[set[str]]:
        each = html(event, "amendments.waiting", role).split("<li class=")[1:]
        return [set(re.findall(r'data-command="amendments\.(\w+)"', one)) for one in each]

    assert offered("drafter") == [{"decline"}, {"accept", "merge", "decline"}]
    assert offered("moderator") == [{"withdraw", "hide"}, {"withdraw", "put", "hide"}]
    assert words(html(event, "amendments.waiting")).count("is settled and stays as it reads") == 1
    make.act(drafter, "statements.settle")
    assert offered("drafter") == [{"decline"}, {"decline"}]
    reopened(event)
    reopened(event, clause.handle)
    assert offered("drafter") == [{"accept", "merge", "decline"}] * 2


def test_whose_words_changed_and_are_settled_is_told_only_that_they_stay(
    event: Event, ann: Seat, drafter: Seat, clause: Clause
) -> None:
    proposed(ann, clause, TWELVE)
    make.act(drafter, "statements.edit_clause", clause=clause.handle, text=TWO, revision="0")
    assert "It can be merged" in words(html(event, "amendments.waiting"))
    make.act(drafter, "statements.settle")
    shown = words(html(event, "amendments.waiting"))
    assert "stays as it reads" in shown
    assert "It can be merged" not in shown


def test_the_proposer_is_told_what_became_of_it_and_nobody_else_is(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, TWELVE)
    make.act(drafter, "amendments.decline", amendment=row.handle, reason="Too many.")
    line = f'id="amendment-mine-{row.handle}" data-when="amendment:{row.handle}"'
    assert f"{line}>" in page(ann, "text/", plain=True)
    assert f"{line} hidden>" in page(ben, "text/", plain=True)
    assert "Declined. Too many." in words(page(ann, "amendments/", plain=True))


def test_the_form_begins_with_the_words_of_the_clause_and_works_without_scripts(ann: Seat, clause: Clause) -> None:
    found = page(ann, f"amend/?clause={clause.handle}", plain=True)
    assert f">{TEXT}</textarea>" in found
    assert found.count("/do/amendments.propose") == 3
    assert "My name" in found
    assert "Which clause?" in page(ann, "amend/?clause=nothing")


def test_nobody_is_offered_to_sign_with_more_than_the_event_shows(ann: Seat, clause: Clause) -> None:
    Event.objects.update(attribution="group")
    assert "My name" not in page(ann, f"amend/?clause={clause.handle}")
    assert "My group, where it is large enough" in page(ann, f"amend/?clause={clause.handle}")


def test_beside_the_ballot_stands_what_it_decides(event: Event, ann: Seat, moderator: Seat, clause: Clause) -> None:
    assert words(html(event, "amendments.asked")) == ""
    put(moderator, proposed(ann, clause, TWELVE))
    assert "“four” becomes “twelve”" in words(html(event, "amendments.asked"))
    assert "The room is voting on it now" in html(event, "amendments.waiting")


def test_the_wall_shows_the_one_that_a_moderator_puts_up(
    event: Event, ann: Seat, moderator: Seat, clause: Clause
) -> None:
    assert "No amendment waits" in html(event, "amendments.wall", "wall")
    proposed(ann, clause, TWELVE)
    second = proposed(ann, clause, TWO)
    make.act(moderator, "wall.show", scene="amendment", subject=second.handle)
    assert "Amendment 2: change clause 1" in words(html(event, "amendments.wall", "wall"))


def test_a_long_list_is_paged(event: Event, ann: Seat, clause: Clause) -> None:
    for number in range(EACH + 1):
        proposed(ann, clause, f"Wording {number}.")
    assert html(event, "amendments.waiting").count('<li class="clause card"') == EACH
    assert html(event, "amendments.waiting/2").count('<li class="clause card"') == 1
    assert words(html(event, "amendments.waiting/3")) == ""
    assert "?page=2" in page(ann, "amendments/")


def test_hidden_words_stand_on_no_page_but_the_moderators(
    event: Event, ann: Seat, ben: Seat, moderator: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, "Zanzibar.")
    make.act(moderator, "amendments.hide", amendment=row.handle, reason="No.")
    assert "Zanzibar" not in page(ben, "amendments/")
    assert "Zanzibar" in page(moderator, "amendments/")
