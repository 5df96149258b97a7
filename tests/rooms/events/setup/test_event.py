"""The event's settings, how long it is kept, and its end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from deliberate.clock import now
from deliberate.door.models import Receipt
from deliberate.door.perform import BadFields
from deliberate.errors import Refused
from rooms.events.models import Event
from rooms.events.setup.event import remove_due
from rooms.floor.models import Turn
from rooms.journal.models import Entry
from rooms.seats.models import Seat
from tests import make

pytestmark = pytest.mark.django_db

FIELDS: dict[str, Any] = {
    "title": "A meeting",
    "neutral": "",
    "neutral_title": "",
    "exit_url": "",
    "names_on_list": "all",
    "attribution": "nobody",
    "k": "5",
    "approve_ideas": "",
}


def test_every_setting_is_stored_and_the_journal_says_which_changed() -> None:
    event = make.event()
    changed: dict[str, Any] = {
        "title": "Another",
        "neutral": "on",
        "neutral_title": "Book club",
        "exit_url": "weather.example/today",
        "names_on_list": "nobody",
        "attribution": "group",
        "k": "8",
        "approve_ideas": "on",
    }
    make.act(make.seat(event, "host"), "events.settings", **changed)
    event.refresh_from_db()
    stored = {name: getattr(event, name) for name in changed}
    assert stored == {
        **changed,
        "exit_url": "https://weather.example/today",
        "neutral": True,
        "approve_ideas": True,
        "k": 8,
    }
    entry = Entry.objects.get(verb="changed settings")
    assert set(entry.detail.split(", ")) == set(changed)
    assert event.shown_title == "Book club"


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("exit_url", "javascript:alert(1)", "URL"),
        ("exit_url", "ftp://files.example/", "URL"),
        ("k", "1", "greater than or equal to 2"),
        ("title", " \n ", "required"),
        ("attribution", "everything", "not one of the available choices"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_words(field: str, value: str, word: str) -> None:
    event = make.event()
    with pytest.raises(BadFields, match=word):
        make.act(make.seat(event, "host"), "events.settings", **{**FIELDS, field: value})


def test_raising_attribution_leaves_what_was_said_before_as_it_was_promised() -> None:
    event = make.event()
    room = make.room(event)
    before = Turn.objects.create(room=room, asked_at=now())
    lowered = Turn.objects.create(room=room, asked_at=now(), attribution="role")
    host = make.seat(event, "host")
    make.act(host, "events.settings", **{**FIELDS, "attribution": "name"})
    before.refresh_from_db()
    lowered.refresh_from_db()
    assert (before.attribution, lowered.attribution) == ("nobody", "role")
    after = Turn.objects.create(room=room, asked_at=now())
    make.act(host, "events.settings", **{**FIELDS, "attribution": "group"})
    after.refresh_from_db()
    assert after.attribution == "", "lowering needs no promise: it holds for everything"


def test_showing_names_to_more_leaves_who_asked_before_as_they_were_promised() -> None:
    event = make.event()
    host = make.seat(event, "host")
    for level in ("nobody", "moderators", "all", "nobody", "all"):
        make.act(host, "events.settings", **{**FIELDS, "names_on_list": level})
        Turn.objects.create(room=make.room(event), asked_at=now())
    assert list(Turn.objects.order_by("pk").values_list("names_on_list", flat=True)) == [
        "nobody", "moderators", "nobody", "nobody", "",
    ]  # fmt: skip


def test_only_the_host_may_change_settings() -> None:
    with pytest.raises(Refused, match="Your seat may not do this"):
        make.act(make.seat(make.event(), "moderator"), "events.settings", **FIELDS)


def test_the_day_until_which_all_is_kept_lies_ahead() -> None:
    event = make.event()
    host = make.seat(event, "host")
    day = now().date() + timedelta(days=3)
    make.act(host, "events.keep_until", retention_until=day.isoformat())
    event.refresh_from_db()
    assert event.retention_until == day
    with pytest.raises(BadFields, match="This day is over"):
        make.act(host, "events.keep_until", retention_until=(now().date() - timedelta(days=1)).isoformat())


def test_an_event_is_deleted_with_everything_only_where_its_title_was_typed() -> None:
    event, other = make.event("The one"), make.event("The other")
    host = make.seat(event, "host")
    make.seat(event)
    make.seat(other)
    with pytest.raises(Refused, match="not the title"):
        make.act(host, "events.delete", title="The other")
    answer = make.act(host, "events.delete", "the-last-act", title=" the  ONE ")
    assert answer.forget_seat
    assert not Receipt.objects.exists()
    assert list(Event.objects.all()) == [other]
    assert {seat.event for seat in Seat.objects.all()} == {other}


def test_events_are_due_on_the_day_after_the_last() -> None:
    event = make.event()
    assert remove_due(event.retention_until) == 0
    assert remove_due(event.retention_until + timedelta(days=1)) == 1
    assert not Event.objects.exists()
