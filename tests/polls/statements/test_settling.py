"""A text is settled clause by clause or as a whole, by the rule that the host names."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.errors import Refused
from polls.ballots.models import Poll
from polls.statements.core import LONGEST_CLAUSE, Amiss, Counts, Majority, Way, in_the_way
from polls.statements.models import Clause, SettledClause, Version
from polls.statements.queries import settled_as_they_read, totals
from rooms.events.models import Event, Room
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import vote
from tests.polls.ballots.blind.polling import all_vote
from tests.polls.statements.pads.rows import Hand
from tests.polls.statements.rows import clause, people, reopened, settled

HALF = Majority.HALF


@pytest.mark.parametrize(
    ("way", "counts", "earlier", "seats", "quorum", "amiss"),
    [
        (Way.DRAFTERS, Counts(block=3), 0, 3, 0, None),
        (Way.POLL, Counts(support=3), 0, 3, 0, Amiss.BY_POLL),
        (Way.CONSENSUS, Counts(), 0, 3, 0, Amiss.NOBODY_STOOD),
        (Way.CONSENSUS, Counts(support=2), 2, 3, 0, Amiss.NOBODY_STOOD),
        (Way.CONSENSUS, Counts(support=1, live=1, reserve=5), 0, 9, 0, None),
        (Way.CONSENSUS, Counts(support=9, block=1), 1, 10, 0, Amiss.BLOCKED),
        (Way.CONSENSUS, Counts(support=4), 0, 10, 50, Amiss.TOO_FEW),
        (Way.CONSENSUS, Counts(support=5), 0, 10, 50, None),
        (Way.CONSENT, Counts(support=1, live=2, reserve=1, block=1), 0, 5, 0, None),
        (Way.CONSENT, Counts(support=1, reserve=1), 0, 5, 0, Amiss.NOT_CARRIED),
    ],
)
def test_what_is_in_the_way(
    way: Way, counts: Counts, earlier: int, seats: int, quorum: int, amiss: Amiss | None
) -> None:
    assert in_the_way(way, counts, earlier, seats, quorum, HALF) == amiss


pytestmark = pytest.mark.django_db


@pytest.fixture
def row(drafter: Seat) -> Clause:
    return clause(drafter, "We come back.")


def rule(event: Event, way: str, **more: object) -> None:
    make.act(make.seat(event, "host"), "statements.rules", "", majority="half", settle_by=way, **more)


def stand(by: Seat, row: Clause, value: str, words: str = "") -> None:
    make.act(by, "statements.stand", clause=row.handle, value=value, reservation=words)


def test_by_consensus_a_clause_is_settled_once_nobody_cannot_accept_it(
    event: Event, drafter: Seat, row: Clause
) -> None:
    rule(event, "consensus")
    ann, ben = people(event, "", "")
    stand(ann, row, "support")
    stand(ben, row, "block", "Too soon.")
    for fields in ({"clause": row.handle}, {}):
        with pytest.raises(Refused, match="Clause 1: somebody can't accept it"):
            make.act(drafter, "statements.settle", "", **fields)
    stand(ben, row, "reserve", "Still soon.")
    answer = make.act(drafter, "statements.settle", clause=row.handle)
    assert str(answer.say) == "Clause 1 is settled as it reads."
    assert settled_as_they_read([row]) == {row.pk}
    entry = Entry.objects.get(verb="settled a clause")
    assert (entry.subject, entry.detail) == (f"clause:{row.handle}", answer.data["hash"])
    assert broken_at(make.room(event)) is None


def test_a_settled_clause_needs_nothing_more_and_a_reworded_one_does(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "consent")
    (ann,) = people(event, "")
    stand(ann, row, "live")
    make.act(drafter, "statements.settle", clause=row.handle)
    stand(ann, row, "block", "Now I can't.")
    version = settled(drafter)
    assert version.content["settled_by"] == "consent"
    reopened(event)
    reopened(event, row.handle)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We come back soon.", revision=0)
    assert settled_as_they_read([Clause.objects.get()]) == set()
    with pytest.raises(Refused, match="nobody has taken a stand on it as it reads now"):
        make.act(drafter, "statements.settle")
    assert SettledClause.objects.count() == 1


def test_too_few_heads_settle_nothing(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "consensus", quorum=50)
    ann, ben, _cem = people(event, "", "", "")
    stand(ann, row, "support")
    with pytest.raises(Refused, match="too few have taken a stand"):
        make.act(drafter, "statements.settle")
    stand(ben, row, "support")
    assert settled(drafter).number == 1


@pytest.mark.parametrize("how", ["seats.erase", "seats.move"])
def test_who_left_is_neither_in_the_way_nor_heard_and_their_words_stay(
    event: Event, drafter: Seat, row: Clause, how: str
) -> None:
    rule(event, "consensus", quorum=50)
    ann, ben, _cem, dan = people(event, "", "", "", "")
    stand(ann, row, "support")
    stand(dan, row, "support")
    stand(ben, row, "block", "Too soon.")
    with pytest.raises(Refused, match="somebody can't accept it"):
        make.act(drafter, "statements.settle")
    leave(ben, how)
    leave(dan, how)
    assert totals([row])[row.pk].counts == Counts(support=2, block=1)
    version = settled(drafter)
    assert version.content["clauses"][0]["support"]["reservations"] == [{"text": "Too soon.", "stand": "block"}]
    reopened(event)
    leave(ann, how)
    with pytest.raises(Refused, match="nobody has taken a stand"):
        make.act(drafter, "statements.settle")


def leave(who: Seat, how: str) -> None:
    """The seat ends, or goes over to another room."""
    if how == "seats.erase":
        make.act(who, how)
    else:
        Seat.objects.filter(pk=who.pk).update(room=Room.objects.create(event=who.event, name="Annex"))


def put(moderator: Seat, *, blind: bool = False, **fields: Any) -> Poll:
    """The open poll; made a sealed one, as a moderator may, unless it is said to stay blind."""
    poll = Poll.objects.get(handle=make.act(moderator, "statements.put", "", **fields).data["poll"])
    assert poll.blind
    if not blind:
        Poll.objects.filter(pk=poll.pk).update(blind=False)
    make.opens(moderator, poll.handle)
    poll.refresh_from_db()
    return poll


@pytest.mark.parametrize(("place", "versions"), [(0, 1), (1, 0)])
def test_a_poll_settles_the_whole_text_or_leaves_it_open(
    event: Event, drafter: Seat, row: Clause, place: int, versions: int
) -> None:
    rule(event, "poll")
    moderator = make.seat(event, "moderator")
    with pytest.raises(Refused, match="which a moderator puts"):
        make.act(drafter, "statements.settle")
    poll = put(moderator)
    with pytest.raises(Refused, match="prepared for this already"):
        make.act(moderator, "statements.put")
    for who in people(event, "", "", ""):
        vote(who, poll, place)
    vote(make.seat(event), poll, 1 - place)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert Version.objects.count() == versions


@pytest.mark.django_db(transaction=True)
def test_blind_ballots_settle_the_text_as_others_do(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "poll")
    moderator, voters = make.seat(event, "moderator"), people(event, *[""] * 5)
    poll = put(moderator, blind=True)
    all_vote(poll, voters, "Yes: settle it")
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert Version.objects.count() == 1


def test_a_poll_on_one_clause_settles_that_one(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "poll")
    other, moderator = clause(drafter, "We pay."), make.seat(event, "moderator")
    poll = put(moderator, clause=row.handle)
    assert poll.question == "Shall clause 1 be settled as it reads?"
    vote(make.seat(event), poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert settled_as_they_read([row, other]) == {row.pk}


def test_a_poll_says_what_it_needs_in_the_words_the_host_chose(event: Event, drafter: Seat, row: Clause) -> None:
    make.act(make.seat(event, "host"), "statements.rules", "", majority="two_thirds", settle_by="poll")
    make.act(make.seat(event, "moderator"), "statements.put", "")
    question = Poll.objects.get().question
    assert question == "Shall the text be settled? It needs: Two thirds of those for and against."


def test_a_poll_settles_no_words_that_were_not_put(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "poll")
    moderator = make.seat(event, "moderator")
    poll = put(moderator)
    vote(make.seat(event), poll, 0)
    make.act(drafter, "statements.edit_clause", clause=row.handle, text="We never come back.", revision=0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert not Version.objects.exists()
    assert Entry.objects.get(verb="left open").detail == "reworded"


@pytest.mark.parametrize("alone", [True, False])
def test_a_poll_settles_nothing_past_a_pad_that_can_t_be_a_clause(
    event: Event, drafter: Seat, row: Clause, alone: bool
) -> None:
    rule(event, "poll")
    moderator, hand = make.seat(event, "moderator"), Hand(drafter, row)
    poll = put(moderator, clause=row.handle if alone else "")
    vote(make.seat(event), poll, 0)
    assert hand.types(0, "x" * LONGEST_CLAUSE) == ""
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert not Version.objects.exists()
    assert not SettledClause.objects.exists()
    assert Entry.objects.get(verb="left open").detail == "unfit"


def test_a_poll_settles_nothing_where_the_host_named_another_rule_meanwhile(
    event: Event, drafter: Seat, row: Clause
) -> None:
    rule(event, "poll")
    moderator, ann = make.seat(event, "moderator"), make.seat(event)
    poll = put(moderator)
    rule(event, "consensus")
    make.act(ann, "statements.stand", clause=row.handle, value="block", reservation="Never.", revision=0)
    vote(ann, poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert not Version.objects.exists()
    assert Entry.objects.get(verb="left open").detail == "rule"


def test_what_a_poll_settles_says_so(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "poll")
    moderator = make.seat(event, "moderator")
    poll = put(moderator)
    vote(make.seat(event), poll, 0)
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert Version.objects.get().content["settled_by"] == "poll"


def test_by_consensus_the_whole_is_not_settled_over_a_settled_clause_that_somebody_cant_accept_since(
    event: Event, drafter: Seat, row: Clause
) -> None:
    rule(event, "consensus")
    ann = make.seat(event)

    def stands(value: str, why: str = "") -> None:
        make.act(ann, "statements.stand", clause=row.handle, value=value, reservation=why, revision=0)

    stands("support")
    make.act(drafter, "statements.settle", clause=row.handle)
    stands("block", "Never.")
    with pytest.raises(Refused, match="Clause 1 is settled, but somebody can't accept it"):
        make.act(drafter, "statements.settle")
    stands("reserve", "Not without us.")
    make.act(drafter, "statements.settle")
    assert Version.objects.count() == 1


def test_no_poll_overrides_consensus(event: Event, drafter: Seat, row: Clause) -> None:
    rule(event, "consensus")
    with pytest.raises(Refused, match="not settled by a poll"):
        make.act(make.seat(event, "moderator"), "statements.put")
