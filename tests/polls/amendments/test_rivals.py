"""Which amendments name each other, and how many of them a poll takes."""

from __future__ import annotations

import pytest

from deliberate.errors import Refused
from polls.amendments import queries
from polls.amendments.models import Amendment
from polls.ballots.core import MOST_OPTIONS
from polls.ballots.models import Poll
from polls.statements.models import Clause
from rooms.seats.models import Seat
from tests import make
from tests.polls.amendments.rows import TEXT, again, proposed, put, vote

pytestmark = pytest.mark.django_db


def named(*rows: Amendment) -> list[list[int]]:
    """The numbers of the rivals of each of these."""
    found = queries.rivals([again(row) for row in rows])
    return [[other.number for other in found[row.pk]] for row in rows]


def test_two_stay_rivals_where_a_newer_wording_lets_but_one_of_them_be_carried_over(
    ann: Seat, ben: Seat, drafter: Seat, moderator: Seat, clause: Clause
) -> None:
    both = proposed(ann, clause, TEXT.replace("four hearings", "twelve meetings"))
    one = proposed(ben, clause, TEXT.replace("hearings", "assemblies"))
    beside = proposed(ben, clause, TEXT.replace("village", "town"))
    make.act(drafter, "statements.edit_clause", clause=clause.handle, text=TEXT.replace("four", "five"), revision=0)
    assert named(both, one, beside) == [[2], [1], []]
    assert put(moderator, again(one), with_rivals=True).kind == "ranking"


def test_two_that_share_a_change_which_was_made_since_are_no_rivals_any_more(
    ann: Seat, ben: Seat, drafter: Seat, clause: Clause
) -> None:
    each = proposed(ann, clause, TEXT.replace("four", "twelve").replace("every", "each"))
    year = proposed(ben, clause, TEXT.replace("four", "twelve").replace("a year", "a month"))
    assert named(each, year) == [[2], [1]]
    make.act(drafter, "statements.edit_clause", clause=clause.handle, text=TEXT.replace("four", "twelve"), revision=0)
    assert named(each, year) == [[], []]


def test_a_poll_takes_no_more_rivals_than_a_ballot_can_rank(
    ann: Seat, ben: Seat, moderator: Seat, clause: Clause
) -> None:
    Amendment.objects.bulk_create(
        Amendment(
            statement=clause.statement, clause=clause, number=n, kind="change", text=TEXT.replace("four", str(n + 100))
        )
        for n in range(1, MOST_OPTIONS + 1)
    )
    first, last = Amendment.objects.get(number=1), Amendment.objects.get(number=MOST_OPTIONS)
    with pytest.raises(Refused, match="these are 20 amendments, and a poll takes 19"):
        put(moderator, first, with_rivals=True)
    assert not Poll.objects.exists()
    last.delete()
    poll = put(moderator, first, with_rivals=True)
    vote(ann, poll, *range(MOST_OPTIONS))
    make.act(moderator, "ballots.close", poll=poll.handle, sure="on")
    assert again(first).state == "accepted"
