from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string

from deliberate.live.times import moment_text
from deliberate.roles import MODERATOR
from polls.exports.markdown import written
from polls.exports.outcome import Cell, Ground, Reservation, outcome
from polls.exports.outline import document
from polls.statements.queries import versions
from rooms.floor.models import Turn
from rooms.transcript.models import Segment
from tests import make
from tests.polls.exports.rows import NAME, plenary
from tests.polls.statements.rows import reopened, settled

pytestmark = pytest.mark.django_db


def test_an_outcome_lists_its_clauses_with_all_that_stands_beside_them() -> None:
    held = plenary()
    version = settled(held.drafter)
    found = outcome(make.room(held.event), None)
    assert (found.event, found.title, found.preamble) == (
        "Just governance",
        "What we promise",
        "We met.\n\nWe listened.",
    )
    assert found.state == "A draft. It is not settled."
    (clause,) = found.clauses
    assert clause.text == "We come back."
    assert clause.grounds == (
        Ground("the second visit", "Said by a speaker"),
        Ground("Dig *wells*", "Idea 1"),
        Ground("Shall we come back?", "The result of a poll"),
    )
    assert (clause.support, clause.live, clause.reserve, clause.block) == (6, 0, 0, 1)
    assert clause.reservations == (Reservation("Who *pays* for it?", "Cannot accept it"),)
    # Youth has one seat: it stands with the smallest of the others, never by itself.
    assert sorted(clause.cells, key=lambda cell: cell.support) == [
        Cell(clause.cells[0].groups, 3, 0, 0, 0),
        Cell(clause.cells[1].groups, 3, 0, 0, 1),
    ]
    assert "Youth" in clause.cells[1].groups
    assert clause.cells_are_of == "Groups as they stood in version 1."
    assert outcome(make.room(held.event), version).clauses[0].cells_are_of == ""


def test_the_process_is_told_in_figures() -> None:
    held = plenary()
    found = outcome(make.room(held.event), None)
    figures = dict(found.process)
    assert figures["Turns to speak"] == 1
    assert figures["Words in the transcript"] == 9
    assert (figures["Ideas"], figures["Upvotes on ideas"], figures["Stances on ideas"]) == (1, 6, 6)
    assert (figures["Polls"], figures["Ballots cast"], figures["Quotes that clauses rest on"]) == (1, 6, 3)
    groups = dict(found.groups)
    assert groups.pop("People in the room") == 7
    assert sorted(groups.values()) == [3, 4]


def test_a_turn_whose_time_nobody_started_counts_by_its_words() -> None:
    event = make.event()
    ann, moderator, room = make.seat(event), make.seat(event, MODERATOR), make.room(event)
    now = datetime(2026, 9, 1, 10, tzinfo=UTC)
    for words in ("We dig wells.", ""):
        with time_machine.travel(now, tick=False):
            make.act(ann, "floor.ask", kind="point")
            make.act(moderator, "floor.call_next")
        if words:
            turn = Turn.objects.get(room=room, state="called")
            until = now + timedelta(minutes=3)
            Segment.objects.create(room=room, turn=turn, number=1, text=words, started_at=now, ended_at=until)
        now += timedelta(minutes=9)
        with time_machine.travel(now, tick=False):
            make.act(moderator, "floor.end")
    figures = dict(outcome(room, None).process)
    assert (figures["Turns to speak"], figures["Minutes spoken"]) == (1, 3)


def test_a_settled_outcome_stays_as_it_was_settled() -> None:
    held = plenary()
    version = settled(held.drafter)
    before = outcome(make.room(held.event), version)
    assert before.state == f"Version 1, settled {moment_text(version.settled_at)}."
    reopened(held.event)
    make.act(held.drafter, "statements.edit_clause", clause=held.clause.handle, text="We stay.", revision=0)
    room = make.room(held.event)
    found = outcome(room, versions(room).get())
    assert found.clauses[0].text == "We come back."
    assert (found.version, found.hash) == (1, version.hash)
    then = versions(room).get().reopened_at
    assert then is not None
    assert found.state == f"{before.state} Reopened {moment_text(then)}."
    assert found.counted.startswith("Counted at ")
    assert outcome(room, None).clauses[0].text == "We stay."


@pytest.mark.parametrize(("attribution", "origin"), [("name", f"Said by {NAME}"), ("nobody", "Said by a speaker")])
def test_names_stand_in_it_as_far_as_the_attribution_allows(attribution: str, origin: str) -> None:
    held = plenary(attribution=attribution)
    found = outcome(make.room(held.event), None)
    assert found.clauses[0].grounds[0].origin == origin
    assert (NAME in str(asdict(found))) is (attribution == "name")


def test_an_attribution_lowered_later_holds_in_versions_settled_before() -> None:
    held = plenary(attribution="name")
    settled(held.drafter)
    make.act(held.zoe, "transcript.lower", turn=held.turn.words, level="nobody")
    room = make.room(held.event)
    assert NAME not in str(asdict(outcome(room, versions(room).get())))


def test_who_is_erased_is_named_nowhere() -> None:
    held = plenary(attribution="name")
    settled(held.drafter)
    room = make.room(held.event)
    assert NAME in str(asdict(outcome(room, None)))
    make.act(held.zoe, "seats.erase")
    for version in (None, versions(room).get()):
        assert NAME not in str(asdict(outcome(room, version)))


def test_words_taken_off_the_board_are_withheld_in_every_file_until_they_are_shown_again() -> None:
    held = plenary()
    settled(held.drafter)
    moderator, room = make.seat(held.event, "moderator"), make.room(held.event)

    def files() -> list[str]:
        found = [outcome(room, version) for version in (None, versions(room).get())]
        pages = [render_to_string("exports/file.html", {"document": document(each)}) for each in found]
        return [*pages, *(written(document(each)).replace("\\", "") for each in found)]

    make.act(moderator, "ideas.hide", idea=held.idea.handle, reason="Off topic")
    for text in files():
        assert "Dig *wells*" not in text
        assert "An idea that was taken off the board since: its words are withheld." in text
        assert "the second visit" in text
    make.act(moderator, "ideas.unhide", idea=held.idea.handle)
    assert all("Dig *wells*" in text for text in files())


def test_a_room_without_a_statement_has_an_outcome_too() -> None:
    found = outcome(make.room(make.event()), None)
    assert (found.title, found.clauses) == ("Statement", ())
