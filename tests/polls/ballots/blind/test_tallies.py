"""What is shown while a blind poll runs never tells of fewer than k ballots, and neither does the difference to what comes."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberate.errors import Refused
from polls.ballots.blind.tallies import Tallies, fallen, further, size
from polls.ballots.core import Contents, rows
from polls.ballots.models import BallotBox, Poll, Published
from tests import make
from tests.polls.ballots.blind.polling import all_vote, choice, polled, put, token, voter, votes
from tests.polls.ballots.make import closed, moderator, opened, people, vote
from tests.polls.ballots.test_screens import picture, words


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=7), max_size=40), st.integers(2, 9))
def test_no_two_tallies_that_are_shown_differ_by_fewer_than_k_ballots(batches: list[list[str]], k: int) -> None:
    told: Tallies = {}
    box: Contents = ()
    sizes = [0]
    for batch in batches:
        box = fallen(box, batch)
        told = further(told, box, k)
        if size(told["shown"]) != sizes[-1]:
            sizes.append(size(told["shown"]))
        if sizes[-1]:
            assert size(box) - sizes[-1] >= k  # should it close now, the result differs by as many
    assert all(later - earlier >= k for earlier, later in pairwise(sizes))


@pytest.mark.django_db(transaction=True)
def test_a_light_question_shows_its_tally_but_for_the_last_ballots() -> None:
    event, poll, seats = polled(12, live="on")
    all_vote(poll, seats[:9], "Hearings")
    assert "So far" not in words(picture(event, "ballots.turnout"))
    votes(seats[9], poll, "A fund")
    shown = words(picture(event, "ballots.turnout"))
    assert "So far, of 5 ballots:" in shown
    assert "5 votes" in shown


@pytest.mark.django_db(transaction=True)
def test_a_ballot_that_comes_twice_in_one_commit_counts_once_in_what_is_shown() -> None:
    _event, poll, seats = polled(12, live="on")
    cast = []
    for seat in seats[:10]:
        who = voter(poll)
        cast.append(who.ballot(token(seat, poll, who), choice(poll, "Hearings")))
    said = put(poll, *cast, *cast)
    assert said[:10] == said[10:]
    held = rows(BallotBox.objects.get(poll=poll).contents)
    assert size(held) == 10
    poll.refresh_from_db()
    assert poll.turnout == 10


@pytest.mark.django_db
def test_a_tally_can_not_be_watched_where_ballots_change() -> None:
    event = make.event()
    with pytest.raises(Refused, match="only where ballots can't be changed"):
        make.act(
            moderator(event), "ballots.prepare", question="Which?", kind="one", options="A\nB", live="on", change="on"
        )


@pytest.mark.django_db(transaction=True)
def test_where_everybody_chose_the_same_the_poll_closes_only_for_who_is_sure() -> None:
    event, poll, seats = polled(5)
    all_vote(poll, seats, "Hearings")
    with pytest.raises(Refused, match="all alike"):
        make.act(moderator(event), "ballots.close", poll=poll.handle)
    make.act(moderator(event), "ballots.close", poll=poll.handle, sure="on")
    poll.refresh_from_db()
    assert poll.state == "closed"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "secret"), [("one", "sealed"), ("several", "sealed"), ("scale", "sealed")])
def test_where_everybody_chose_the_same_in_a_sealed_poll_it_closes_only_for_who_is_sure(kind: str, secret: str) -> None:
    event = make.event(k=2)
    seats = people(event, 3)
    poll = opened(event, kind, secret=secret)
    same = {"one": ["A fund"], "several": ["Hearings", "A fund"], "scale": ["4"]}[kind]
    for seat in seats:
        vote(seat, poll, *same)
    with pytest.raises(Refused, match="all alike"):
        make.act(moderator(event), "ballots.close", poll=poll.handle)


@pytest.mark.django_db(transaction=True)
def test_several_choices_of_all_that_are_the_same_ask_who_closes_too() -> None:
    event, poll, seats = polled(5, "several")
    for seat in seats:
        who = voter(poll)
        put(poll, who.ballot(token(seat, poll, who), choice(poll, "Hearings", "A fund")))
    with pytest.raises(Refused, match="all alike"):
        make.act(moderator(event), "ballots.close", poll=poll.handle)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("texts", "says"),
    [(["Hearings"] * 3 + ["A fund"] * 2, "passed"), (["A fund"] * 3 + ["Hearings"] * 2, "did not pass")],
)
def test_of_few_ballots_only_the_verdict_is_published_where_the_host_chose_so(texts: list[str], says: str) -> None:
    event, poll, seats = polled(6, verdict="on")
    for seat, text in zip(seats, texts, strict=False):
        votes(seat, poll, text)
    poll = closed(poll)
    assert poll.result is not None
    assert (poll.result["figures"]["votes"], poll.result["figures"]["abstained"]) == ([], 0)
    assert f"“Hearings” {says}." in poll.result["text"]
    assert not Published.objects.exists()
    for part, audience in (("fresh", "participant"), ("results", "moderator"), ("results", "wall")):
        shown = words(picture(event, f"ballots.{part}", audience))
        assert says in shown
        assert "%" not in shown
        assert "recount" not in shown


@pytest.mark.django_db
@pytest.mark.parametrize("fields", [{"kind": "ranking"}, {"kind": "one", "live": "on"}])
def test_a_verdict_is_of_one_choice_without_a_tally(fields: dict[str, str]) -> None:
    event = make.event()
    with pytest.raises(Refused, match="passed or not"):
        make.act(moderator(event), "ballots.prepare", question="Which?", options="A\nB", verdict="on", **fields)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("asked", "row"), [("", True), ("on", False)], ids=["asked for later", "no more asked for"])
def test_a_verdict_alone_is_published_where_it_was_frozen_whatever_the_row_says_later(asked: str, row: bool) -> None:
    event, poll, seats = polled(6, verdict=asked)
    said = words(picture(event, "ballots.open"))
    Poll.objects.filter(pk=poll.pk).update(verdict=row)
    assert words(picture(event, "ballots.open")) == said
    all_vote(poll, seats, "Hearings", "A fund")
    poll = closed(poll)
    assert poll.result is not None
    assert json.loads(poll.definition)["verdict"] is bool(asked)
    assert ("passed" in poll.result, Published.objects.exists()) == ((True, False) if asked else (False, True))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("asked", "row"), [("", True), ("on", False)], ids=["asked for later", "no more asked for"])
def test_a_tally_is_shown_where_it_was_frozen_whatever_the_row_says_later(asked: str, row: bool) -> None:
    event, poll, seats = polled(12, live=asked)
    Poll.objects.filter(pk=poll.pk).update(live=row)
    all_vote(poll, seats[:10], "Hearings")
    assert json.loads(poll.definition)["live"] is bool(asked)
    assert ("So far" in words(picture(event, "ballots.turnout"))) is bool(asked)


@pytest.mark.django_db(transaction=True)
def test_what_a_result_says_at_the_closing_is_what_was_frozen() -> None:
    _event, poll, seats = polled(6, "scale", low_label="never", high_label="at once")
    all_vote(poll, seats, "4", "5")
    Poll.objects.filter(pk=poll.pk).update(
        question="Do you trust us?", low_label="a little", high_label="wholly", most=9
    )
    poll = closed(poll)
    assert poll.result is not None
    assert "Which first?" in poll.result["text"]
    assert "at once" in poll.result["text"]
    assert "trust" not in poll.result["text"]
