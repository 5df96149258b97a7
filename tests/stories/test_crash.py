"""A process is killed in the middle of a storm of acts: what was acknowledged is stored, and everything exactly once.

Phones that were left without an answer ask again under the same act id, as a browser does. CRASHES in the environment
makes it happen more often."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

from deliberate.rehearsal.phone import Answer, Door, Member, Phone
from tests.service import Service, running, workers

PHONES, CAPTIONERS = 28, 2
#: Between two acts of a phone, at most.
PAUSE_S = 0.15
CRASHES = int(os.environ.get("CRASHES", "2"))
VALUES = ("agree", "pass", "disagree")
UNHURRIED = {"LIMIT_FACTOR": "1000000"}


class Storm:
    """Phones that act without a pause, and what they were told was stored."""

    def __init__(self, services: list[Service], chance: Random) -> None:
        self.chance = chance
        self.doors = [Door(service.url) for service in services]
        self.links = services[0].links
        self.over = True
        self.acts = 0
        self.ideas: dict[str, str] = {}
        self.said: dict[str, str] = {}
        self.stances: dict[tuple[int, str], str] = {}
        self.poll: dict[str, Any] = {}
        self.ballots: dict[int, str] = {}
        self.counted: dict[str, Counter[str]] = {}

    async def gather(self) -> None:
        """Everybody takes a seat, by turns at each of the processes."""
        self.moderator = await self._sit(0, "moderator")
        self.host: Member = await self.doors[0].join(self.links["host"])
        self.phones = [await self._sit(number, "participant") for number in range(PHONES)]
        self.captioners = [await self._sit(number, "captioner") for number in range(CAPTIONERS)]

    async def _sit(self, number: int, role: str) -> Phone:
        door = self.doors[number % len(self.doors)]
        phone = Phone(door, ("ideas.board", "ballots.turnout") if role == "participant" else ())
        await phone.sit(await door.join(self.links[role].replace(self.doors[0].origin, door.origin)))
        return phone

    async def blow(self) -> None:
        """Until it is over, everybody acts; then the last answers come in, and the poll is counted."""
        self.over = False
        await self._ask()
        await asyncio.gather(
            *(self._participant(number, phone) for number, phone in enumerate(self.phones)),
            *(self._captioner(number, phone) for number, phone in enumerate(self.captioners)),
        )
        await self._count()

    async def _act(self, phone: Phone, command: str, **fields: object) -> Answer:
        answer = await phone.act(command, **fields)
        assert answer["ok"], f"{command} {fields}: {answer}"
        self.acts += 1
        await asyncio.sleep(self.chance.uniform(0, PAUSE_S))
        return answer

    async def _participant(self, number: int, phone: Phone) -> None:
        votes_after = self.chance.randrange(12)
        turn = 0
        while not self.over or number not in self.ballots:
            turn += 1
            if turn > votes_after and number not in self.ballots:
                first, second = self.chance.sample(self.poll["options"], 2)
                await self._act(phone, "ballots.cast", poll=self.poll["poll"], choice=first)
                self.ballots[number] = first
                await self._act(phone, "ballots.cast", poll=self.poll["poll"], choice=second)  # it is in already
            elif self.ideas and self.chance.random() < 0.6:
                idea, value = self.chance.choice(list(self.ideas)), self.chance.choice(VALUES)
                await self._act(phone, "opinions.say", idea=idea, value=value)
                self.stances[number, idea] = value
            else:
                text = f"Idea {len(self.ideas)} of {number} at {turn}, {self.chance.random()}"
                answer = await self._act(phone, "ideas.post", text=text)
                self.ideas[answer["data"]["idea"]] = text

    async def _captioner(self, number: int, phone: Phone) -> None:
        while not self.over:
            text = f"Words {len(self.said)} of captioner {number}, {self.chance.random()}."
            answer = await self._act(phone, "transcript.settle", text=text)
            (segment,) = answer["data"]["segments"]
            self.said[segment] = text

    async def _ask(self) -> None:
        asked = {"question": "Which?", "kind": "one", "options": "One\nTwo\nThree", "secret": "sealed"}
        self.poll, self.ballots = (await self._act(self.moderator, "ballots.prepare", **asked))["data"], {}
        await self._act(self.moderator, "ballots.open", poll=self.poll["poll"])

    async def _count(self) -> None:
        await self._act(self.moderator, "ballots.close", poll=self.poll["poll"])
        self.counted[self.poll["poll"]] = Counter(self.ballots.values())

    async def check(self) -> None:
        """What is stored, read from the export, is what was acknowledged, each once."""
        (room,) = (await self.doors[0].page(self.host, "bundle.json")).json()["rooms"]
        assert _once(room["ideas"]) == self.ideas
        assert _once(room["segments"]) == self.said
        for idea in room["ideas"]:
            values = Counter(value for (_phone, on), value in self.stances.items() if on == idea["handle"])
            assert {value: idea[value] for value in VALUES} == {value: values[value] for value in VALUES}
        for poll in room["polls"]:
            assert poll["turnout"] == PHONES
            votes = dict(poll["result"]["figures"]["votes"])
            assert +Counter(votes) == self.counted[poll["handle"]]

    async def close(self) -> None:
        for phone in [self.moderator, *self.phones, *self.captioners]:
            await phone.close()
        for door in self.doors:
            await door.close()


def _once(rows: list[dict[str, Any]]) -> dict[str, str]:
    texts = [row["text"] for row in rows]
    assert len(texts) == len(set(texts)), f"stored twice: {[text for text, n in Counter(texts).items() if n > 1]}"
    return {row["handle"]: row["text"] for row in rows}


async def _crash(storm: Storm, fell: Service) -> asyncio.Task[None]:
    """Kill a process while everybody acts. Gives the storm, which goes on."""
    blowing = asyncio.create_task(storm.blow())
    await asyncio.sleep(storm.chance.uniform(0.1, 0.8))
    fell.kill()
    return blowing


async def test_a_demo_that_is_killed_has_stored_what_it_acknowledged_once(tmp_path: Path) -> None:
    with running(tmp_path, **UNHURRIED) as service:
        storm = Storm([service], Random(1))
        await storm.gather()
        for _crash_number in range(CRASHES):
            blowing = await _crash(storm, service)
            await asyncio.to_thread(service.restart)
            await asyncio.sleep(0.3)
            storm.over = True
            await blowing
        await storm.check()
        await storm.close()
        print(f"{storm.acts} acts, {CRASHES} crashes")


async def test_phones_of_a_worker_that_is_killed_go_on_at_the_other(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    with workers(2, tmp_path, postgres_url, redis_url, **UNHURRIED) as pair:
        storm = Storm(pair, Random(2))
        await storm.gather()
        for number in range(CRASHES):
            fell = number % 2
            # What a proxy does: whoever lost the line comes back at the process that stands.
            for door in storm.doors:
                door.origin = pair[1 - fell].url
            blowing = await _crash(storm, pair[fell])
            await asyncio.sleep(0.5)
            storm.over = True
            await blowing
            await asyncio.to_thread(pair[fell].restart)
        await storm.check()
        await storm.close()
        print(f"{storm.acts} acts, {CRASHES} crashes")
