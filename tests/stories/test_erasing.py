"""Whoever erases themselves is in no column of no table, in no picture and in no file any more."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from deliberate.live.painter import paint
from deliberate.live.parts import parts
from rooms.events.models import Event, Group
from rooms.seats.models import Seat
from tests import make, traces

NAME, GROUP = "Zebulon Quagga", "Lighthouse keepers"


@pytest.fixture
def event() -> Event:
    """Where as much as possible is shown: names on the list, words signed with names, small groups counted."""
    return make.event(groups=[GROUP, "Others"], names_on_list="all", attribution="name", k=2)


@pytest.fixture
def person(event: Event) -> Seat:
    """Somebody who has left their name wherever one can: on the floor, in words, ideas, polls, and a waiting request."""
    person, crew = make.seat(event, name="First name", group=GROUP), make.seat(event, "moderator")
    make.act(person, "seats.rename", name=NAME, group=event.groups.get(name=GROUP).handle, place="remote")
    make.act(person, "seats.pair")
    turn = make.act(person, "floor.ask", kind="point").data["turn"]
    make.act(crew, "floor.call", turn=turn, reason=f"{NAME} has waited long")
    make.act(crew, "floor.start")
    make.act(make.seat(event, "captioner"), "transcript.settle", text="Trust costs a village nothing.")
    make.act(person, "floor.finish")
    make.act(person, "floor.ask", kind="question")
    idea = make.act(person, "ideas.post", text="Open the books", show_author="on").data["idea"]
    other = make.act(make.seat(event, name="Ben"), "ideas.post", text="Another", show_author="").data["idea"]
    make.act(person, "ideas.upvote", idea=other)
    make.act(person, "opinions.say", idea=other, value="agree")
    make.act(crew, "ideas.pin", idea=idea)
    for close in (True, False):
        asked = {"question": "Shall we?", "kind": "one", "options": "Yes\nNo", "secret": ""}
        poll = make.act(crew, "ballots.prepare", **asked).data
        make.act(crew, "ballots.open", poll=poll["poll"])
        make.act(person, "ballots.cast", poll=poll["poll"], choice=poll["options"][0])
        if close:
            make.act(crew, "ballots.close", poll=poll["poll"])
    return person


def shown(event: Event) -> set[str]:
    """The parts that show the name to anybody."""
    room = make.room(event)
    pictures = ((name, paint(room, name, role, "en").html) for name in parts for role in parts[name].audiences)
    return {name for name, html in pictures if NAME in html}


@pytest.mark.django_db
def test_the_name_and_the_group_leave_every_column_and_every_picture(event: Event, person: Seat) -> None:
    before = traces.columns_with(NAME)
    assert before >= {"rooms.Seat.name", "rooms.Turn.name", "polls.Idea.author", "polls.NamedBallot.name"}
    assert shown(event)
    make.act(person, "seats.erase")
    assert traces.columns_with(NAME) == set()
    assert shown(event) == set()
    group = event.groups.get(name=GROUP)
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Group:
                assert not model._base_manager.filter(**{field.name: group}).exists(), f"{model.__name__}.{field.name}"


@pytest.mark.django_db
def test_what_was_said_and_decided_stays(event: Event, person: Seat) -> None:
    make.act(person, "seats.erase")
    for text in ("Trust costs a village nothing.", "Open the books", "Shall we?"):
        assert traces.columns_with(text)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite's files")
def test_the_bytes_leave_the_files_too(event: Event, person: Seat) -> None:
    assert traces.database_files_with(NAME)
    make.act(person, "seats.erase")
    assert traces.database_files_with(NAME) == set()
