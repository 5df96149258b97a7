"""A blind poll from its opening to its recount, and what is refused on the way."""

from __future__ import annotations

import json

import pytest

from deliberate.errors import Refused
from deliberate.live import hints
from polls.ballots.blind import closing, falling, formats, frozen, verify_poll
from polls.ballots.blind.signing import signer
from polls.ballots.models import BallotBox, BlindBallot, Participation, Poll, Published, Voucher
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from tests import make
from tests.polls.ballots.blind.polling import all_vote, choice, file_of, polled, put, token, voter, votes
from tests.polls.ballots.make import closed, moderator, opened, people, prepared, vote
from tests.polls.ballots.test_screens import picture

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_poll_runs_from_its_opening_to_its_recount() -> None:
    _event, poll, seats = polled(6)
    who = all_vote(poll, seats[:5], "Hearings", "A fund")
    poll.refresh_from_db()
    assert (poll.turnout, poll.eligible) == (5, 6)
    text = file_of(poll)
    poll.refresh_from_db()
    assert poll.result is not None
    assert poll.result["figures"]["ballots"] == 5
    assert poll.result["cells"] == []
    report = verify_poll.verify(text.encode())
    assert report.holds, "\n".join(report)
    file = json.loads(text)
    assert file["issued"] == {"all": 5}
    assert sorted(file["ballots"]) == sorted(formats.to_text(octets) for _who, octets, _receipt in who)
    key = formats.from_text(json.loads(poll.definition)["receipts"])
    assert all(formats.receipt_holds(key, voter.poll, octets, receipt) for voter, octets, receipt in who)


def test_when_it_has_closed_nothing_is_left_but_what_is_published() -> None:
    event, poll, seats = polled()
    all_vote(poll, seats, "A report")
    assert poll.handle in signer().status().polls
    closed(poll)
    for model in (BlindBallot, Voucher, BallotBox, Participation):
        assert not model.objects.exists()
    assert poll.handle not in signer().status().polls
    assert Published.objects.count() == 1
    assert broken_at(make.room(event)) is None


def test_a_discarded_poll_leaves_neither_ballots_nor_keys() -> None:
    event, poll, seats = polled()
    all_vote(poll, seats[:2], "A report")
    make.act(moderator(event), "ballots.discard", poll=poll.handle)
    assert not BlindBallot.objects.exists()
    assert not Voucher.objects.exists()
    assert poll.handle not in signer().status().polls


def test_every_phone_hears_at_once_that_a_token_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(hints, "send", lambda hint: told.extend(hint.parts))
    event, poll, _seats = polled()
    assert "ballots.frozen" in told
    assert f'data-frozen="{poll.handle}"' in picture(event, "ballots.frozen")
    told.clear()
    closed(poll)
    assert "ballots.frozen" in told


def test_the_journal_binds_what_was_asked_before_anybody_votes() -> None:
    event, poll, _seats = polled()
    entry = Entry.objects.get(room=make.room(event), verb="opened", subject=f"poll:{poll.handle}")
    assert entry.detail == formats.poll_hash(poll.definition).hex()


def test_fewer_than_k_voters_are_refused_with_the_reason() -> None:
    event = make.event(k=5)
    people(event, 4)
    poll = prepared(event, secret="blind")
    with pytest.raises(Refused, match="needs 5 people who can vote, and there are 4"):
        make.act(moderator(event), "ballots.open", poll=poll.handle)
    poll.refresh_from_db()
    assert poll.state == "prepared"


def test_a_late_added_voter_gets_no_token() -> None:
    event, poll, _seats = polled()
    late = make.seat(event)
    with pytest.raises(Refused, match="opened before you came"):
        token(late, poll, voter(poll))


def test_the_same_blinded_message_has_the_same_answer_and_another_none() -> None:
    _event, poll, seats = polled()
    one, other = voter(poll), voter(poll)
    assert token(seats[0], poll, one) == token(seats[0], poll, one)
    with pytest.raises(Refused, match="went to another device"):
        token(seats[0], poll, other)
    assert token(seats[1], poll, other)


@pytest.mark.parametrize("which", ["zero", "one", "n - 1", "n", "too short"])
def test_a_forged_blinded_message_is_refused_and_costs_the_seat_nothing(which: str) -> None:
    _event, poll, seats = polled()
    who = voter(poll)
    n = who.modulus.n
    octets = {"zero": 0, "one": 1, "n - 1": n - 1, "n": n}.get(which, 0).to_bytes(384)[
        : 100 if which == "too short" else 384
    ]
    with pytest.raises(Refused, match="unreadable"):
        make.act(seats[0], "ballots.token", poll=poll.handle, blinded=formats.to_text(octets))
    assert token(seats[0], poll, who)


def test_the_same_bytes_a_hundred_times_are_one_ballot_and_one_receipt() -> None:
    _event, poll, seats = polled()
    who, octets, receipt = votes(seats[0], poll, "A fund")
    assert put(poll, *[octets] * 50) == [receipt] * 50
    assert [put(poll, octets) for _again in range(50)] == [[receipt]] * 50
    poll.refresh_from_db()
    assert poll.turnout == BlindBallot.objects.count() == 1
    assert who.tracker == BlindBallot.objects.get().tracker


def test_one_token_and_two_choices_at_once_are_one_ballot() -> None:
    _event, poll, seats = polled()
    who = voter(poll)
    mine = token(seats[0], poll, who)
    said = put(poll, *(who.ballot(mine, choice(poll, text)) for text in ("Hearings", "A fund")))
    assert sorted(type(each).__name__ for each in said) == ["Refused", "bytes"]
    assert BlindBallot.objects.count() == 1


def test_a_mind_may_be_changed_where_the_poll_allows_it_and_the_highest_number_counts() -> None:
    _event, poll, seats = polled(change="on")
    who = voter(poll)
    mine = token(seats[0], poll, who)
    first, second, third = (
        who.ballot(mine, choice(poll, text), number)
        for number, text in enumerate(("Hearings", "A fund", "A report"), 1)
    )
    assert isinstance(put(poll, first)[0], bytes)
    assert isinstance(put(poll, third)[0], bytes)
    [late] = put(poll, second)
    assert isinstance(late, Refused)
    text = file_of(poll)
    assert json.loads(text)["ballots"] == [formats.to_text(third)]
    assert verify_poll.verify(text.encode()).holds


def test_where_minds_may_not_be_changed_a_higher_number_is_refused() -> None:
    _event, poll, seats = polled()
    who = voter(poll)
    mine = token(seats[0], poll, who)
    with pytest.raises(Refused, match="can't be changed"):
        put(poll, who.ballot(mine, choice(poll, "A fund"), 2))


def test_a_token_of_another_poll_opens_nothing() -> None:
    event, poll, seats = polled()
    who = voter(poll)
    mine = token(seats[0], poll, who)
    closed(poll)
    other = opened(event, secret="blind")
    with pytest.raises(Refused, match="no ballot of this poll"):
        put(other, who.ballot(mine, choice(poll, "A fund")))
    stranger = voter(other)
    with pytest.raises(Refused, match="no token of this poll"):
        put(other, stranger.ballot(mine, choice(other, "A fund")))


def test_a_choice_that_is_not_on_the_paper_is_refused() -> None:
    _event, poll, seats = polled()
    who = voter(poll)
    mine = token(seats[0], poll, who)
    for wrong in ("zzzzzzzz", choice(poll, "A fund")[:-1]):
        with pytest.raises(Refused, match="not on this ballot"):
            put(poll, who.ballot(mine, wrong))
    assert isinstance(put(poll, who.ballot(mine, "-"))[0], bytes)


def test_after_the_closing_neither_token_nor_ballot_is_taken() -> None:
    _event, poll, seats = polled()
    who, late = voter(poll), voter(poll)
    octets = who.ballot(token(seats[0], poll, who), choice(poll, "A fund"))
    good = falling.checked(poll.handle, octets)
    closed(poll)
    [said] = falling.fall([good])
    assert isinstance(said, Refused)
    assert said.code == "closed"
    with pytest.raises(Refused, match="closed"):
        token(seats[1], poll, late)


def test_a_blind_ballot_does_not_go_over_the_line() -> None:
    _event, poll, seats = polled()
    with pytest.raises(Refused, match="goes to the ballot box"):
        vote(seats[0], poll, "A fund")


def test_changing_the_question_after_the_opening_changes_nothing_that_is_signed() -> None:
    _event, poll, seats = polled()
    before = poll.definition
    Poll.objects.filter(pk=poll.pk).update(question="Another?")
    all_vote(poll, seats, "A fund")
    text = file_of(poll)
    assert json.loads(text)["definition"] == before
    assert verify_poll.verify(text.encode()).holds


@pytest.mark.parametrize(
    ("kind", "texts", "joined"),
    [("several", ["Hearings", "A report"], ","), ("ranking", ["A report", "Hearings"], ">"), ("scale", ["4"], ",")],
)
def test_every_kind_of_poll_is_recounted(kind: str, texts: list[str], joined: str) -> None:
    _event, poll, seats = polled(kind=kind)
    for seat in seats[:3]:
        who = voter(poll)
        [receipt] = put(poll, who.ballot(token(seat, poll, who), choice(poll, *texts, joined=joined)))
        assert isinstance(receipt, bytes)
    report = verify_poll.verify(file_of(poll).encode())
    assert report.holds, "\n".join(report)


@pytest.mark.parametrize(
    ("options", "voters", "most"),
    [(3, 5, 2), (3, 6, 3), (5, 30, 2), (5, 119, 3), (5, 120, 5), (20, 379, 2), (20, 6840, 3)],
)
def test_there_are_no_more_rankings_than_voters(options: int, voters: int, most: int) -> None:
    assert frozen.ranks(options, voters) == most


def test_a_long_ranking_is_no_ballot_of_a_small_room() -> None:
    _event, poll, seats = polled(5, "ranking")
    assert json.loads(poll.definition)["most"] == 2
    who = voter(poll)
    mine = token(seats[0], poll, who)
    with pytest.raises(formats.BadBallot):
        who.ballot(mine, choice(poll, "A report", "Hearings", "A fund", joined=">"))


def test_keys_of_a_poll_that_is_gone_are_destroyed_by_the_next_purge() -> None:
    event, poll, _seats = polled()
    other = polled()[1]
    event.delete()
    closing.tidy()
    held = signer().status().polls
    assert poll.handle not in held
    assert other.handle in held
