"""Words that are taken back where something else has happened to them before, or happens after."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberate.errors import Refused
from deliberate.live.painter import paint
from deliberate.live.parts import parts
from polls.exports.bundle import bundle
from polls.statements.models import Citation, Clause, ClauseRevision
from polls.statements.walls import wall
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import again, proposed
from tests.polls.statements.rows import clause, texts
from tests.rooms.transcript.test_say import mend, spoke, take_back

pytestmark = pytest.mark.django_db

WORDS = "The well in Kalu gave clean water to four villages last year"


@pytest.fixture
def event() -> Event:
    return make.event(attribution="name", k=2)


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


@pytest.fixture
def ben(event: Event) -> Seat:
    return make.seat(event, name="Ben")


@pytest.fixture
def captioner(event: Event) -> Seat:
    return make.seat(event, "captioner")


def cite(drafter: Seat, segment: Any, quote: str, into: Clause | None = None) -> Clause:
    fields = {"clause": into.handle if into else "", "source": f"segment:{segment.handle}", "quote": quote}
    return Clause.objects.get(handle=make.act(drafter, "statements.cite", **fields).data["clause"])


def reword(drafter: Seat, row: Clause, text: str) -> None:
    row.refresh_from_db()
    make.act(drafter, "statements.edit_clause", clause=row.handle, text=text, revision=row.revision)


def traces(event: Event, words: str) -> list[str]:
    """Which parts of any screen show the words, and whether the bundle holds them."""
    room = make.room(event)
    found = [
        f"{name} {audience}"
        for name, one in parts.items()
        for audience in sorted(one.audiences)
        if words in paint(room, name, audience, "en").html
    ]
    return found + (["bundle"] if words in json.dumps(bundle(event)) else [])


def test_a_clause_that_quotes_the_same_words_twice_is_no_hindrance(
    ann: Seat, captioner: Seat, drafter: Seat, event: Event
) -> None:
    """Of two wordings of the source, after the captioner corrected another word of it."""
    turn, (segment,) = spoke(ann, captioner, "We need two wells in Kalu before teh rains")
    row = cite(drafter, segment, "We need two wells in Kalu")
    corrected = "We need two wells in Kalu before the rains"
    make.act(captioner, "transcript.correct", segment=segment.handle, text=corrected, revision=0)
    cite(drafter, segment, "We need two wells in Kalu", row)
    take_back(ann, turn)
    assert texts(event) == ["[withdrawn]"]
    assert {each.quote for each in Citation.objects.all()} == {"[withdrawn]"}
    assert traces(event, "two wells in Kalu") == []


def test_words_that_drafters_take_out_as_they_are_told_stand_in_no_earlier_wording(
    ann: Seat, ben: Seat, captioner: Seat, drafter: Seat, event: Event
) -> None:
    turn, (segment,) = spoke(ann, captioner, WORDS)
    row = clause(drafter, "We heard that: " + WORDS)
    cite(drafter, segment, WORDS, row)
    rests = proposed(ben, row, "", kind="delete")
    take_back(ann, turn)
    reword(drafter, row, "We heard of wells.")
    make.act(drafter, "statements.reworded", clause=row.handle)
    assert traces(event, "four villages last year") == []
    assert again(rests).state == "open"
    assert wall(make.room(event), "wall")["words"] == [("same", "We heard of wells.")]
    reword(drafter, row, "We heard of wells and rivers.")
    assert ClauseRevision.objects.order_by("number").last().text == "We heard of wells."  # type: ignore[union-attr]


def test_a_shorter_quote_of_the_words_leaves_nothing_of_a_longer_one(
    ann: Seat, captioner: Seat, drafter: Seat, event: Event
) -> None:
    turn, (segment,) = spoke(ann, captioner, WORDS)
    cite(drafter, segment, "The well in Kalu", clause(drafter, "Wells matter to us all."))
    reword(drafter, cite(drafter, segment, WORDS), "Water is a right.")
    take_back(ann, turn)
    assert ClauseRevision.objects.get().text == "[struck]"
    assert traces(event, "gave clean water") == []


@pytest.mark.parametrize("then", ["strike", "withdraw"])
def test_a_quote_that_a_correction_took_out_stays_what_was_withdrawn(
    ann: Seat, captioner: Seat, drafter: Seat, event: Event, then: str
) -> None:
    turn, (segment,) = spoke(ann, captioner, "We met John Smith yesterday at the old market")
    cite(drafter, segment, "yesterday at the old market")
    mend(ann, segment, "We met John Smith", 0)
    if then == "strike":
        make.act(captioner, "transcript.strike", segment=segment.handle, words="John Smith", sure="on")
    else:
        take_back(ann, turn)
    assert texts(event) == ["[withdrawn]"]
    assert Citation.objects.get().quote == "[withdrawn]"


def test_an_amendment_shows_no_words_as_its_own_that_it_only_left_alone(
    ann: Seat, ben: Seat, captioner: Seat, drafter: Seat, event: Event
) -> None:
    turn, (segment,) = spoke(ann, captioner, "We carry water two hours each morning")
    row = clause(drafter, "Because we carry water two hours each morning, repair the well within four weeks.")
    cite(drafter, segment, "We carry water two hours each morning", row)
    proposed(ben, row, row.text.replace("four", "twelve"))
    reword(drafter, row, row.text.replace("four", "two"))
    take_back(ann, turn)
    shown = paint(make.room(event), "amendments.waiting", "drafter", "en").html
    assert "becomes" not in shown
    assert "<ins" not in shown


def test_words_close_to_those_taken_back_are_pointed_out_in_a_clause_that_rests_on_them(
    ann: Seat, ben: Seat, captioner: Seat, drafter: Seat, event: Event
) -> None:
    turn, (segment,) = spoke(ann, captioner, WORDS)
    row = cite(drafter, segment, WORDS)
    reword(drafter, row, WORDS.replace("four", "all"))
    other = clause(drafter, WORDS.replace("four", "all"))
    rests = proposed(ben, row, WORDS.replace("four", "twelve"))
    assert "Clause 1 holds words close to them: a drafter can reword it." in take_back(ann, turn)
    row.refresh_from_db()
    other.refresh_from_db()
    assert (row.to_reword, other.to_reword, again(rests).to_reword) == (True, False, True)
    with pytest.raises(Refused, match="were taken back"):
        make.act(drafter, "statements.settle", clause=row.handle)


def test_a_correction_points_at_no_clause_that_is_close_to_the_words_before(
    ann: Seat, captioner: Seat, drafter: Seat
) -> None:
    _turn, (segment,) = spoke(ann, captioner, WORDS)
    row = cite(drafter, segment, WORDS)
    reword(drafter, row, WORDS.replace("four", "all"))
    mend(ann, segment, WORDS.replace("year", "spring"), 0)
    row.refresh_from_db()
    assert not row.to_reword


def test_whoever_takes_words_back_is_told_of_amendments_and_notes_that_were_answered(
    ann: Seat, ben: Seat, captioner: Seat, drafter: Seat
) -> None:
    turn, (segment,) = spoke(ann, captioner, WORDS)
    row = clause(drafter, "Wells matter.")
    declined = proposed(ben, row, "As was said: " + WORDS)
    make.act(drafter, "amendments.decline", amendment=declined.handle, reason="Too long.")
    answered = proposed(ben, row, "Wells matter to all.")
    make.act(drafter, "amendments.decline", amendment=answered.handle, reason=f"She said: {WORDS}")
    make.act(ben, "statements.propose", source=f"segment:{segment.handle}", note="She said " + WORDS)
    [proposal] = row.statement.proposals.all()
    make.act(drafter, "statements.decline", proposal=proposal.handle, reason="No.")
    said = take_back(ann, turn)
    assert "They also stand in what others wrote: amendment 1, amendment 2, a note on a proposed source." in said
    assert again(declined).to_reword, "drafters may let it wait again"
