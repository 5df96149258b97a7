"""What bears on a clause, on the drafter's desk, and each source where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from deliberate.door.views import SEAT_COOKIE, seat_path
from deliberate.live import hints
from deliberate.live.painter import paint
from polls.ideas.models import Idea
from polls.statements.models import Citation, Clause
from polls.suggestions import finding
from polls.suggestions.finding import finder
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import make
from tests.polls.amendments.rows import proposed
from tests.polls.statements.rows import asked, clause, said, thought

pytestmark = pytest.mark.django_db


@pytest.fixture
def event() -> Event:
    return make.event(attribution="name")


@pytest.fixture
def drafter(event: Event) -> Seat:
    return make.seat(event, "drafter")


@pytest.fixture(scope="module", autouse=True)
def ended() -> Iterator[None]:
    yield
    finder().close()


def page(seat: Seat, address: str) -> str:
    client = Client()
    client.cookies[SEAT_COOKIE] = cookie_of(seat)
    base = f"{seat_path(seat.event.handle, seat.role)}{make.room(seat.event).handle}/"
    response = client.get(f"{base}{address}")
    assert response.status_code == 200
    return str(response.content.decode())


def read(html: str) -> str:
    """The words of a page, one blank between."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def bearing(drafter: Seat, row: Clause) -> str:
    return page(drafter, f"suggestions/?clause={row.handle}")


def test_words_ideas_polls_and_what_people_proposed_are_found_for_a_clause(event: Event, drafter: Seat) -> None:
    zoe = make.seat(event, name="Zoe Quarrel")
    said(event, "The wells run dry in every village by March.", by=zoe)
    thought(zoe, "Let sugar pay")
    thought(zoe, "Dig deeper wells in the villages")
    books = thought(zoe, "Open the books")
    make.act(zoe, "statements.propose", source=f"idea:{books.handle}", note="Wells were paid twice")
    asked(event, "Shall wells come first?", zoe)
    text = read(bearing(drafter, clause(drafter, "We dig wells where the villages ask for them.")))
    for words in (
        "What bears on clause 1",
        "The wells run dry in every village by March.",
        "Said by Zoe Quarrel",
        "Dig deeper wells in the villages",
        "Why it was proposed: Wells were paid twice",
        "Shall wells come first?",
    ):
        assert words in text
    assert "sugar" not in text


def test_an_open_page_learns_that_a_note_on_it_was_taken_back(
    event: Event, drafter: Seat, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """As tests/polls/statements/test_pages.py; who may not read notes is told nothing."""
    row, ann = clause(drafter, "Nobody pays twice for a well."), make.seat(event, name="Ann")
    source = {"source": f"idea:{thought(ann, 'Keep the books open').handle}"}

    def told(role: str = "drafter") -> str:
        return paint(make.room(event), "statements.gone", role, "en").hash

    seen, others = [told()], told("participant")
    make.act(ann, "statements.propose", **source, note="Wells were paid twice")
    assert "Wells were paid twice" in bearing(drafter, row)
    assert f'data-still="statements.gone" data-still-hash="{told()}"' in bearing(drafter, row)
    make.act(ann, "statements.propose", **source, note="Wells were paid twice")
    assert told() == seen[0], "what is new lets a page stand still that is being read"
    make.act(ann, "statements.propose", **source, note="Wells were paid for twice")
    seen.append(told())
    touched: list[str] = []
    monkeypatch.setattr(hints, "send", lambda hint: touched.extend(hint.parts))
    with django_capture_on_commit_callbacks(execute=True):
        make.act(ann, "statements.withdraw", **source)
    assert "statements.gone" in touched
    seen.append(told())
    assert len(set(seen)) == 3
    assert told("participant") == others
    assert "Wells were paid" not in bearing(drafter, row)
    make.act(ann, "statements.propose", **source)
    make.act(ann, "statements.withdraw", **source)
    assert told() == seen[2], "without a note there is nothing to take off a page"


def test_amendments_are_found_by_their_words_and_reasons_and_hidden_ones_are_not(event: Event, drafter: Seat) -> None:
    zoe = make.seat(event, name="Zoe Quarrel")
    text = "We meet twice a year where the wells are."
    row = proposed(zoe, clause(drafter, "We meet twice a year."), text, signed="name", reason="The wells decide.")
    asked_about = clause(drafter, "We dig wells.")
    html = bearing(drafter, asked_about)
    assert "The wells decide." in html
    assert "Amendment 1, proposed by Zoe Quarrel" in html
    assert text in page(zoe, f"source/?source=amendment:{row.handle}")
    make.act(make.seat(event, "moderator"), "amendments.hide", amendment=row.handle, reason="Not a change")
    assert "The wells decide." not in bearing(drafter, asked_about)
    assert "not any more" in page(zoe, f"source/?source=amendment:{row.handle}")


def test_it_is_said_in_words_that_a_machine_found_it(event: Event, drafter: Seat) -> None:
    thought(make.seat(event), "Dig deeper wells")
    text = read(bearing(drafter, clause(drafter, "We dig wells.")))
    assert "Found by a machine. It compared words; nobody chose this." in text
    assert "Nothing enters the text unless you cite it." in text


def test_looking_changes_nothing_and_the_hand_that_cites_does(event: Event, drafter: Seat) -> None:
    idea = thought(make.seat(event), "Dig deeper wells")
    row = clause(drafter, "We dig wells.")
    html = bearing(drafter, row)
    assert Citation.objects.count() == 0
    assert f'<option value="{row.handle}" selected>' in html
    make.act(drafter, "statements.cite", clause=row.handle, source=f"idea:{idea.handle}", quote="Dig deeper wells")
    assert "In clause 1" in read(bearing(drafter, row))


def test_every_suggestion_leads_to_where_it_stands(event: Event, drafter: Seat) -> None:
    ann = make.seat(event, name="Ann")
    said(event, "The wells run dry.", by=ann)
    thought(ann, "Dig deeper wells")
    asked(event, "Shall wells come first?", ann)
    html = bearing(drafter, clause(drafter, "We dig wells."))
    found = re.findall(r'href="[^"]*source/\?source=([^"]+)"', html)
    assert {name.partition(":")[0] for name in found} == {"segment", "idea", "poll"}
    for name in found:
        for seat in (drafter, ann, make.seat(event, "moderator")):
            assert "wells" in read(page(seat, f"source/?source={name}"))


def test_a_piece_of_what_was_said_stands_marked_among_its_neighbours(event: Event, drafter: Seat) -> None:
    ann = make.seat(event, name="Ann")
    said(event, "First there was rain.", by=ann)
    piece = said(event, "The wells run dry.", by=ann)
    html = page(drafter, f"source/?source=segment:{piece.handle}")
    assert "<mark>The wells run dry.</mark>" in html
    assert "First there was rain." in html
    assert "Ann" in html


def test_words_that_were_struck_are_suggested_no_more(event: Event, drafter: Seat) -> None:
    piece = said(event, "The wells of Zanzibar run dry.", by=make.seat(event))
    row = clause(drafter, "We dig wells in Zanzibar.")
    assert "The wells of Zanzibar" in bearing(drafter, row)
    moderator = make.seat(event, "moderator")
    make.act(moderator, "transcript.strike", segment=piece.handle, words="", sure="on")
    html = bearing(drafter, row)
    assert "run dry" not in html
    assert "struck" not in html.replace(row.text, "")


def test_a_hidden_idea_is_suggested_no_more_and_its_source_says_so(event: Event, drafter: Seat) -> None:
    idea = thought(make.seat(event), "Dig deeper wells")
    row = clause(drafter, "We dig wells.")
    assert "Dig deeper wells" in bearing(drafter, row)
    make.act(make.seat(event, "moderator"), "ideas.hide", idea=idea.handle, reason="It names a person")
    assert "Dig deeper wells" not in bearing(drafter, row)
    gone = page(drafter, f"source/?source=idea:{idea.handle}")
    assert "Dig deeper wells" not in gone
    assert "not here, or not any more" in gone


def test_what_is_found_is_shown_as_it_stands_even_where_the_finder_knows_an_older_wording(
    event: Event, drafter: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The names come from the finder; the words never do."""
    idea = thought(make.seat(event), "Dig deeper wells")
    row = clause(drafter, "We dig wells.")
    bearing(drafter, row)
    monkeypatch.setattr(finding, "_stock", lambda process, shelf: None)  # it learns nothing new
    Idea.objects.filter(pk=idea.pk).update(text="Plant trees")
    assert "Plant trees" in bearing(drafter, row)
    assert "Dig deeper" not in bearing(drafter, row)


def test_an_attribution_that_is_lowered_later_holds_in_suggestions(event: Event, drafter: Seat) -> None:
    zoe = make.seat(event, name="Zoe Quarrel")
    piece = said(event, "The wells run dry.", by=zoe)
    row = clause(drafter, "We dig wells.")
    assert "Zoe Quarrel" in bearing(drafter, row)
    assert piece.turn is not None
    make.act(zoe, "transcript.lower", turn=piece.turn.words, level="nobody")
    assert "Zoe Quarrel" not in bearing(drafter, row)
    assert "Zoe Quarrel" not in page(drafter, f"source/?source=segment:{piece.handle}")


def test_pieces_that_follow_each_other_in_a_turn_stand_together(event: Event, drafter: Seat) -> None:
    ann = make.seat(event, name="Ann")
    make.act(ann, "floor.ask", kind="point")
    moderator = make.seat(event, "moderator")
    make.act(moderator, "floor.call_next", expected="")
    make.act(moderator, "floor.start")
    captioner = make.seat(event, "captioner")
    for text in ("The wells run dry.", "So dig the wells deeper."):
        make.act(captioner, "transcript.settle", text=text)
    html = bearing(drafter, clause(drafter, "We dig wells."))
    assert html.count("Said by Ann") == 1
    assert html.index("The wells run dry.") < html.index("So dig the wells deeper.")


def test_a_busy_finder_is_said_and_the_page_still_comes(
    event: Event, drafter: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    thought(make.seat(event), "Dig deeper wells")
    monkeypatch.setattr(finding, "MOST_WAITING", 0)
    text = read(bearing(drafter, clause(drafter, "We dig wells.")))
    assert "busy just now" in text
    assert "Nothing was found" not in text


def test_without_a_clause_the_drafter_chooses_one(event: Event, drafter: Seat) -> None:
    assert "No clause yet" in page(drafter, "suggestions/")
    row = clause(drafter, "We dig wells.")
    assert f'href="?clause={row.handle}"' in page(drafter, "suggestions/")
    assert "Choose a clause" in page(drafter, "suggestions/?clause=nothing")
