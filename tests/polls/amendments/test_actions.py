"""What people ask of amendments, through the door."""

from __future__ import annotations

import json

import pytest

from deliberate.errors import Refused
from polls.amendments.actions import MOST_WAITING
from polls.amendments.models import Amendment, CoSignature
from polls.amendments.queries import proposer
from polls.ballots.models import Option, Poll
from polls.exports.bringing import bring_in
from polls.exports.bundle import bundle
from polls.statements.models import Clause
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.actions import erase
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import TEXT, again, proposed, put, vote

pytestmark = pytest.mark.django_db


def test_anybody_proposes_a_change_with_a_reason(ann: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TEXT.replace("four", "twelve"))
    assert (row.number, row.kind, row.state, row.revision) == (1, "change", "open", 0)
    assert row.reason == "It is what we heard."


def test_what_is_proposed_is_not_noted_for_it_would_tell_who_wrote_when(ann: Seat, clause: Clause) -> None:
    before = Entry.objects.count()
    proposed(ann, clause, TEXT.replace("four", "twelve"))
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": " "}, "Say why"),
        ({"text": " \n"}, "Write how the clause shall read"),
        ({"text": TEXT}, "how the clause reads already"),
        ({"revision": 3}, "Somebody reworded this clause"),
        ({"kind": "replace"}, "replace"),
    ],
)
def test_an_amendment_without_words_reason_or_change_is_refused(
    ann: Seat, clause: Clause, fields: dict[str, object], said: str
) -> None:
    asked = {"kind": "change", "text": "Other words.", "reason": "Because", "signed": "", "revision": 0, **fields}
    with pytest.raises(Refused, match=said):
        make.act(ann, "amendments.propose", "", clause=clause.handle, **asked)
    assert not Amendment.objects.exists()


def test_the_same_amendment_sent_twice_is_one(ann: Seat, ben: Seat, clause: Clause) -> None:
    first, second = proposed(ann, clause, "Peace."), proposed(ann, clause, "Peace.")
    assert first == second
    assert proposed(ben, clause, "Peace.") != first


def test_as_many_wait_on_one_clause_as_can_be_compared(ann: Seat, clause: Clause) -> None:
    Amendment.objects.bulk_create(
        Amendment(statement=clause.statement, clause=clause, number=number, kind="change", text=f"{number}")
        for number in range(1, MOST_WAITING + 1)
    )
    with pytest.raises(Refused, match="Co-sign one of them"):
        proposed(ann, clause, "One too many.")


def test_who_proposed_is_shown_as_they_chose_and_no_further_than_the_event_allows(
    event: Event, ann: Seat, ben: Seat, clause: Clause
) -> None:
    make.seat(event, group="Diplomats"), make.seat(event, group="Diplomats")
    rows = {level: proposed(ann, clause, f"In {level}.", signed=level) for level in ("name", "group", "nobody")}
    assert [proposer(row, event) for row in rows.values()] == ["Ann", "Youth", ""]
    event.attribution = "group"
    assert [proposer(again(row), event) for row in rows.values()] == ["Youth", "Youth", ""]
    event.attribution = "nobody"
    assert {proposer(again(row), event) for row in rows.values()} == {""}


def test_a_group_that_does_not_stand_alone_is_not_even_kept(event: Event, clause: Clause) -> None:
    Event.objects.update(k=5)
    cem = make.seat(event, name="Cem", group="Diplomats")
    assert proposed(cem, clause, "Peace.", signed="group").group is None


def test_a_name_is_not_kept_where_the_event_shows_none(event: Event, clause: Clause) -> None:
    Event.objects.update(attribution="nobody")
    cem = make.seat(event, name="Cem")
    assert proposed(cem, clause, "Peace.", signed="name").author == ""


def test_others_stand_behind_it_once_and_may_leave_it_again(ann: Seat, ben: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, "Peace.")
    for _twice in range(2):
        make.act(ben, "amendments.cosign", amendment=row.handle)
    assert CoSignature.objects.count() == 1
    assert make.marks_of("amendments", make.room(ben.event), ben) == {f"cosigned:{row.handle}"}
    make.act(ben, "amendments.uncosign", amendment=row.handle)
    assert not CoSignature.objects.exists()


def test_nobody_co_signs_their_own(ann: Seat, clause: Clause) -> None:
    with pytest.raises(Refused, match="your own"):
        make.act(ann, "amendments.cosign", amendment=proposed(ann, clause, "Peace.").handle)


def test_what_is_taken_back_is_gone(ann: Seat, ben: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, "Peace.")
    with pytest.raises(Refused, match="not yours"):
        make.act(ben, "amendments.withdraw", amendment=row.handle)
    make.act(ann, "amendments.withdraw", amendment=row.handle)
    assert not Amendment.objects.exists()


def test_who_takes_back_what_stands_in_the_text_takes_back_name_and_reason(
    ann: Seat, drafter: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, "Peace.", signed="name")
    make.act(drafter, "amendments.accept", amendment=row.handle)
    make.act(ann, "amendments.withdraw", amendment=row.handle)
    kept = again(row)
    assert (kept.state, kept.author, kept.reason, kept.seat) == ("accepted", "", "", None)
    assert Clause.objects.get().text == "Peace."


def test_a_prepared_poll_goes_with_the_amendment_it_asks_of(ann: Seat, moderator: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, "Peace.")
    make.act(moderator, "amendments.put", amendment=row.handle, with_rivals="")
    make.act(ann, "amendments.withdraw", amendment=row.handle)
    assert not Poll.objects.exists()


@pytest.mark.parametrize("how", ["withdrawn", "hidden", "accepted"])
def test_a_prepared_poll_on_rivals_goes_with_any_of_them_for_an_option_holds_its_words(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, clause: Clause, how: str
) -> None:
    row, rival = proposed(ann, clause, "We ask for quaggas."), proposed(ben, clause, "We ask for peace.")
    make.act(moderator, "amendments.put", amendment=row.handle, with_rivals="on")
    assert Option.objects.filter(text__contains="quaggas").exists()
    if how == "withdrawn":
        make.act(ann, "amendments.withdraw", amendment=row.handle)
    elif how == "hidden":
        make.act(moderator, "amendments.hide", amendment=row.handle, reason="It names somebody.")
    else:
        make.act(drafter, "amendments.accept", amendment=row.handle)
    assert not Option.objects.exists()
    assert (again(rival).state, again(rival).poll, again(rival).option) == ("open", None, "")
    if how == "hidden":
        assert "quaggas" not in str(bundle(event))
    if how != "accepted":
        make.act(moderator, "amendments.put", amendment=rival.handle, with_rivals="on")
        assert Poll.objects.get().kind == "one", "it is put anew on those that are left"


def test_nothing_is_taken_back_or_decided_while_the_room_votes_on_it(
    ann: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, "Peace.")
    put(moderator, row)
    for who, name, fields in (
        (ann, "amendments.withdraw", {}),
        (drafter, "amendments.accept", {}),
        (drafter, "amendments.decline", {"reason": "No"}),
        (drafter, "amendments.merge", {"text": "Peace now.", "revision": 0, "reason": "No", "also": ""}),
        (moderator, "amendments.hide", {"reason": "No"}),
    ):
        with pytest.raises(Refused, match="voting"):
            make.act(who, name, "", amendment=row.handle, **fields)
    assert again(row).state == "open"


def test_a_hidden_amendment_tells_its_proposer_why_and_comes_back(ann: Seat, moderator: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, "Peace.")
    undo = make.act(moderator, "amendments.hide", amendment=row.handle, reason="It names a person.").data["undo"]
    room = make.room(ann.event)
    assert f"hidden:{row.handle}=It names a person." in make.marks_of("amendments", room, ann)
    make.act(moderator, undo["command"], **undo["fields"])
    assert again(row).state == "open"


def test_an_erased_person_leaves_no_name_beside_their_amendment(
    event: Event, ann: Seat, ben: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, "Peace.", signed="name")
    assert proposer(row, event) == "Ann"
    erase(room=make.room(event), by=ann)
    kept = again(row)
    assert (kept.author, kept.group, proposer(kept, event)) == ("", None, "")


def test_the_number_of_an_amendment_that_was_withdrawn_is_never_given_again(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    first, second = proposed(ann, clause, "Peace."), proposed(ann, clause, "War.")
    poll = put(moderator, second)
    vote(ben, poll, 1)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    make.act(ann, "amendments.withdraw", amendment=second.handle)
    third = proposed(ben, clause, "Wells.")
    assert (poll.question, third.number) == ("Clause 1: shall amendment 2 be adopted?", 3)
    make.act(drafter, "amendments.accept", amendment=third.handle)
    make.act(ben, "amendments.withdraw", amendment=third.handle)
    assert proposed(ben, clause, "Schools.").number == 4, "what stands in the text is still there"
    make.act(ann, "amendments.withdraw", amendment=first.handle)
    whole = json.dumps(bundle(Event.objects.get()))
    event.delete()
    found = bring_in(whole)
    assert proposed(make.seat(found, name="Eve"), Clause.objects.get(), "Bread.").number == 5, "nor after an import"
