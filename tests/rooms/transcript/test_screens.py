from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.test import Client

from deliberate.live.facts import _providers, facts
from deliberate.live.painter import paint
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript.models import Segment
from tests import make
from tests.rooms.transcript.rows import said, speaks

pytestmark = pytest.mark.django_db


def page(seat: Seat, screen: str = "", **query: str) -> str:
    """A page as this seat's browser gets it."""
    client = Client()
    client.cookies["seat"] = cookie_of(seat)
    room = make.room(seat.event)
    response = client.get(f"/at/{seat.event.handle}/{seat.role}/{room.handle}/{screen}", query)
    assert response.status_code == 200
    return response.content.decode()


def painted(seat: Seat, part: str) -> str:
    return paint(make.room(seat.event), part, seat.role, "en").html


def visible(html: str) -> str:
    """The words that are not hidden from this seat."""
    shown = re.sub(r"<(\w+)[^>]* hidden[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


@contextmanager
def told(said_of: dict[str, list[str]]) -> Iterator[list[Any]]:
    """A later feature says this of segments, by handle; gives the list of the rooms it was asked for."""
    asked: list[Any] = []

    @facts("segment")
    def provider(room: Any) -> dict[str, list[str]]:
        asked.append(room)
        return said_of

    try:
        yield asked
    finally:
        _providers["segment"].remove(provider)


@pytest.fixture
def event() -> Any:
    return make.event()


class TestLive:
    def test_the_space_is_there_before_anybody_speaks(self, event: Any) -> None:
        assert "Captions appear here" in painted(make.seat(event), "transcript.live")

    def test_settled_words_do_not_move_when_an_interim_settles(self, event: Any) -> None:
        wall, captioner = make.seat(event, "wall"), make.seat(event, "captioner")
        text = "We drove two days to a village. " * 9
        said(captioner, "Before.")
        make.act(captioner, "transcript.interim", text=text)
        before = re.findall(r'dir="auto">([^<]*)<', painted(wall, "transcript.live"))
        make.act(captioner, "transcript.settle", text=text)
        assert len(before) > 2
        assert re.findall(r'dir="auto">([^<]*)<', painted(wall, "transcript.live")) == before

    def test_under_whoever_speaks_stand_their_words_and_nobody_elses(self, event: Any) -> None:
        wall, captioner, moderator = (make.seat(event, role) for role in ("wall", "captioner", "moderator"))
        assert painted(wall, "transcript.speaking") == ""
        said(captioner, "Welcome to all.")
        assert "Welcome" not in painted(wall, "transcript.speaking")
        speaks(make.seat(event))
        assert 'class="captions"' in painted(wall, "transcript.speaking"), "the space is kept"
        assert "Welcome" not in painted(wall, "transcript.speaking")
        make.act(captioner, "transcript.interim", text="I was there")
        assert "I was there" in painted(wall, "transcript.speaking")
        said(captioner, "I was there.")
        assert "I was there." in painted(wall, "transcript.speaking")
        make.act(moderator, "floor.end")
        assert "I was there" not in painted(wall, "transcript.speaking")

    def test_the_wall_says_who_as_far_as_it_is_shown(self) -> None:
        for rule, shown in (("name", True), ("nobody", False)):
            event = make.event(attribution=rule)
            speaks(make.seat(event, name="Asha"))
            said(make.seat(event, "captioner"), "I was there.")
            assert ("Asha" in painted(make.seat(event, "wall"), "transcript.live")) is shown

    def test_words_of_the_speaker_before_are_told_as_such_until_new_ones_come(self, event: Any) -> None:
        ann, ben = make.seat(event), make.seat(event, name="Ben")
        captioner = make.seat(event, "captioner")
        speaks(ann)
        said(captioner, "I was there.")
        assert "As it is being said" in painted(ann, "transcript.live")
        make.act(make.seat(event, "moderator"), "floor.end")
        speaks(ben)
        assert "From the speaker before" in painted(ann, "transcript.live")
        make.act(captioner, "transcript.interim", text="So was")
        assert "From the speaker before" not in painted(ann, "transcript.live")

    def test_it_is_small(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        make.act(captioner, "transcript.settle", text="We drove two days to a village that waits. " * 60)
        assert len(painted(make.seat(event), "transcript.live").encode()) < 4096


class TestRecent:
    def test_each_segment_may_be_proposed_for_the_statement(self, event: Any) -> None:
        segment = said(make.seat(event, "captioner"), "I was there.")
        for role in ("participant", "moderator", "captioner"):
            html = painted(make.seat(event, role), "transcript.recent")
            assert f'/propose/?source=segment:{segment.handle}"' in html
        assert "/propose/" not in painted(make.seat(event, "drafter"), "transcript.recent")

    def test_a_speaker_sees_where_their_words_stand_and_others_see_it_of_the_words(self, event: Any) -> None:
        ann, ben = make.seat(event), make.seat(event, name="Ben")
        speaks(ann)
        segment = said(make.seat(event, "captioner"), "I was there.")
        with told({segment.handle: ["In clause 3"]}):
            own, others = visible(page(ann, "words/")), visible(page(ben, "words/"))
        assert "Your words: In clause 3" in own
        assert "In clause 3" in others
        assert "Your words: In clause 3" not in others

    def test_where_words_stand_is_asked_once_a_picture(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        facts_of = {said(captioner, f"Number {number}.").handle: [f"In clause {number}"] for number in range(5)}
        with told(facts_of) as asked:
            html = painted(make.seat(event), "transcript.recent")
        assert all(f"In clause {number}" in html for number in range(5))
        assert len(asked) == 1

    def test_a_speaker_alone_is_offered_to_show_less(self) -> None:
        event = make.event(attribution="name")
        ann, ben = make.seat(event, name="Ann"), make.seat(event, name="Ben")
        speaks(ann)
        said(make.seat(event, "captioner"), "I was there.")
        assert "They are shown as said by “Ann”" in visible(page(ann, "words/"))
        assert "They are shown as said by" not in visible(page(ben, "words/"))

    def test_only_who_spoke_for_a_group_is_offered_to_be_shown_as_one_of_it(self) -> None:
        event = make.event(attribution="name")
        for group, offered in (("", False), ("Youth", True)):
            ann = make.seat(event, group=group)
            speaks(ann)
            said(make.seat(event, "captioner"), "I was there.")
            make.act(make.seat(event, "moderator"), "floor.end")
            assert ("As one of a group" in visible(page(ann, "words/"))) is offered

    def test_where_nobody_is_named_there_is_nothing_to_lower(self, event: Any) -> None:
        ann = make.seat(event)
        speaks(ann)
        said(make.seat(event, "captioner"), "I was there.")
        html = page(ann, "words/")
        assert "Nobody is named with them." in visible(html)
        assert "transcript.lower" not in html

    def test_what_somebody_typed_is_never_markup(self, event: Any) -> None:
        said(make.seat(event, "captioner"), "<script>alert(1)</script> & more")
        for role, part in (("participant", "recent"), ("captioner", "captioner"), ("wall", "live")):
            assert "<script>" not in painted(make.seat(event, role), f"transcript.{part}")


class TestMarks:
    def test_a_seat_is_marked_with_the_turns_in_which_its_words_stand(self, event: Any) -> None:
        ann = make.seat(event)
        turn, room = speaks(ann), make.room(event)
        assert make.marks_of("transcript", room, ann) == set()
        said(make.seat(event, "captioner"), "I was there.")
        said(make.seat(event, "captioner"), "You were not.")
        assert make.marks_of("transcript", room, ann) == {f"spoke:{turn.words}", "words"}
        assert make.marks_of("transcript", room, make.seat(event, name="Ben")) == set()


class TestWordsPage:
    def test_a_search_marks_what_it_finds(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        said(captioner, "Water for all.")
        said(captioner, "Land for all.")
        html = page(make.seat(event), "words/", q="WATER")
        assert "<mark>Water</mark> for all." in html
        assert "Land" not in html
        assert 'data-part="transcript' not in html

    def test_a_search_that_finds_nothing_says_so(self, event: Any) -> None:
        assert "Nobody has said “gold&lt;” so far." in page(make.seat(event), "words/", q="gold<")

    def test_older_words_are_a_link_away_until_there_are_none(self, event: Any) -> None:
        captioner, ann = make.seat(event, "captioner"), make.seat(event)
        for number in range(40):
            said(captioner, f"This is number {number}.")
        html, found = page(ann, "words/"), []
        while True:
            found += re.findall(r'class="segment"[^>]*>This is number (\d+)\.', html)
            following = re.search(r'href="[^"]*\?before=(\d+)">Older', html)
            if following is None:
                break
            html = page(ann, "words/", before=following.group(1))
        assert sorted(map(int, found)) == list(range(40))

    def test_odd_numbers_and_queries_are_harmless(self, event: Any) -> None:
        for query in (
            {"before": "-1"},
            {"before": "x"},
            {"before": "9" * 40},
            {"q": "%"},
            {"q": "a" * 5000},
            {"before": "0"},
        ):
            page(make.seat(event), "words/", **query)


class TestCaptionersPage:
    def test_correcting_shows_the_text_and_what_was_corrected_before(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        segment = said(captioner, "The first visit is flee.")
        make.act(captioner, "transcript.correct", segment=segment.handle, text="The first visit is free.", revision=0)
        html = page(captioner, correct=segment.handle)
        assert "The first visit is free.</textarea>" in html
        assert 'name="revision" value="1"' in html
        assert "<del>flee</del><ins>free</ins>" in html

    def test_every_segment_leads_to_its_correction(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        segment = said(captioner, "The first visit.")
        assert f"?correct={segment.handle}" in painted(captioner, "transcript.captioner")
        assert f"?correct={segment.handle}" in page(captioner, q="visit")

    def test_a_whole_page_has_no_id_twice(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        segment = said(captioner, "The first visit.")
        for query in ({}, {"correct": segment.handle}, {"q": "visit"}, {"before": "9"}):
            ids = re.findall(r' id="([^"]+)"', page(captioner, **query))
            assert len(ids) == len(set(ids))
        ids = re.findall(r' id="([^"]+)"', page(make.seat(event), "words/"))
        assert len(ids) == len(set(ids))


class TestWithoutScripts:
    def post(self, seat: Seat, command: str, **fields: object) -> int:
        client = Client()
        client.cookies["seat"] = cookie_of(seat)
        where = f"/at/{seat.event.handle}/{seat.role}/{make.room(seat.event).handle}/do/{command}"
        return client.post(where, fields).status_code

    def test_a_captioner_settles_corrects_and_brings_in_by_plain_forms(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        act = re.search(r'name="act" value="(\w+)"', page(captioner))
        assert act is not None
        for _twice in range(2):
            assert self.post(captioner, "transcript.settle", text="The first visit is flee.", act=act.group(1)) == 302
        segment = Segment.objects.get()
        fields = {"segment": segment.handle, "text": "The first visit is free.", "revision": 0}
        assert self.post(captioner, "transcript.correct", **fields) == 302
        assert (
            self.post(captioner, "transcript.load", text="Ada: Welcome.\r\n\r\nBen: Thank you.\r\n\r\nAda: Now.") == 302
        )
        texts = Segment.objects.values_list("text", flat=True)
        assert list(texts) == ["The first visit is free.", "Welcome.", "Thank you.", "Now."]

    def test_a_whole_day_can_be_brought_in_at_once(self, event: Any) -> None:
        captioner = make.seat(event, "captioner")
        text = "\n\n".join(
            f"Ada: This is paragraph {number}, long enough to fill a line of text." for number in range(5000)
        )
        assert self.post(captioner, "transcript.load", text=text) == 302
        assert Segment.objects.count() == 5000


def test_an_address_with_letters_no_database_takes_finds_what_the_others_say(event: Any) -> None:
    captioner = make.seat(event, "captioner")
    segment = said(captioner, "We ask for water.")
    assert "We ask for <mark>water</mark>." in page(make.seat(event), "words/", q="wa\0ter\x07")
    assert "Correct these words" in page(captioner, q="\0", correct=f"{segment.handle}\0")
