"""The speaker's say over their own words: approving them, and taking them back."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.errors import Refused
from rooms.floor.models import State, Turn
from rooms.journal.models import Entry
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from rooms.transcript import files, queries
from rooms.transcript.models import Segment
from rooms.transcript.own import seen_of
from rooms.transcript.struck import WITHDRAWN
from tests import make
from tests.rooms.transcript.rows import said, speaks
from tests.rooms.transcript.test_screens import page, painted, visible
from tests.rooms.transcript.test_striking import stored

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann(event: Any) -> Seat:
    return make.seat(event, name="Ann")


def spoke(who: Seat, captioner: Seat, *texts: str) -> tuple[Turn, list[Segment]]:
    """A turn that is over, with these words."""
    turn = speaks(who)
    found = [said(captioner, text) for text in texts]
    make.act(make.seat(who.event, "moderator"), "floor.end")
    turn.refresh_from_db()
    return turn, found


def without_a_phone(event: Any, captioner: Seat, text: str) -> tuple[Turn, Segment]:
    """Somebody whom a moderator put on the list spoke."""
    moderator = make.seat(event, "moderator")
    handle = make.act(moderator, "floor.add", name="Dan", group="", place="hall", kind="point").data["turn"]
    make.act(moderator, "floor.call_next", expected=handle)
    make.act(moderator, "floor.start")
    segment = said(captioner, text)
    make.act(moderator, "floor.end")
    return Turn.objects.get(handle=handle), segment


def approve(by: Seat, turn: Turn, seen: int | None = None) -> Any:
    known = seen_of(Segment.objects.filter(turn=turn)) if seen is None else seen
    return make.act(by, "transcript.approve", turn=turn.words, seen=known)


def take_back(by: Seat, turn: Turn, segment: Segment | None = None) -> str:
    fields = {"turn": turn.words, "segment": segment.handle if segment else "", "sure": "on"}
    return str(make.act(by, "transcript.take_back", **fields).say)


def mend(by: Seat, segment: Segment, text: str, revision: int) -> str:
    return str(make.act(by, "transcript.mend", segment=segment.handle, text=text, revision=revision).say)


class TestApproving:
    def test_words_are_approved_as_they_read(self, ann: Seat, captioner: Seat) -> None:
        turn, (_first, second) = spoke(ann, captioner, "I was there.", "So was Ben.")
        assert "I approve these words" in page(ann, "say/")
        approve(ann, turn)
        assert set(Segment.objects.values_list("approved", flat=True)) == {0}
        assert "These words are approved." in visible(page(ann, "say/"))
        make.act(captioner, "transcript.correct", segment=second.handle, text="So was Cem.", revision=0)
        assert "I approve these words" in page(ann, "say/"), "not what somebody else made of them"

    def test_words_that_changed_since_they_were_read_are_read_again(self, ann: Seat, captioner: Seat) -> None:
        turn, (segment,) = spoke(ann, captioner, "I was there.")
        seen = seen_of(Segment.objects.filter(turn=turn))
        make.act(captioner, "transcript.correct", segment=segment.handle, text="I was here.", revision=0)
        with pytest.raises(Refused, match="Read them again"):
            approve(ann, turn, seen)
        approve(ann, turn)

    def test_not_before_the_turn_is_over(self, ann: Seat, captioner: Seat) -> None:
        turn = speaks(ann)
        said(captioner, "I was there.")
        with pytest.raises(Refused, match="still speaking"):
            approve(ann, turn)
        assert "I approve these words" not in page(ann, "say/")

    def test_a_strike_does_not_take_the_approval_away(self, ann: Seat, captioner: Seat) -> None:
        turn, (segment,) = spoke(ann, captioner, "Asha was there.")
        approve(ann, turn)
        make.act(captioner, "transcript.strike", segment=segment.handle, words="Asha", sure="on")
        segment.refresh_from_db()
        assert segment.approved == segment.revision == 1


class TestTakingBack:
    def test_one_piece_is_gone_wherever_it_stood(self, ann: Seat, captioner: Seat) -> None:
        turn, (first, _second) = spoke(ann, captioner, "Quagga was their.", "And came back.")
        make.act(captioner, "transcript.correct", segment=first.handle, text="Quagga was there.", revision=0)
        assert take_back(ann, turn, first).startswith("Withdrawn.")
        first.refresh_from_db()
        assert first.text == "[withdrawn]"
        assert stored("quagga") == []
        assert stored("And came back")
        turn.refresh_from_db()
        assert queries.attribution_of(turn, ann.event) == "Ann"

    def test_a_whole_turn_goes_with_who_it_is_said_by(self, ann: Seat, captioner: Seat) -> None:
        turn, _segments = spoke(ann, captioner, "Quagga was there.", "Quagga came back.")
        take_back(ann, turn)
        assert stored("quagga") == []
        turn.refresh_from_db()
        assert queries.attribution_of(turn, ann.event) == ""
        assert queries.as_text(make.room(ann.event)).endswith("[withdrawn]\n")
        with pytest.raises(Refused, match="withdrawn already"):
            take_back(ann, turn)

    def test_words_still_being_written_down_are_gone_with_the_turn(self, ann: Seat, captioner: Seat) -> None:
        room, turn = make.room(ann.event), speaks(ann)
        said(captioner, "I was there.")
        make.act(captioner, "transcript.interim", text="Quagga came back")
        assert queries.live(room).interim
        make.act(make.seat(ann.event, "moderator"), "floor.end")
        take_back(ann, turn)
        assert stored("quagga") == [], "at once, and not when somebody settles it"
        make.act(captioner, "transcript.interim", text="Quagga came back with")
        assert stored("quagga") == []
        assert queries.live(room).interim == []
        late = said(captioner, "Quagga came back with us.")
        assert (late.text, late.turn) == ("[withdrawn]", turn)
        assert stored("quagga") == []

    @pytest.mark.parametrize("begun", ["Quagga came back", "Qu"])
    def test_what_somebody_else_says_meanwhile_is_not_taken_for_it(
        self, ann: Seat, captioner: Seat, begun: str
    ) -> None:
        turn = speaks(ann)
        said(captioner, "I was there.")
        make.act(captioner, "transcript.interim", text=begun)
        take_back(ann, turn)
        other = speaks(make.seat(ann.event, name="Ben"))
        make.act(captioner, "transcript.interim", text="Thank you")
        assert queries.live(make.room(ann.event)).interim == ["Thank you"]
        kept = said(captioner, "Thank you, chair.")
        assert (kept.text, kept.turn) == ("Thank you, chair.", other)

    def test_words_that_look_like_a_mark_are_words(self, ann: Seat, captioner: Seat) -> None:
        speaks(ann)
        make.act(captioner, "transcript.interim", text="[withdrawn] he said")
        make.act(captioner, "transcript.interim", text="[withdrawn] he said it")
        assert said(captioner, "[withdrawn] he said it.").text == "[withdrawn] he said it."

    def test_what_begins_alike_after_the_turn_is_the_next_speakers(self, ann: Seat, captioner: Seat) -> None:
        turn = speaks(ann)
        said(captioner, "I was there.")
        make.act(captioner, "transcript.interim", text="W")
        take_back(ann, turn)
        other = speaks(make.seat(ann.event, name="Ben"))
        make.act(captioner, "transcript.interim", text="We came back")
        assert queries.live(make.room(ann.event)).interim == ["We came back"]
        assert said(captioner, "We came back.").turn == other

    def test_nobody_does_it_many_times_a_minute(self, ann: Seat, captioner: Seat) -> None:
        _turn, (first, second) = spoke(ann, captioner, "I was there.", "So was Ben.")
        for number in range(10):
            mend(ann, first, f"I was there {number} times.", number)
        with pytest.raises(Refused, match="a lot at once"):
            mend(ann, second, "So were Ben and Cem.", 0)

    def test_what_somebody_says_in_their_turn_after_it_stands(self, ann: Seat, captioner: Seat) -> None:
        """An end can be taken back: then they go on."""
        turn, _segments = spoke(ann, captioner, "Quagga was there.")
        take_back(ann, turn)
        Turn.objects.filter(pk=turn.pk).update(state=State.SPEAKING, ended_at=None)
        make.act(captioner, "transcript.interim", text="I begin")
        assert said(captioner, "I begin again.").text == "I begin again."

    def test_nobody_writes_withdrawn_words_anew(self, ann: Seat, captioner: Seat) -> None:
        turn, (segment,) = spoke(ann, captioner, "Quagga was there.")
        take_back(ann, turn, segment)
        segment.refresh_from_db()
        with pytest.raises(Refused, match="withdrawn these words"):
            make.act(captioner, "transcript.correct", segment=segment.handle, text="Quagga.", revision=segment.revision)

    def test_it_asks_for_a_tick(self, ann: Seat, captioner: Seat) -> None:
        turn, _segments = spoke(ann, captioner, "I was there.")
        with pytest.raises(Refused):
            make.act(ann, "transcript.take_back", turn=turn.words, segment="")
        assert stored("I was there")


class TestCorrecting:
    def test_it_is_shown_as_corrected_and_the_earlier_words_are_gone(self, ann: Seat, captioner: Seat) -> None:
        _turn, (segment,) = spoke(ann, captioner, "Quagga was their.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text="Quagga was there.", revision=0)
        mend(ann, segment, "The zebra was there.", 1)
        segment.refresh_from_db()
        assert (segment.text, segment.mended, segment.revision) == ("The zebra was there.", True, 2)
        assert segment.approved == 2, "they approve what they write"
        assert stored("quagga") == []
        for seat, part in ((ann, "recent"), (captioner, "captioner")):
            assert "corrected by who spoke" in painted(seat, f"transcript.{part}")
        room = make.room(ann.event)
        assert "The zebra was there. [corrected]" in queries.as_text(room)
        assert "<c.corrected>The zebra was there.</c>" in queries.as_vtt(room)
        for written in (queries.as_text(room), queries.as_vtt(room)):
            cues = files.cues(written, names=True)
            assert cues[0].text == "The zebra was there.", "brought in again, the mark is no words"

    def test_what_a_captioner_writes_later_is_not_shown_as_the_speaker_s(self, ann: Seat, captioner: Seat) -> None:
        _turn, (segment,) = spoke(ann, captioner, "Quagga was there.")
        mend(ann, segment, "The zebra was there.", 0)
        make.act(captioner, "transcript.correct", segment=segment.handle, text="The zebras were there.", revision=1)
        segment.refresh_from_db()
        assert (segment.mended, segment.approved) == (False, 1)
        room = make.room(ann.event)
        for written in (queries.as_text(room), queries.as_vtt(room), queries.as_srt(room)):
            assert "corrected" not in written
        assert "corrected by who spoke" not in painted(ann, "transcript.recent")

    def test_the_second_of_two_corrections_is_told(self, ann: Seat, captioner: Seat) -> None:
        _turn, (segment,) = spoke(ann, captioner, "I was their.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text="I was there.", revision=0)
        with pytest.raises(Refused, match="It now reads: I was there"):
            mend(ann, segment, "I was here.", 0)
        assert "Nothing is changed" in mend(ann, segment, "I  was there. ", 1)

    def test_neither_withdrawn_words_nor_anybody_elses(self, ann: Seat, captioner: Seat) -> None:
        turn, (segment, other) = spoke(ann, captioner, "I was there.", "So was Ben.")
        take_back(ann, turn, segment)
        with pytest.raises(Refused, match="withdrawn already"):
            mend(ann, segment, "I was here.", 1)
        for who in (make.seat(ann.event, name="Ben"), make.seat(ann.event, "moderator")):
            with pytest.raises(Refused):
                mend(who, other, "So was I.", 0)
        elsewhere = make.event()
        with pytest.raises(Refused, match="own words alone"):
            mend(make.seat(elsewhere), other, "So was I.", 0)

    def test_a_moderator_does_it_for_somebody_without_a_phone(self, event: Any, captioner: Seat) -> None:
        _turn, segment = without_a_phone(event, captioner, "Quagga was there.")
        mend(make.seat(event, "moderator"), segment, "The zebra was there.", 0)
        entry = Entry.objects.get(verb="corrected")
        assert (entry.role, entry.detail) == ("moderator", "for the speaker")


class TestWhose:
    def test_nobody_else_decides_not_even_a_moderator(self, ann: Seat, captioner: Seat) -> None:
        turn, (segment,) = spoke(ann, captioner, "I was there.")
        others = make.seat(ann.event, name="Ben"), make.seat(ann.event, "moderator")
        for other, match in zip(others, ("own words alone", "without a phone"), strict=True):
            with pytest.raises(Refused, match=match):
                approve(other, turn)
            with pytest.raises(Refused, match=match):
                take_back(other, turn)
            assert turn.words not in page(other, "say/")
        assert segment.approved is None

    def test_a_moderator_decides_for_somebody_without_a_phone_and_the_journal_says_so(
        self, event: Any, captioner: Seat
    ) -> None:
        turn, segment = without_a_phone(event, captioner, "Quagga was there.")
        moderator = make.seat(event, "moderator")
        assert "They approve these words" in page(moderator, "say/")
        approve(moderator, turn)
        entry = Entry.objects.get(verb="approved")
        assert (entry.role, entry.detail) == ("moderator", "for the speaker")
        take_back(moderator, turn, segment)
        entry = Entry.objects.get(verb="took words back")
        assert (entry.role, entry.subject, entry.detail) == (
            "moderator",
            f"segment:{segment.handle}",
            "for the speaker",
        )
        assert broken_at(make.room(event)) is None
        assert stored("quagga") == []

    def test_and_takes_back_for_somebody_who_has_left(self, ann: Seat, captioner: Seat) -> None:
        turn, _segments = spoke(ann, captioner, "Quagga was there.")
        Seat.objects.filter(pk=ann.pk).update(ended=True)
        moderator = make.seat(ann.event, "moderator")
        with pytest.raises(Refused, match="without a phone"):
            approve(moderator, turn)
        take_back(moderator, turn)
        assert stored("quagga") == []

    def test_of_somebody_who_has_left_the_moderators_page_offers_what_is_not_refused(
        self, ann: Seat, captioner: Seat
    ) -> None:
        turn, (first, _second) = spoke(ann, captioner, "Quagga was there.", "So was I.")
        moderator, ben = make.seat(ann.event, "moderator"), make.seat(ann.event, name="Ben")
        assert "Quagga was there." not in page(moderator, "say/"), "whoever has their seat decides themselves"
        Seat.objects.filter(pk=ann.pk).update(ended=True)
        shown = page(moderator, "say/")
        assert "Quagga was there." in visible(shown)
        assert "Whoever said them no longer has a seat here" in visible(shown)
        for command, forms in {"take_back": 3, "attribute": 1, "approve": 0, "mend": 0, "lower": 0}.items():
            assert shown.count(f"do/transcript.{command}") == forms, command
        assert "Quagga was there." not in page(ben, "say/")
        take_back(moderator, turn, first)
        make.act(moderator, "transcript.attribute", turn=turn.words, level="nobody")
        shown = page(moderator, "say/", turn=turn.words)
        assert "Nobody is named with them." in visible(shown)
        assert (shown.count("do/transcript.take_back"), shown.count("do/transcript.attribute")) == (2, 0)
        take_back(moderator, turn)
        shown = page(moderator, "say/")
        assert "All of these words are withdrawn." in visible(shown)
        assert "do/transcript" not in shown
        assert stored("quagga") == []

    def test_who_is_without_a_phone_stands_beside_them_with_all_that_is_decided_for_them(
        self, ann: Seat, captioner: Seat
    ) -> None:
        spoke(ann, captioner, "I was there.")
        without_a_phone(ann.event, captioner, "So was I.")
        Seat.objects.filter(pk=ann.pk).update(ended=True)
        shown = page(make.seat(ann.event, "moderator"), "say/")
        for command, forms in {"take_back": 4, "attribute": 2, "approve": 1, "mend": 1}.items():
            assert shown.count(f"do/transcript.{command}") == forms, command
        assert shown.index("So was I.") < shown.index("I was there."), "the latest first"

    def test_the_journal_holds_no_words(self, ann: Seat, captioner: Seat) -> None:
        turn, _segments = spoke(ann, captioner, "Quagga was there.")
        approve(ann, turn)
        take_back(ann, turn)
        rows = Entry.objects.filter(verb__in=("approved", "took words back")).values_list("role", "subject", "detail")
        assert set(rows) == {("participant", f"turn:{turn.words}", "")}


class TestWhereOneReadsOnesWords:
    def test_the_first_screen_shows_a_speaker_their_words_once_the_turn_is_over(
        self, ann: Seat, captioner: Seat
    ) -> None:
        ben, turn = make.seat(ann.event, name="Ben"), speaks(ann)
        said(captioner, "I was there.")
        assert not {mark for mark in make.marks_of("transcript", make.room(ann.event), ann) if "say" in mark}
        make.act(make.seat(ann.event, "moderator"), "floor.end")
        assert "Your words, as they were taken down" in visible(page(ann))
        assert "I was there." in visible(page(ann))
        assert "Your words, as" not in visible(page(ben))
        approve(ann, turn)
        assert "Your words, as" not in visible(page(ann))

    def test_who_has_no_words_sees_nothing_of_it(self, ann: Seat, captioner: Seat) -> None:
        assert "Look through your words" not in visible(page(ann, "you/"))
        spoke(ann, captioner, "I was there.")
        assert "Look through your words" in visible(page(ann, "you/"))

    def test_the_page_has_every_turn_and_one_alone(self, ann: Seat, captioner: Seat) -> None:
        turns = [spoke(ann, captioner, f"This was number {number}.")[0] for number in range(10)]
        first, second = visible(page(ann, "say/")), visible(page(ann, "say/", page="2"))
        assert ("number 9." in first, "number 0." in first) == (True, False)
        assert ("number 9." in second, "number 0." in second) == (False, True)
        one = visible(page(ann, "say/", turn=turns[4].words))
        assert ("number 4." in one, "number 5." in one) == (True, False)


def test_nobody_strikes_or_corrects_what_was_withdrawn(ann: Seat, captioner: Seat) -> None:
    turn, (segment,) = spoke(ann, captioner, "I was there.")
    take_back(ann, turn)
    with pytest.raises(Refused, match="withdrawn already"):
        make.act(captioner, "transcript.strike", segment=segment.handle, words="", sure="on")
    segment.refresh_from_db()
    with pytest.raises(Refused):
        make.act(captioner, "transcript.correct", segment=segment.handle, text="She was.", revision=segment.revision)
    segment.refresh_from_db()
    assert segment.text == WITHDRAWN
