"""What the room sees of the statement: the text, the desk, the wall, and what stands beside words, ideas and polls."""

from __future__ import annotations

import re
from typing import Any

import pytest

from deliberate.live import facts
from deliberate.live.painter import paint
from polls.statements.models import Citation, Clause, Proposal
from polls.statements.screens import EACH, PARTS, parts_of
from rooms.events.models import Event
from rooms.seats.models import Seat
from rooms.wall.models import Projection
from tests import make
from tests.polls.statements.rows import asked, clause, people, said, settled, thought

pytestmark = pytest.mark.django_db


def seen(event: Event, part: str, role: str = "participant") -> str:
    """A part's words as this role sees them, one blank between."""
    return " ".join(re.sub(r"<[^>]+>", " ", html(event, part, role)).split())


def html(event: Event, part: str, role: str = "participant") -> str:
    return paint(make.room(event), part, role, "en").html


def cite(drafter: Seat, row: Clause, source: str, quote: str) -> None:
    make.act(drafter, "statements.cite", clause=row.handle, source=source, quote=quote)


# ---- the text --------------------------------------------------------------------------------------------------------


def test_an_empty_statement_says_what_will_come(event: Event) -> None:
    assert "The clauses will stand here" in seen(event, "statements.text")
    assert "Nothing waits" in seen(event, "statements.proposals", "drafter")


def test_every_clause_shows_its_number_its_support_and_what_it_rests_on(event: Event, drafter: Seat) -> None:
    ann = make.seat(event)
    row = clause(drafter, "We dig.")
    cite(drafter, row, f"idea:{thought(ann, 'Dig wells in every village').handle}", "Dig wells")
    make.act(ann, "statements.stand", clause=row.handle, value="support")
    text = seen(event, "statements.text")
    for words in (
        "Clause 1",
        "We dig.",
        "1 supports it",
        "0 can live with it",
        "0 reservations",
        "0 can’t accept it",
        "What it rests on (1)",
        "Dig wells",
        "Idea 1",
    ):
        assert words in text


def test_words_are_attributed_as_the_room_allows_now(event: Event, drafter: Seat) -> None:
    Event.objects.update(attribution="name")
    zoe = make.seat(event, name="Zoe Quarrel")
    words = said(event, "The second visit counts.", by=zoe)
    row = clause(drafter, "We come back.")
    cite(drafter, row, f"segment:{words.handle}", "second visit")
    assert "Said by Zoe Quarrel" in seen(event, "statements.text")
    assert words.turn is not None
    make.act(zoe, "transcript.lower", turn=words.turn.words, level="nobody")
    assert "Zoe" not in seen(event, "statements.text")
    assert "Said by a speaker" in seen(event, "statements.text")


def test_a_quote_whose_source_was_corrected_says_so(event: Event, drafter: Seat) -> None:
    words = said(event, "The second wisit counts.")
    cite(drafter, clause(drafter, "We come back."), f"segment:{words.handle}", "second wisit")
    make.act(
        make.seat(event, "captioner"), "transcript.correct", segment=words.handle, text="The second visit.", revision=0
    )
    assert "The transcript was corrected since." in seen(event, "statements.text")


@pytest.mark.parametrize("role", ["participant", "moderator", "drafter"])
def test_a_quote_whose_idea_was_hidden_is_withheld_until_it_is_shown_again(
    event: Event, drafter: Seat, role: str
) -> None:
    ann, moderator = make.seat(event), make.seat(event, "moderator")
    slur, twin = thought(ann, "Words that hurt"), thought(ann, "More that hurt")
    row = clause(drafter, "We dig.")
    for idea in (slur, twin):
        cite(drafter, row, f"idea:{idea.handle}", "that hurt")
    make.act(moderator, "ideas.merge", idea=twin.handle, into=slur.handle)
    part = "statements.drafter" if role == "drafter" else "statements.text"
    assert "that hurt" in seen(event, part, role)
    make.act(moderator, "ideas.hide", idea=slur.handle, reason="Hurts")
    assert "that hurt" not in html(event, part, role)
    assert seen(event, part, role).count("An idea that was taken off the board since: its words are withheld.") == 2
    make.act(moderator, "ideas.unhide", idea=slur.handle)
    assert "that hurt" in seen(event, part, role)


def test_who_hides_an_idea_is_told_where_it_is_quoted(event: Event, drafter: Seat) -> None:
    ann, moderator = make.seat(event), make.seat(event, "moderator")
    slur, other = thought(ann, "Words that hurt"), thought(ann, "Words that help")
    clause(drafter, "Peace.")
    cite(drafter, clause(drafter, "We dig."), f"idea:{slur.handle}", "that hurt")
    hidden = make.act(moderator, "ideas.hide", idea=slur.handle, reason="Hurts")
    assert str(hidden.say).startswith(
        "Hidden: idea 1. It stands in the text: clause 2. The quote is withheld there too"
    )
    assert str(make.act(moderator, "ideas.hide", idea=other.handle, reason="Hurts").say) == "Hidden: idea 2."


def test_a_withheld_quote_taken_out_is_not_handed_back_to_the_drafter(event: Event, drafter: Seat) -> None:
    slur = thought(make.seat(event), "Words that hurt")
    cite(drafter, clause(drafter, "We dig."), f"idea:{slur.handle}", "that hurt")
    make.act(make.seat(event, "moderator"), "ideas.hide", idea=slur.handle, reason="Hurts")
    answer = make.act(drafter, "statements.uncite", citation=Citation.objects.get().handle)
    assert answer.data == {}


def test_markup_in_a_clause_is_shown_and_not_read(event: Event, drafter: Seat) -> None:
    clause(drafter, "<b>Peace</b> & {{ justice }}")
    assert "&lt;b&gt;Peace&lt;/b&gt; &amp; {{ justice }}" in html(event, "statements.text")


def test_only_participants_are_asked_where_they_stand(event: Event, drafter: Seat) -> None:
    clause(drafter, "Peace.")
    assert "I support it" in seen(event, "statements.text")
    for role in ("moderator", "captioner"):
        assert "I support it" not in seen(event, "statements.text", role)
    assert "Show on the wall" in seen(event, "statements.text", "moderator")


def test_the_pages_of_a_part_hold_every_clause_there_can_be(event: Event, drafter: Seat) -> None:
    for number in range(EACH + 1):
        clause(drafter, f"Text {number}.")
    first, second, *rest = (seen(event, name) for name in parts_of("statements.text"))
    assert f"Text {EACH - 1}." in first
    assert f"Text {EACH}." not in first
    assert second.startswith(f"Clause {EACH + 1} Text {EACH}.")
    assert len(rest) == PARTS - 2
    assert not any(rest)


def test_a_part_of_the_text_is_small(event: Event, drafter: Seat) -> None:
    for number in range(EACH):
        clause(
            drafter, f"{number}. " + "Whoever decides about land, water or safety says so in public, with a name. " * 2
        )
    assert len(html(event, "statements.text/2")) == 0
    assert len(html(event, "statements.text")) < 11_500


def test_the_desk_keeps_what_was_taken_out_to_put_it_back(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Peace.")
    make.act(drafter, "statements.remove_clause", clause=row.handle)
    assert "Taken out (1)" in seen(event, parts_of("statements.drafter")[-1], "drafter")
    assert "Peace." not in seen(event, "statements.text")


def test_proposals_of_one_source_are_one_card(event: Event) -> None:
    words = said(event, "The second visit counts.")
    for seat, why in zip(people(event, "", "", ""), ["Its heart.", "", "Its heart."], strict=True):
        make.act(seat, "statements.propose", source=f"segment:{words.handle}", note=why)
    card = seen(event, "statements.proposals", "drafter")
    assert card.count("The second visit counts.") == 1
    assert card.count("Why it was proposed: Its heart.") == 1
    assert "Proposed by 3." in card


def test_a_proposed_idea_that_was_hidden_since_no_longer_shows(event: Event) -> None:
    ann = make.seat(event)
    idea = thought(ann, "Name names")
    make.act(ann, "statements.propose", source=f"idea:{idea.handle}")
    make.act(make.seat(event, "moderator"), "ideas.hide", idea=idea.handle, reason="Names somebody")
    assert "Name names" not in seen(event, "statements.proposals", "drafter")


# ---- the wall --------------------------------------------------------------------------------------------------------


def test_the_wall_shows_the_clause_that_was_worked_on_last_with_its_changes(event: Event, drafter: Seat) -> None:
    one, _two = clause(drafter, "Paid for the hours they lose."), clause(drafter, "Heard.")
    assert "Clause 2 Heard." in seen(event, "statements.wall", "wall")
    make.act(drafter, "statements.edit_clause", clause=one.handle, text="Paid for the day they lose.", revision=0)
    shown = html(event, "statements.wall", "wall")
    assert "<del>hours</del>" in shown
    assert "<ins>day</ins>" in shown


def test_once_settled_changes_count_from_the_settled_version(event: Event, drafter: Seat) -> None:
    row = clause(drafter, "Paid for the hours they lose.")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Paid for the day they lose.", revision=0)
    settled(drafter)
    assert "<del>" not in html(event, "statements.wall", "wall")


def test_what_a_clause_on_a_hidden_idea_left_behind_is_not_on_the_wall(event: Event, drafter: Seat) -> None:
    ann, moderator = make.seat(event), make.seat(event, "moderator")
    slur = thought(ann, "Words that hurt")
    row = clause(drafter, "Words that hurt, said aloud.")
    cite(drafter, row, f"idea:{slur.handle}", "Words that hurt")
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="Words, said aloud.", revision=0)
    assert "that hurt" in html(event, "statements.wall", "wall")
    make.act(moderator, "ideas.hide", idea=slur.handle, reason="Hurts")
    assert "that hurt" not in html(event, "statements.wall", "wall")
    make.act(drafter, "statements.uncite", citation=row.citations.get().handle)
    assert "that hurt" not in html(event, "statements.wall", "wall")
    make.act(moderator, "ideas.unhide", idea=slur.handle)
    assert "that hurt" in html(event, "statements.wall", "wall")


def test_the_moderator_puts_one_clause_on_the_wall(event: Event, drafter: Seat) -> None:
    one, _two = clause(drafter, "Paid."), clause(drafter, "Heard.")
    Projection.objects.create(room=make.room(event), scene="clause", subject=one.handle)
    assert "Clause 1 Paid." in seen(event, "statements.wall", "wall")


# ---- marks and facts -------------------------------------------------------------------------------------------------


def mine(seat: Seat) -> set[str]:
    return make.marks_of("statements", make.room(seat.event), seat)


def test_a_seat_knows_where_it_stands_and_on_which_wording(event: Event, drafter: Seat) -> None:
    ann, ben = people(event, "", "")
    row = clause(drafter, "Peace.")
    make.act(ann, "statements.stand", clause=row.handle, value="support")
    assert mine(ann) == {f"stands:{row.handle}:support", f"stood:{row.handle}", f"stood:{row.handle}:0"}
    assert mine(ben) == set()


def test_a_seat_knows_what_it_proposed_until_that_is_decided(event: Event, drafter: Seat) -> None:
    ann = make.seat(event)
    source = f"segment:{said(event, 'The second visit counts.').handle}"
    make.act(ann, "statements.propose", source=source)
    assert mine(ann) == {f"proposed:{source}"}
    make.act(drafter, "statements.decline", proposal=Proposal.objects.get().handle, reason="No.")
    assert mine(ann) == set()


def facts_of(event: Event, kind: str, row: Any) -> list[str]:
    return facts.known(kind, make.room(event)).get(row.handle, [])


def test_words_ideas_and_polls_say_in_which_clauses_they_stand(event: Event, drafter: Seat) -> None:
    ann = make.seat(event)
    words, idea, poll = said(event, "Dig wells."), thought(ann, "Dig wells"), asked(event, "Dig wells?", ann)
    one, two = clause(drafter, "We dig."), clause(drafter, "We dig deep.")
    for row in (two, one):
        cite(drafter, row, f"segment:{words.handle}", "Dig wells.")
    cite(drafter, two, f"idea:{idea.handle}", "Dig wells")
    cite(drafter, two, f"poll:{poll.handle}", "Dig wells?")
    assert facts_of(event, "segment", words) == ["In clause 1", "In clause 2"]
    assert facts_of(event, "idea", idea) == facts_of(event, "poll", poll) == ["In clause 2"]
    make.act(drafter, "statements.move_clause", clause=two.handle, direction="up")
    assert facts_of(event, "idea", idea) == ["In clause 1"]
    make.act(drafter, "statements.remove_clause", clause=two.handle)
    assert facts_of(event, "idea", idea) == []


def test_a_source_says_what_became_of_its_proposal(event: Event, drafter: Seat) -> None:
    words = said(event, "The second visit counts.")
    for seat in people(event, "", ""):
        make.act(seat, "statements.propose", source=f"segment:{words.handle}")
    assert facts_of(event, "segment", words) == ["Proposed for the statement"]
    make.act(drafter, "statements.decline", proposal=Proposal.objects.all()[0].handle, reason="Clause 1 says it.")
    assert facts_of(event, "segment", words) == ["Not taken into the statement: Clause 1 says it."]
