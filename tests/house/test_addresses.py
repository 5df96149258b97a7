"""Every address with handles in it, asked with those of another room, event or role; and every question mark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from deliberate.door.views import SEAT_COOKIE
from deliberate.live.pages import pages
from deliberate.roles import HOST, PARTICIPANT, ROLES
from deliberate.urls import urlpatterns
from rooms.events.models import Event, Room
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from rooms.transcript import sound
from tests import busy, make
from tests.digest import undone
from tests.fields import KINDS

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parent.parent.parent
WORD = "Zanzibar"
#: Addresses of a room, by their routes; `<slug:screen>` stands for every page of the role.
ROUTES = [str(each.pattern) for each in urlpatterns if "<slug:room>" in str(each.pattern)]
#: What may stand in an address, of the routes that have no room in them.
ELSEWHERE = {"code", "token", "event", "role", "hash"}
#: What pages ask of the address behind "?", and the kinds of handles that may stand there: none are words, numbers or a
#: fixed choice, which a page looks up among its own room's rows or not at all.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "q": (),
    "before": (),
    "correct": ("segment",),
    "turn": ("turn",),
    "of": ("segment", "shown"),
    "paired": (),
    "link": ("link",),
    "version": (),
    "page": (),
    "aside": (),
    "sort": (),
    "write": (),
    "to": (),
    "from": (),
    "kind": (),
    "find": (),
    "source": ("source",),
    "clause": ("clause",),
    "done": (),
    "follow": (),
    "still": (),
    "words": (),
    "seq": (),
}


@dataclass
class World:
    """One's own room with a seat of every role that has a link for this room, and two rooms that are not one's own."""

    room: Room
    second: Room
    elsewhere: Room
    seats: dict[str, Seat]

    def get(self, role: str, address: str) -> tuple[int, str]:
        """The status and the text of what the seat of `role` gets at an address."""
        client = Client()
        client.cookies[SEAT_COOKIE] = cookie_of(self.seats[role])
        response = client.get(address)
        if response.streaming:  # it is read by other threads, which do not see these rows
            assert address.partition("?")[0] == f"/at/{self.room.event.handle}/host/{self.room.handle}/sound.zip"
            return response.status_code, b"".join(sound.archive(self.room)).decode(errors="replace")
        return response.status_code, response.content.decode(errors="replace")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        event, other = make.event(k=2), make.event(f"Other {WORD}")
        busy.people(event)
        room = make.room(event)
        second = Room.objects.create(event=event, name=f"Second {WORD}", position=1)
        busy.people(event, second, f" {WORD}")
        busy.people(other, None, f" {WORD}")
        event.links.exclude(role__in=[PARTICIPANT, HOST]).update(room=room)
        seats = {role: make.seat(event, role) for role in ROLES}
        yield World(room, second, make.room(other), seats)


def addresses(role: str, event: str, seen_as: str, room: Room, of: Room | None = None) -> Iterator[str]:
    """Every address of a room that a page or a file lies at, as if asked by somebody in the role `seen_as`; where a segment stands
    in it, one of the room `of`, or of the same."""
    heard = (of or room).segments.exclude(sound=None).first()
    for route in ROUTES:
        if "<str:command>" in route:
            continue
        screens = [screen for known, screen in pages if known == role and screen] if "<slug:screen>" in route else [""]
        for screen in screens:
            filled = {
                "<slug:event>": event,
                "<slug:role>": seen_as,
                "<slug:room>": room.handle,
                "<slug:screen>": screen,
            }
            filled["<slug:segment>"] = heard.handle if heard is not None else "none"
            yield "/" + "".join(filled.get(piece, piece) for piece in re.split(r"(<\w+:\w+>)", route))


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_another_room_event_or_role_is_shown_at_any_address(world: World, role: str) -> None:
    mine, other = world.room.event.handle, world.elsewhere.event.handle
    wrong = [
        *addresses(role, other, role, world.elsewhere),
        *addresses(role, mine, role, world.elsewhere),
        *addresses(role, other, role, world.room),
        *(each for other_role in ROLES if other_role != role for each in addresses(role, mine, other_role, world.room)),
    ]
    if role not in (PARTICIPANT, HOST):  # they have their role in all rooms of the event
        wrong += addresses(role, mine, role, world.second)
    for address in wrong:
        status, text = world.get(role, address)
        assert status == 401, f"{role} got {address}"
        assert WORD not in text


def asked(rooms: list[Room], at: int) -> str:
    """A query that names a handle of every kind that a page asks for: each room's one at this place, as far as there is."""
    named = [
        (question, found[at])
        for question, kinds in QUESTIONS.items()
        for kind in kinds
        for found in [[handle for room in rooms for handle in KINDS[kind](room)]]
        if at < len(found)
    ]
    return urlencode(named)


@pytest.mark.parametrize("role", ROLES)
def test_no_question_brings_out_anything_of_another_room(world: World, role: str) -> None:
    for address in addresses(role, world.room.event.handle, role, world.room):
        if address.endswith("bundle.json"):
            continue  # of the whole event, for those who keep it
        for rooms in ([world.elsewhere], [world.second]):
            for at in (0, 1):
                status, text = world.get(role, f"{address}?{asked(rooms, at)}")
                assert status in (200, 404, 429), address
                # The other room's name stands where one may go over to it, and links into it where they are handed out.
                assert WORD not in text.replace(f"Second {WORD}", ""), f"{role} {address}"


@pytest.mark.parametrize("role", ROLES)
def test_no_sound_of_another_room_is_heard(world: World, role: str) -> None:
    for other in (world.elsewhere, world.second):
        found = [
            each for each in addresses(role, world.room.event.handle, role, world.room, other) if each.endswith(".wav")
        ]
        assert [world.get(role, address)[0] for address in found] == [404]


def test_what_is_asked_of_one_s_own_room_is_shown(world: World) -> None:
    """So that the silence above means something."""
    said = world.room.segments.order_by("number")[0]
    base = f"/at/{world.room.event.handle}/captioner/{world.room.handle}/"
    for address in (f"{base}?correct={said.handle}", f"{base}strike/?of={said.handle}"):
        assert f'value="{said.handle}"' in world.get("captioner", address)[1]
    with undone():  # only of words that stand under a name
        Event.objects.update(attribution="name")
        world.room.turns.update(attribution="")
        assert world.get("captioner", f"{base}sound/{said.handle}.wav")[0] == 200


def test_every_route_and_every_question_is_known_here() -> None:
    """Whoever adds an address with a handle in it, or a question, names it above."""
    found: set[str] = set()
    for package in ("deliberate", "rooms", "polls", "frontend"):
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text()
            found |= set(re.findall(r'GET\.get(?:list)?\(\s*"(\w+)"', source))
            found |= set(re.findall(r'"(\w+)" (?:not )?in request\.GET\b', source))
            found |= set(re.findall(r'_part_name\([^()]*(?:\([^()]*\))?[^()]*, "(\w+)"\)', source))
    assert found | {"page"} == set(QUESTIONS)
    named = {name for each in urlpatterns for name in re.findall(r"<\w+:(\w+)>", str(each.pattern))}
    assert named == ELSEWHERE | {"room", "screen", "command", "segment"}
    others = [str(each.pattern) for each in urlpatterns if "<slug:room>" not in str(each.pattern)]
    assert {name for route in others for name in re.findall(r"<\w+:(\w+)>", route)} == ELSEWHERE
