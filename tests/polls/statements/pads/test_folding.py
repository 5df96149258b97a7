"""Pads and clauses agree: what is typed becomes the clause's text, and what else changes the clause goes into its pad."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberate.clock import now
from polls.statements.core import LONGEST_CLAUSE
from polls.statements.models import Clause, ClauseRevision, Support
from polls.statements.pads import core, folding, store
from polls.statements.pads.folding import HANDED_ON_S, SITTING_S
from polls.statements.pads.models import Pad, Stroke
from polls.statements.pads.store import Written
from polls.statements.queries import totals
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.digest import undone
from tests.polls.statements.pads.rows import Hand, strokes
from tests.polls.statements.rows import clause, people, settled
from tests.traces import columns_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(drafter: Seat) -> Clause:
    return clause(drafter, "We ask for peace.")


@pytest.fixture
def ann(drafter: Seat, row: Clause) -> Hand:
    return Hand(drafter, row)


@pytest.fixture
def ben(event: Event, row: Clause) -> Hand:
    return Hand(make.seat(event, "drafter"), row)


def kept(row: Clause) -> list[tuple[int, str]]:
    return list(ClauseRevision.objects.filter(clause=row).values_list("number", "text"))


def test_what_was_typed_becomes_the_clause_s_text_under_a_number_of_its_own(ann: Hand, ben: Hand) -> None:
    assert ann.types(16, " and bread") == ""
    assert ben.types(0, "Today: ") == ""
    folded = ann.fold()
    assert folded.text == "Today: We ask for peace and bread."
    assert folded.revision == 1
    assert ann.hears() == ben.hears() == folded.text
    assert ann.fold().revision == 1, "nothing was typed since"


def test_of_one_sitting_the_wording_before_it_is_kept_and_one_line_of_the_journal(event: Event, ann: Hand) -> None:
    with time_machine.travel(now()) as time:
        for letter in "!!!":
            ann.types(17, letter)
            ann.fold()
            time.shift(5)
        assert kept(ann.clause) == [(0, "We ask for peace.")]
        time.shift(SITTING_S)
        ann.types(0, "Now: ")
        assert ann.fold().revision == 4
    assert kept(ann.clause) == [(0, "We ask for peace."), (3, "We ask for peace.!!!")]
    verbs = Entry.objects.filter(verb="reworded a clause").values_list("role", flat=True)
    assert list(verbs) == ["drafter", "drafter"]
    assert broken_at(make.room(event)) is None


def test_a_wording_that_somebody_stands_by_is_kept_and_their_support_is_not_carried_over(
    event: Event, ann: Hand
) -> None:
    [person] = people(event, "")
    ann.types(16, " soon")
    ann.fold()
    make.act(person, "statements.stand", clause=ann.clause.handle, value="support")
    ann.types(0, "Today: ")
    folded = ann.fold()
    assert (1, "We ask for peace soon.") in kept(ann.clause)
    assert Support.objects.get().revision == 1
    assert totals([folded])[folded.pk].earlier == 1


def test_a_wording_sent_by_the_form_goes_into_the_open_pads_beside_what_is_typed(ann: Hand, ben: Hand) -> None:
    ann.types(0, "Today: ")
    said = make.act(
        ben.place.seat,
        "statements.edit_clause",
        clause=ann.clause.handle,
        text="We ask for peace and land.",
        revision=0,
    )
    assert said.data == {"revision": 1}
    folded = ann.fold()
    assert folded.text == "Today: We ask for peace and land."
    assert folded.revision == 2
    assert ann.hears() == ben.hears() == folded.text
    assert kept(ann.clause) == [(0, "We ask for peace."), (1, "We ask for peace and land.")]


def test_a_pad_that_nobody_has_open_takes_in_what_others_changed_once_it_is_opened(ann: Hand, drafter: Seat) -> None:
    make.act(drafter, "statements.edit_clause", clause=ann.clause.handle, text="Other words.", revision=0)
    ann.open()
    assert core.text_of(ann.doc) == "Other words."


def test_what_is_typed_is_tidied_for_readers_and_left_alone_on_the_pad(ann: Hand) -> None:
    ann.types(17, "  \n\n\n And\u202e bread e\u0301 ")
    folded = ann.fold()
    assert folded.text == "We ask for peace.\n\nAnd bread é"
    assert ann.hears() == "We ask for peace.  \n\n\n And\u202e bread e\u0301 "
    assert ann.fold().revision == folded.revision


@pytest.mark.parametrize("words", ["x" * (LONGEST_CLAUSE - 16), ""])
def test_what_can_t_be_a_clause_waits_on_the_pad_until_it_can(ann: Hand, ben: Hand, words: str) -> None:
    for _stroke in range(5):
        ann.types(0, "y")
    ann.types(0, words, cut=0 if words else 22)
    assert ann.fold().text == "We ask for peace."
    assert strokes(ann.clause) == 1, "it waits in one piece"
    waiting = Stroke.objects.get()
    assert ann.fold().text == "We ask for peace."
    assert Stroke.objects.get() == waiting, "it is not written again each time somebody looks"
    assert ben.hears() == core.text_of(ann.doc)
    ann.types(0, "" if words else "Peace.", cut=len(words))
    assert ann.fold().text == ("yyyyyWe ask for peace." if words else "Peace.")


def test_a_clause_that_was_taken_out_is_not_written_on_and_keeps_what_was_typed(ann: Hand, drafter: Seat) -> None:
    ann.types(0, "Today: ")
    make.act(drafter, "statements.remove_clause", clause=ann.clause.handle)
    assert Clause.objects.get().text == "Today: We ask for peace."
    ann.hears()
    assert not ann.may_write()
    assert ann.types(0, "More ") == "gone"
    make.act(drafter, "statements.restore_clause", clause=ann.clause.handle)
    ann.open()
    assert ann.may_write()
    assert ann.types(0, "Now. ") == ""
    assert ann.fold().text == "Now. Today: We ask for peace."


def test_a_version_holds_all_that_was_kept_before_it_was_settled(ann: Hand, drafter: Seat) -> None:
    ann.types(16, " and bread")
    [sealed] = settled(drafter).content["clauses"]
    assert sealed["text"] == "We ask for peace and bread."


def test_what_a_process_that_died_left_is_found_and_folded(ann: Hand, event: Event) -> None:
    assert folding.left() == []
    ann.types(16, " and bread")
    [room] = folding.left()
    folding.fold_all(room=room)
    assert Clause.objects.get().text == "We ask for peace and bread."
    assert folding.left() == []


def test_strokes_do_not_stay(ann: Hand) -> None:
    for _round in range(4):
        for _stroke in range(10):
            ann.types(0, "a")
        ann.fold()
        assert strokes(ann.clause) <= 10


def test_words_that_were_typed_and_deleted_at_once_are_nowhere_soon_after(ann: Hand) -> None:
    with time_machine.travel(now()) as time:
        ann.types(0, "Zanzibar ")
        ann.types(0, "Today: ", cut=9)
        ann.fold()
        time.shift(HANDED_ON_S + 1)
        folding.forget_strokes()
    assert strokes(ann.clause) == 0
    assert not any(b"Zanzibar" in bytes(pad.state) for pad in Pad.objects.all())
    assert columns_with("Zanzibar") == set()
    ann.open()
    assert core.text_of(ann.doc) == "Today: We ask for peace."


def test_a_document_that_has_grown_too_large_is_begun_anew_and_a_copy_of_the_old_one_is_not_merged_into_it(
    ann: Hand, ben: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core, "RENEWED", 500)
    for number in range(60):
        ann.types(number % 5, "ab", cut=1)
    before = core.text_of(ann.doc)
    assert ann.fold().text == before.strip()
    assert len(Pad.objects.get().state) < 500
    assert ben.types(0, "Mine ") == "other"
    ben.open()
    assert core.text_of(ben.doc) == before.strip()
    assert ben.types(0, "Mine ") == ""


def test_a_stroke_that_builds_on_a_lost_one_is_not_kept_and_one_that_is_sent_anew_is(ann: Hand) -> None:
    lost, later = ann.typed(0, "One "), ann.typed(4, "two ")
    assert store.keep(ann.place.room, ann.clause.handle, [later]) == ["failed"]
    assert store.keep(ann.place.room, ann.clause.handle, [lost, later, lost]) == ["", "", ""]
    assert ann.fold().text == "One two We ask for peace."


def test_one_hostile_stroke_does_not_harm_what_comes_with_it(ann: Hand, ben: Hand) -> None:
    bad = Written(ben.place, ben.handle, b"\x01\x01\xff\xff\xff")
    good, after = ann.typed(0, "One "), ann.typed(0, "So ")
    assert store.keep(ann.place.room, ann.clause.handle, [good, bad, after]) == ["", "unfit", ""]
    assert ann.fold().text == "So One We ask for peace."


def test_a_seat_that_has_ended_writes_nothing_more(ann: Hand, ben: Hand) -> None:
    make.act(ben.place.seat, "seats.erase")
    mine, theirs = ann.typed(0, "Mine "), ben.typed(0, "Theirs ")
    assert store.keep(ann.place.room, ann.clause.handle, [mine, theirs]) == ["", "seat"]
    assert "Theirs" not in ann.fold().text


def test_a_clause_of_another_room_is_not_there(ann: Hand) -> None:
    elsewhere = make.seat(make.event("Elsewhere"), "drafter")
    other = clause(elsewhere, "Not yours.")
    mine = ann.typed(0, "Mine ")
    assert store.keep(ann.place.room, other.handle, [mine]) == ["gone"]
    assert store.news(ann.place.room, other.handle, 0) is None


ACTS = st.lists(
    st.tuples(st.sampled_from(["ann", "ben", "form", "fold", "hear"]), st.integers(0, 40), st.sampled_from(["so ", "é", "\U0001f33e"])),
    max_size=14,
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(ACTS)
def test_pads_and_clause_agree_whatever_happens(ann: Hand, ben: Hand, acts: list[tuple[str, int, str]]) -> None:
    with undone():
        ann.open()
        ben.open()
        written = 0
        for who, at, words in acts:
            if who in ("ann", "ben"):
                hand = ann if who == "ann" else ben
                assert hand.types(min(at, len(core.text_of(hand.doc))), words) == ""
                written += 1
            elif who == "form":
                row = Clause.objects.get(pk=ann.clause.pk)
                text = f"{row.text[:at]}{words}{row.text[at:]}".strip()
                fields: dict[str, object] = {"clause": row.handle, "text": text, "revision": row.revision}
                make.act(ben.place.seat, "statements.edit_clause", "", **fields)
            elif who == "fold":
                ann.fold()
            else:
                ann.hears()
        folded = ann.fold()
        assert ann.hears() == ben.hears()
        assert core.text_of(ann.doc).split() == folded.text.split()
        assert timedelta(0) <= now() - folded.changed_at
        numbers = [number for number, _text in kept(folded)]
        assert all(number < folded.revision for number in numbers)
