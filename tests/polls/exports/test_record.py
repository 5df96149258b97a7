from __future__ import annotations

import pytest

from polls.exports import docx, odt
from polls.exports.document import Document, Heading, Speech, Table
from polls.exports.markdown import written
from polls.exports.record import document
from tests import make
from tests.polls.exports.rows import NAME, plenary
from tests.polls.statements.rows import asked, said, settled, thought

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
