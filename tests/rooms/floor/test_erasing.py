from __future__ import annotations

import pytest

from deliberate.door.registry import Answer
from deliberate.errors import Refused
from deliberate.live.painter import paint
from deliberate.live.parts import parts
from rooms.events.models import Event, Group, Room
from rooms.floor.models import State, Turn
from rooms.journal.queries import broken_at
from rooms.seats.models import Seat
from tests import make, traces

pytestmark = pytest.mark.django_db
NAME = "Zélie Quagga"


@pytest.fixture
def event() -> Event:
    return make.event(names_on_list="all", attribution="name", k=2)


@pytest.fixture
def chair(event: Event) -> Seat:
    return make.seat(event, "moderator")


def added(chair: Seat, name: str = NAME) -> Turn:
    group = Group.objects.get(event=chair.event, name="Youth").handle
    answer = make.act(chair, "floor.add", name=name, group=group, place="hall", kind="point")
    return Turn.objects.get(handle=answer.data["turn"])


def heard(chair: Seat) -> Turn:
    """Somebody without a phone who has spoken, out of order, and whose words were written down."""
    turn = added(chair)
    make.act(chair, "floor.call", turn=turn.handle, reason=f"{NAME} has to leave")
    make.act(chair, "floor.start")
    make.act(make.seat(chair.event, "captioner"), "transcript.settle", text="Wells before roads.")
    make.act(chair, "floor.end")
    return turn


def erase(by: Seat, **fields: str) -> Answer:
    return make.act(by, "floor.erase", **fields)


def shown(event: Event) -> set[str]:
    room = make.room(event)
    return {name for name in parts for role in parts[name].audiences if NAME in paint(room, name, role, "en").html}


@pytest.mark.parametrize("role", ["moderator", "host"])
def test_a_name_typed_in_any_capitals_leaves_every_column_and_every_picture(
    event: Event, chair: Seat, role: str
) -> None:
    spoken, waiting = heard(chair), added(chair)
    other = Room.objects.create(event=event, name="Workshop")
    elsewhere = Turn.objects.create(room=other, name=NAME, asked_at=spoken.asked_at)
    assert {"floor.queue", "transcript.recent"} <= shown(event)
    erase(make.seat(event, role), name="ZÉLIE QUAGGA")
    assert traces.columns_with(NAME) == set()
    assert shown(event) == set()
    for turn in Turn.objects.filter(pk__in=[spoken.pk, waiting.pk, elsewhere.pk]):
        assert (turn.name, turn.group, turn.why, turn.attribution) == ("", None, {}, "nobody")
        assert turn.state == (State.DONE if turn.pk == spoken.pk else State.WITHDRAWN)
    assert traces.columns_with("Wells before roads.")
    assert broken_at(make.room(event)) is None


def test_the_row_on_the_list_erases_whom_it_shows(event: Event, chair: Seat) -> None:
    heard(chair)
    turn, ben = added(chair), added(chair, "Ben")
    html = paint(make.room(event), "floor.queue", "moderator", "en").html
    assert html.count(f'name="turn" value="{turn.handle}"') == 3  # call, take off, erase
    erase(chair, turn=turn.handle)
    assert traces.columns_with(NAME) == set()
    ben.refresh_from_db()
    assert (ben.name, ben.state) == ("Ben", State.WAITING)


def test_whoever_has_a_phone_is_not_erased_by_others(event: Event, chair: Seat) -> None:
    ann = make.seat(event, name="Ann")
    turn = make.act(ann, "floor.ask", kind="point").data["turn"]
    assert (
        "floor.erase" not in paint(make.room(event), "floor.queue", "moderator", "en").html.partition("Add someone")[0]
    )
    for fields in ({"name": "Ann"}, {"turn": turn}, {"name": ""}, {"name": "Nobody"}):
        with pytest.raises(Refused, match="Nobody without a phone has this name"):
            erase(chair, **fields)
    assert Turn.objects.get(handle=turn).name == "Ann"


def test_another_event_keeps_its_people(event: Event, chair: Seat) -> None:
    theirs = added(make.seat(make.event("Another"), "moderator"))
    added(chair)
    erase(chair, name=NAME)
    assert Turn.objects.get(pk=theirs.pk).name == NAME
