from __future__ import annotations

import json

import pytest

from polls.exports import docx, odt
from polls.exports.akoma import debate
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.exports.document import Document, Heading, Quote, Speech, Table
from polls.exports.markdown import written
from polls.exports.record import document
from polls.statements.models import Clause
from rooms.events.models import Event, Room
from tests import make
from tests.polls.amendments.rows import TEXT, proposed, put, vote
from tests.polls.exports.rows import NAME, plenary
from tests.polls.statements.rows import asked, clause, people, said, settled, thought

pytestmark = pytest.mark.django_db


def spoken(record: Document) -> list[tuple[str, str]]:
    return [(block.who, block.text) for block in record.blocks if isinstance(block, Speech)]


def headings(record: Document) -> list[str]:
    return [block.text for block in record.blocks if isinstance(block, Heading)]


def test_a_record_follows_the_agenda_with_words_and_polls_in_their_order() -> None:
    event = make.event()
    moderator, ann = make.seat(event, "moderator"), make.seat(event)
    said(event, "Before we begin.")
    make.act(moderator, "events.move_on")
    said(event, "Trust costs a village.", by=ann)
    asked(event, "Shall we come back?", ann)
    said(event, "So we come back.", by=ann)
    make.act(moderator, "events.move_on")
    said(event, "The floor is open.", by=ann)
    found = document(make.room(event))
    assert headings(found) == [
        "Outside the agenda",
        "Short contributions",
        "A poll: Shall we come back?",
        "Open plenary",
        "How it came about",
    ]
    assert spoken(found) == [
        ("Between turns", "Before we begin."),
        ("A speaker", "Trust costs a village."),
        ("A speaker", "So we come back."),
        ("A speaker", "The floor is open."),
    ]


@pytest.mark.parametrize("attribution", ["name", "group", "nobody"])
def test_a_speaker_is_named_as_far_as_the_attribution_allows(attribution: str) -> None:
    held = plenary(attribution=attribution)
    room = make.room(held.event)
    (found,) = spoken(document(room))
    assert found[0] == (NAME if attribution == "name" else "A speaker")
    make.act(held.zoe, "transcript.lower", turn=held.turn.words, level="nobody")
    assert spoken(document(room))[0][0] == "A speaker"


def test_what_is_taken_off_the_board_is_off_the_record() -> None:
    held = plenary()
    room = make.room(held.event)
    hidden = thought(held.zoe, "Name the colonel")
    assert "Name the colonel" in document(room).texts
    make.act(make.seat(held.event, "moderator"), "ideas.hide", idea=hidden.handle, reason="Names somebody")
    assert "Name the colonel" not in document(room).texts


def test_struck_words_are_struck_from_the_record_in_every_format() -> None:
    held = plenary()
    room, moderator = make.room(held.event), make.seat(held.event, "moderator")
    make.act(moderator, "transcript.strike", segment=held.words.handle, words="second visit", sure="on")
    found = document(room)
    assert spoken(found)[0][1] == "What trust costs a village is the [struck]."
    assert "second visit" not in written(found)


def test_ideas_stand_in_it_with_their_support_and_texts_with_their_hash() -> None:
    held = plenary()
    version = settled(held.drafter)
    found = document(make.room(held.event))
    (ideas,) = [block for block in found.blocks if isinstance(block, Table) and block.head[0] == "Idea"]
    assert ideas.rows == ((f"1. Dig *wells* in every village — {NAME}", "6"),)
    assert version.hash in found.texts


def test_an_empty_room_has_a_record_too_in_every_format() -> None:
    found = document(make.room(make.event()))
    assert "Nothing is taken down yet." in written(found)
    assert docx.written(found).startswith(b"PK")
    assert odt.written(found).startswith(b"PK")


def voted(event: Event, of: Clause, text: str = "", kind: str = "change", *, carries: bool = True) -> None:
    """The room votes on an amendment."""
    ann, ben = people(event, "", "")
    moderator, row = make.seat(event, "moderator"), proposed(ann, of, text, kind)
    poll = put(moderator, row)
    for seat in (ann, ben):
        vote(seat, poll, 0 if carries else 1)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")


def quotes(room: Room) -> list[Quote]:
    return [block for block in document(room).blocks if isinstance(block, Quote)]


def test_what_the_room_adopted_stands_below_the_poll_as_it_reads_now_in_every_format() -> None:
    event = make.event(k=2)
    drafter, room = make.seat(event, "drafter"), make.room(event)
    row = clause(drafter, TEXT)
    voted(event, row, "We ask for zebras.")
    voted(event, row, "We ask for quaggas.", carries=False)
    voted(event, row, "And for wells.", "after")
    assert quotes(room) == [
        Quote("We ask for zebras.", "Amendment 1 stands in clause 1, as it reads now"),
        Quote("And for wells.", "Amendment 3 stands in clause 2, as it reads now"),
    ]
    blocks = document(room).blocks
    at = blocks.index(quotes(room)[0])
    asked = blocks[at - 2]
    assert isinstance(asked, Heading)
    assert "shall amendment 1 be adopted?" in asked.text
    assert "We ask for zebras." in written(document(room))
    assert b"We ask for zebras." in debate(room)
    assert "quagga" not in document(room).texts
    row.refresh_from_db()
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We ask for okapis.", revision=row.revision)
    assert quotes(room)[0].text == "We ask for okapis."


def test_words_that_were_taken_back_do_not_stand_below_a_poll() -> None:
    event = make.event(k=2)
    room, words = make.room(event), said(event, "clean water for four villages")
    voted(event, clause(make.seat(event, "drafter"), TEXT), "We ask for clean water for four villages.")
    assert "We ask for clean water" in document(room).texts
    make.act(make.seat(event, "captioner"), "transcript.strike", segment=words.handle, words="", sure="on")
    assert [quote.text for quote in quotes(room)] == [""]
    assert "clean water" not in document(room).texts


def test_a_clause_that_the_room_deleted_is_said_to_be_gone_until_it_is_put_back() -> None:
    event = make.event(k=2)
    drafter, room = make.seat(event, "drafter"), make.room(event)
    row = clause(drafter, TEXT)
    voted(event, row, kind="delete")
    assert quotes(room) == [Quote("", "Amendment 1: its clause is not in the text any more.")]
    make.act(drafter, "statements.restore_clause", clause=row.handle)
    assert quotes(room) == []


def test_what_was_adopted_reads_the_same_after_an_import() -> None:
    event = make.event(k=2)
    row = clause(make.seat(event, "drafter"), TEXT)
    voted(event, row, "We ask for zebras.")
    voted(event, row, "And for wells.", "after")
    before, whole = quotes(make.room(event)), json.dumps(bundle(Event.objects.get()))
    event.delete()
    assert quotes(make.room(bring_in(whole))) == before
