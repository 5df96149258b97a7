"""What is settled refuses every change until the host reopens it; what was settled stays as it is, and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from deliberate.errors import Refused
from polls.amendments.models import Amendment
from polls.ballots.models import Poll
from polls.statements import core, in_force
from polls.statements.content import intact
from polls.statements.models import Clause, SettledClause, Statement, Version
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import vote
from tests.polls.amendments.test_screens import page
from tests.polls.statements.pads.rows import Hand
from tests.polls.statements.rows import clause, people, reopened, said, settled

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(drafter: Seat) -> Clause:
    return clause(drafter, "We come back.")


@pytest.fixture
def second(drafter: Seat, first: Clause) -> Clause:
    return clause(drafter, "We pay.")


def of_clause(event: Event, drafter: Seat, row: Clause) -> dict[str, Callable[[], object]]:
    """Every way in which a clause is changed."""
    words, ann = said(event, "The second visit counts."), people(event, "")[0]
    cited = {"source": f"segment:{words.handle}", "quote": "second visit"}
    make.act(drafter, "statements.cite", clause=row.handle, **cited)
    quote = row.citations.get().handle
    proposed = {"kind": "change", "reason": "So that it holds", "signed": "", "revision": "0"}
    make.act(ann, "amendments.propose", clause=row.handle, text="We come back soon.", **proposed)
    asked = Amendment.objects.get().handle
    return {
        "reword": lambda: make.act(
            drafter, "statements.edit_clause", clause=row.handle, text="We never come back.", revision=0
        ),
        "take out": lambda: make.act(drafter, "statements.remove_clause", clause=row.handle),
        "move": lambda: make.act(drafter, "statements.move_clause", clause=row.handle, direction="down"),
        "cite": lambda: make.act(
            drafter, "statements.cite", clause=row.handle, source=cited["source"], quote="The second visit"
        ),
        "uncite": lambda: make.act(drafter, "statements.uncite", citation=quote),
        "propose": lambda: make.act(ann, "amendments.propose", clause=row.handle, text="We go.", **proposed),
        "accept": lambda: make.act(drafter, "amendments.accept", amendment=asked),
        "merge": lambda: make.act(
            drafter, "amendments.merge", amendment=asked, text="We go.", revision=0, reason="Shorter.", also=""
        ),
        "put": lambda: make.act(make.seat(event, "moderator"), "amendments.put", amendment=asked),
    }


def stored() -> list[object]:
    return [
        list(Clause.objects.order_by("pk").values_list("text", "revision", "position", "removed", "citations__quote")),
        list(Statement.objects.values_list("title", "preamble")),
        list(Amendment.objects.values_list("state", flat=True)),
    ]


@pytest.mark.parametrize("whole", [False, True])
def test_a_settled_clause_refuses_every_change_and_says_what_to_do(
    event: Event, drafter: Seat, first: Clause, second: Clause, whole: bool
) -> None:
    ways = of_clause(event, drafter, first)
    make.act(drafter, "statements.settle", clause="" if whole else first.handle)
    before = stored()
    for way, change in ways.items():
        with pytest.raises(Refused, match="ask the host to reopen it") as refused:
            change()
        assert refused.value.code == "settled", way
    assert stored() == before


def test_a_settled_text_takes_no_new_clause_no_title_and_nothing_back(
    event: Event, drafter: Seat, first: Clause, second: Clause
) -> None:
    gone = clause(drafter, "We meet again.")
    make.act(drafter, "statements.remove_clause", clause=gone.handle)
    settled(drafter)
    for name, fields in (
        ("statements.name", {"title": "Another", "preamble": ""}),
        ("statements.add_clause", {"text": "We sing.", "after": ""}),
        ("statements.restore_clause", {"clause": gone.handle}),
        ("statements.settle", {"clause": first.handle}),
        ("statements.settle", {}),
    ):
        with pytest.raises(Refused, match="Version 1 is settled and stays as it reads"):
            make.act(drafter, name, **fields)


def test_beside_a_clause_settled_by_itself_drafting_goes_on(drafter: Seat, first: Clause, second: Clause) -> None:
    make.act(drafter, "statements.settle", clause=first.handle)
    make.act(drafter, "statements.edit_clause", clause=second.handle, text="We pay in full.", revision=0)
    clause(drafter, "We sing.", after=first)
    with pytest.raises(Refused, match="keeps its place"):
        make.act(drafter, "statements.move_clause", clause=Clause.objects.get(text="We sing.").handle, direction="up")


def test_strokes_on_a_pad_are_refused_and_taken_again_once_it_is_reopened(
    event: Event, drafter: Seat, first: Clause
) -> None:
    ann = Hand(drafter, first)
    assert ann.types(0, "Today: ") == ""
    make.act(drafter, "statements.settle", clause=first.handle)
    ann.hears()
    assert not ann.may_write()
    assert ann.types(0, "No. ") == "gone"
    assert Clause.objects.get().text == "Today: We come back."
    reopened(event, first.handle)
    ben = Hand(make.seat(event, "drafter"), first)
    assert ben.may_write()
    assert ben.types(0, "Yes. ") == ""
    assert ben.fold().text == "Yes. Today: We come back."


def test_words_that_cannot_be_a_clause_are_not_left_on_the_pad_of_a_settled_one(drafter: Seat, first: Clause) -> None:
    ann = Hand(drafter, first)
    assert ann.types(0, "long " * 500) == ""
    for handle in (first.handle, ""):
        with pytest.raises(Refused, match="Clause 1: drafters have typed what can't be a clause yet"):
            make.act(drafter, "statements.settle", clause=handle)
    assert not SettledClause.objects.exists()


def test_a_poll_on_an_amendment_that_carries_after_its_clause_was_settled_waits(
    event: Event, drafter: Seat, first: Clause
) -> None:
    ann, moderator = people(event, "")[0], make.seat(event, "moderator")
    asked: dict[str, Any] = {
        "kind": "change",
        "text": "We come back soon.",
        "reason": "So that it holds",
        "signed": "",
        "revision": 0,
    }
    row = Amendment.objects.get(
        handle=make.act(ann, "amendments.propose", "", clause=first.handle, **asked).data["amendment"]
    )
    make.act(moderator, "amendments.put", amendment=row.handle)
    row.refresh_from_db()
    assert row.poll is not None
    Poll.objects.filter(pk=row.poll.pk).update(blind=False)  # a sealed one, as a moderator may make it
    make.opens(moderator, row.poll.handle)
    vote(ann, row.poll, 0)
    make.act(drafter, "statements.settle", clause=first.handle)
    make.act(moderator, "ballots.close", poll=row.poll.handle, sure="on")
    row.refresh_from_db()
    assert (row.state, Clause.objects.get().text) == ("carried", "We come back.")
    reopened(event, first.handle)
    merged: dict[str, Any] = {"text": row.text, "revision": 0, "reason": "As voted.", "also": ""}
    make.act(drafter, "amendments.merge", "", amendment=row.handle, **merged)
    assert Clause.objects.get().text == "We come back soon."


def test_the_host_reopens_with_a_reason_and_means_it(event: Event, drafter: Seat, first: Clause) -> None:
    host, version = make.seat(event, "host"), settled(drafter)
    for fields in ({"reason": "", "sure": "on"}, {"reason": "A figure was wrong."}):
        with pytest.raises(Refused):
            make.act(host, "statements.reopen", **fields)
    assert in_force.version(version.statement) == version
    make.act(host, "statements.reopen", reason="A figure was wrong.", sure="on")
    version.refresh_from_db()
    assert version.reason == "A figure was wrong."
    assert intact(version)
    entry = Entry.objects.get(verb="reopened")
    told = core.seal({"hash": version.hash, "reason": version.reason})
    assert (entry.role, entry.subject, entry.detail) == ("host", "version:1", told)
    assert broken_at(make.room(event)) is None
    with pytest.raises(Refused, match="not settled"):
        make.act(host, "statements.reopen", reason="Once more.", sure="on")
    make.act(drafter, "statements.edit_clause", clause=first.handle, text="We stay.", revision=0)
    assert settled(drafter).number == 2
    assert [row.content["clauses"][0]["text"] for row in Version.objects.all()] == ["We come back.", "We stay."]


def test_what_was_reopened_can_be_settled_again_as_it_was(event: Event, drafter: Seat, first: Clause) -> None:
    for handle in (first.handle, ""):
        make.act(drafter, "statements.settle", clause=handle)
        reopened(event, handle)
        make.act(drafter, "statements.settle", clause=handle)
    assert [bool(row.reopened_at) for row in first.settlings.order_by("pk")] == [True, False]
    assert len({row.hash for row in first.settlings.all()}) == 2
    assert [(row.number, bool(row.reopened_at)) for row in Version.objects.all()] == [(1, True), (2, False)]


def test_a_clause_settled_by_itself_stays_so_when_the_whole_text_is_reopened(
    event: Event, drafter: Seat, first: Clause, second: Clause
) -> None:
    make.act(drafter, "statements.settle", clause=first.handle)
    settled(drafter)
    with pytest.raises(Refused, match="Reopen that first"):
        reopened(event, first.handle)
    reopened(event)
    make.act(drafter, "statements.edit_clause", clause=second.handle, text="We pay in full.", revision=0)
    with pytest.raises(Refused, match="This clause is settled"):
        make.act(drafter, "statements.edit_clause", clause=first.handle, text="We stay.", revision=0)


def test_people_still_take_their_stand_and_it_changes_nothing_settled(
    event: Event, drafter: Seat, first: Clause
) -> None:
    version = settled(drafter)
    make.act(people(event, "")[0], "statements.stand", clause=first.handle, value="support")
    version.refresh_from_db()
    assert version.content["clauses"][0]["support"]["support"] == 0
    assert intact(version)


def test_the_host_s_page_says_what_is_settled_and_the_desk_that_it_was_reopened(
    event: Event, drafter: Seat, first: Clause
) -> None:
    make.act(drafter, "statements.name", title="What we promise", preamble="")
    host = make.seat(event, "host")
    assert "Nothing is settled in this room now." in page(host, "reopen/")
    settled(drafter)
    shown = page(host, "reopen/")
    assert "The whole text, version 1" in shown
    assert '<p dir="auto">What we promise</p>' in shown
    reopened(event)
    assert "Version 1 was reopened; this is the draft that follows." in page(drafter, "")
