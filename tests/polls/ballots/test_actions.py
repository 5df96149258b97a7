from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import close_old_connections, connection

from deliberate.door.models import Receipt
from deliberate.errors import Refused
from polls.ballots.models import BallotBox, NamedBallot, Participation, Poll, State
from polls.ballots.queries import who_chose
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from tests import make
from tests.polls.ballots.make import OPTIONS, closed, moderator, opened, option, people, prepared, vote

pytestmark = pytest.mark.django_db


def votes(poll: Poll) -> dict[str, int]:
    assert poll.result is not None
    texts = {each.handle: each.text for each in poll.options.all()}
    return {texts.get(handle, handle): count for handle, count in poll.result["figures"]["votes"]}


# Preparing


def test_a_poll_is_secret_unless_the_moderator_says_otherwise() -> None:
    event = make.event()
    assert prepared(event).secret
    assert not prepared(event, secret=False).secret
    assert not prepared(event, secret="").secret


def test_a_secret_poll_is_a_blind_one_unless_the_moderator_says_otherwise() -> None:
    event = make.event()
    asked = {"question": "Which?", "kind": "one", "options": "This\nThat"}
    made = make.act(moderator(event), "ballots.prepare", **asked).data["poll"]
    assert Poll.objects.filter(handle=made, secret=True, blind=True).exists()
    assert not prepared(event, secret="sealed").blind
    assert not prepared(event, secret="").blind


def test_a_prepared_poll_can_be_changed_and_an_opened_one_cannot() -> None:
    event = make.event()
    poll = prepared(event)
    fields = {"question": "What then?", "kind": "one", "options": "Yes\nNo", "secret": "sealed"}
    make.act(moderator(event), "ballots.edit", poll=poll.handle, **fields)
    poll.refresh_from_db()
    assert (poll.question, [each.text for each in poll.options.all()]) == ("What then?", ["Yes", "No"])
    make.opens(moderator(event), poll.handle)
    with pytest.raises(Refused, match="can't be changed"):
        make.act(moderator(event), "ballots.edit", poll=poll.handle, **fields)


def test_discarding_a_prepared_poll_can_be_undone() -> None:
    event = make.event()
    poll = prepared(event, "several", least="2", most="3", secret="")
    answer = make.act(moderator(event), "ballots.discard", poll=poll.handle)
    assert not Poll.objects.exists()
    undo = answer.data["undo"]
    make.act(moderator(event), undo["command"], **undo["fields"])
    again = Poll.objects.get()
    assert (again.question, again.kind, again.least, again.most, again.secret) == (
        "Which first?",
        "several",
        2,
        3,
        False,
    )
    assert [each.text for each in again.options.all()] == OPTIONS


def test_one_poll_is_open_at_a_time_and_opening_twice_is_opening_once() -> None:
    event = make.event()
    first, second = opened(event), prepared(event)
    assert str(make.act(moderator(event), "ballots.open", poll=first.handle).say) == "The poll is open."
    with pytest.raises(Refused, match="Close it first"):
        make.act(moderator(event), "ballots.open", poll=second.handle)


def test_a_poll_belongs_to_the_agenda_item_that_is_on_when_it_opens() -> None:
    event = make.event()
    make.act(moderator(event), "events.move_on")
    item = opened(event).item
    assert item is not None
    assert item.title == make.AGENDA[0][0]


def test_a_poll_of_another_room_is_not_there() -> None:
    poll = opened(make.event())
    stranger = make.seat(make.event())
    with pytest.raises(Refused, match="not there"):
        vote(stranger, poll, "Hearings")


# Casting


def test_a_secret_ballot_falls_in_once_however_often_it_is_sent() -> None:
    event = make.event()
    poll, ann = opened(event), make.seat(event)
    assert (
        vote(ann, poll, "Hearings")
        == "Your ballot is in. Once the poll has closed, nothing that is kept says how you voted."
    )
    assert vote(ann, poll, "A fund") == "Your ballot is already in. It counts once."
    assert vote(ann, poll, "nonsense") == "Your ballot is already in. It counts once."
    poll.refresh_from_db()
    assert poll.turnout == 1
    assert votes(closed(poll)) == {"Hearings": 1, "A fund": 0, "A report": 0}


def test_a_retry_with_the_same_act_counts_once_and_leaves_no_receipt() -> None:
    event = make.event()
    poll, ann = opened(event), make.seat(event)
    before = Receipt.objects.count()
    choice = option(poll, "Hearings")
    for _attempt in range(3):
        make.act(ann, "ballots.cast", "act-of-ann-1", poll=poll.handle, choice=choice)
    assert Receipt.objects.count() == before
    assert BallotBox.objects.get().contents == [["", choice, 1]]


def test_an_abstention_is_a_ballot_in_every_kind_of_poll() -> None:
    event = make.event()
    ann = make.seat(event)
    for kind in ("one", "several", "scale", "ranking"):
        poll = opened(event, kind)
        vote(ann, poll, "abstain")
        figures = closed(poll).result
        assert figures is not None
        assert (figures["figures"]["ballots"], figures["figures"]["abstained"]) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "fields", "choice", "said"),
    [
        ("one", {}, [], "Nothing is chosen yet"),
        ("one", {}, ["Hearings", "A fund"], "Choose only 1"),
        ("one", {}, ["Hearings", "abstain"], "abstained and chose"),
        ("one", {}, ["zzz"], "not on this ballot"),
        ("several", {"least": "2"}, ["A fund"], "Choose at least 2"),
        ("several", {"most": "2"}, OPTIONS, "Choose at most 2"),
        ("scale", {}, ["6"], "not on this ballot"),
        ("ranking", {}, ["Hearings"], "not on this ballot"),
    ],
)
def test_a_wrong_ballot_is_refused_in_words_and_the_seat_may_vote_again(
    kind: str, fields: dict[str, object], choice: list[str], said: str
) -> None:
    event = make.event()
    poll, ann = opened(event, kind, **fields), make.seat(event)
    with pytest.raises(Refused, match=said):
        vote(ann, poll, *choice)
    assert not Participation.objects.exists()
    poll.refresh_from_db()
    assert poll.turnout == 0


def test_two_options_of_one_rank_are_refused_in_words() -> None:
    event = make.event()
    poll = opened(event, "ranking")
    with pytest.raises(Refused, match="both 1"):
        vote(make.seat(event), poll, f"{option(poll, 'Hearings')}:1", f"{option(poll, 'A fund')}:1")


def test_voting_in_a_poll_that_just_closed_is_refused_in_words() -> None:
    event = make.event()
    poll = closed(opened(event))
    with pytest.raises(Refused, match="This poll is closed"):
        vote(make.seat(event), poll, "Hearings")


def test_a_named_ballot_may_be_changed_and_counts_once() -> None:
    event = make.event()
    poll, ann = opened(event, secret=""), make.seat(event, name="Ann")
    assert vote(ann, poll, "Hearings") == "Your ballot is in: Hearings."
    assert vote(ann, poll, "A fund") == "Your ballot is changed: A fund."
    poll.refresh_from_db()
    assert poll.turnout == 1
    assert votes(closed(poll)) == {"Hearings": 0, "A fund": 1, "A report": 0}
    assert who_chose(poll) == [("A fund", ["Ann"], 0)]


def test_no_act_of_a_voter_is_noted_in_the_journal() -> None:
    event = make.event()
    poll = opened(event)
    before = Entry.objects.count()
    for seat in people(event, 3):
        vote(seat, poll, "Hearings")
    assert Entry.objects.count() == before
    closed(poll)
    assert broken_at(make.room(event)) is None


# Closing


def test_after_the_closing_of_a_secret_poll_only_the_result_is_left() -> None:
    event = make.event()
    poll = opened(event)
    for seat in people(event, 3):
        vote(seat, poll, "Hearings")
    closed(poll)
    assert not Participation.objects.exists()
    assert not BallotBox.objects.exists()
    assert not NamedBallot.objects.exists()
    assert (poll.turnout, poll.eligible, votes(poll)["Hearings"]) == (3, 3, 3)


def test_closing_twice_is_closing_once() -> None:
    event = make.event()
    poll = closed(opened(event))
    first = poll.closed_at
    assert closed(poll).closed_at == first


def test_a_closed_poll_stays_and_is_not_opened_again() -> None:
    event = make.event()
    poll = closed(opened(event))
    for command in ("ballots.discard", "ballots.open"):
        with pytest.raises(Refused):
            make.act(moderator(event), command, poll=poll.handle)


def test_an_open_poll_can_be_discarded_and_its_ballots_go_uncounted() -> None:
    event = make.event()
    poll = opened(event)
    vote(make.seat(event), poll, "Hearings")
    answer = make.act(moderator(event), "ballots.discard", poll=poll.handle)
    assert "undo" not in answer.data
    assert not any(table.objects.exists() for table in (Poll, BallotBox, Participation))


def test_an_erased_seat_keeps_its_ballot_and_loses_its_name() -> None:
    event = make.event()
    poll, ann, ben = opened(event, secret=""), make.seat(event, name="Ann"), make.seat(event, name="Ben")
    vote(ann, poll, "Hearings")
    vote(ben, poll, "Hearings")
    make.act(ann, "seats.erase")
    closed(poll)
    assert who_chose(poll) == [("Hearings", ["Ben"], 1)]
    assert poll.eligible == 2
    make.act(ben, "seats.erase")
    assert who_chose(poll) == [("Hearings", [], 2)]


def test_who_voted_before_leaving_still_counts_among_those_who_could() -> None:
    event = make.event()
    poll = opened(event)
    ann, _ben = people(event, 2)
    vote(ann, poll, "Hearings")
    make.act(ann, "seats.erase")
    assert closed(poll).eligible == 2


# Several at once


def together(*acts: Callable[[], object]) -> list[object]:
    """Do these at the same moment, a thread each; gives what each returned or was refused with."""
    gate = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            found[place] = act()
        except Refused as refused:
            found[place] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    return found


@pytest.mark.django_db(transaction=True)
def test_a_double_tap_and_a_second_device_at_the_same_moment_count_once() -> None:
    event = make.event()
    poll, ann = opened(event), make.seat(event)
    answers = together(*[lambda: vote(ann, poll, "Hearings") for _tap in range(4)])
    assert sorted(map(str, answers)) == [
        "Your ballot is already in. It counts once.",
        "Your ballot is already in. It counts once.",
        "Your ballot is already in. It counts once.",
        "Your ballot is in. Once the poll has closed, nothing that is kept says how you voted.",
    ]
    poll.refresh_from_db()
    assert (poll.turnout, Participation.objects.count()) == (1, 1)
    assert votes(closed(poll))["Hearings"] == 1


@pytest.mark.django_db(transaction=True)
def test_every_ballot_that_was_acknowledged_while_the_poll_closed_is_counted() -> None:
    event = make.event()
    seats = people(event, 6)
    poll, boss = opened(event), moderator(event)
    answers = together(
        *[lambda seat=seat: vote(seat, poll, "Hearings") for seat in seats],
        lambda: make.act(boss, "ballots.close", poll=poll.handle, sure="on"),
    )
    poll.refresh_from_db()
    taken = sum("Your ballot is in" in str(answer) for answer in answers)
    assert poll.state == State.CLOSED
    assert votes(poll)["Hearings"] == poll.turnout == taken


@pytest.mark.django_db(transaction=True)
def test_two_moderators_who_open_at_the_same_moment_open_one_poll() -> None:
    event = make.event()
    people(event, event.k)
    boss, first, second = moderator(event), prepared(event), prepared(event)
    together(*[lambda poll=poll: make.act(boss, "ballots.open", poll=poll.handle) for poll in (first, second)])
    assert Poll.objects.filter(state=State.OPEN).count() == 1
