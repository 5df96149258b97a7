"""What drafters do with the text, through the door."""

from __future__ import annotations

import pytest

from deliberate.errors import Refused
from polls.statements.actions import MOST_CLAUSES
from polls.statements.content import intact
from polls.statements.models import Clause, ClauseRevision, Statement, Version
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.polls.statements.rows import clause, people, reopened, said, settled, texts

pytestmark = pytest.mark.django_db


def test_a_statement_has_a_title_and_a_preamble(event: Event, drafter: Seat) -> None:
    make.act(drafter, "statements.name", title=" What we   promise ", preamble="We met.\r\n\r\n\r\nWe listened.")
    statement = Statement.objects.get(room=make.room(event))
    assert (statement.title, statement.preamble) == ("What we promise", "We met.\n\nWe listened.")


def test_a_title_that_somebody_changed_meanwhile_is_not_overwritten_unseen(event: Event, drafter: Seat) -> None:
    fields = {"title": "What we promise", "preamble": "We met."}
    began = make.act(drafter, "statements.name", **fields).data["revision"]
    other = make.act(make.seat(event, "drafter"), "statements.name", title="What we owe", preamble="", revision=began)
    with pytest.raises(Refused, match="Read their words") as refused:
        make.act(drafter, "statements.name", **fields, revision=began)
    assert refused.value.code == "stale"
    assert refused.value.instead == {"revision": str(other.data["revision"])}
    assert Statement.objects.get().title == "What we owe"
    assert make.act(drafter, "statements.name", **fields, **refused.value.instead).data["revision"] == began
    assert Statement.objects.get().title == "What we promise"


def test_clauses_stand_in_the_order_in_which_they_were_added(event: Event, drafter: Seat) -> None:
    first = clause(drafter, "One")
    clause(drafter, "Three")
    clause(drafter, "Two", after=first)
    assert texts(event) == ["One", "Two", "Three"]


def test_the_answer_says_the_number(event: Event, drafter: Seat) -> None:
    clause(drafter, "One")
    assert str(make.act(drafter, "statements.add_clause", text="Two").say) == "Clause 2 is added."


def test_a_clause_is_not_empty(drafter: Seat) -> None:
    with pytest.raises(Refused, match="Write the clause first"):
        make.act(drafter, "statements.add_clause", text=" \n\t ")


def test_a_statement_holds_no_more_clauses_than_its_screens(event: Event, drafter: Seat) -> None:
    for number in range(MOST_CLAUSES):
        clause(drafter, f"{number}")
    with pytest.raises(Refused, match="at most 40"):
        clause(drafter, "One too many")
    assert len(texts(event)) == MOST_CLAUSES


def test_a_clause_is_not_put_back_into_a_full_statement(event: Event, drafter: Seat) -> None:
    out = clause(drafter, "Out")
    make.act(drafter, "statements.remove_clause", clause=out.handle)
    for number in range(MOST_CLAUSES):
        clause(drafter, f"{number}")
    with pytest.raises(Refused, match="at most 40"):
        make.act(drafter, "statements.restore_clause", clause=out.handle)
    assert len(texts(event)) == MOST_CLAUSES


def test_rewording_keeps_the_earlier_words(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "We ask for peace.")
    answer = make.act(drafter, "statements.edit_clause", clause=row.handle, text="We ask for a just peace.", revision=0)
    assert answer.data == {"revision": 1}
    assert texts(event) == ["We ask for a just peace."]
    assert list(ClauseRevision.objects.values_list("number", "text")) == [(0, "We ask for peace.")]


def test_the_same_words_are_no_new_wording(drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    assert make.act(drafter, "statements.edit_clause", clause=row.handle, text=" Peace. ", revision=0).data == {
        "revision": 0
    }
    assert not ClauseRevision.objects.exists()


def test_who_reworded_a_clause_that_changed_meanwhile_is_told_and_may_send_again(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace now.", revision=0)
    with pytest.raises(Refused, match="Somebody reworded this clause") as refusal:
        make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace soon.", revision=0)
    assert texts(event) == ["Peace now."]
    assert refusal.value.instead == {"revision": "1"}
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace soon.", revision=1)
    assert texts(event) == ["Peace soon."]


def test_a_clause_moves_past_its_neighbours_and_past_those_taken_out(event: Event, drafter: Seat) -> None:
    _one, two, three = (clause(drafter, text) for text in ("One", "Two", "Three"))
    make.act(drafter, "statements.remove_clause", clause=two.handle)
    moved = make.act(drafter, "statements.move_clause", clause=three.handle, direction="up")
    assert str(moved.say) == "It is clause 1 now."
    assert texts(event) == ["Three", "One"]
    with pytest.raises(Refused, match="the first clause already"):
        make.act(drafter, "statements.move_clause", clause=three.handle, direction="up")
    make.act(drafter, "statements.move_clause", clause=three.handle, direction="down")
    assert texts(event) == ["One", "Three"]


def test_a_clause_taken_out_comes_back_where_it_stood(event: Event, drafter: Seat) -> None:
    _one, two, _three = (clause(drafter, text) for text in ("One", "Two", "Three"))
    undo = make.act(drafter, "statements.remove_clause", clause=two.handle).data["undo"]
    assert texts(event) == ["One", "Three"]
    make.act(drafter, undo["command"], **undo["fields"])
    assert texts(event) == ["One", "Two", "Three"]


def test_a_clause_of_another_room_can_not_be_touched(drafter: Seat) -> None:
    elsewhere = clause(make.seat(make.event("Another meeting"), "drafter"), "Theirs")
    with pytest.raises(Refused, match="no longer there"):
        make.act(drafter, "statements.remove_clause", clause=elsewhere.handle)
    assert not Clause.objects.get().removed


def test_a_settled_version_keeps_the_text_under_its_hash(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    version = settled(drafter)
    reopened(event)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace now.", revision=0)
    version.refresh_from_db()
    assert [each["text"] for each in version.content["clauses"]] == ["Peace."]
    assert intact(version)
    assert settled(drafter).number == 2


def test_a_version_that_was_tampered_with_no_longer_fits_its_hash(drafter: Seat) -> None:
    clause(drafter, "Peace.")
    version = settled(drafter)
    version.content["clauses"][0]["text"] = "War."
    Version.objects.filter(pk=version.pk).update(content=version.content)
    assert not intact(Version.objects.get())


def test_a_quote_that_was_tampered_with_no_longer_fits_its_seal(event: Event, drafter: Seat) -> None:
    words = said(event, "The second visit counts.")
    make.act(drafter, "statements.cite", clause="", source=f"segment:{words.handle}", quote="second visit")
    version = settled(drafter)
    assert intact(version)
    for kept in version.quotes.values():
        kept["quote"] = "third visit"
    assert not intact(version)


def test_the_journal_holds_the_hash_of_a_version(event: Event, drafter: Seat) -> None:
    clause(drafter, "Peace.")
    version = settled(drafter)
    entry = Entry.objects.get(verb="settled")
    assert (entry.subject, entry.detail) == ("version:1", version.hash)
    assert broken_at(make.room(event)) is None


def test_there_must_be_something_to_settle_and_it_must_not_be_settled(event: Event, drafter: Seat) -> None:
    with pytest.raises(Refused, match="no clause to settle"):
        make.act(drafter, "statements.settle")
    row = clause(drafter, "Peace.")
    settled(drafter)
    with pytest.raises(Refused, match="Version 1 is settled"):
        make.act(drafter, "statements.settle")
    make.act(people(event, "")[0], "statements.stand", clause=row.handle, value="support")
    assert settled(drafter).content["clauses"][0]["support"]["support"] == 1
