"""What a whole room does at once: each act once, each heard in their own words, and none to blame for another."""

from __future__ import annotations

import threading

import pytest
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from deliberate.door.entrance import Place
from deliberate.door.models import Receipt
from deliberate.door.registry import Answer
from deliberate.door.together import Asking, Result, do_together
from deliberate.errors import Refused
from deliberate.shell import metrics
from polls.ballots.models import BallotBox, NamedBallot, Participation, Poll
from polls.ideas.models import Idea, Upvote
from polls.opinions.models import Stance
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.ballots.make import opened, option, people

IN, ALREADY = (
    "Your ballot is in. Once the poll has closed, nothing that is kept says how you voted.",
    "Your ballot is already in. It counts once.",
)


@pytest.fixture
def event() -> Event:
    return make.event()


def place(seat: Seat) -> Place:
    room = make.room(seat.event)
    stored = Seat.objects.select_related("event", "group").get(pk=seat.pk)
    return Place(stored, room, room.event, f"cookie of {seat.handle}")


def ballot(seat: Seat, poll: Poll, text: str, act: str = "") -> Asking:
    chosen = option(poll, text) if poll.options.filter(text=text) else text
    return Asking(place(seat), "ballots.cast", {"poll": poll.handle, "choice": chosen}, act)


def of_idea(seat: Seat, name: str, idea: Idea, act: str = "", **more: object) -> Asking:
    return Asking(place(seat), name, {"idea": idea.handle, **more}, act)


def posted(event: Event, text: str = "Dig wells") -> Idea:
    return Idea.objects.get(handle=make.act(make.seat(event), "ideas.post", text=text).data["idea"])


def said(results: list[Result]) -> list[str]:
    return [str(each.say) if isinstance(each, Answer) else str(each) for each in results]


def at_the_same_moment(batches: list[list[Asking]]) -> list[Result]:
    """What came of these batches, each in a thread of its own, as in processes of their own."""
    told: list[Result] = []
    gate = threading.Barrier(len(batches))

    def run(batch: list[Asking]) -> None:
        gate.wait()
        try:
            told.extend(do_together(batch))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(batch,)) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    return told


def in_box(poll: Poll) -> int:
    return sum(count for _group, _choice, count in BallotBox.objects.get(poll=poll).contents)


@pytest.mark.django_db
def test_a_seat_that_comes_twice_in_one_batch_votes_once(event: Event) -> None:
    poll, (ann, ben) = opened(event), people(event, 2)
    asked = [ballot(ann, poll, "Hearings"), ballot(ben, poll, "A fund"), ballot(ann, poll, "A fund")]
    assert said(do_together(asked)) == [IN, IN, ALREADY]
    assert said(do_together(asked)) == [ALREADY] * 3
    poll.refresh_from_db()
    assert (poll.turnout, Participation.objects.count(), in_box(poll)) == (2, 2, 2)


@pytest.mark.django_db
def test_a_choice_that_is_none_is_refused_and_the_same_seat_s_next_one_counts(event: Event) -> None:
    poll, ann = opened(event), make.seat(event)
    wrong, right, again = do_together(
        [ballot(ann, poll, "nonsense"), ballot(ann, poll, "Hearings"), ballot(ann, poll, "x")]
    )
    assert isinstance(wrong, Refused)
    assert wrong.code == "choice"
    assert said([right, again]) == [IN, ALREADY]
    assert in_box(poll) == 1


@pytest.mark.django_db
def test_of_one_seat_s_ballots_with_a_name_the_last_one_stays(event: Event) -> None:
    poll, (ann, ben) = opened(event, secret=""), people(event, 2)
    first = [ballot(ann, poll, "Hearings"), ballot(ben, poll, "Hearings"), ballot(ann, poll, "A fund")]
    assert said(do_together(first)) == [
        "Your ballot is in: Hearings.", "Your ballot is in: Hearings.", "Your ballot is changed: A fund.",
    ]  # fmt: skip
    assert said(do_together([ballot(ben, poll, "A report")])) == ["Your ballot is changed: A report."]
    kept = dict(NamedBallot.objects.values_list("seat_id", "choice"))
    assert kept == {ann.pk: option(poll, "A fund"), ben.pk: option(poll, "A report")}
    poll.refresh_from_db()
    assert poll.turnout == Participation.objects.count() == 2


@pytest.mark.django_db
def test_a_seat_that_ended_since_it_was_read_does_nothing_and_the_others_do(event: Event) -> None:
    poll, (ann, ben, cem) = opened(event), people(event, 3)
    asked = [ballot(each, poll, "Hearings") for each in (ann, ben, cem)]
    make.act(ann, "seats.erase")
    Seat.objects.filter(pk=cem.pk).update(epoch=7)
    gone, here, thrown_out = do_together(asked)
    assert said([here]) == [IN]
    for each in (gone, thrown_out):
        assert isinstance(each, Refused)
        assert each.code == "seat"
    assert list(Participation.objects.values_list("seat_id", flat=True)) == [ben.pk]


@pytest.mark.django_db
def test_a_ballot_counts_for_the_group_that_the_seat_has_now(event: Event) -> None:
    poll, ann = opened(event), make.seat(event, group="Youth")
    asked = ballot(ann, poll, "Hearings")
    now = event.groups.get(name="Diplomats")
    Seat.objects.filter(pk=ann.pk).update(group=now)
    do_together([asked, ballot(make.seat(event), poll, "A fund")])
    assert {row[0] for row in BallotBox.objects.get(poll=poll).contents} == {now.handle, ""}


@pytest.mark.django_db
def test_everybody_hears_in_their_own_language_why_not(event: Event) -> None:
    seats = people(event, 4)
    Seat.objects.filter(pk__in=[seats[1].pk, seats[3].pk]).update(language="fr")
    asked = [Asking(place(seat), "ideas.upvote", {}, "") for seat in seats]
    english, french = "This field is required.", "Ce champ est obligatoire."
    assert said(do_together(asked)) == [english, french, english, french]


@pytest.mark.django_db
def test_acts_of_several_kinds_and_polls_are_each_done_and_answered_in_their_place(event: Event) -> None:
    poll, idea, seats = opened(event), posted(event), people(event, 4)
    results = do_together([
        of_idea(seats[0], "ideas.upvote", idea),
        ballot(seats[1], poll, "Hearings"),
        of_idea(seats[2], "opinions.say", idea, value="agree"),
        Asking(place(seats[3]), "ballots.cast", {"poll": "another", "choice": "x"}, ""),
        Asking(place(seats[3]), "ballots.nothing", {}, ""),
        of_idea(seats[3], "ideas.upvote", idea),
        of_idea(seats[0], "ideas.unvote", idea),
    ])  # fmt: skip
    codes = [each.code if isinstance(each, Refused) else "" for each in results]
    assert codes == ["", "", "", "gone", "unknown", "", ""]
    assert list(Upvote.objects.values_list("pseudonym_id", flat=True)) == [make.pseudonym(seats[3])]
    assert list(Stance.objects.values_list("pseudonym_id", "value")) == [(make.pseudonym(seats[2]), 1)]
    assert in_box(poll) == 1


@pytest.mark.django_db
def test_who_takes_back_takes_it_from_what_was_merged_into_the_idea_too(event: Event) -> None:
    wells, water, (ann, ben) = posted(event), posted(event, "Water for all"), people(event, 2)
    do_together([of_idea(seat, "ideas.upvote", idea) for seat in (ann, ben) for idea in (wells, water)])
    do_together([of_idea(seat, "opinions.say", idea, value="agree") for seat in (ann, ben) for idea in (wells, water)])
    make.act(make.seat(event, "moderator"), "ideas.merge", idea=water.handle, into=wells.handle)
    do_together([of_idea(ann, "ideas.unvote", wells)])
    do_together([of_idea(ann, "opinions.say", water, value="nothing")])
    assert set(Upvote.objects.values_list("pseudonym_id", flat=True)) == {make.pseudonym(ben)}
    assert list(Stance.objects.values_list("pseudonym_id", flat=True)) == [make.pseudonym(ben)] * 2


@pytest.mark.django_db
def test_a_remembered_act_is_done_once_within_a_batch_and_after_it(event: Event) -> None:
    idea, (ann, ben) = posted(event), people(event, 2)
    Receipt.objects.all().delete()
    asked = [
        of_idea(seat, "ideas.upvote", idea, act)
        for seat, act in [(ann, "act-one-a"), (ann, "act-one-a"), (ben, "act-two-b")]
    ]
    assert all(isinstance(each, Answer) for each in do_together(asked))
    assert (Upvote.objects.count(), Receipt.objects.count()) == (2, 2)
    Upvote.objects.all().delete()
    assert all(isinstance(each, Answer) for each in do_together(asked))
    assert (Upvote.objects.count(), Receipt.objects.count()) == (0, 2)


@pytest.mark.django_db
def test_whose_seat_has_ended_is_not_told_again_what_it_was_told(event: Event) -> None:
    idea, (ann, ben) = posted(event), people(event, 2)
    asked = [of_idea(seat, "ideas.upvote", idea, f"an-act-of-{seat.pk}") for seat in (ann, ben)]
    do_together(asked)
    Seat.objects.filter(pk=ann.pk).update(ended=True)
    told = do_together(asked)
    assert isinstance(told[0], Refused)
    assert told[0].code == "seat"
    assert isinstance(told[1], Answer)


@pytest.mark.django_db
@pytest.mark.parametrize("at_once", [True, False])
def test_an_old_frame_that_comes_after_a_newer_word_is_answered_and_changes_nothing(
    event: Event, at_once: bool
) -> None:
    idea, ann = posted(event), make.seat(event)
    words = [
        of_idea(ann, "ideas.upvote", idea, "given-first"),
        of_idea(ann, "opinions.say", idea, "agreed-first", value="agree"),
        of_idea(ann, "ideas.unvote", idea, "then-taken-back"),
        of_idea(ann, "opinions.say", idea, "then-not-so", value="disagree"),
    ]
    frames = [*words, words[0], words[1], words[0]]
    told = do_together(frames) if at_once else [each for frame in frames for each in do_together([frame])]
    assert said(told) == [""] * 7
    assert all(isinstance(each, Answer) for each in told)
    assert not Upvote.objects.exists()
    assert [stance.value for stance in Stance.objects.all()] == [-1]
    # What turned since must be looked up by the door: the old frame does not say what holds.
    assert [each.on for each in told if isinstance(each, Answer)][4:] == [()] * 3


@pytest.mark.django_db
def test_of_an_upvote_and_a_stance_nothing_is_kept_but_that_something_was_done_in_the_event(event: Event) -> None:
    idea, ann = posted(event), make.seat(event)
    Receipt.objects.all().delete()
    do_together([
        of_idea(ann, "ideas.upvote", idea, "an-act-of-ann-1"),
        of_idea(ann, "opinions.say", idea, "an-act-of-ann-2", value="agree"),
    ])  # fmt: skip
    for kept in Receipt.objects.values("key", "answer", "scope"):
        assert kept == {"key": kept["key"], "answer": {"say": "", "data": {}}, "scope": event.handle}


@pytest.mark.django_db
def test_a_ballot_with_a_name_that_comes_again_after_it_was_changed_changes_nothing(event: Event) -> None:
    poll, ann = opened(event, secret=""), make.seat(event)
    first, second = ballot(ann, poll, "Hearings", "hearings-first"), ballot(ann, poll, "A fund", "a-fund-then")
    before = Receipt.objects.count()
    assert said(do_together([first, second, first])) == [
        "Your ballot is in: Hearings.", "Your ballot is changed: A fund.", ALREADY,
    ]  # fmt: skip
    assert said(do_together([first])) == said(do_together([second])) == [ALREADY]
    assert NamedBallot.objects.get().choice == option(poll, "A fund")
    assert Receipt.objects.count() == before + 2
    # Chosen anew, it is another act.
    assert said(do_together([ballot(ann, poll, "Hearings", "hearings-again")])) == ["Your ballot is changed: Hearings."]
    make.act(make.seat(event, "moderator"), "ballots.discard", poll=poll.handle)
    assert "Hearings" not in str(list(Receipt.objects.values_list("answer", flat=True)))


@pytest.mark.django_db
def test_a_secret_ballot_leaves_no_receipt_alone_or_among_others_whatever_comes_of_it(event: Event) -> None:
    poll, idea, (ann, ben) = opened(event), posted(event), people(event, 2)
    Receipt.objects.all().delete()
    cast = [
        ballot(ann, poll, "nonsense", "nonsense-first"),
        ballot(ann, poll, "Hearings", "hearings-then"),
        ballot(ann, poll, "Hearings", "hearings-then"),
        ballot(ben, poll, "A fund", "a-fund-by-ben"),
    ]
    do_together([*cast, of_idea(ben, "ideas.upvote", idea, "an-upvote-too")])
    for each in cast:
        do_together([each])
    make.act(ann, "ballots.cast", act_id="once-more-alone", poll=poll.handle, choice=option(poll, "A fund"))
    assert in_box(poll) == 2
    assert Receipt.objects.count() == 1  # the upvote's


@pytest.mark.django_db
def test_the_counters_tell_how_each_act_went(event: Event) -> None:
    def counted() -> dict[str, float]:
        return {way: metrics.acts.labels("ballots.cast", way)._value.get() for way in ("done", "refused", "failed")}

    poll, seats = opened(event), people(event, 5)
    before = counted()
    do_together([ballot(seat, poll, "Hearings" if seat != seats[0] else "nonsense") for seat in seats])
    assert {way: number - before[way] for way, number in counted().items()} == {"done": 4, "refused": 1, "failed": 0}


@pytest.mark.django_db
def test_a_batch_of_many_asks_the_database_no_more_than_a_batch_of_one(event: Event) -> None:
    poll, seats, made = opened(event), people(event, 21), []
    for some in (seats[:1], seats[1:]):
        asked = [ballot(seat, poll, "Hearings") for seat in some]
        with CaptureQueriesContext(connection) as queries:
            do_together(asked)
        made.append([each["sql"].split()[0] for each in queries if "SAVEPOINT" not in each["sql"]])
    assert len(made[0]) == len(made[1]) == 8
    assert in_box(poll) == 21


@pytest.mark.django_db(transaction=True)
def test_the_same_acts_in_other_orders_at_the_same_moment_are_each_done_once(event: Event) -> None:
    idea, seats = posted(event), people(event, 12)
    do_together([of_idea(seat, "ideas.upvote", idea, f"upvote-{seat.pk}-1") for seat in seats])
    news = [of_idea(seat, "ideas.unvote", idea, f"unvote-{seat.pk}-1") for seat in seats]
    news += [of_idea(seat, "opinions.say", idea, f"stance-{seat.pk}-1", value="agree") for seat in seats]
    olds = [of_idea(seat, "ideas.upvote", idea, f"upvote-{seat.pk}-1") for seat in seats]
    told = at_the_same_moment([news + olds, olds[::-1] + news[::-1], news[6:] + olds[:6] + news[:6], news])
    assert all(isinstance(each, Answer) for each in told)
    assert not Upvote.objects.exists()
    assert Stance.objects.count() == 12
    assert Receipt.objects.count() == 36


@pytest.mark.django_db(transaction=True)
def test_batches_of_the_same_seats_at_the_same_moment_count_each_once(event: Event) -> None:
    poll, seats = opened(event), people(event, 12)
    asked = [ballot(seat, poll, "Hearings") for seat in seats]
    told = said(at_the_same_moment([asked, asked[::-1], asked[6:] + asked[:6]]))
    assert sorted(told) == sorted([IN] * 12 + [ALREADY] * 24)
    poll.refresh_from_db()
    assert poll.turnout == Participation.objects.count() == in_box(poll) == 12


@pytest.mark.django_db
def test_what_one_seat_asks_is_done_in_its_order_however_often_it_turns(event: Event) -> None:
    idea, [seat, other] = posted(event), people(event, 2)
    turning = ["ideas.upvote", "ideas.unvote", "ideas.upvote", "ideas.unvote", "ideas.upvote"]
    do_together([of_idea(seat, name, idea) for name in turning] + [of_idea(other, name, idea) for name in turning[:4]])
    assert list(Upvote.objects.values_list("pseudonym_id", flat=True)) == [make.pseudonym(seat)]
