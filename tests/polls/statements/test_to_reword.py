"""Words that were taken back and stand in what drafters wrote themselves: drafters are told, until one says that they are out."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.errors import Refused
from deliberate.live.painter import paint
from polls.statements.models import Clause, SettledClause, Version
from polls.statements.pads.models import Pad
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make
from tests.polls.amendments.rows import proposed, vote
from tests.polls.statements.pads.rows import Hand
from tests.polls.statements.rows import clause, said, thought
from tests.polls.statements.test_settling import put, rule
from tests.polls.statements.test_striking import cite, strike
from tests.rooms.transcript.test_striking import stored

pytestmark = pytest.mark.django_db

TAKEN_BACK = "Words that stand in it were taken back"


@pytest.fixture
def segment(event: Event) -> Segment:
    return said(event, "We all heard Asha Obi speak, and the well was promised.")


def written(drafter: Seat, segment: Segment) -> Clause:
    """A clause that rests on the words, and in which a drafter wrote them."""
    row = clause(drafter, "So we heard Asha Obi speak.")
    cite(drafter, segment, "heard Asha Obi speak", row.handle)
    return row


def desk(event: Event, role: str = "drafter") -> str:
    """The clauses as drafters see them, or as everybody else does."""
    part = "statements.drafter" if role == "drafter" else "statements.text"
    return paint(make.room(event), part, role, "en").html


def test_drafters_are_told_which_words_of_theirs_were_taken_back_till_one_says_that_they_are_out(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = written(drafter, segment)
    clause(drafter, "We come back.")
    strike(event, segment)
    shown = desk(event)
    assert shown.count(TAKEN_BACK) == 1
    assert TAKEN_BACK not in desk(event, "participant"), "nobody else is pointed at them"
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We all heard her.", revision=0)
    assert TAKEN_BACK in desk(event), "other words may be all that was changed"
    with pytest.raises(Refused, match="were taken back") as refused:
        make.act(drafter, "statements.settle", clause=row.handle)
    assert refused.value.code == "to_reword"
    make.act(drafter, "statements.reworded", clause=row.handle)
    assert TAKEN_BACK not in desk(event)
    before = Entry.objects.count()
    make.act(drafter, "statements.reworded", clause=row.handle)
    assert Entry.objects.count() == before


def test_of_a_clause_that_was_not_changed_drafters_can_only_say_that_its_words_are_their_own(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    """And its page offers nothing else."""
    row = written(drafter, segment)
    strike(event, segment)
    assert "They are out" not in desk(event)
    with pytest.raises(Refused, match="reads as it did") as refused:
        make.act(drafter, "statements.reworded", clause=row.handle)
    assert refused.value.code == "unchanged"
    assert TAKEN_BACK in desk(event)
    make.act(drafter, "statements.reworded", clause=row.handle, own="on")
    assert TAKEN_BACK not in desk(event)
    assert Entry.objects.order_by("number").last().detail == "kept as the drafters' own"  # type: ignore[union-attr]
    make.act(drafter, "statements.settle", clause=row.handle)
    assert SettledClause.objects.exists()


def test_what_was_just_typed_on_its_pad_has_changed_a_clause(event: Event, drafter: Seat, segment: Segment) -> None:
    row = written(drafter, segment)
    strike(event, segment)
    assert Hand(drafter, row).types(0, "All of us: ") == ""
    make.act(drafter, "statements.reworded", clause=row.handle)
    assert TAKEN_BACK not in desk(event)


def test_words_in_a_settled_clause_are_for_the_host_to_reopen(event: Event, drafter: Seat, segment: Segment) -> None:
    row = written(drafter, segment)
    make.act(drafter, "statements.settle", clause=row.handle)
    assert "Clause 1 holds them itself and is settled: the host can reopen it." in strike(event, segment)
    shown = desk(event)
    assert f"{TAKEN_BACK}. The host can reopen it" in shown
    assert "They are out" not in shown


def test_words_in_the_title_and_in_a_clause_that_was_taken_out_are_told_too(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = written(drafter, segment)
    make.act(drafter, "statements.remove_clause", clause=row.handle)
    make.act(drafter, "statements.name", title="What Asha Obi said", preamble="")
    said_back = strike(event, segment)
    assert "The title or the preamble holds them itself" in said_back
    assert "A clause that was taken out holds them itself" in said_back
    assert "the title or the preamble were taken back" in desk(event)
    make.act(drafter, "statements.reworded", clause="")
    assert "the title or the preamble were taken back" not in desk(event)
    make.act(drafter, "statements.restore_clause", clause=row.handle)
    assert TAKEN_BACK in desk(event)


def test_a_word_that_stands_everywhere_points_at_no_clause_that_rests_on_something_else(
    event: Event, drafter: Seat
) -> None:
    short = said(event, "Yes.")
    rests = clause(drafter, "Yes. And soon.")
    clause(drafter, "Yes. We come back.")
    cite(drafter, short, "Yes.", rests.handle)
    make.act(make.seat(event, "captioner"), "transcript.strike", segment=short.handle, words="", sure="on")
    assert desk(event).count(TAKEN_BACK) == 1


def test_only_clauses_that_quote_an_idea_are_asked_for_its_words(event: Event, drafter: Seat) -> None:
    author = make.seat(event)
    idea = thought(author, "dig wells")
    quoting = clause(drafter, "We dig wells.")
    make.act(drafter, "statements.cite", clause=quoting.handle, source=f"idea:{idea.handle}", quote="dig wells")
    clause(drafter, "They dig wells.")
    make.act(author, "pseudonyms.withdraw")
    assert desk(event).count(TAKEN_BACK) == 1


NAMED = "Words that stand in the title or the preamble were taken back"


@pytest.mark.parametrize("named", [("What Asha Obi said", ""), ("Wells", "We heard Asha Obi speak.")])
def test_a_text_is_not_settled_past_words_in_its_title_or_preamble_that_were_taken_back(
    event: Event, drafter: Seat, segment: Segment, named: tuple[str, str]
) -> None:
    row = clause(drafter, "We come back.")
    make.act(drafter, "statements.name", title=named[0], preamble=named[1])
    strike(event, segment)
    with pytest.raises(Refused, match=NAMED) as refused:
        make.act(drafter, "statements.settle")
    assert refused.value.code == "to_reword"
    make.act(drafter, "statements.settle", clause=row.handle)
    assert SettledClause.objects.exists(), "a clause by itself has neither"
    make.act(drafter, "statements.reworded", clause="")
    make.act(drafter, "statements.settle")
    assert Version.objects.exists()


@pytest.mark.parametrize("where", ["clause", "text", "title"])
def test_no_poll_settles_words_that_were_taken_back(event: Event, drafter: Seat, segment: Segment, where: str) -> None:
    rule(event, "poll")
    row, moderator = clause(drafter, "We come back."), make.seat(event, "moderator")
    if where == "title":
        make.act(drafter, "statements.name", title="What Asha Obi said", preamble="")
    else:
        row = written(drafter, segment)
    asked: dict[str, Any] = {"clause": row.handle} if where == "clause" else {}
    poll = put(moderator, **asked)
    vote(make.seat(event), poll, 0)
    strike(event, segment)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert not Version.objects.exists()
    assert not SettledClause.objects.exists()
    assert Entry.objects.get(verb="left open").detail == "to_reword"
    with pytest.raises(Refused, match="were taken back") as refused:
        make.act(moderator, "statements.put", **asked)
    assert refused.value.code == "to_reword"
    if where == "title":
        make.act(drafter, "statements.reworded", clause="")
    else:
        make.act(drafter, "statements.edit_clause", clause=row.handle, text="We all heard her.", revision=0)
        make.act(drafter, "statements.reworded", clause=row.handle)
    poll = put(moderator, **asked)
    vote(make.seat(event), poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert Version.objects.exists() is (where != "clause")
    assert SettledClause.objects.exists() is (where == "clause")


def test_a_text_is_settled_though_words_were_taken_back_in_a_clause_that_is_settled_by_itself(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = written(drafter, segment)
    make.act(drafter, "statements.settle", clause=row.handle)
    strike(event, segment)
    assert Clause.objects.get().to_reword
    make.act(drafter, "statements.settle")
    assert Version.objects.exists()


def test_a_clause_that_is_a_quote_and_no_more_reads_as_the_quote_does(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = cite(drafter, segment, "heard Asha Obi speak").clause
    Hand(drafter, row)
    assert "Clause 1 was nothing but that quote, and reads as it does now." in strike(event, segment)
    row.refresh_from_db()
    assert row.text == "heard [struck] speak"
    assert TAKEN_BACK not in desk(event)
    assert stored("asha obi") == []
    assert not any(b"Asha" in bytes(pad.state) for pad in Pad.objects.all())
    make.act(drafter, "statements.settle")
    assert Version.objects.get().content["clauses"][0]["text"] == "heard [struck] speak"


def test_a_settled_clause_that_is_a_quote_and_no_more_is_the_host_s_to_reopen(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = cite(drafter, segment, "heard Asha Obi speak").clause
    make.act(drafter, "statements.settle", clause=row.handle)
    assert "is settled: the host can reopen it." in strike(event, segment)
    row.refresh_from_db()
    assert row.text == "heard Asha Obi speak"


def test_what_others_wrote_with_the_words_is_named_and_marks_the_clause_that_it_is_put_into(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = clause(drafter, "We come back.")
    ann = make.seat(event, name="Ann")
    thought(ann, "As Asha Obi told us")
    one = proposed(ann, row, "We come back with Asha Obi.")
    other = proposed(ann, row, "We come back soon.")
    make.act(ann, "statements.stand", clause=row.handle, value="reserve", reservation="Not with Asha Obi.")
    told = strike(event, segment)
    assert "They also stand in what others wrote: idea 1, amendment 1, a reservation." in told
    make.act(drafter, "amendments.decline", amendment=other.handle, reason="Later.")
    assert TAKEN_BACK not in desk(event)
    make.act(drafter, "amendments.accept", amendment=one.handle)
    assert TAKEN_BACK in desk(event)
    with pytest.raises(Refused, match="were taken back"):
        make.act(drafter, "statements.settle", clause=row.handle)


@pytest.mark.parametrize(("who", "no", "back"), [("drafter", "decline", "reopen"), ("moderator", "hide", "unhide")])
def test_an_amendment_that_comes_back_after_the_words_in_it_were_taken_back_marks_the_clause_too(
    event: Event, drafter: Seat, segment: Segment, who: str, no: str, back: str
) -> None:
    row, by = clause(drafter, "We come back."), make.seat(event, who)
    amendment = proposed(make.seat(event, name="Ann"), row, "We come back with Asha Obi.")
    make.act(by, f"amendments.{no}", amendment=amendment.handle, reason="Later.")
    told = strike(event, segment)
    assert ("amendment 1" in told) == (no == "decline"), "what is hidden is not told of"
    make.act(by, f"amendments.{back}", amendment=amendment.handle)
    make.act(drafter, "amendments.accept", amendment=amendment.handle)
    assert TAKEN_BACK in desk(event)
    with pytest.raises(Refused, match="were taken back"):
        make.act(drafter, "statements.settle", clause=row.handle)


def test_a_clause_that_was_a_quote_and_is_taken_out_keeps_nothing_on_its_pad(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = cite(drafter, segment, "heard Asha Obi speak").clause
    Hand(drafter, row)
    make.act(drafter, "statements.remove_clause", clause=row.handle)
    strike(event, segment)
    row.refresh_from_db()
    assert row.text == "heard [struck] speak"
    assert Pad.objects.exists()
    assert not any(b"Asha" in bytes(pad.state) for pad in Pad.objects.all())
