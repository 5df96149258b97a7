"""From words, ideas and polls into the text; support and reservations."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from deliberate.door.models import Receipt
from deliberate.errors import Refused
from deliberate.live import marks
from deliberate.live.painter import paint
from polls.statements import queries
from polls.statements.models import Citation, Clause, Proposal, Support
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from rooms.transcript.models import Segment
from tests import make
from tests.polls.statements.rows import asked, clause, people, said, texts, thought

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(event: Event) -> Seat:
    return make.seat(event, name="Ann")


def cite(drafter: Seat, into: Clause | None, source: str, quote: str) -> Citation:
    answer = make.act(drafter, "statements.cite", clause=into.handle if into else "", source=source, quote=quote)
    return Citation.objects.get(handle=answer.data["citation"])


# ---- proposing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["participant", "moderator", "captioner"])
def test_anybody_says_that_words_belong_in_the_statement(event: Event, role: str) -> None:
    source = said(event, "The second visit counts.")
    make.act(make.seat(event, role), "statements.propose", source=f"segment:{source.handle}", note="Its heart.")
    proposal = Proposal.objects.get()
    assert (proposal.segment, proposal.note, proposal.state) == (source, "Its heart.", "open")


def test_an_idea_and_a_closed_poll_can_be_proposed_and_an_open_one_can_not(event: Event, ann: Seat) -> None:
    idea, poll = thought(ann, "Dig wells"), asked(event, "Wells?", ann)
    for source in (f"idea:{idea.handle}", f"poll:{poll.handle}"):
        make.act(ann, "statements.propose", source=source)
    running = asked(event, "Roads?", close=False)
    with pytest.raises(Refused, match="its poll is still open"):
        make.act(ann, "statements.propose", source=f"poll:{running.handle}")
    assert Proposal.objects.count() == 2


def test_who_proposes_again_only_changes_their_note(event: Event, ann: Seat) -> None:
    source = f"segment:{said(event, 'The second visit counts.').handle}"
    make.act(ann, "statements.propose", source=source, note="Its heart.")
    make.act(ann, "statements.propose", source=source, note="Its very heart.")
    make.act(make.seat(event, name="Ben"), "statements.propose", source=source)
    assert sorted(Proposal.objects.values_list("note", flat=True)) == ["", "Its very heart."]


def test_declining_says_why_and_answers_all_who_proposed_the_same(event: Event, drafter: Seat) -> None:
    source = f"segment:{said(event, 'The second visit counts.').handle}"
    for seat in people(event, "", ""):
        make.act(seat, "statements.propose", source=source)
    one = Proposal.objects.all()[0].handle
    with pytest.raises(Refused, match="Give a reason"):
        make.act(drafter, "statements.decline", proposal=one, reason=" ")
    make.act(drafter, "statements.decline", proposal=one, reason="Clause 1 says it.")
    assert set(Proposal.objects.values_list("state", "reason")) == {("declined", "Clause 1 says it.")}
    with pytest.raises(Refused, match="no longer open"):
        make.act(drafter, "statements.decline", proposal=one, reason="Once more.")


def test_what_is_hidden_or_of_another_room_can_not_be_proposed_nor_quoted(
    event: Event, ann: Seat, drafter: Seat
) -> None:
    idea = thought(ann, "Dig wells")
    make.act(make.seat(event, "moderator"), "ideas.hide", idea=idea.handle, reason="Off the point")
    elsewhere = said(make.event("Another meeting"), "Not here.")
    for source in (f"idea:{idea.handle}", f"segment:{elsewhere.handle}", "segment:nothing"):
        with pytest.raises(Refused, match="can't be quoted"):
            make.act(ann, "statements.propose", source=source)
        with pytest.raises(Refused, match="can't be quoted"):
            make.act(drafter, "statements.cite", source=source, quote="Dig wells")
    with pytest.raises(Refused, match="nothing to quote from"):
        make.act(ann, "statements.propose", source="seat:abc")


# ---- citing ----------------------------------------------------------------------------------------------------------


def test_a_citation_keeps_the_quoted_words_and_their_place(event: Event, drafter: Seat) -> None:
    source = said(event, "What trust costs a village is the second visit.")
    row = cite(drafter, clause(drafter, "We come back."), f"segment:{source.handle}", " trust  costs a\nvillage ")
    assert row.quote == "trust costs a village" == source.text[row.start : row.end]
    assert Entry.objects.get(verb="cited").detail.startswith(f"segment:{source.handle} in clause:")


def test_a_poll_is_quoted_from_its_result_in_words(event: Event, drafter: Seat, ann: Seat) -> None:
    poll = asked(event, "Shall we dig wells?", ann)
    row = cite(drafter, clause(drafter, "We dig."), f"poll:{poll.handle}", "1 of 1 voted, by secret ballot.")
    assert row.poll == poll


@pytest.mark.parametrize(
    ("quote", "why"),
    [
        ("trust costs the village", "not in the source"),
        ("What Trust costs", "other capital letters"),
        ("rust costs a village", "inside a word"),
        ("What trust … second visit", "leaves something out"),
        ("… ", "Choose the words"),
        ("", "Choose the words"),
    ],
)
def test_a_quote_that_is_not_verbatim_is_refused(event: Event, drafter: Seat, quote: str, why: str) -> None:
    source = said(event, "What trust costs a village is the second visit.")
    row = clause(drafter, "We come back.")
    with pytest.raises(Refused, match=why):
        make.act(drafter, "statements.cite", clause=row.handle, source=f"segment:{source.handle}", quote=quote)
    assert not Citation.objects.exists()


def test_without_a_clause_a_new_one_begins_with_the_quoted_words(event: Event, drafter: Seat, ann: Seat) -> None:
    row = cite(drafter, None, f"idea:{thought(ann, 'Dig wells in every village').handle}", "Dig wells")
    assert texts(event) == ["Dig wells"]
    assert row.clause.text == row.quote


def test_a_source_longer_than_a_clause_is_quoted_in_part(event: Event, drafter: Seat) -> None:
    long = said(event, "Wells " * 60)
    Segment.objects.filter(pk=long.pk).update(text="Wells " * 400)
    with pytest.raises(Refused, match="too long for a clause"):
        make.act(drafter, "statements.cite", source=f"segment:{long.handle}", quote="Wells " * 400)
    assert texts(event) == []
    cite(drafter, clause(drafter, "We dig."), f"segment:{long.handle}", "Wells " * 400)


def test_the_same_words_support_a_clause_once(drafter: Seat, ann: Seat) -> None:
    idea, row = thought(ann, "Dig wells"), clause(drafter, "We dig.")
    cite(drafter, row, f"idea:{idea.handle}", "Dig wells")
    with pytest.raises(Refused, match="rests on these words already"):
        cite(drafter, row, f"idea:{idea.handle}", "Dig wells")
    cite(drafter, clause(drafter, "We also dig."), f"idea:{idea.handle}", "Dig wells")


def test_citing_answers_what_was_proposed_or_declined_before(event: Event, drafter: Seat) -> None:
    source = f"segment:{said(event, 'The second visit counts.').handle}"
    one, two = people(event, "", "")
    make.act(one, "statements.propose", source=source)
    make.act(drafter, "statements.decline", proposal=Proposal.objects.get().handle, reason="Not now.")
    make.act(two, "statements.propose", source=source)
    cite(drafter, None, source, "The second visit counts.")
    assert set(Proposal.objects.values_list("state", flat=True)) == {"cited"}


def test_a_citation_stays_as_it_was_when_the_transcript_is_corrected(event: Event, drafter: Seat) -> None:
    source = said(event, "The second wisit counts.")
    row = cite(drafter, None, f"segment:{source.handle}", "second wisit")
    captioner = make.seat(event, "captioner")
    make.act(captioner, "transcript.correct", segment=source.handle, text="The second visit counts.", revision=0)
    row.refresh_from_db()
    assert (row.quote, row.source_revision) == ("second wisit", 0)
    assert cite(drafter, None, f"segment:{source.handle}", "second visit").source_revision == 1


def test_a_quote_taken_out_can_be_put_back(drafter: Seat, ann: Seat) -> None:
    row = cite(drafter, None, f"idea:{thought(ann, 'Dig wells').handle}", "Dig wells")
    undo = make.act(drafter, "statements.uncite", citation=row.handle).data["undo"]
    assert not Citation.objects.exists()
    make.act(drafter, undo["command"], **undo["fields"])
    assert Citation.objects.get().clause == row.clause


def test_the_database_keeps_citations_to_one_source(drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.create(clause=row, quote="x", start=0, end=1)


# ---- standing by it --------------------------------------------------------------------------------------------------


def test_an_older_stand_that_comes_again_after_a_newer_one_changes_nothing(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    support = {"clause": row.handle, "value": "support"}
    make.act(ann, "statements.stand", "given-first", **support)
    make.act(ann, "statements.stand", "then-not-so", clause=row.handle, value="block", reservation="Too short.")
    again = make.act(ann, "statements.stand", "given-first", **support)
    assert (again.say, again.data, again.on) == ("", {}, ())
    assert [(each.value, each.reservation) for each in Support.objects.all()] == [("block", "Too short.")]
    # A receipt says that something was done, and not what.
    assert list(Receipt.objects.values_list("answer", flat=True)) == [{"say": "", "data": {}}] * 2


def test_the_last_stand_counts(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    make.act(ann, "statements.stand", clause=row.handle, value="support")
    make.act(ann, "statements.stand", clause=row.handle, value="block", reservation=" Too  short. ")
    assert Support.objects.values_list("value", "reservation").get() == ("block", "Too short.")
    make.act(ann, "statements.stand", clause=row.handle, value="support", reservation="Left over.")
    assert Support.objects.values_list("value", "reservation").get() == ("support", "")
    make.act(ann, "statements.stand", clause=row.handle, value="none")
    assert not Support.objects.exists()


def test_the_answer_says_which_marks_turned(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    first = make.act(ann, "statements.stand", clause=row.handle, value="support", revision=0)
    assert first.on == (f"stands:{row.handle}:support", f"stood:{row.handle}", f"stood:{row.handle}:0")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace now.", revision=0)
    second = make.act(ann, "statements.stand", clause=row.handle, value="block", reservation="No.", revision=1)
    assert second.off == (f"stands:{row.handle}:support", f"stood:{row.handle}:0")
    assert make.act(ann, "statements.stand", clause=row.handle, value="none").off == second.on


def test_opposing_asks_for_a_reservation(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    with pytest.raises(Refused, match="Write your reservation"):
        make.act(ann, "statements.stand", clause=row.handle, value="block", reservation="  ")


def test_a_stand_is_kept_with_the_wording_that_was_read(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace now.", revision=0)
    make.act(ann, "statements.stand", clause=row.handle, value="support", revision=0)
    assert Support.objects.get().revision == 0
    make.act(ann, "statements.stand", clause=row.handle, value="support")
    assert Support.objects.get().revision == 1
    make.act(ann, "statements.stand", clause=row.handle, value="support", revision=99)
    assert Support.objects.get().revision == 1


def test_nobody_stands_by_a_clause_that_was_taken_out(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    make.act(drafter, "statements.remove_clause", clause=row.handle)
    with pytest.raises(Refused, match="no longer there"):
        make.act(ann, "statements.stand", clause=row.handle, value="support")


def test_stands_leave_no_trace_in_the_journal(drafter: Seat, ann: Seat) -> None:
    row = clause(drafter, "Peace.")
    before = Entry.objects.count()
    make.act(ann, "statements.stand", clause=row.handle, value="support")
    assert Entry.objects.count() == before


def test_a_proposal_is_taken_back_by_whoever_made_it_and_by_nobody_else(event: Event) -> None:
    ann, ben = people(event, "", "")
    source = f"idea:{thought(ann, 'Dig wells').handle}"
    answer = make.act(ann, "statements.propose", source=source, note="Its heart.")
    assert answer.data["undo"] == {"command": "statements.withdraw", "fields": {"source": source}}
    assert "undo" not in make.act(ann, "statements.propose", source=source, note="Its very heart.").data
    make.act(ben, "statements.withdraw", source=source)
    assert Proposal.objects.get().note == "Its very heart."
    assert make.act(ann, "statements.withdraw", source=source).off == (f"proposed:{source}",)
    assert not Proposal.objects.exists()
    make.act(ann, "statements.withdraw", source=source)


def test_a_choice_that_still_holds_is_carried_over_to_the_new_wording_knowingly(event: Event, drafter: Seat) -> None:
    (ann,) = people(event, "")
    row = clause(drafter, "Peace.")
    with pytest.raises(Refused, match="no stand on this clause yet"):
        make.act(ann, "statements.stand", clause=row.handle, value="same")
    make.act(ann, "statements.stand", clause=row.handle, value="block", reservation="Who pays?")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Peace and water.", revision=0)
    answer = make.act(ann, "statements.stand", clause=row.handle, value="same", revision=1)
    assert f"stood:{row.handle}:1" in answer.on
    stood = Support.objects.get()
    assert (stood.value, stood.reservation, stood.revision) == ("block", "Who pays?", 1)


def test_ones_own_reservation_is_among_ones_own_marks_alone(event: Event, drafter: Seat) -> None:
    ann, ben = people(event, "", "")
    row = clause(drafter, "Peace.")
    make.act(ann, "statements.stand", clause=row.handle, value="block", reservation="Who pays?")
    room = make.room(event)
    mine = f"reservation:{row.handle}=Who pays?"
    assert mine in make.marks_of("statements", room, ann)
    assert mine not in make.marks_of("statements", room, ben)
    picture = paint(room, "statements.text", "participant", "en").html
    assert "Who pays?" not in picture
    assert marks.apply(picture, make.marks_of("statements", room, ann)).count("Who pays?") == 2, "to read and to mend"
    off = make.act(ann, "statements.stand", clause=row.handle, value="support").off
    assert mine in off


@pytest.mark.parametrize(
    ("earlier", "stands", "said"),
    [
        (0, 3, ""),
        (1, 1, "That was before it was reworded."),
        (1, 3, "1 of them chose before it was reworded."),
        (2, 2, "Both of them chose before it was reworded."),
        (2, 3, "2 of them chose before it was reworded."),
        (3, 3, "All 3 of them chose before it was reworded."),
    ],
)
def test_how_many_chose_before_a_clause_was_reworded_is_a_sentence(earlier: int, stands: int, said: str) -> None:
    assert queries.reworded(earlier, stands) == said
