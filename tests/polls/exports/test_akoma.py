"""Akoma Ntoso, checked against the standard's own schema (tests/polls/exports/akn, see NOTICE.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from lxml import etree

from polls.exports.akoma import debate, statement
from polls.exports.outcome import outcome
from polls.statements.queries import versions
from tests import busy, make
from tests.polls.amendments.rows import proposed, put, vote
from tests.polls.exports.documents import HOSTILE
from tests.polls.exports.rows import NAME, plenary
from tests.polls.statements.rows import clause, said, settled, thought

pytestmark = pytest.mark.django_db
SCHEMA = Path(__file__).parent / "akn" / "akomantoso30.xsd"
AKN = {"a": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}


@pytest.fixture(scope="module")
def schema() -> Any:
    return etree.XMLSchema(etree.parse(SCHEMA))


def valid(schema: Any, file: bytes) -> Any:
    """The root of a file that is valid."""
    root = etree.fromstring(file)
    schema.assertValid(root)
    return root


def texts(root: Any, path: str) -> list[str]:
    return ["".join(each.itertext()) for each in root.xpath(path, namespaces=AKN)]


def test_the_schema_tells_what_is_not_valid(schema: Any) -> None:
    """So that what is valid below means something."""
    held = plenary()
    root = etree.fromstring(debate(make.room(held.event)))
    del root.xpath("//a:speech", namespaces=AKN)[0].attrib["by"]
    assert not schema.validate(root)


def test_the_outcome_is_a_statement(schema: Any) -> None:
    held = plenary()
    version = settled(held.drafter)
    root = valid(schema, statement(make.room(held.event), outcome(make.room(held.event), version)))
    assert root[0].tag.endswith("}statement")
    assert texts(root, "//a:docTitle") == ["What we promise"]
    assert texts(root, "//a:preamble/a:p") == ["We met.", "We listened."]
    assert texts(root, "//a:clause[@eId='clause_1']/a:content/a:p[1]") == ["We come back."]
    quoted = ["Who *pays* for it?", "the second visit", "Dig *wells*", "Shall we come back?"]
    assert texts(root, "//a:embeddedText") == quoted
    assert root.xpath("string(//a:FRBRalias/@value)", namespaces=AKN) == version.hash
    assert root.xpath("string(//a:FRBRversionNumber/@value)", namespaces=AKN) == "1"


def test_the_record_is_a_debate_with_a_section_for_each_point(schema: Any) -> None:
    held = plenary()
    moderator, room = make.seat(held.event, "moderator"), make.room(held.event)
    make.act(moderator, "events.move_on")
    said(held.event, "I have seen the well.", by=held.others[0])
    root = valid(schema, debate(room))
    assert root[0].tag.endswith("}debate")
    assert texts(root, "//a:debateSection/a:heading") == [
        "Outside the agenda",
        "Shall we come back?",
        "Short contributions",
    ]
    assert texts(root, "//a:speech/a:p") == [
        "What trust costs a village is the second visit.",
        "I have seen the well.",
    ]
    # Nobody is named: all speeches are by the same role, so that they can't be told apart.
    assert set(root.xpath("//a:speech/@by", namespaces=AKN)) == {"#role_1"}
    assert root.xpath("//a:TLCPerson", namespaces=AKN) == []


def test_it_says_who_signed_as_all_formats_do(schema: Any) -> None:
    held = plenary(attribution="name")
    version, room = settled(held.drafter), make.room(held.event)
    make.act(held.zoe, "endorsements.sign", version="1", signed="name")
    make.act(held.others[0], "endorsements.sign", version="1", signed="nobody")
    found = outcome(room, version)
    assert found.signed[:2] == (NAME, "2 people signed.")
    root = valid(schema, statement(room, found))
    assert texts(root, "//a:conclusions//a:item") == list(found.signed)
    assert "Who signed it" in texts(root, "//a:conclusions//a:heading")


def test_each_version_and_the_draft_are_expressions_of_one_work(schema: Any) -> None:
    held = plenary()
    room = make.room(held.event)
    every = [settled(held.drafter), settled(held.drafter), None]
    roots = [valid(schema, statement(room, outcome(room, version))) for version in every]
    for level, many in (("Work", 1), ("Expression", 3), ("Manifestation", 3)):
        for name in ("uri", "this"):
            path = f"string(//a:FRBR{level}/a:FRBR{name}/@value)"
            assert len({root.xpath(path, namespaces=AKN) for root in roots}) == many, path
    path = "string(//a:FRBRExpression/a:FRBRalias/@value)"
    assert [root.xpath(path, namespaces=AKN) for root in roots] == [each.hash if each else "" for each in every]


def test_a_debate_says_how_much_its_speakers_have_still_to_look_through(schema: Any) -> None:
    event = make.event(silence="approved")
    ann, room = make.seat(event), make.room(event)
    said(event, "I have seen the well.", by=ann)
    missing = "1 piece of what was said is not in this record: whoever said it has still to look through it."
    for spoken in ([], ["Between turns."]):
        for words in spoken:
            said(event, words)
        root = valid(schema, debate(make.room(event)))
        assert texts(root, "//a:speech/a:p") == spoken
        assert missing in texts(root, "//a:p")
        assert b"Nothing is taken down" not in debate(room)


@pytest.mark.parametrize("attribution", ["name", "role", "group", "nobody"])
def test_whoever_spoke_is_what_they_are_shown_as(schema: Any, attribution: str) -> None:
    held = plenary(attribution=attribution)
    root = valid(schema, debate(make.room(held.event)))
    (by,) = root.xpath("//a:speech/@by", namespaces=AKN)
    (who,) = root.xpath("//*[@eId=$name]", name=by.removeprefix("#"), namespaces=AKN)
    shown = {"name": ("TLCPerson", NAME), "role": ("TLCRole", "Participant")}.get(attribution, ("TLCRole", "A speaker"))
    assert (etree.QName(who).localname, who.get("showAs")) == shown
    make.act(held.zoe, "transcript.lower", turn=held.turn.words, level="nobody")
    written = debate(make.room(held.event)).decode()
    assert NAME not in written
    assert "TLCPerson" not in written


def test_struck_and_hidden_words_are_gone_from_both(schema: Any) -> None:
    held = plenary()
    settled(held.drafter)
    moderator, room = make.seat(held.event, "moderator"), make.room(held.event)
    make.act(moderator, "transcript.strike", segment=held.words.handle, words="second visit", sure="on")
    make.act(moderator, "ideas.hide", idea=held.idea.handle, reason="Off topic")
    files = [debate(room), *(statement(room, outcome(room, version)) for version in (None, versions(room).get()))]
    for file in files:
        valid(schema, file)
        assert b"second visit" not in file
        assert b"wells" not in file


def test_words_are_words_whatever_they_look_like(schema: Any) -> None:
    event = make.event()
    drafter, ann = make.seat(event, "drafter"), make.seat(event)
    for words in HOSTILE:
        clause(drafter, words)
        said(event, words.replace("\n", " "), by=ann)
        thought(ann, words)
    room = make.room(event)
    root = valid(schema, statement(room, outcome(room, None)))
    clauses = ["\n".join(each.itertext()) for each in root.xpath("//a:clause/a:content/a:p[1]", namespaces=AKN)]
    assert [" ".join(each.split()) for each in clauses] == [" ".join(words.split()) for words in HOSTILE]
    root = valid(schema, debate(room))
    assert [" ".join(each.split()) for each in texts(root, "//a:speech/a:p")] == [
        " ".join(words.split()) for words in HOSTILE
    ]


def test_a_busy_room_an_empty_one_and_other_languages_are_valid(schema: Any) -> None:
    event = make.event()
    room = make.room(event)
    for happen in (lambda: None, lambda: busy.people(event)):
        happen()
        for language in ("en", "ar", "zh-hans"):
            with translation.override(language):
                valid(schema, statement(room, outcome(room, None)))
                valid(schema, debate(room))


@pytest.mark.parametrize("kind", ["after", "delete"])
def test_what_a_poll_adopted_stands_in_the_section_of_that_poll(schema: Any, kind: str) -> None:
    held = plenary()
    moderator = make.seat(held.event, "moderator")
    row = proposed(held.zoe, held.clause, "" if kind == "delete" else "We *bring* wells.\n\nAnd schools.", kind)
    poll = put(moderator, row)
    vote(held.zoe, poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    told = etree.tostring(valid(schema, debate(make.room(held.event))), encoding="unicode", method="text")
    said = "its clause is not in the text" if kind == "delete" else "bring* wells."
    assert said in told[told.index("shall amendment 1 be adopted?") :]
