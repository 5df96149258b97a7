"""Painted = reloaded: after a random walk of acts every screen of every role shows what a fresh page would.

Real sockets, one for each page of each seat. The server's sweep never comes, so a part that somebody forgot to touch stays
wrong until the comparison. WALK_STEPS and WALK_SEED in the environment make a longer or another walk."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from deliberate.door.registry import commands
from deliberate.live.pages import pages
from deliberate.rehearsal.phone import Answer, Door, Member, Phone, parts_of
from deliberate.roles import HOST, ROLES
from tests import browsing
from tests.service import Service, running

STEPS, SEED = int(os.environ.get("WALK_STEPS", "60")), int(os.environ.get("WALK_SEED", "1"))
#: Acts between two comparisons, at most.
STRETCH = 8
SEATS = {role: 3 if role == "participant" else 1 for role in ROLES}
#: It ends everything for everybody (tests/rooms/events/setup/test_event.py).
NOT_WALKED = {"events.delete"}
#: They end seats, at once.
ENDING = {"seats.erase", "events.revoke_link"}
PATIENCE_S = 15


class Somebody:
    """One seat with a tab open on each of its pages."""

    def __init__(self, role: str, member: Member) -> None:
        self.role, self.member = role, member
        self.tabs: dict[str, Phone] = {}

    async def open(self, door: Door) -> None:
        """Open the pages; of those with the same parts only the first."""
        known = set()
        for screen in [screen for role, screen in pages if role == self.role]:
            watch = tuple(parts_of(await page(door, self, screen)))
            if watch not in known:
                known.add(watch)
                self.tabs[screen] = Phone(door, watch)
                await self.tabs[screen].sit(replace(self.member, marks={}))

    async def act(self, screen: str, command: str, fields: browsing.Fields) -> Answer:
        tab = self.tabs.get(screen) or next(iter(self.tabs.values()))
        return await tab.act(command, **fields)

    async def close(self) -> None:
        for tab in self.tabs.values():
            await tab.close()


async def page(door: Door, who: Somebody, screen: str, query: str = "") -> str:
    response = await door.page(who.member, (f"{screen}/" if screen else "") + query)
    assert response.status_code == 200, f"{who.role} {screen} {response.status_code}"
    return response.text


class Walk:
    """A room full of people who do what their pages offer them."""

    def __init__(self, service: Service, chance: Random) -> None:
        self.service, self.chance, self.door = service, chance, Door(service.url)
        self.people: list[Somebody] = []
        self.done: Counter[str] = Counter()
        self.found: dict[tuple[str, str], str] = {}

    async def begin(self) -> None:
        for role, count in SEATS.items():
            for _seat in range(count):
                self.people.append(await self.sit(role, self.service.links[role]))
        await self.offered("events.settings", k="2", attribution="group", names_on_list="all")
        await self.offered("events.move_on")
        for command in BEGINNING:
            await self.offered(command)

    async def sit(self, role: str, link: str) -> Somebody:
        found = Somebody(role, await self.door.join(link, name=browsing.words(self.chance, 2)))
        await found.open(self.door)
        return found

    async def offered(self, command: str, **fields: str) -> bool:
        """Somebody does `command` by a form on one of their pages; False where nobody is offered it or it was refused."""
        people = [one for one in self.people if one.role in commands[command].who]
        for one in self.chance.sample(people, len(people)):
            form = await self._form(one, command)
            if form is not None:
                screen, filled = form
                answer = await one.act(screen, command, {**filled, **fields})
                assert answer.get("code") not in browsing.BROKEN, f"{one.role}: {command} {filled}: {answer}"
                self.done[command] += answer["ok"]
                if command in ENDING:
                    await self.come_back()
                return bool(answer["ok"])
        return False

    async def _form(self, one: Somebody, command: str) -> tuple[str, browsing.Fields] | None:
        """A form for `command` on one of the seat's pages, or behind a link there, filled in."""
        if command in browsing.WITHOUT:
            return "", browsing.WITHOUT[command](self.chance)
        screens = [screen for role, screen in pages if role == one.role]
        self.chance.shuffle(screens)
        screens.sort(key=lambda screen: self.found.get((one.role, command)) != screen)
        for screen in screens:
            html = await page(self.door, one, screen)
            links = ["", *browsing.links_of(html)]
            for query in dict.fromkeys(["", self.chance.choice(links)]):
                html = html if not query else await page(self.door, one, screen, query)
                offers = [form for form in browsing.forms_of(html) if form.command == command]
                if offers:
                    self.found[one.role, command] = screen
                    return screen, browsing.filled(self.chance.choice(offers), self.chance)
        return None

    async def come_back(self) -> None:
        """Whoever's seat was ended, by themselves or by the host, takes a new one."""
        for place, one in enumerate(self.people):
            if (await self.door.page(one.member)).status_code == 401:
                await one.close()
                link = self.service.links[HOST]
                if one.role != HOST:
                    host = next(other for other in self.people if other.role == HOST)
                    made = await host.act("links", "events.new_link", {"role": one.role})
                    link = self.service.url + made["data"]["path"]
                self.people[place] = await self.sit(one.role, link)

    async def differing(self) -> list[str]:
        """The parts, of all tabs, that show something else than a fresh page."""
        found = []
        for one in self.people:
            for screen, tab in one.tabs.items():
                fresh, shown = parts_of(await page(self.door, one, screen)), tab.screen()
                found += [
                    f"{one.role} {screen or 'first'}: {name}\n{browsing.difference(shown.get(name, ''), html)}"
                    for name, html in fresh.items()
                    if shown.get(name) != html
                ]
        return found

    async def compare(self, since: list[str]) -> None:
        until = time.monotonic() + PATIENCE_S
        while differing := await self.differing():
            assert time.monotonic() < until, f"after {since} these screens differ:\n" + "\n".join(differing)
            await asyncio.sleep(0.1)

    async def close(self) -> None:
        for one in self.people:
            await one.close()
        await self.door.close()


#: So that there is something to vote on, to quote, to hide and to decline from the start.
BEGINNING = (
    *["floor.ask"] * 3, "floor.call_next", "floor.start", *["transcript.settle"] * 3, *["ideas.post"] * 4,
    "ideas.upvote", "statements.cite", "statements.add_clause", *["statements.propose"] * 3,
    *["ballots.prepare"] * 4, "ballots.open", *["ballots.cast"] * 2, "ballots.close", "ideas.hide",
)  # fmt: skip


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    patient = {"LIVE_TICK_S": "0.01", "LIVE_SWEEP_S": "3600", "LIMIT_FACTOR": "100000", "LIMIT_LINES_PER_SEAT": "64"}
    with running(tmp_path, **patient) as found:
        yield found


async def test_every_screen_shows_what_a_fresh_page_would(service: Service) -> None:
    walk = Walk(service, Random(SEED))
    walked = sorted(commands.keys() - NOT_WALKED)
    try:
        await walk.begin()
        steps = 0
        while steps < STEPS:
            stretch = [walk.chance.choice(walked) for _step in range(walk.chance.randint(1, STRETCH))]
            since = [command for command in stretch if await walk.offered(command)]
            await walk.compare(since)
            steps += len(stretch)
    finally:
        await walk.close()
    print(f"{steps} steps, {walk.done.total()} done of {len(walk.done)} kinds")
