"""Every act says which parts it left stale and whose marks it changed: what a phone was told equals what is stored.

The walk acts through the door on rows in this process, and after each act it paints everything anew. A part that differs
though nobody touched it is a screen that would stay wrong until the next sweep."""

from __future__ import annotations

import asyncio
import os
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
import time_machine
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from deliberate.door import perform
from deliberate.door.entrance import Place
from deliberate.door.registry import Answer, commands
from deliberate.door.views import SEAT_COOKIE, seat_path
from deliberate.errors import Refused
from deliberate.live import hints, marks
from deliberate.live.pages import pages
from deliberate.live.painter import paint
from deliberate.live.parts import parts, split
from deliberate.rehearsal.phone import without_times
from deliberate.roles import ROLES
from rooms.seats.actions import take
from rooms.seats.models import Seat
from rooms.seats.queries import cookie_of, seat_of
from tests import browsing, busy, make

STEPS, WALKS = int(os.environ.get("WALK_STEPS", "36")), int(os.environ.get("WALKS", "2"))
NOON = datetime(2030, 5, 1, 12, tzinfo=UTC)
#: Further pages of a part that stay empty on so short a walk.
BEYOND = {f"statements.{name}/{page}" for name in ("text", "drafter") for page in range(3, 11)}
_part = re.compile(r' data-part="([^"]+)"')


class Told:
    """What the acts say: hints, as a process's hub gets them."""

    def __init__(self) -> None:
        self.hints: list[hints.Hint] = []
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)

    def __enter__(self) -> Told:
        self._thread.start()
        hints.here.loop, hints.here.take = self.loop, self.hints.append
        return self

    def __exit__(self, *error: object) -> None:
        hints.here.loop = hints.here.take = None
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    def since(self) -> list[hints.Hint]:
        """What was said since the last time."""
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self.loop).result()
        found = self.hints[:]
        self.hints.clear()
        return found


class Phones:
    """What the phones of a room show: the pictures a role holds of each part, and the marks each seat knows."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.event = make.event(k=2, attribution="group")
        self.seats = busy.people(self.event)
        self.room = make.room(self.event)
        self.found: dict[tuple[str, str], str] = {}
        self.shown: dict[str, set[str]] = {role: set() for role in ROLES}
        for role, screen in pages:
            self.shown[role] |= set(_part.findall(self.page(self.seat(role), screen))) - BEYOND
        self.told.since()
        self.pictures = self.painted()
        self.marks = {seat.pk: self.marks_of(seat) for seat in self.seats}

    def seat(self, role: str, chance: Random | None = None) -> Seat:
        some = [seat for seat in self.seats if seat.role == role]
        return chance.choice(some) if chance else some[0]

    def page(self, seat: Seat, screen: str, query: str = "") -> str:
        """A page of the seat as a browser loads it."""
        client = Client()
        client.cookies[SEAT_COOKIE] = cookie_of(seat)
        base = f"{seat_path(self.event.handle, seat.role)}{self.room.handle}/"
        response = client.get(f"{base}{screen}/{query}" if screen else f"{base}{query}")
        assert response.status_code == 200, f"{seat.role} {screen} {response.status_code}"
        return str(response.content.decode())

    def painted(self) -> dict[tuple[str, str], str]:
        """Everything that some page shows, as stored now."""
        self.room = make.room(self.event)
        return {
            (name, role): without_times(paint(self.room, name, role, "en").html)
            for role, some in self.shown.items()
            for name in sorted(some)
        }

    def marks_of(self, seat: Seat) -> dict[str, set[str]]:
        place = self._place(seat)
        return {feature: set(held) for feature, held in marks.every(place).items()}

    def answered(self, seat: Seat, command: str, answer: Answer) -> None:
        """The phone that acted learns its marks from the answer."""
        place = self._place(seat)
        news = marks.after(commands[command], place, answer)
        held = self.marks[seat.pk]
        for feature, some in (news.get("marks") or {}).items():  # type: ignore[attr-defined]
            held[feature] = set(some)
        for feature, (on, off) in (news.get("turned") or {}).items():  # type: ignore[attr-defined]
            held[feature] = (held.get(feature, set()) - set(off)) | set(on)

    def settle(self) -> dict[str, str]:
        """Let the phones take in what was said since the last time. What then differs from a fresh page: part and role ->
        how."""
        fresh = self.painted()
        for hint in self.told.since():
            unknown = set(hint.parts) - parts.keys() - {hints.MARKS}
            assert not unknown, f"no such parts: {unknown}"
            if hint.room == self.room.pk:
                touched = {key: html for key, html in fresh.items() if split(key[0])[0] in hint.parts}
                self.pictures.update(touched)
            for seat in self.seats:
                if seat.pk == hint.seat or (hint.room == self.room.pk and hints.MARKS in hint.parts):
                    self.marks[seat.pk] = self.marks_of(seat)
        stale: dict[str, str] = {}
        for seat in self.seats:
            mine, stored = _held(self.marks[seat.pk]), _held(self.marks_of(seat))
            for name in sorted(self.shown[seat.role]):
                have, want = self.pictures[name, seat.role], fresh[name, seat.role]
                if have != want or mine != stored:
                    have, want = marks.apply(have, mine), marks.apply(want, stored)
                    if have != want:
                        stale[f"{name} of the {seat.role}"] = browsing.difference(have, want)
        return stale

    def act(self, command: str, chance: Random) -> bool:
        """Somebody does `command`, filling in a form as it stands on a page; False where nobody is offered it."""
        for role in chance.sample(sorted(commands[command].who), len(commands[command].who)):
            seat = self.seat(role, chance)
            fields = self._fields(seat, command, chance)
            if fields is not None:
                self._do(seat, command, fields)
                return True
        return False

    def _fields(self, seat: Seat, command: str, chance: Random) -> browsing.Fields | None:
        if command in browsing.WITHOUT:
            return browsing.WITHOUT[command](chance)
        screens = [screen for role, screen in pages if role == seat.role]
        chance.shuffle(screens)
        screens.sort(key=lambda screen: self.found.get((command, seat.role)) != screen)
        for screen in screens:
            html = self.page(seat, screen)
            links = browsing.links_of(html)
            found = [form for form in browsing.forms_of(html) if form.command == command]
            if not found and links:
                html = self.page(seat, screen, chance.choice(links))
                found = [form for form in browsing.forms_of(html) if form.command == command]
            if found:
                self.found[command, seat.role] = screen
                return browsing.filled(chance.choice(found), chance)
        return None

    def _do(self, seat: Seat, command: str, fields: browsing.Fields) -> None:
        perform.rest()
        try:
            answer = perform.perform(self._place(seat), command, fields, "")
        except Refused as refused:
            if refused.code in browsing.BROKEN:
                raise
            return
        if not answer.forget_seat:
            self.answered(seat, command, answer)
        self.hold(f"{command} {fields}")
        self.go_on()

    def hold(self, after: str) -> None:
        """Every screen shows what a fresh page would."""
        stale = self.settle()
        assert not stale, f"{after} left stale: " + "\n".join(f"{name}\n{how}" for name, how in stale.items())

    def go_on(self) -> None:
        """Whose seat has ended comes back, by a new link if need be."""
        for place, seat in enumerate(self.seats):
            now = seat_of(cookie_of(seat))
            if now is None:
                now = self._again(seat)
                self.marks[now.pk] = self.marks_of(now)
                self.seats[place] = now
                self.hold(f"joining as {seat.role}")
            self.seats[place] = now

    def _again(self, seat: Seat) -> Seat:
        links = self.event.links.filter(role=seat.role, revoked_at=None)
        if not links:
            perform.perform(self._place(self.seat("host")), "events.new_link", {"role": seat.role}, "")
        return take(link=links.all()[0], name="Again", place="hall")

    def _place(self, seat: Seat) -> Place:
        return Place(seat, self.room, self.room.event, make.cookie(seat))


def _held(by_feature: dict[str, set[str]]) -> set[str]:
    return {mark for some in by_feature.values() for mark in some}


@pytest.fixture
def told() -> Iterator[Told]:
    with Told() as found:
        yield found


@pytest.mark.django_db(transaction=True)
def test_every_act_touches_what_it_changes(told: Told) -> None:
    steps = st.tuples(st.sampled_from(sorted(commands.keys() - {"events.delete"})), st.integers(0, 999))

    @settings(
        max_examples=WALKS, deadline=None, derandomize=True, database=None, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    @given(walk=st.integers(STEPS // 2, STEPS).flatmap(lambda n: st.lists(steps, min_size=n, max_size=n)))
    def walks(walk: list[tuple[str, int]]) -> None:
        with time_machine.travel(NOON, tick=False) as time:
            phones = Phones(told)
            for command, seed in walk:
                time.shift(1)
                phones.act(command, Random(seed))

    walks()


@pytest.mark.django_db(transaction=True)
def test_ending_a_seat_touches_what_it_changes(told: Told) -> None:
    """The walk does not come upon it: its form stands behind a link to another page."""
    phones = Phones(told)
    moderator, seated = phones.seat("moderator"), [seat for seat in phones.seats if seat.role == "participant"]
    phones._do(moderator, "floor.call_next", {"expected": ""})
    phones._do(moderator, "floor.start", {})
    turns = list(phones.room.turns.exclude(state="withdrawn").order_by("pk"))
    for turn in turns:
        phones._do(moderator, "seats.end", {"shown": f"turn:{turn.handle}"})
    assert [Seat.objects.get(pk=seat.pk).ended for seat in seated] == [True] * 3
