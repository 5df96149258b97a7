from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberate.text import tidy
from rooms.events.models import Event, Room
from rooms.seats.models import Seat
from rooms.transcript import plain, queries, vtt
from rooms.transcript.core import words
from rooms.transcript.models import Segment
from tests import make
from tests.rooms.transcript.rows import said, speaks

pytestmark = pytest.mark.django_db


def shown(event: Event) -> list[str]:
    return [paragraph.attribution for paragraph in queries.paragraphs(make.room(event))]


@pytest.mark.parametrize(("rule", "who"), [("name", "Asha"), ("role", "Participant"), ("group", ""), ("nobody", "")])
def test_the_events_rule_says_who_is_shown(rule: str, who: str) -> None:
    event = make.event(attribution=rule)
    speaks(make.seat(event, name="Asha", group="Youth"))
    said(make.seat(event, "captioner"), "I was there.")
    assert shown(event) == [who]


def crowd(event: Event, **of: int) -> list[Seat]:
    """So many participants of each group, all in the first room."""
    return [make.seat(event, group=group) for group, count in of.items() for _each in range(count)]


def workshop(event: Event) -> Room:
    handle = make.act(make.seat(event, "host"), "events.add_room", name="Workshop").data["room"]
    return Room.objects.select_related("event").get(handle=handle)


def test_a_group_is_named_only_where_k_of_it_sit_in_the_room_when_the_words_are_spoken() -> None:
    event = make.event(attribution="group", k=3)
    captioner, aside = make.seat(event, "captioner"), workshop(event)
    youth = crowd(event, Diplomats=3, Youth=6)[3:]
    speaks(youth[0])
    said(captioner, "In the hall.")
    assert shown(event) == ["Youth"]
    for seat in crowd(event, Fieldworkers=6)[:3]:
        make.act_in(aside, seat, "seats.move")
    make.act_in(aside, youth[1], "seats.move")
    speaks(youth[1], aside)
    make.act_in(aside, captioner, "transcript.settle", text="Where I am the only one of my group.")
    assert [paragraph.attribution for paragraph in queries.paragraphs(aside)] == [""]


def test_words_keep_their_group_when_everybody_has_gone_over_to_another_room() -> None:
    event = make.event(attribution="group", k=3)
    captioner, aside = make.seat(event, "captioner"), workshop(event)
    seats = crowd(event, Diplomats=3, Youth=3)
    speaks(seats[-1])
    said(captioner, "I was there.")
    for seat in seats:
        make.act_in(aside, seat, "seats.move")
    make.act(seats[0], "seats.erase")
    assert shown(event) == ["Youth"]


def test_a_group_that_became_too_small_while_somebody_spoke_is_named_no_more_and_never_again() -> None:
    event = make.event(attribution="group", k=3)
    captioner, aside = make.seat(event, "captioner"), workshop(event)
    seats = crowd(event, Diplomats=3, Youth=3)
    turn = speaks(seats[-1])
    said(captioner, "We were three.")
    assert shown(event) == ["Youth"]
    make.act_in(aside, seats[3], "seats.move")
    said(captioner, "Now we are two.")
    assert shown(event) == [""]
    make.act(seats[3], "seats.move")
    said(captioner, "And three again.")
    assert shown(event) == [""]
    make.act(seats[-1], "transcript.lower", turn=turn.words, level="nobody")
    assert shown(event) == [""]


def test_words_that_are_only_being_typed_say_the_group_by_the_same_rule() -> None:
    for count, who in ((3, "Youth"), (2, "")):
        event = make.event(attribution="group", k=3)
        speaks(crowd(event, Diplomats=3, Youth=count)[-1])
        make.act(make.seat(event, "captioner"), "transcript.interim", text="I was")
        turn = queries.live(make.room(event)).turn
        assert queries.attribution_of(turn, event) == who


def test_the_lower_of_event_and_turn_holds_both_ways() -> None:
    event = make.event(attribution="name")
    turn = speaks(make.seat(event, name="Asha"))
    said(make.seat(event, "captioner"), "I was there.")
    Event.objects.update(attribution="role")
    assert shown(Event.objects.get()) == ["Participant"]
    turn.attribution = "nobody"
    turn.save()
    assert shown(Event.objects.get()) == [""]


def test_paragraphs_join_neighbours_of_one_turn_and_item() -> None:
    event = make.event()
    ann, ben, captioner = make.seat(event), make.seat(event, name="Ben"), make.seat(event, "captioner")
    said(captioner, "Welcome.")
    speaks(ann)
    said(captioner, "One.")
    said(captioner, "Two.")
    speaks(ben)
    said(captioner, "Three.")
    make.act(make.seat(event, "moderator"), "events.move_on")
    said(captioner, "Four.")
    texts = [[segment.text for segment in paragraph.segments] for paragraph in queries.paragraphs(make.room(event))]
    assert texts == [["Welcome."], ["One.", "Two."], ["Three."], ["Four."]]


def test_all_words_take_a_handful_of_queries(django_assert_max_num_queries: Any) -> None:
    event = make.event(attribution="group", k=2)
    captioner = make.seat(event, "captioner")
    for number, seat in enumerate(crowd(event, Diplomats=2, Youth=6)[2:]):
        speaks(seat)
        said(captioner, f"Number {number}.")
    room = make.room(event)
    with django_assert_max_num_queries(2):
        assert [paragraph.attribution for paragraph in queries.paragraphs(room)] == ["Youth"] * 6


def test_pages_of_older_words_hold_every_segment_once() -> None:
    event = make.event()
    captioner, room = make.seat(event, "captioner"), make.room(event)
    for number in range(23):
        said(captioner, f"Number {number}.")
    found, before = [], None
    while True:
        page = queries.older(room, before, most=5)
        found += [segment.number for paragraph in page.paragraphs for segment in reversed(paragraph.segments)]
        if page.older is None:
            break
        before = page.older
    assert found == list(range(23, 0, -1))


def test_the_latest_words_go_on_where_their_page_of_older_ones_begins() -> None:
    event = make.event()
    captioner, room = make.seat(event, "captioner"), make.room(event)
    for number in range(12):
        speaks(make.seat(event, name=f"P{number}"))
        said(captioner, f"Number {number}.")
    page = queries.recent(room)
    assert len(page.paragraphs) == queries.RECENT_PARAGRAPHS
    following = queries.older(room, page.older).paragraphs[0].segments[-1].number
    assert following + 1 == page.paragraphs[-1].segments[0].number


def test_a_search_finds_every_word_whatever_its_capitals_and_never_who_spoke() -> None:
    event = make.event(attribution="name")
    captioner, room = make.seat(event, "captioner"), make.room(event)
    speaks(make.seat(event, name="Zoe"))
    said(captioner, "L’ÉLAN vital of 100% of us")
    said(captioner, "Land and water")

    def found(query: str) -> list[str]:
        return [paragraph.text for paragraph in queries.older(room, None, query).paragraphs]

    assert found("elan VITAL") == ["L’ÉLAN vital of 100% of us"]
    assert found("100%") == ["L’ÉLAN vital of 100% of us"]
    assert found("water elan") == found("zoe") == found("_") == []


def test_live_captions_are_of_one_turn_alone() -> None:
    event = make.event()
    captioner, room = make.seat(event, "captioner"), make.room(event)
    speaks(make.seat(event))
    said(captioner, "From the first speaker.")
    second = speaks(make.seat(event))
    assert [line.text for line in queries.live(room).lines] == ["From the first speaker."]
    make.act(captioner, "transcript.interim", text="From the sec")
    live = queries.live(room)
    assert (live.turn, live.lines, live.interim) == (second, [], ["From the sec"])


CUES = st.lists(
    st.builds(
        lambda gap, length, text, speaker: (gap, length, tidy(text), speaker),
        st.integers(0, 5_000),
        st.integers(0, 20_000),
        st.text(st.sampled_from("ab<>&: .\u00a0é") | st.characters(), min_size=1, max_size=60).filter(tidy),
        st.sampled_from(["", "Ada", "Ben: of <youth>", "Chloé & Co"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CUES)
def test_a_transcript_goes_out_and_in_again_whole(made: list[tuple[int, int, str, str]]) -> None:
    cues, at = [], 0
    for gap, length, text, speaker in made:
        cues.append(vtt.Cue(at + gap, at + gap + length, text, speaker))
        at += gap + length
    first = _loaded(vtt.write(cues))
    second = _loaded(first)
    begin = cues[0].start_ms
    assert second == first
    assert [(cue.text, cue.start_ms, cue.end_ms, cue.speaker) for cue in vtt.read(first).cues] == [
        (cue.text, cue.start_ms - begin, max(cue.end_ms, cue.start_ms + 1) - begin, tidy(cue.speaker)) for cue in cues
    ]


def _loaded(file: str) -> str:
    """What a room of its own exports after bringing this file in."""
    event = make.event(attribution="name")
    make.act(make.seat(event, "captioner"), "transcript.load", text=file)
    return queries.as_vtt(make.room(event))


@pytest.mark.parametrize("rule", ["name", "role"])
def test_the_text_of_a_room_goes_out_and_in_again_whole(rule: str) -> None:
    event = make.event(attribution=rule)
    captioner = make.seat(event, "captioner")
    said(captioner, "One thing: welcome.")
    speaks(make.seat(event, name="dr. ann, of the youth!"))
    said(captioner, "Two things: water and land.")
    text = queries.as_text(make.room(event))
    other = make.event(attribution=rule)
    make.act(make.seat(other, "captioner"), "transcript.load", text=text)
    again = queries.as_text(make.room(other))
    assert [entry.text for entry in plain.read(again)] == ["One thing: welcome.", "Two things: water and land."]
    assert again == text


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text(st.sampled_from("ab .:\n") | st.characters(exclude_categories=["Cs"]), max_size=120), max_size=6)
)
def test_words_in_are_words_out_in_every_export(texts: list[str]) -> None:
    texts = [text for text in texts if tidy(text) and "\x00" not in text]
    event = make.event()
    captioner = make.seat(event, "captioner")
    for text in texts:
        make.act(captioner, "transcript.settle", text=text)
    room, spoken = make.room(event), [word for text in texts for word in words(tidy(text))]
    assert [word for segment in Segment.objects.filter(room=room) for word in words(segment.text)] == spoken
    assert [word for cue in vtt.read(queries.as_vtt(room)).cues for word in words(cue.text)] == spoken
    assert [word for entry in plain.read(queries.as_text(room)) for word in words(entry.text)] == spoken
    assert queries.word_count(room) == len(spoken)


def test_an_empty_room_has_an_empty_transcript() -> None:
    room = make.room(make.event())
    assert (queries.as_vtt(room), queries.as_text(room), queries.paragraphs(room)) == ("WEBVTT\n", "", [])
    assert queries.live(room) == queries.Live(None, [], [])
