"""Whatever is sent, nothing falls over: every command with fields of every shape, every page and form with any words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django import forms
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deliberate.door import perform
from deliberate.door.entrance import Place
from deliberate.door.limits import Guesses
from deliberate.door.registry import commands
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from deliberate.live.pages import PLAIN_COOKIE, pages
from deliberate.roles import ROLES
from rooms.events.models import Room
from rooms.seats import desk, views
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of
from tests import busy, make
from tests.digest import undone
from tests.fields import HANDLES, KINDS
from tests.house.test_addresses import QUESTIONS, ROUTES

pytestmark = pytest.mark.django_db
#: Within one test no rows are made anew for each example: each example is undone.
FEW = settings(
    max_examples=12, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
#: Letters that break what is careless: ends of strings, marks of direction, halves of letters, digits that are none.
ODD = st.sampled_from(
    ["", " ", "\t=1+1", "'", '"', "<b>", "\u202e", "\u0301" * 40, "²", "１２", "NaN", "1e400", "-0", "%00", "\\"]
)
LONG = st.integers(1, 200_000).map(lambda length: "9" * length)
#: What a header can carry.
SAID = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=60)
WORDS = st.one_of(st.text(max_size=40), ODD, LONG)
ANY = st.one_of(
    WORDS,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.one_of(WORDS, st.integers(), st.none()), max_size=50),
    st.dictionaries(st.text(max_size=3), st.none(), max_size=2),
    st.lists(st.lists(st.none(), max_size=1), max_size=2),
)


class World:
    """A room in which something of everything has happened, and its people."""

    def __init__(self) -> None:
        self.event = make.event(k=2, attribution="group")
        self.people = busy.people(self.event)
        self.room: Room = make.room(self.event)
        self.handles = {kind: find(self.room) for kind, find in KINDS.items()}

    def place(self, role: str) -> Place:
        seat = next(seat for seat in self.people if seat.role == role)
        stored = Seat.objects.select_related("event", "group", "room", "link").get(pk=seat.pk)
        return Place(stored, self.room, self.event, make.cookie(seat))

    def client(self, role: str, *, plain: bool) -> Client:
        client = Client(raise_request_exception=False)
        client.cookies[SEAT_COOKIE] = cookie_of(self.place(role).seat)
        if plain:
            client.cookies[PLAIN_COOKIE] = "1"
        return client

    def fields(self, name: str) -> st.SearchStrategy[dict[str, object]]:
        """Fields of a command: mostly as they should be, so that they get past the form; now and then anything."""
        form = commands[name].form.base_fields
        right = {each: self._right(each, form[each]) for each in form}
        return st.fixed_dictionaries({}, optional={each: st.one_of(fits, fits, ANY) for each, fits in right.items()})

    def _right(self, each: str, field: forms.Field) -> st.SearchStrategy[Any]:
        if each in HANDLES:
            handles = self.handles[HANDLES[each]]
            return st.one_of(st.sampled_from(handles), st.lists(st.sampled_from(handles), max_size=4))
        if isinstance(field, forms.ChoiceField):
            return st.sampled_from([str(value) for value, _label in field.choices])  # type: ignore[union-attr,misc]
        if isinstance(field, forms.IntegerField):
            bounds = [bound for bound in (field.min_value, field.max_value) if isinstance(bound, int)]
            return st.integers(min(bounds, default=0), max(bounds) if len(bounds) == 2 else 10**30)
        if isinstance(field, forms.BooleanField):
            return st.booleans()
        return st.dates().map(str) if isinstance(field, forms.DateField) else WORDS


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield World()


@pytest.mark.parametrize("name", sorted(commands))
def test_a_command_with_any_fields_is_done_or_refused_in_words(world: World, name: str) -> None:
    place = world.place(min(commands[name].who))

    @FEW
    @given(fields=world.fields(name), act=st.one_of(st.just(""), st.text(max_size=70), st.just("an-act-of-12")))
    def tried(fields: dict[str, object], act: str) -> None:
        perform.rest()
        with undone():
            try:
                perform.perform(place, name, fields, act)
            except Refused as refused:
                said = str(refused)
            else:
                said = "It is done."
            assert len(said) >= 5
            assert connection.is_usable()

    tried()


@pytest.mark.parametrize("role", ROLES)
def test_a_page_asked_for_anything_is_shown(world: World, role: str) -> None:
    base = f"/at/{world.event.handle}/{role}/{world.room.handle}/"
    screens = [screen for known, screen in pages if known == role]
    files = [route.rpartition("/")[2] for route in ROUTES if "." in route and not route.endswith("pdf")]
    asked = st.dictionaries(st.sampled_from(sorted(QUESTIONS)), WORDS.map(lambda text: text[:3000]), max_size=5)
    where = st.sampled_from([*(f"{screen}/" if screen else "" for screen in screens), *files])

    @settings(FEW, max_examples=20)
    @given(where=where, asked=asked, plain=st.booleans())
    def tried(where: str, asked: dict[str, str], plain: bool) -> None:
        with undone():
            assert world.client(role, plain=plain).get(f"{base}{where}", asked).status_code in (200, 404, 429)

    tried()


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_the_ways_in_take_anything(world: World, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joining, welcome, desk and plain forms: whatever stands in the address, the form and the cookies."""
    for module in (views, desk):  # guesses beyond counting, and none that another test would find counted
        monkeypatch.setattr(module, "_guesses", Guesses(100_000, 100_000))
    part = st.one_of(st.text(max_size=30).map(lambda text: text.replace("/", "")), ODD, st.just(world.event.handle))
    event = f"/at/{world.event.handle}/participant/"
    address = st.one_of(
        st.sampled_from(
            ["/", "/join/", "/desk/", "/desk/login/", "/desk/new/", "/desk/logout/", "/blank/", f"{event}welcome/"]
        ),
        part.map(lambda text: f"/join/{text}/"),
        part.map(lambda text: f"/in/{text}/"),
        part.map(lambda text: f"/at/{text}/"),
        part.map(lambda text: f"{event}{world.room.handle}/do/{text}"),
        st.tuples(part, part, part).map(lambda parts: "/at/" + "/".join(parts) + "/"),
    )
    fields = st.dictionaries(
        st.sampled_from(
            ["code", "username", "password", "title", "groups", "agenda", "name", "group", "place", "next", "act"]
        ),
        st.one_of(WORDS, st.lists(WORDS, max_size=3)),
        max_size=6,
    )
    cookies = st.dictionaries(st.sampled_from(["seat", "ticket", "said", "desk", "plain"]), SAID, max_size=3)

    @settings(FEW, max_examples=60)
    @given(address=address, fields=fields, cookies=cookies, seated=st.booleans())
    def tried(address: str, fields: dict[str, object], cookies: dict[str, str], seated: bool) -> None:
        client = world.client("participant", plain=False) if seated else Client(raise_request_exception=False)
        for name, value in cookies.items():
            client.cookies[name] = value
        with undone():
            sent = fields if method in ("get", "post") else ""
            assert getattr(client, method)(quote(address), sent).status_code < 500

    tried()
