from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberate.clock import now
from deliberate.door.models import Receipt
from deliberate.errors import Refused
from rooms.events.models import AgendaItem
from rooms.floor.models import State, Turn
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.transcript import queries
from rooms.transcript.models import Interim, Revision, Segment
from rooms.transcript.pieces import pieces
from tests import make
from tests.races import at_once, refusals
from tests.rooms.transcript.rows import said, speaks

pytestmark = pytest.mark.django_db
LONG = "We drove two days to a village that had been promised a well by four different offices. " * 8


@pytest.fixture
def event() -> Any:
    return make.event()


class TestInterim:
    def test_what_is_typed_shows_at_once_and_is_not_kept(self, captioner: Any) -> None:
        make.act(captioner, "transcript.interim", text="What trust  costs")
        assert queries.live(make.room(captioner.event)).interim == ["What trust costs"]
        assert not Segment.objects.exists()

    def test_it_remembers_when_and_in_whose_turn_it_began(self, event: Any, captioner: Any) -> None:
        first = speaks(make.seat(event))
        make.act(captioner, "transcript.interim", text="What trust")
        since = Interim.objects.get().since
        speaks(make.seat(event))
        make.act(captioner, "transcript.interim", text="What trust costs")
        assert (Interim.objects.get().turn, Interim.objects.get().since) == (first, since)

    def test_another_text_begins_anew(self, event: Any, captioner: Any) -> None:
        speaks(make.seat(event))
        make.act(captioner, "transcript.interim", text="What trust costs")
        second = speaks(make.seat(event))
        make.act(captioner, "transcript.interim", text="Thank you, chair")
        assert Interim.objects.get().turn == second

    def test_an_empty_text_takes_it_away(self, captioner: Any) -> None:
        make.act(captioner, "transcript.interim", text="What")
        make.act(captioner, "transcript.interim", text="")
        assert (Interim.objects.get().text, Interim.objects.get().since) == ("", None)

    def test_it_leaves_no_receipt_and_no_entry(self, captioner: Any) -> None:
        make.act(captioner, "transcript.interim", "act-123456", text="What trust")
        assert not Receipt.objects.exists()
        assert not Entry.objects.exists()


class TestSettle:
    def test_words_attach_to_the_turn_and_the_item(self, event: Any, captioner: Any) -> None:
        make.act(make.seat(event, "moderator"), "events.move_on")
        turn = speaks(make.seat(event))
        segment = said(captioner, "The first visit is always free.")
        assert (segment.turn, segment.item) == (turn, AgendaItem.objects.get(state="current"))

    def test_with_nobody_on_the_floor_there_is_no_turn(self, captioner: Any) -> None:
        assert said(captioner, "Good morning, everybody.").turn is None

    def test_a_segment_starts_when_its_interim_began(self, captioner: Any) -> None:
        make.act(captioner, "transcript.interim", text="The first")
        began = now() - timedelta(seconds=20)
        Interim.objects.update(since=began)
        segment = said(captioner, "The first visit is free.")
        assert segment.started_at == began
        assert timedelta(seconds=19) < segment.ended_at - began < timedelta(seconds=25)

    def test_words_stay_with_the_turn_in_which_they_began(self, event: Any, captioner: Any) -> None:
        moderator = make.seat(event, "moderator")
        make.act(moderator, "events.move_on")
        first = speaks(make.seat(event))
        make.act(captioner, "transcript.interim", text="And so I ask")
        speaks(make.seat(event))
        make.act(moderator, "events.move_on")
        segment = said(captioner, "And so I ask you all.")
        assert segment.turn == first
        assert segment.item == AgendaItem.objects.get(state="done")

    def test_settling_takes_the_interim_away(self, event: Any, captioner: Any) -> None:
        make.act(captioner, "transcript.interim", text="The first visit")
        said(captioner, "The first visit is free.")
        assert queries.live(make.room(event)).interim == []

    def test_another_captioners_interim_stays(self, event: Any, captioner: Any) -> None:
        make.act(captioner, "transcript.interim", text="What I am typing")
        said(make.seat(event, "captioner"), "Something else altogether.")
        assert queries.live(make.room(event)).interim == ["What I am typing"]

    def test_without_an_interim_the_start_is_estimated_but_never_before_the_last_words(self, captioner: Any) -> None:
        one = said(captioner, "Ten words that somebody has just said in this room.")
        two = said(captioner, "And ten more words that follow right after the first.")
        assert one.ended_at - one.started_at >= timedelta(seconds=3)
        assert two.started_at == one.ended_at
        assert two.ended_at > two.started_at

    def test_a_long_text_becomes_segments_in_order_and_loses_nothing(self, event: Any, captioner: Any) -> None:
        handles = make.act(captioner, "transcript.settle", text=LONG).data["segments"]
        stored = list(Segment.objects.all())
        assert [segment.handle for segment in stored] == handles
        assert [segment.number for segment in stored] == list(range(1, len(stored) + 1))
        assert " ".join(segment.text for segment in stored) == LONG.strip()
        assert queries.word_count(make.room(event)) == len(LONG.split())
        assert all(one.ended_at == two.started_at for one, two in pairwise(stored))

    def test_the_same_act_twice_is_kept_once(self, captioner: Any) -> None:
        answers = [make.act(captioner, "transcript.settle", "act-123456", text="Once.") for _ in range(2)]
        assert Segment.objects.count() == 1
        assert answers[0].data == answers[1].data

    def test_it_costs_the_same_whatever_was_said_before(self, event: Any, captioner: Any) -> None:
        speaks(make.seat(event))
        costs = []
        for _again in range(3):
            with CaptureQueriesContext(connection) as asked:
                make.act(captioner, "transcript.settle", "", text="And more of it.")
            costs.append(len(asked))
            make.act(captioner, "transcript.settle", text=LONG * 5)
        assert costs[1] == costs[2] <= 22

    def test_nothing_but_blanks_is_refused(self, captioner: Any) -> None:
        for text in ("", "  \n ", "\u202e"):
            with pytest.raises(Refused):
                make.act(captioner, "transcript.settle", text=text)

    def test_the_journal_names_the_segment_and_none_of_its_words(self, event: Any, captioner: Any) -> None:
        segment = said(captioner, "The first visit is free.")
        entry = Entry.objects.get(verb="settled")
        assert entry.subject == f"segment:{segment.handle}"
        assert broken_at(make.room(event)) is None

    def test_words_stay_under_the_rule_they_were_said_under(self, event: Any, captioner: Any) -> None:
        turn = speaks(make.seat(event, name="Asha"))
        said(captioner, "I say this in confidence.")
        event.attribution = "name"
        event.save()
        turn.refresh_from_db()
        assert queries.attribution_of(turn, event) == ""


class TestCorrect:
    def test_the_earlier_text_is_kept(self, captioner: Any) -> None:
        segment = said(captioner, "The first visit is flee.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text="The first visit is free.", revision=0)
        segment.refresh_from_db()
        assert (segment.text, segment.revision) == ("The first visit is free.", 1)
        assert Revision.objects.get().text == "The first visit is flee."
        assert queries.text_at(segment, 0) == "The first visit is flee."
        assert queries.text_at(segment, 1) == "The first visit is free."

    def test_a_correction_is_found_by_search_and_the_old_text_no_longer(self, event: Any, captioner: Any) -> None:
        segment = said(captioner, "The first visit is flee.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text="The first visit is free.", revision=0)
        room = make.room(event)
        assert queries.older(room, None, "free").paragraphs
        assert not queries.older(room, None, "flee").paragraphs

    def test_two_captioners_never_overwrite_each_other_in_silence(self, event: Any, captioner: Any) -> None:
        segment = said(captioner, "The first visit is flee.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text="The first visit is free.", revision=0)
        other = make.seat(event, "captioner")
        with pytest.raises(Refused, match="The first visit is free") as refusal:
            make.act(other, "transcript.correct", segment=segment.handle, text="The first visit flees.", revision=0)
        assert refusal.value.code == "changed"

    def test_the_same_text_is_no_correction(self, captioner: Any) -> None:
        segment = said(captioner, "Free.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text=" Free. ", revision=0)
        assert not Revision.objects.exists()

    def test_words_of_another_room_can_not_be_corrected(self, captioner: Any) -> None:
        elsewhere = said(make.seat(make.event(), "captioner"), "Elsewhere.")
        with pytest.raises(Refused):
            make.act(captioner, "transcript.correct", segment=elsewhere.handle, text="Here.", revision=0)


class TestLoad:
    def test_a_webvtt_file_keeps_words_order_and_distances(self, captioner: Any) -> None:
        file = "WEBVTT\n\n00:05.000 --> 00:06.500\n<v Ada>One.\n\n00:10.000 --> 00:11.000\n<v Ben>Two.\n"
        make.act(captioner, "transcript.load", text=file)
        one, two = Segment.objects.all()
        assert (one.text, two.text) == ("One.", "Two.")
        assert one.ended_at - one.started_at == timedelta(seconds=1.5)
        assert two.started_at - one.started_at == timedelta(seconds=5)
        assert now() - two.ended_at < timedelta(seconds=10)

    def test_it_comes_behind_what_is_there(self, captioner: Any) -> None:
        before = said(captioner, "Live.")
        make.act(captioner, "transcript.load", text="WEBVTT\n\n00:00.000 --> 01:00.000\nLater.\n")
        assert list(Segment.objects.values_list("text", flat=True)) == ["Live.", "Later."]
        assert Segment.objects.get(text="Later.").started_at >= before.ended_at

    def test_each_run_of_a_speaker_is_a_turn_that_never_was_on_this_floor(self, captioner: Any) -> None:
        make.act(captioner, "transcript.load", text="Ada: One.\n\nAda: Two.\n\nBen: Three.\n\nAda: Four.")
        turns = [segment.turn for segment in Segment.objects.all()]
        assert turns[0] == turns[1] != turns[2] != turns[3]
        assert {(turn.state, turn.started_at) for turn in turns if turn} == {(State.DONE, None)}

    def test_names_are_kept_only_where_the_event_shows_names_and_the_answer_says_so(self) -> None:
        for rule, name, says in (("name", "Ada", False), ("role", "", True), ("nobody", "", True)):
            captioner = make.seat(make.event(attribution=rule), "captioner")
            answer = make.act(captioner, "transcript.load", text="Ada: One.\n\nApplause.\n\nAda: Two.")
            assert {turn.name for turn in Turn.objects.filter(room=make.room(captioner.event))} == {name}
            assert ("left out" in str(answer.say)) is says

    @pytest.mark.parametrize("rule", ["name", "role", "nobody"])
    @pytest.mark.parametrize(
        "text", ["We want three things: water, land and peace.", "First: water.\n\nAnd the second thing: land."]
    )
    def test_a_sentence_with_a_colon_is_kept_whole(self, rule: str, text: str) -> None:
        captioner = make.seat(make.event(attribution=rule), "captioner")
        make.act(captioner, "transcript.load", text=text)
        assert list(Segment.objects.values_list("text", flat=True)) == text.split("\n\n")
        assert not Turn.objects.exists()

    def test_a_broken_file_stores_nothing_and_names_the_line(self, captioner: Any) -> None:
        with pytest.raises(Refused, match="line 6"):
            make.act(
                captioner, "transcript.load", text="WEBVTT\n\n00:01.000 --> 00:02.000\nOne.\n\n00:0x --> 1\nTwo.\n"
            )
        assert not Segment.objects.exists()


class TestLower:
    def test_a_speaker_shows_less_later_and_it_holds(self) -> None:
        event = make.event(attribution="name")
        ann, captioner = make.seat(event, name="Ann"), make.seat(event, "captioner")
        turn = speaks(ann)
        said(captioner, "I was there.")
        make.act(ann, "transcript.lower", turn=turn.words, level="nobody")
        assert [paragraph.attribution for paragraph in queries.paragraphs(make.room(event))] == [""]

    def test_nobody_raises_it_again(self) -> None:
        event = make.event(attribution="name")
        ann, moderator = make.seat(event), make.seat(event, "moderator")
        turn = speaks(ann)
        make.act(ann, "transcript.lower", turn=turn.words, level="role")
        for by, name in ((ann, "transcript.lower"), (moderator, "transcript.attribute")):
            with pytest.raises(Refused, match="never more"):
                make.act(by, name, turn=turn.words, level="name")
        turn.refresh_from_db()
        assert turn.attribution == "role"

    def test_only_ones_own_turn(self) -> None:
        event = make.event(attribution="name")
        turn = speaks(make.seat(event))
        with pytest.raises(Refused):
            make.act(make.seat(event), "transcript.lower", turn=turn.words, level="nobody")

    def test_a_moderator_lowers_for_somebody_without_a_phone(self) -> None:
        event = make.event(attribution="name")
        turn = Turn.objects.create(room=make.room(event), name="Ada", asked_at=now(), state=State.SPEAKING)
        make.act(make.seat(event, "moderator"), "transcript.attribute", turn=turn.words, level="nobody")
        turn.refresh_from_db()
        assert turn.attribution == "nobody"


def test_the_words_of_an_erased_seat_are_said_by_nobody() -> None:
    event = make.event(attribution="role")
    ann, captioner = make.seat(event), make.seat(event, "captioner")
    speaks(ann)
    said(captioner, "I was there.")
    assert [paragraph.attribution for paragraph in queries.paragraphs(make.room(event))] == ["Participant"]
    make.act(ann, "seats.erase")
    assert [paragraph.attribution for paragraph in queries.paragraphs(make.room(event))] == [""]
    assert [paragraph.text for paragraph in queries.paragraphs(make.room(event))] == ["I was there."]


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_two_captioners_settling_lose_nothing_and_share_no_number(self) -> None:
        event = make.event()
        seats = [make.seat(event, "captioner") for _ in range(2)]
        texts = [f"{name} says sentence {number}." for name in "AB" for number in range(10)]

        def settle(index: int) -> None:
            for text in texts[index * 10 : index * 10 + 10]:
                make.act(seats[index], "transcript.settle", text=text)

        assert refusals(at_once(lambda: settle(0), lambda: settle(1))) == []
        stored = list(Segment.objects.all())
        assert sorted(segment.text for segment in stored) == sorted(texts)
        assert [segment.number for segment in stored] == list(range(1, 21))

    def test_one_of_two_corrections_of_the_same_words_is_refused(self) -> None:
        event = make.event()
        seats = [make.seat(event, "captioner") for _ in range(2)]
        segment = said(seats[0], "The first visit is flee.")

        def correct(index: int) -> None:
            make.act(seats[index], "transcript.correct", segment=segment.handle, text=f"Text {index}.", revision=0)

        assert len(refusals(at_once(lambda: correct(0), lambda: correct(1)))) == 1
        assert (Revision.objects.count(), Segment.objects.get().revision) == (1, 1)

    def test_the_same_settle_over_two_lines_at_once_is_kept_once(self) -> None:
        captioner = make.seat(make.event(), "captioner")

        def settle() -> None:
            make.act(captioner, "transcript.settle", "act-123456", text=LONG)

        assert refusals(at_once(settle, settle)) == []
        assert Segment.objects.count() == len(pieces(LONG))
