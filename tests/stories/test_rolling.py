"""All workers of a service are renewed while its room votes, and no phone notices more than a moment without a line."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from deliberate.rehearsal.phone import Door, Phone, parts_of
from deliberate.shell.server import SERVERS
from tests.service import Service, several

PHONES, WORKERS = 24, 2
SCREEN = ("ballots.open", "ballots.turnout", "ideas.top", "seats.presence")
UNHURRIED = {"LIMIT_FACTOR": "1000000"}
under_each = pytest.mark.parametrize("service", SERVERS, indirect=True, scope="module")
#: What holds whichever server the workers run.
under_one = pytest.mark.parametrize("service", SERVERS[-1:], indirect=True, scope="module")


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_url: str, redis_url: str
) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("rolling")
    with several(WORKERS, request.param, folder, postgres_url, redis_url, **UNHURRIED) as found:
        yield found


def pids(service: Service) -> set[int]:
    """The workers that serve now."""
    children = subprocess.run(
        ["ps", "--no-headers", "-o", "pid,args", "--ppid", str(service.process.pid)], capture_output=True, text=True
    ).stdout
    return {int(line.split()[0]) for line in children.splitlines() if "deliberate.shell.worker" in line}


def told(service: Service, what: str) -> int:
    return len(re.findall(f'event="{what}"', service.log.read_text()))


async def becomes(service: Service, what: str, times: int, within_s: float = 90) -> None:
    for _attempt in range(int(within_s * 10)):
        if told(service, what) >= times:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"{what} was not told: {service.log.read_text()[-3000:]}")


class Hall:
    """Phones of one room that act until it is over, and what they were told was stored."""

    def __init__(self, service: Service) -> None:
        self.door = Door(service.url)
        self.links = service.links
        self.ideas: dict[str, str] = {}
        self.over = False

    async def gather(self) -> None:
        self.moderator = Phone(self.door, SCREEN)
        await self.moderator.sit(await self.door.join(self.links["moderator"]))
        self.host = await self.door.join(self.links["host"])
        self.before = {idea["handle"] for idea in (await self._room())["ideas"]}
        self.phones = [Phone(self.door, SCREEN) for _number in range(PHONES)]
        await asyncio.gather(*map(self._seated, self.phones))

    async def _seated(self, phone: Phone) -> None:
        await phone.sit(await self.door.join(self.links["participant"]))

    async def poll(self) -> tuple[dict[str, Any], Counter[str]]:
        """A poll is opened, everybody votes once and posts ideas until it is over. What was asked, and what was voted."""
        asked = {"question": "Which?", "kind": "one", "options": "One\nTwo\nThree", "secret": "sealed"}
        poll = (await self.moderator.act("ballots.prepare", **asked))["data"]
        assert (await self.moderator.act("ballots.open", poll=poll["poll"]))["ok"]
        votes = await asyncio.gather(
            *(self._take_part(number, phone, poll) for number, phone in enumerate(self.phones))
        )
        return poll, Counter(votes)

    async def _take_part(self, number: int, phone: Phone, poll: dict[str, Any]) -> str:
        choice: str = poll["options"][number % 3]
        voted, turn = False, 0
        while not (self.over and voted):
            await asyncio.sleep(0.5 + number % 7 / 5)
            turn += 1
            if turn == 1 + number % 8 or (self.over and not voted):
                answer = await phone.act("ballots.cast", poll=poll["poll"], choice=choice)
                assert answer["ok"], answer
                voted = True
            elif turn % 3 == 0:
                text = f"Idea {turn} of {number}"
                answer = await phone.act("ideas.post", text=text)
                assert answer["ok"], answer
                self.ideas[answer["data"]["idea"]] = text
        await phone.act("ballots.cast", poll=poll["poll"], choice=choice)  # it is in already; and the line stands
        return choice

    async def right(self) -> None:
        """Within five seconds the phones show what a fresh page of their seats shows, and all of them the same pictures."""
        for phone in self.phones[::4]:
            fresh, shown = await self._fresh(phone), phone.screen()
            for _attempt in range(25):
                if shown.items() >= fresh.items():
                    break
                await asyncio.sleep(0.2)
                fresh, shown = await self._fresh(phone), phone.screen()
            assert shown.items() >= fresh.items()
        for name in SCREEN:
            assert len({phone.pictures.get(name, ("", ""))[0] for phone in self.phones}) == 1, name

    async def _fresh(self, phone: Phone) -> dict[str, str]:
        assert phone.member is not None
        page = parts_of((await self.door.page(phone.member)).text)
        fresh = {name: html for name, html in page.items() if name in SCREEN}
        assert set(fresh) >= {"ballots.open", "ideas.top"}
        return fresh

    async def check(self, poll: dict[str, Any], votes: Counter[str]) -> None:
        """What is stored is what was acknowledged, each once."""
        assert (await self.moderator.act("ballots.close", poll=poll["poll"]))["ok"]
        room = await self._room()
        ideas = [(each["handle"], each["text"]) for each in room["ideas"] if each["handle"] not in self.before]
        assert sorted(ideas) == sorted(self.ideas.items())
        assert len({text for _handle, text in ideas}) == len(ideas), "an idea is stored twice"
        (counted,) = (each for each in room["polls"] if each["handle"] == poll["poll"])
        assert counted["turnout"] == PHONES
        assert +Counter(dict(counted["result"]["figures"]["votes"])) == votes

    async def _room(self) -> dict[str, Any]:
        (room,) = (await self.door.page(self.host, "bundle.json")).json()["rooms"]
        found: dict[str, Any] = room
        return found

    async def close(self) -> None:
        for phone in [self.moderator, *self.phones]:
            await phone.close()
        await self.door.close()


async def knock(service: Service, answers: Counter[int]) -> None:
    """Ask for a page again and again, as somebody new: each time over a connection of its own."""
    while True:
        async with httpx.AsyncClient() as somebody:
            answers[(await somebody.get(service.url + "/join/", timeout=20)).status_code] += 1
        await asyncio.sleep(0.05)


@under_each
async def test_all_workers_are_renewed_during_a_poll_and_every_act_is_stored_once(service: Service) -> None:
    before = pids(service)
    assert len(before) == WORKERS
    hall, answers = Hall(service), Counter[int]()
    await hall.gather()
    knocking = asyncio.create_task(knock(service, answers))
    polling = asyncio.create_task(hall.poll())
    await asyncio.sleep(1)
    service.process.send_signal(signal.SIGHUP)
    await becomes(service, "all workers are new", 1)
    await asyncio.sleep(1)
    hall.over = True
    poll, votes = await polling
    knocking.cancel()
    assert set(answers) == {200}, answers
    assert len(hall.ideas) >= PHONES // 2
    try:
        await hall.right()
        await hall.check(poll, votes)
    finally:
        await hall.close()
    after = pids(service)
    assert len(after) == WORKERS
    assert not after & before
    assert told(service, "a worker ended") == 0


@under_one
async def test_a_worker_that_is_killed_is_replaced_at_once_and_nothing_is_lost(service: Service) -> None:
    before, ends = pids(service), told(service, "a worker ended")
    hall = Hall(service)
    await hall.gather()
    polling = asyncio.create_task(hall.poll())
    await asyncio.sleep(1)
    os.kill(min(before), signal.SIGKILL)
    await becomes(service, "a worker ended", ends + 1)
    for _look in range(600):
        if len(pids(service)) == WORKERS:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)
    hall.over = True
    poll, votes = await polling
    try:
        await hall.right()
        await hall.check(poll, votes)
    finally:
        await hall.close()
    assert len(pids(service)) == WORKERS


@under_each
def test_counters_are_those_of_all_workers(service: Service) -> None:
    for _attempt in range(2 * WORKERS):  # whoever answers
        said = httpx.get(service.url + "/metrics").text.splitlines()
        (cast,) = (line for line in said if 'command="ballots.cast"' in line and 'outcome="done"' in line)
        assert float(cast.split()[-1]) >= 2 * PHONES


@under_each
def test_told_to_end_all_end_and_nothing_is_left(service: Service) -> None:
    workers = pids(service)
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(30) == 0
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
