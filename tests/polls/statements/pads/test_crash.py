"""A process is killed while drafters type: every stroke that was acknowledged is there, and everybody comes to the same words."""

from __future__ import annotations

import asyncio
from pathlib import Path
from random import Random

from deliberate.rehearsal.phone import Door, Member
from deliberate.text import paragraphs
from tests.polls.statements.pads.drafters import Desk, Drafter
from tests.service import Service, running, workers
from tests.waiting import came

UNHURRIED = {"LIMIT_FACTOR": "1000000"}


class Typist:
    """Types numbered words without a pause and notes which of them were acknowledged."""

    def __init__(self, drafter: Drafter, letter: str, chance: Random) -> None:
        self.drafter, self.letter, self.chance = drafter, letter, chance
        self.words: list[tuple[int, str]] = []
        self.over = False

    async def type(self) -> None:
        while not self.over:
            word = f"{self.letter}{len(self.words)} "
            await self.drafter.insert(self.chance.randrange(2) * len(str(self.drafter)), word)
            self.words.append((self.drafter.number, word))
            await asyncio.sleep(self.chance.uniform(0, 0.03))

    @property
    def acknowledged(self) -> list[str]:
        return [word for number, word in self.words if number <= self.drafter.acknowledged]


async def _type_and_kill(desk: Desk, typists: list[Typist], fell: Service, after_s: float) -> None:
    typing = [asyncio.create_task(each.type()) for each in typists]
    await asyncio.sleep(after_s)
    fell.kill()
    for each in typists:
        each.over = True
    await asyncio.gather(*typing)


async def _stored(desk: Desk, origin: str, member: Member) -> str:
    """What somebody finds who comes with empty hands."""
    fresh = Drafter(desk.door, member, desk.clause)
    await fresh.connect(origin)
    await came(lambda: fresh.writes)
    found = str(fresh)
    await fresh.drop()
    return found


def _told(typists: list[Typist]) -> list[str]:
    """What was acknowledged by now: ask before looking at what is stored, for a line that lives brings more meanwhile."""
    return [word for each in typists for word in each.acknowledged]


def _holds_all(found: str, told: list[str], typists: list[Typist]) -> None:
    lost = [word for word in told if word not in found]
    assert not lost, f"acknowledged and lost: {lost}"
    for each in typists:
        assert sum(word.startswith(each.letter) for word in told) > 3, (
            f"{each.letter} typed, and was told that it is kept"
        )


async def test_what_was_acknowledged_survives_a_killed_process(tmp_path: Path) -> None:
    with running(tmp_path, **UNHURRIED) as service:
        door = Door(service.url)
        desk = Desk(service, door)
        await desk.begin("We ask.")
        typists = [Typist(await desk.drafter(), letter, Random(n)) for n, letter in enumerate("ab")]
        for round in (1, 2):
            await _type_and_kill(desk, typists, service, 0.7)
            for each in typists:
                await each.drafter.drop()
            await asyncio.to_thread(service.restart)
            told = _told(typists)
            _holds_all(await _stored(desk, service.url, typists[0].drafter.member), told, typists)
            for each in typists:
                await each.drafter.connect()
                each.over = round == 2
        await came(lambda: all(each.drafter.kept for each in typists))
        await came(lambda: str(typists[0].drafter) == str(typists[1].drafter))
        assert all(word in str(typists[0].drafter) for each in typists for _number, word in each.words)
        await desk.close()
        await door.close()


async def test_words_that_were_typed_before_a_kill_reach_the_readers_though_no_drafter_comes_back(
    tmp_path: Path,
) -> None:
    with running(tmp_path, LIVE_SWEEP_S="0.5", **UNHURRIED) as service:
        door = Door(service.url)
        desk = Desk(service, door)
        await desk.begin("We ask.")
        ann = await desk.drafter()
        await ann.insert(7, " And we act.")
        await came(lambda: ann.kept)
        service.kill()
        await ann.drop()
        await asyncio.to_thread(service.restart)
        reader = await desk.phone("participant", ("statements.text",))
        await came(lambda: "We ask. And we act." in reader.screen().get("statements.text", ""))
        await desk.close()
        await door.close()


async def test_drafters_at_two_processes_write_one_clause_and_go_on_at_the_other_when_theirs_is_killed(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    with workers(2, tmp_path, postgres_url, redis_url, **UNHURRIED) as pair:
        doors = [Door(service.url) for service in pair]
        desk = Desk(pair[0], doors[0])
        await desk.begin("We ask.")
        ann = await desk.drafter()
        ben = Drafter(doors[1], await doors[1].join(pair[1].links["drafter"]), desk.clause)
        await ben.connect()
        await came(lambda: ben.writes)
        await ann.insert(0, "Today: ")
        await ben.insert(7, " Now.")
        await came(lambda: str(ann) == str(ben) == "Today: We ask. Now.", 2)
        await ann.say({"pad": desk.clause, "at": ["AAAA", "AAAA"]})
        await came(lambda: len(ben.cursors) == 1, 2)

        typists = [Typist(ann, "a", Random(1)), Typist(ben, "b", Random(2))]
        await _type_and_kill(desk, typists, pair[1], 0.8)
        told = _told(typists)
        _holds_all(await _stored(desk, pair[0].url, ann.member), told, typists)
        await ben.drop()
        await ben.connect(pair[0].url)
        await came(lambda: ann.kept and ben.kept)
        await came(lambda: str(ann) == str(ben))
        assert all(word in str(ann) for each in typists for _number, word in each.words)
        reader = await desk.phone("participant", ("statements.text",))
        await came(lambda: paragraphs(str(ann)) in reader.screen().get("statements.text", ""))

        await asyncio.to_thread(pair[1].restart)
        await ben.drop()
        await ben.connect()
        await came(lambda: ben.writes)
        fields = {"clause": desk.clause, "text": "Other words.", "revision": desk.shown()[1]}
        await ben.insert(0, "Mine. ")
        assert (await desk.form.act("statements.edit_clause", **fields))["ok"]
        await came(lambda: str(ann) == str(ben) and str(ben).endswith("Other words."))
        await ben.drop()
        await desk.close()
        for door in doors:
            await door.close()
