from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from deliberate.errors import Refused
from polls.opinions import queries
from polls.opinions.core import Counts
from polls.opinions.models import Stance
from rooms.events.models import Event
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from tests import make
from tests.polls.ideas.make import ideas, merge, moderator, people


@pytest.fixture
def event(db: None) -> Event:
    return make.event()


def say(by: Seat, idea: object, value: str) -> None:
    make.act(by, "opinions.say", idea=idea.handle, value=value)  # type: ignore[attr-defined]


def test_the_last_word_counts_and_is_one_row(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    ann = make.seat(event)
    for value in ("agree", "agree", "disagree", "pass"):
        say(ann, wells, value)
    assert list(Stance.objects.values_list("idea", "pseudonym", "value")) == [(wells.pk, make.pseudonym(ann), 0)]
    assert make.marks_of("opinions", make.room(event), ann) == {f"stance:{wells.handle}:pass"}
    assert Entry.objects.count() == 0


def test_a_word_can_be_taken_back_and_taking_it_back_again_changes_nothing(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    ann = make.seat(event)
    say(ann, wells, "pass")
    say(ann, wells, "nothing")
    say(ann, wells, "nothing")
    assert Stance.objects.count() == 0
    assert make.marks_of("opinions", make.room(event), ann) == set()


def test_each_seat_counts_once_an_idea(event: Event) -> None:
    wells, courts = ideas(event, "Dig wells", "Open courts")
    for seat, value in zip(people(event, 4), ("agree", "agree", "disagree", "pass"), strict=True):
        say(seat, wells, value)
        say(seat, courts, "agree")
    summed = queries.counts(make.room(event))
    assert summed == {wells.handle: Counts(agree=2, disagree=1, passed=1), courts.handle: Counts(agree=4)}


def test_a_word_that_is_none_of_the_three_is_refused(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    with pytest.raises(Refused) as refused:
        say(make.seat(event), wells, "maybe")
    assert refused.value.code == "fields"


def test_nothing_can_be_said_of_an_idea_that_is_hidden_or_elsewhere(event: Event) -> None:
    (wells,) = ideas(event, "Dig wells")
    (elsewhere,) = ideas(make.event("Another meeting"), "Fund radio")
    make.act(moderator(event), "ideas.hide", idea=wells.handle, reason="Off topic")
    for idea in (wells, elsewhere):
        with pytest.raises(Refused, match="no longer on the board"):
            say(make.seat(event), idea, "agree")


def test_what_is_said_of_a_merged_idea_counts_for_the_one_that_stays(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    merge(water, wells)
    ann = make.seat(event)
    say(ann, water, "agree")
    assert make.marks_of("opinions", make.room(event), ann) == {f"stance:{wells.handle}:agree"}


def test_of_stances_on_merged_ideas_the_latest_wins_and_undoing_the_merge_brings_both_back(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    ann, room = make.seat(event), make.room(event)
    say(ann, water, "disagree")
    say(ann, wells, "pass")
    say(ann, water, "disagree")
    merge(water, wells)
    assert make.marks_of("opinions", room, ann) == {f"stance:{water.handle}:disagree"}
    assert queries.counts(room) == {wells.handle: Counts(disagree=1)}
    make.act(moderator(event), "ideas.unmerge", idea=water.handle)
    assert make.marks_of("opinions", room, ann) == {f"stance:{wells.handle}:pass", f"stance:{water.handle}:disagree"}


def test_taking_back_a_word_on_merged_ideas_takes_back_all_of_them(event: Event) -> None:
    wells, water = ideas(event, "Dig wells", "Water for all")
    ann = make.seat(event)
    say(ann, wells, "agree")
    say(ann, water, "disagree")
    merge(water, wells)
    say(ann, wells, "nothing")
    assert make.marks_of("opinions", make.room(event), ann) == set()


@pytest.mark.django_db(transaction=True)
def test_a_seat_that_says_two_things_at_once_has_said_one_of_them() -> None:
    event = make.event()
    (wells,) = ideas(event, "Dig wells")
    ann = make.seat(event)

    def one(value: str) -> None:
        try:
            say(ann, wells, value)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, ["agree", "disagree", "pass", "agree"]))
    assert Stance.objects.count() == 1
