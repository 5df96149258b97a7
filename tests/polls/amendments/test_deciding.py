"""Amendments are accepted, merged, declined, or put to the room."""

from __future__ import annotations

import pytest

from deliberate.errors import Refused
from deliberate.live.painter import paint
from polls.amendments import queries
from polls.ballots.models import Poll
from polls.exports.bundle import bundle
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.statements.actions import MOST_CLAUSES
from polls.statements.models import Clause, Rules
from polls.statements.queries import versions
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from rooms.wall import scenes
from tests import make
from tests.polls.amendments.rows import TEXT, again, proposed, put, vote
from tests.polls.ballots.blind.polling import all_vote
from tests.polls.ballots.make import people
from tests.polls.statements.rows import clause as added
from tests.polls.statements.rows import reopened, texts

pytestmark = pytest.mark.django_db
TWELVE, TWO, TOWN = (TEXT.replace(*words) for words in (("four", "twelve"), ("four", "two"), ("village", "town")))


def test_what_is_accepted_stands_in_the_text_and_is_credited(
    event: Event, ann: Seat, drafter: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, TWELVE, signed="name")
    make.act(drafter, "amendments.accept", amendment=row.handle)
    assert texts(event) == [TWELVE]
    assert queries.credits(make.room(event)) == {clause.handle: ["Amendment 1, proposed by Ann"]}
    assert [entry.verb for entry in Entry.objects.order_by("number")][-2:] == ["reworded a clause", "accepted"]
    assert broken_at(make.room(event)) is None


def test_a_second_one_is_carried_over_to_the_newer_wording(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, clause: Clause
) -> None:
    first, second = proposed(ann, clause, TWELVE), proposed(ben, clause, TOWN)
    make.act(drafter, "amendments.accept", amendment=first.handle)
    make.act(drafter, "amendments.accept", amendment=second.handle)
    assert texts(event) == ["We ask for twelve hearings a year in every town."]


def test_a_rival_of_what_was_accepted_can_only_be_merged(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, clause: Clause
) -> None:
    first, second = proposed(ann, clause, TWELVE), proposed(ben, clause, TWO)
    assert {row.number for row in queries.rivals([first])[first.pk]} == {2}
    make.act(drafter, "amendments.accept", amendment=first.handle)
    with pytest.raises(Refused, match="Merge it"):
        make.act(drafter, "amendments.accept", amendment=second.handle)
    merged = "We ask for six hearings a year in every village."
    fields = {"text": merged, "revision": 1, "reason": "The middle of both.", "also": ""}
    make.act(drafter, "amendments.merge", "", amendment=second.handle, **fields)
    assert texts(event) == [merged]
    assert (again(second).state, again(second).answer) == ("merged", "The middle of both.")


def test_one_wording_can_settle_several(event: Event, ann: Seat, ben: Seat, drafter: Seat, clause: Clause) -> None:
    first, second = proposed(ann, clause, TWELVE), proposed(ben, clause, TWO)
    fields = {"text": "We ask for six.", "revision": 0, "reason": "The middle of both.", "also": [second.handle]}
    make.act(drafter, "amendments.merge", "", amendment=first.handle, **fields)
    assert {again(row).state for row in (first, second)} == {"merged"}
    assert queries.credits(make.room(event)) == {clause.handle: ["Amendment 1", "Amendment 2"]}


def test_who_merges_over_a_newer_wording_is_told(ann: Seat, drafter: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TWELVE)
    make.act(drafter, "statements.edit_clause", clause=clause.handle, text=TOWN, revision=0)
    with pytest.raises(Refused, match="reworded") as refusal:
        make.act(drafter, "amendments.merge", amendment=row.handle, text=TWO, revision=0, reason="Few.", also="")
    assert refusal.value.instead == {"revision": "1"}
    assert again(row).state == "open"


@pytest.mark.parametrize("reason", ["", "  "])
def test_who_merges_says_what_became_of_it(ann: Seat, drafter: Seat, clause: Clause, reason: str) -> None:
    row = proposed(ann, clause, TWELVE)
    with pytest.raises(Refused, match="Say what became of it"):
        make.act(drafter, "amendments.merge", amendment=row.handle, text=TWO, revision=0, reason=reason, also="")
    assert (again(row).state, Clause.objects.get().text) == ("open", TEXT)


def test_who_merges_changes_something_so_that_nothing_is_credited_in_a_text_that_it_did_not_change(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, clause: Clause
) -> None:
    row, other = proposed(ann, clause, TWELVE), proposed(ben, clause, TWO)
    fields = {"amendment": row.handle, "reason": "Few.", "also": ""}
    with pytest.raises(Refused, match="the wording that amendment 1 amends"):
        make.act(drafter, "amendments.merge", "", text=TEXT, revision=0, **fields)
    assert (again(row).state, queries.credits(make.room(event))) == ("open", {})
    make.act(drafter, "statements.edit_clause", clause=clause.handle, text=TWELVE, revision=0)
    later = proposed(ben, clause, TOWN)
    with pytest.raises(Refused, match="the wording that amendment 3 amends"):
        make.act(drafter, "amendments.merge", "", text=TWELVE, revision=1, **fields | {"also": [later.handle]})
    make.act(drafter, "amendments.merge", "", text=TWELVE, revision=1, **fields)
    assert (again(row).state, again(other).state) == ("merged", "open"), "drafters had taken it up by hand"


@pytest.mark.parametrize(("kind", "order"), [("before", ["New.", TEXT]), ("after", [TEXT, "New."])])
def test_a_new_clause_stands_where_it_was_asked_for(
    event: Event, ann: Seat, drafter: Seat, clause: Clause, kind: str, order: list[str]
) -> None:
    row = proposed(ann, clause, "New.", kind)
    make.act(drafter, "amendments.accept", amendment=row.handle)
    assert texts(event) == order
    made = again(row).made
    assert made is not None
    assert made.text == "New."


def test_a_clause_is_deleted_and_what_waits_on_it_waits_for_its_return(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, clause: Clause
) -> None:
    out, other = proposed(ann, clause, kind="delete"), proposed(ben, clause, TWELVE)
    make.act(drafter, "amendments.accept", amendment=out.handle)
    assert texts(event) == []
    with pytest.raises(Refused, match="Put the clause back first"):
        make.act(drafter, "amendments.accept", amendment=other.handle)
    make.act(drafter, "statements.restore_clause", clause=clause.handle)
    make.act(drafter, "amendments.accept", amendment=other.handle)
    assert texts(event) == [TWELVE]


def test_a_no_says_why_and_can_be_undone(ann: Seat, drafter: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TWELVE)
    with pytest.raises(Refused, match="Give a reason"):
        make.act(drafter, "amendments.decline", amendment=row.handle, reason="")
    undo = make.act(drafter, "amendments.decline", amendment=row.handle, reason="Too many.").data["undo"]
    assert (again(row).state, again(row).answer) == ("declined", "Too many.")
    make.act(drafter, undo["command"], **undo["fields"])
    assert again(row).state == "open"


def test_the_room_adopts_it(event: Event, ann: Seat, ben: Seat, moderator: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TWELVE)
    poll = put(moderator, row)
    assert poll.question == "Clause 1: shall amendment 1 be adopted?"
    for who, place in ((ann, 0), (ben, 0), (make.seat(event), 1)):
        vote(who, poll, place)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert texts(event) == [TWELVE]
    assert (again(row).state, again(row).answer) == ("accepted", "The room voted: For 2; Against 1.")


@pytest.mark.parametrize(("kind", "text"), [("change", TWELVE), ("after", "We come back."), ("delete", "")])
def test_the_wall_shows_a_result_that_changed_a_clause_until_somebody_else_changes_one(
    kind: str, text: str, event: Event, ann: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    other = added(drafter, "Every promise has a name.")
    poll = put(moderator, proposed(ann, clause, text, kind))
    vote(ann, poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    room = make.room(event)
    assert texts(event) != [TEXT, other.text], "the poll changed the text"
    assert scenes.claimed(room) == "results"
    make.act(drafter, "statements.edit_clause", clause=other.handle, text="Every promise has a day.", revision="0")
    assert scenes.claimed(room) == "clause"


def test_once_somebody_was_called_the_wall_shows_the_clause_that_the_poll_changed(
    event: Event, ann: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    added(drafter, "Every promise has a name.")
    poll = put(moderator, proposed(ann, clause, TWELVE))
    vote(ann, poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    make.act(ann, "floor.ask", kind="point")
    make.act(moderator, "floor.call_next", expected="")
    make.act(moderator, "floor.end")
    assert scenes.claimed(make.room(event)) == "clause"
    assert "twelve" in paint(make.room(event), "statements.wall", "wall", "en").html


@pytest.mark.django_db(transaction=True)
def test_the_room_adopts_it_by_blind_ballots(event: Event, ann: Seat, moderator: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TWELVE)
    voters = [ann, *people(event, 5)]
    poll = put(moderator, row, blind=True)
    assert poll.blind
    all_vote(poll, voters, "For: adopt it", "For: adopt it", "Against: leave the text as it is")
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert texts(event) == [TWELVE]
    assert again(row).answer == "The room voted: For 4; Against 2."


def test_the_room_declines_it_and_no_drafter_opens_it_again(
    event: Event, ann: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, TWELVE)
    poll = put(moderator, row)
    vote(ann, poll, 1)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert (texts(event), again(row).state) == ([TEXT], "declined")
    with pytest.raises(Refused, match="by a poll"):
        make.act(drafter, "amendments.reopen", amendment=row.handle)


def test_the_hosts_majority_holds_as_it_was_when_the_poll_was_put(
    event: Event, ann: Seat, ben: Seat, moderator: Seat, clause: Clause
) -> None:
    host = make.seat(event, "host")
    make.act(host, "statements.rules", majority="three_quarters")
    row = proposed(ann, clause, TWELVE)
    poll = put(moderator, row)
    assert "Three quarters" in poll.question
    make.act(host, "statements.rules", majority="half")
    for who, place in ((ann, 0), (ben, 0), (make.seat(event), 1)):
        vote(who, poll, place)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert again(row).state == "declined"
    assert Rules.objects.get().majority == "half"


def test_rivals_are_ranked_together_and_one_of_them_is_adopted(
    event: Event, ann: Seat, ben: Seat, moderator: Seat, clause: Clause
) -> None:
    first, second, beside = proposed(ann, clause, TWELVE), proposed(ben, clause, TWO), proposed(ben, clause, TOWN)
    poll = put(moderator, first, with_rivals=True)
    assert poll.kind == "ranking"
    assert [option.text.partition(":")[0] for option in poll.options.all()] == ["Amendment 1", "Amendment 2", "None"]
    for who in (ann, ben, make.seat(event)):
        vote(who, poll, 1, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert texts(event) == [TWO]
    assert [again(row).state for row in (first, second, beside)] == ["declined", "accepted", "open"]


def test_what_the_room_adopts_after_its_words_changed_waits_for_a_drafter(
    event: Event, ann: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, TWELVE)
    poll = put(moderator, row)
    vote(ann, poll, 0)
    make.act(drafter, "statements.edit_clause", clause=clause.handle, text=TWO, revision=0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert (texts(event), again(row).state) == ([TWO], "carried")
    with pytest.raises(Refused, match="decided already"):
        make.act(drafter, "amendments.decline", amendment=row.handle, reason="No.")
    make.act(drafter, "amendments.merge", amendment=row.handle, text=TWELVE, revision=1, reason="As voted.", also="")
    assert (texts(event), again(row).state) == ([TWELVE], "merged")


def test_a_poll_whose_options_were_changed_by_hand_decides_nothing(ann: Seat, moderator: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TWELVE)
    handle = make.act(moderator, "amendments.put", amendment=row.handle, with_rivals="").data["poll"]
    fields = {"question": "Tea?", "kind": "one", "options": "Yes\nNo", "secret": "sealed"}
    make.act(moderator, "ballots.edit", "", poll=handle, **fields)
    poll = Poll.objects.get(handle=handle)
    make.opens(moderator, handle)
    vote(ann, poll, 0)
    make.act(moderator, "ballots.close", poll=handle, sure="on")
    assert again(row).state == "open"


def test_a_poll_that_is_discarded_leaves_it_open(ann: Seat, moderator: Seat, clause: Clause) -> None:
    row = proposed(ann, clause, TWELVE)
    poll = put(moderator, row)
    with pytest.raises(Refused, match="put to a poll already"):
        make.act(moderator, "amendments.put", amendment=row.handle, with_rivals="")
    make.act(moderator, "ballots.discard", poll=poll.handle)
    assert (again(row).state, again(row).poll) == ("open", None)


def test_the_files_credit_what_stands_in_the_text_as_far_as_it_is_shown_now(
    event: Event, ann: Seat, drafter: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, TWELVE, signed="name")
    make.act(drafter, "statements.settle")
    reopened(event)
    make.act(drafter, "amendments.accept", amendment=row.handle)
    make.act(drafter, "statements.settle")
    room = make.room(event)
    first, second = (outcome(room, version).clauses[0] for version in versions(room).reverse())
    assert first.amended == ()
    assert second.amended == ("Amendment 1, proposed by Ann",)
    assert "Amendment 1, proposed by Ann" in document(outcome(room, None)).texts
    make.act(ann, "amendments.withdraw", amendment=row.handle)
    assert outcome(room, versions(room)[0]).clauses[0].amended == ("Amendment 1",)


def test_the_bundle_holds_every_amendment_and_no_hidden_words(
    event: Event, ann: Seat, ben: Seat, moderator: Seat, clause: Clause
) -> None:
    shown, hidden = proposed(ann, clause, TWELVE, signed="name"), proposed(ann, clause, "Zanzibar.", signed="name")
    make.act(ben, "amendments.cosign", amendment=shown.handle)
    make.act(moderator, "amendments.hide", amendment=hidden.handle, reason="It names Zoe.")
    first, second = bundle(event)["rooms"][0]["statement"]["amendments"]
    assert (first["text"], first["proposed_by"], first["cosigned"]) == (TWELVE, "Ann", 1)
    assert [second[name] for name in ("text", "reason", "proposed_by", "answer")] == [""] * 4


def test_one_that_is_hidden_after_the_room_voted_stands_in_the_closed_poll_alone(
    event: Event, ann: Seat, ben: Seat, moderator: Seat, clause: Clause
) -> None:
    row, _rival = proposed(ann, clause, "Zanzibar twice."), proposed(ben, clause, TWO)
    poll = put(moderator, row, with_rivals=True)
    vote(ben, poll, 2, 1)
    make.act(moderator, "ballots.close", poll=poll.handle)
    make.act(moderator, "amendments.hide", amendment=row.handle, reason="It names Zoe.")
    [room] = bundle(event)["rooms"]
    assert "Zanzibar" in str(room["polls"])
    assert "Zanzibar" not in str(room["statement"])


def test_a_clause_that_the_room_adopts_and_the_text_has_no_room_for_waits_for_a_drafter(
    event: Event, ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    row = proposed(ann, clause, "New.", "after")
    Clause.objects.bulk_create(
        Clause(statement=clause.statement, position=at, text=f"Clause {at}.", changed_at=clause.changed_at)
        for at in range(2, MOST_CLAUSES + 1)
    )
    poll = put(moderator, row)
    for seat in (ann, ben):
        vote(seat, poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    poll.refresh_from_db()
    assert (poll.state, again(row).state, len(texts(event))) == ("closed", "carried", MOST_CLAUSES)
    assert "carried" in [entry.verb for entry in Entry.objects.all()]
    with pytest.raises(Refused, match="at most"):
        make.act(drafter, "amendments.accept", amendment=row.handle)
    make.act(drafter, "statements.remove_clause", clause=Clause.objects.get(position=MOST_CLAUSES).handle)
    make.act(drafter, "amendments.accept", amendment=row.handle)
    assert (again(row).state, texts(event)[1]) == ("accepted", "New.")


def test_to_delete_a_clause_is_a_rival_of_a_sentence_that_is_added_to_it(
    ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    more, out = proposed(ann, clause, f"{TEXT} And a report."), proposed(ben, clause, kind="delete")
    found = queries.rivals([more])
    assert [row.number for row in (*found[more.pk], *found[out.pk])] == [2, 1]
    poll = put(moderator, more, with_rivals=True)
    assert poll.kind == "ranking"
    vote(ann, poll, 1, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert (again(out).state, again(more).state) == ("accepted", "declined")


def test_a_clause_that_was_added_to_since_is_not_deleted(ann: Seat, ben: Seat, drafter: Seat, clause: Clause) -> None:
    more, out = proposed(ann, clause, f"{TEXT} And a report."), proposed(ben, clause, kind="delete")
    make.act(drafter, "amendments.accept", amendment=more.handle)
    with pytest.raises(Refused, match="changed since"):
        make.act(drafter, "amendments.accept", amendment=out.handle)
    other = proposed(ann, clause, f"{TEXT} And a long report.")
    assert queries.rivals([other]) == {out.pk: [], other.pk: []}


@pytest.mark.parametrize(
    ("of", "quoted"),
    [
        ("我們要求" + "每村每年四次聽證會，" * 12, 90),
        ("In 2026 我們要求" + "每村每年四次聽證會，" * 12, 90),
        (f"{TEXT} {TEXT} {TEXT}", 86),
    ],
)
def test_an_option_quotes_as_much_of_a_long_amendment_whatever_its_script(
    ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, of: str, quoted: int
) -> None:
    row = added(drafter, of)
    four = "四次" if "四次" in of else "four"
    change = proposed(ann, row, of.replace(four, "12"))
    proposed(ben, row, of.replace(four, "6"))
    options = put(moderator, change, with_rivals=True).options.all()
    assert options[0].text == f"Amendment 1: {change.text[:quoted]} …"


def test_that_a_clause_was_deleted_is_not_credited_in_it_once_it_is_put_back(
    event: Event, ann: Seat, drafter: Seat, clause: Clause
) -> None:
    out = proposed(ann, clause, kind="delete", signed="name")
    make.act(drafter, "amendments.accept", amendment=out.handle)
    make.act(drafter, "statements.restore_clause", clause=clause.handle)
    assert queries.credits(make.room(event)) == {}
    assert "Amendment 1" not in document(outcome(make.room(event), None)).texts


def test_that_a_clause_be_deleted_is_credited_in_the_words_that_it_was_merged_into(
    event: Event, ann: Seat, drafter: Seat, clause: Clause
) -> None:
    out = proposed(ann, clause, kind="delete")
    make.act(drafter, "amendments.merge", amendment=out.handle, text="We ask.", revision=0, reason="Less.", also="")
    assert queries.credits(make.room(event)) == {clause.handle: ["Amendment 1"]}
