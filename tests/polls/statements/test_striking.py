"""Words struck from a caption leave the statement's quotes, settled ones too, and what stays is said."""

from __future__ import annotations

import pytest

from deliberate.errors import Refused
from deliberate.live.painter import paint
from polls.exports.markdown import written
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.statements.content import intact, struck
from polls.statements.models import Citation, Clause, Version
from rooms.events.models import Event
from rooms.floor.models import Turn
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make
from tests.polls.statements.rows import clause, said, settled
from tests.rooms.transcript.test_say import take_back as taken_back
from tests.rooms.transcript.test_striking import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(event: Event) -> Segment:
    return said(event, "We all heard Asha Obi speak, and the well was promised.")


def cite(drafter: Seat, segment: Segment, quote: str, into: str = "") -> Citation:
    fields = {"clause": into, "source": f"segment:{segment.handle}", "quote": quote}
    return Citation.objects.get(handle=make.act(drafter, "statements.cite", **fields).data["citation"])


def strike(event: Event, segment: Segment, words: str = "Asha Obi") -> str:
    by = make.seat(event, "moderator")
    return str(make.act(by, "transcript.strike", segment=segment.handle, words=words, sure="on").say)


def test_a_quote_in_the_draft_loses_the_words_and_stays_where_it_stands(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = clause(drafter, "A well.")
    named = cite(drafter, segment, "heard Asha Obi speak", row.handle)
    part = cite(drafter, segment, "Obi speak", row.handle)
    later = cite(drafter, segment, "the well was promised", row.handle)
    captioner = make.seat(event, "captioner")
    make.act(captioner, "transcript.correct", segment=segment.handle, text="They spoke of the well.", revision=0)
    assert strike(event, segment) == "Struck."
    for cited, quote in ((named, "heard [struck] speak"), (part, "[struck] speak"), (later, "the well was promised")):
        cited.refresh_from_db()
        assert cited.quote == quote
        assert segment.revisions.get(number=0).text[cited.start : cited.end] == quote
    assert stored("asha") == stored("obi speak") == []


def test_a_settled_version_is_struck_keeps_its_hash_and_says_so(event: Event, drafter: Seat, segment: Segment) -> None:
    cite(drafter, segment, "heard Asha Obi speak", clause(drafter, "A well.").handle)
    version = settled(drafter)
    said_back = strike(event, segment)
    assert "A quote in version 1 is struck too" in said_back
    before, version = version, Version.objects.get()
    assert (version.hash, version.content) == (before.hash, before.content)
    assert (intact(version), struck(version)) == (True, True)
    assert [kept for kept in version.quotes.values() if "salt" in kept] == [], "a salt would let the words be guessed"
    assert Entry.objects.filter(verb="struck", subject="version:1").count() == 1
    text = written(document(outcome(make.room(event), version)))
    assert "Words were taken out" in text
    assert "Asha" not in text
    assert stored("asha") == []


def test_changing_a_struck_version_is_still_told_apart(event: Event, drafter: Seat, segment: Segment) -> None:
    cite(drafter, segment, "heard Asha Obi speak", clause(drafter, "A well.").handle)
    settled(drafter)
    strike(event, segment)
    version = Version.objects.get()
    (kept,) = version.quotes.values()
    for change in ({"title": "Another"}, {"preamble": "More"}):
        assert not intact(Version(content={**version.content, **change}, quotes=version.quotes, hash=version.hash))
    assert kept == {"quote": "heard [struck] speak", "place": [7, 27], "struck": True}


def test_a_version_that_did_not_fit_its_hash_is_not_made_to_fit_by_striking(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    cite(drafter, segment, "heard Asha Obi speak", clause(drafter, "A well.").handle)
    version = settled(drafter)
    (kept,) = version.quotes.values()
    kept["quote"] = "heard Asha Obi sing"
    version.save()
    strike(event, segment)
    version = Version.objects.get()
    assert not intact(version)
    assert stored("asha") == []


def test_striking_again_strikes_at_the_right_place(event: Event, drafter: Seat, segment: Segment) -> None:
    cite(drafter, segment, "the well was promised", clause(drafter, "A well.").handle)
    settled(drafter)
    strike(event, segment, "Asha Obi")
    strike(event, segment, "well")
    version = Version.objects.get()
    assert [kept["quote"] for kept in version.quotes.values()] == ["the [struck] was promised"]
    with pytest.raises(Refused, match="Version 1 is settled"):
        make.act(drafter, "statements.settle")
    assert Citation.objects.get().quote == "the [struck] was promised"
    assert intact(version)


def test_what_the_drafters_wrote_stays_and_the_answer_says_where(event: Event, drafter: Seat, segment: Segment) -> None:
    cite(drafter, segment, "heard Asha Obi speak")  # a clause that begins with the quoted words
    settled(drafter)
    said_back = strike(event, segment)
    assert "Clause 1 holds them itself" in said_back
    assert "Version 1 holds them itself" in said_back


def test_a_quote_that_was_taken_out_can_not_be_brought_back_with_the_words(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    cited = cite(drafter, segment, "heard Asha Obi speak", clause(drafter, "A well.").handle)
    make.act(drafter, "statements.uncite", "act-123456", citation=cited.handle)
    assert stored("asha")
    strike(event, segment)
    assert stored("asha") == []


def test_versions_that_quote_something_else_are_left_alone(event: Event, drafter: Seat, segment: Segment) -> None:
    cite(drafter, said(event, "The river is dry."), "The river", clause(drafter, "A river.").handle)
    settled(drafter)
    assert strike(event, segment) == "Struck."
    version = Version.objects.get()
    assert (struck(version), intact(version)) == (False, True)


def test_an_earlier_wording_that_began_as_the_quote_loses_the_words_and_what_changed_shows_none(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = cite(drafter, segment, "heard Asha Obi speak").clause
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We heard a witness.", revision=0)
    assert "Asha" in paint(make.room(event), "statements.wall", "wall", "en").html
    assert strike(event, segment) == "Struck."
    assert [each.text for each in row.revisions.all()] == ["heard [struck] speak"]
    assert "Asha" not in paint(make.room(event), "statements.wall", "wall", "en").html
    assert stored("asha") == []


def take_back(by: Seat, turn: Turn | None) -> str:
    assert turn is not None
    return taken_back(by, turn)


def reworded(drafter: Seat, text: str, since: str = "We come back.") -> Clause:
    """A clause whose earlier wording is this one."""
    row = clause(drafter, text)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text=since, revision=0)
    return row


def earlier(row: Clause) -> list[str]:
    return [each.text for each in row.revisions.all()]


def test_a_word_that_somebody_withdraws_makes_no_holes_in_what_others_wrote(event: Event, drafter: Seat) -> None:
    ann = make.seat(event, name="Ann")
    short = said(event, "The", by=ann)
    other, quoting = reworded(drafter, "The other side saw the well."), clause(drafter, "The other side: the end.")
    cite(drafter, short, "The", quoting.handle)
    make.act(drafter, "statements.edit_clause", clause=quoting.handle, text="We come back.", revision=0)
    take_back(ann, short.turn)
    assert earlier(other) == ["The other side saw the well."]
    assert earlier(quoting) == ["[struck] other side: [struck] end."]


def test_words_that_are_many_leave_every_earlier_wording(event: Event, drafter: Seat) -> None:
    ann = make.seat(event, name="Ann")
    spoken = said(event, "We saw quaggas", by=ann)
    row = reworded(drafter, "They said: we saw  quaggas there.")
    take_back(ann, spoken.turn)
    assert earlier(row) == ["They said: [struck] there."]


def test_a_name_that_is_struck_leaves_every_earlier_wording_as_a_whole_word(
    event: Event, drafter: Seat, segment: Segment
) -> None:
    row = reworded(drafter, "Obi and the Obians.")
    strike(event, segment, "Obi")
    assert earlier(row) == ["[struck] and the Obians."]


@pytest.mark.parametrize("again", [False, True])
def test_a_quote_that_was_copied_and_taken_out_is_known_by_where_it_stood(
    event: Event, drafter: Seat, again: bool
) -> None:
    ann = make.seat(event, name="Ann")
    spoken = said(event, "We all heard Asha Obi speak, and the well was promised.", by=ann)
    cited = cite(drafter, spoken, "heard Asha Obi speak")
    row = cited.clause
    make.act(drafter, "statements.uncite", citation=cited.handle)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="She: heard Asha Obi speak.", revision=0)
    if again:  # places move with what is struck
        strike(event, spoken, "We all")
    said_back = take_back(ann, spoken.turn)
    assert "Clause 1 holds them itself" in said_back
    assert earlier(row) == ["[struck]"]
    assert Clause.objects.get(pk=row.pk).text == "She: heard Asha Obi speak."
    assert Clause.objects.get(pk=row.pk).to_reword


def test_only_whole_words_are_said_to_stand_in_a_text(event: Event, drafter: Seat, segment: Segment) -> None:
    clause(drafter, "The Obians promised wells.")
    assert strike(event, segment, "Obi") == "Struck."
