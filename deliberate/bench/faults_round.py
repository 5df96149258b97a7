"""One round: everybody votes and does what else a crowd does, something goes wrong meanwhile, and then all is compared."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deliberate.bench.faults_check import still_wrong, told, violations
from deliberate.bench.faults_phones import Doing, Phones, Storm
from deliberate.bench.faults_service import Below, Service
from deliberate.bench.faults_witness import Witness
from deliberate.load.news import parts_of
from deliberate.load.phone import OPEN, Line, compared
from deliberate.load.run import prepared
from deliberate.rehearsal.phone import Door, Phone, marks_of

#: Seconds after the fault at which every screen is to show what a fresh page shows, and until the last act is answered.
HEALED_S, ANSWERED_S = 5.0, 60.0
#: Seconds that pictures need after the last act was answered.
SHOWN_S = 5.0
#: Seats whose marks are compared with those of a fresh page, each round.
LOOKED_AT = 12
#: What lasts as long is to be told in words.
NOTICED_S = 2.5
MB = 2**20
LIMIT_MB = 20.0
#: How long memory may take to be given back.
GIVEN_BACK_S = 8.0
#: The marks on which anything of a page depends. A phone may hold more: those of polls that nothing shows any more.
_asked = re.compile(r'data-(?:when|unless|checked-when)="([^"]*)"')


class Console(Phone):
    """A moderator's line, with the words that it was told of what is wrong."""

    def __init__(self, door: Door, watch: tuple[str, ...] = ()) -> None:
        super().__init__(door, watch)
        self.words: list[str] = []
        self.trouble: list[str] = []

    def _hear(self, frame: dict[str, Any]) -> None:
        if "trouble" in frame:
            self.trouble = [str(each) for each in frame["trouble"]]
            self.words += self.trouble
        super()._hear(frame)


@dataclass
class Outcome:
    """What came of one round."""

    number: int
    fault: str
    setup: str
    votes: int = 0
    acts: int = 0
    wrong: list[str] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    away: int = 0
    memory_mb: float = 0.0
    between: int = 0
    resent: int = 0
    stumbled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    seconds: float = 0.0
    slowest_s: float = 0.0
    note: str = ""

    def add(self, kind: str, *sentences: str) -> None:
        self.kinds[kind] += len(sentences)
        self.wrong += [f"{kind}: {each}" for each in sentences]


@dataclass
class Stage:
    """All that a round needs, for all rounds of one set-up."""

    setup: str
    service: Service
    below: Below
    phones: Phones
    witness: Witness
    console: Console
    captions: Phone
    chance: random.Random
    handles: list[str]
    silent: list[Any]
    within_s: float = 2.0
    ideas: list[str] = field(default_factory=list)
    warm_mb: float = 0.0

    def lines(self, share: float) -> list[Line]:
        """Some of the phones."""
        lines = self.phones.crowd.lines
        return self.chance.sample(lines, max(1, round(share * len(lines))))

    async def fresh(self, number: int = 0) -> bytes:
        """A page as the database says, past all that is kept in memory."""
        seat = self.service.seats[number]
        answer = await self.service.door.http.get(f"{seat.base}?fresh", headers={"Cookie": f"seat={seat.cookie}"})
        return answer.content

    def memory_mb(self) -> float:
        return self.service.memory_bytes() / MB


@dataclass
class Round:
    """What a fault is given: the stage, the open poll, and where to note what was seen."""

    stage: Stage
    outcome: Outcome
    poll: str
    #: Seconds that what is wrong lasts.
    lasts_s: float
    log: Path | None = None

    async def pause(self, least: float, most: float) -> None:
        await asyncio.sleep(self.stage.chance.uniform(least, most))


Work = Callable[[Round], Any]


def rush(crowd: Storm, stage: Stage, number: int) -> None:
    """What some do besides voting, spread over the storm: support and unsupport, take stances, post, ask for the floor."""
    chance, moment = stage.chance, time.monotonic()

    def later(do: Callable[[], Any]) -> None:
        crowd.net.at(moment + chance.uniform(0, stage.within_s), do)

    def turn_over(line: Line, idea: str) -> None:
        acts = crowd.acts
        if chance.random() < 0.5:
            later(lambda: acts.do(line, chance.choice(("ideas.upvote", "ideas.unvote")), idea=idea))
        else:
            later(lambda: acts.do(line, "opinions.say", idea=idea, value=chance.choice(("agree", "disagree", "pass"))))

    spoken = [(line, chance.choice(stage.ideas)) for line in stage.lines(0.3)]
    for line, idea in spoken + chance.sample(spoken, len(spoken) * 2 // 3):  # some have a second word on the same idea
        turn_over(line, idea)
    for place, line in enumerate(chance.sample(crowd.lines, min(7, len(crowd.lines)))):
        if place < 3:
            text = f"Idea {number}.{place}: plant a row of alders along the bank, {line.number}"
            later(lambda line=line, text=text: crowd.acts.do(line, "ideas.post", text=text))  # type: ignore[misc]
        else:
            later(lambda line=line: crowd.acts.do(line, "floor.ask", kind="point"))  # type: ignore[misc]


async def round_of(stage: Stage, number: int, name: str, work: Work, lasts_s: float, trouble: bool) -> Outcome:
    """Play one round and compare. One that could not be played to its end is a violation by itself."""
    outcome, begun = Outcome(number, name, stage.setup), time.monotonic()
    try:
        await _played(stage, outcome, work, lasts_s, trouble)
    except Exception as problem:
        outcome.add("ended", f"{type(problem).__name__}: {problem}")
        await stage.phones.ask(lambda crowd: crowd.acts.forget())
    outcome.seconds = time.monotonic() - begun
    return outcome


async def _played(stage: Stage, outcome: Outcome, work: Work, lasts_s: float, trouble: bool) -> None:
    number = outcome.number
    await still(stage)
    before_mb = max(stage.memory_mb(), stage.warm_mb)
    stage.console.words.clear()
    poll = await prepared(stage.console, f"Round {number}: shall we go on?")
    before = await seen(stage, poll)
    await stage.phones.ask(lambda crowd: crowd.acts.begin(stage.within_s))
    await stage.console.act("ballots.open", poll=poll)
    await stage.phones.ask(lambda crowd: rush(crowd, stage, number))
    await work(Round(stage, outcome, poll, lasts_s))
    over = time.monotonic()
    await finished(stage)
    await asyncio.sleep(max(0.0, over + HEALED_S - time.monotonic(), await changed(stage) + SHOWN_S - time.monotonic()))
    await screens(stage, outcome)
    acts = await stage.phones.ask(lambda crowd: crowd.acts.forget())
    count(outcome, acts)
    outcome.add("stored", *violations(acts, stage.handles, before, await seen(stage, poll), poll))
    noticed = lasts_s >= NOTICED_S and (outcome.stumbled > 0 or outcome.fault.startswith("redis"))
    await told_in_words(stage, outcome, trouble and noticed)
    await closed(stage, outcome, poll)
    await leave_floor(stage, acts)
    outcome.memory_mb = await given_back(stage, before_mb) - before_mb
    if outcome.memory_mb > LIMIT_MB:
        outcome.add("memory", f"{outcome.memory_mb:.0f} MB more than before")


async def seen(stage: Stage, poll: str) -> dict[str, Any]:
    made = stage.service.made
    cookies = {each["handle"]: each["cookie"] for each in made["seats"]}
    return await stage.witness.ask(room=made["room"], poll=poll, ideas=stage.ideas, cookies=cookies)


async def still(stage: Stage) -> None:
    """All lines stand before a round begins."""
    if not await stage.phones.until(lambda crowd: crowd.ready == len(crowd.lines), ANSWERED_S):
        raise TimeoutError("The phones did not come back.")


async def finished(stage: Stage) -> None:
    """Wait until everybody who saw the poll has voted and every act is answered."""

    def done(crowd: Storm) -> bool:
        voted = sum(act.command == "ballots.cast" for act in crowd.acts.log.values())
        return crowd.acts.open == 0 and voted >= len(crowd.lines)

    await stage.phones.until(done, ANSWERED_S)


async def changed(stage: Stage) -> float:
    return await stage.phones.ask(lambda crowd: crowd.acts.changed)


async def screens(stage: Stage, outcome: Outcome) -> None:
    """Every phone beside a page that is made anew; who is still away is looked at when back."""
    hashes = parts_of(await stage.fresh())
    found = await stage.phones.ask(lambda crowd: compared([x for x in crowd.lines if x.state == OPEN], hashes))
    outcome.away = await stage.phones.ask(lambda crowd: sum(line.state != OPEN for line in crowd.lines))
    if outcome.away:
        await still(stage)
        await asyncio.sleep(SHOWN_S)
        hashes = parts_of(await stage.fresh())
        again = await stage.phones.ask(lambda crowd: compared(crowd.lines, hashes))
        found = again if again["differ"] else found
    if found["differ"]:
        outcome.add("screen", *[f"{n} phones show another {part}" for part, n in found["parts"].items()] or ["away"])
    for number in stage.chance.sample(range(len(stage.handles)), min(LOOKED_AT, len(stage.handles))):
        page = (await stage.fresh(number)).decode()
        asked = {name for names in _asked.findall(page) for name in names.split()}
        mine = await stage.phones.ask(lambda crowd, number=number: dict(crowd.marks.get(number, {})))  # type: ignore[misc]
        for feature, held in marks_of(page).items():
            shown, should = mine.get(feature, set()) & asked, set(held) & asked
            if shown != should:
                outcome.add("screen", f"phone {number} has other marks of {feature}: {shown}, not {should}")


def count(outcome: Outcome, acts: list[Doing]) -> None:
    outcome.acts = sum(told(act) == "stored" for act in acts)
    outcome.votes = sum(act.ok and act.command == "ballots.cast" for act in acts)
    outcome.stumbled += sum(act.stumbled for act in acts)
    outcome.resent = sum(act.last > act.sent + 0.05 for act in acts)
    outcome.refused.update(act.code for act in acts if act.answered and not act.ok)
    outcome.slowest_s = max((act.answered - act.sent for act in acts if act.answered), default=0.0)


async def told_in_words(stage: Stage, outcome: Outcome, must: bool) -> None:
    """The moderator's console said what was wrong, and says no more."""
    outcome.words = list(dict.fromkeys(stage.console.words))
    if must and not outcome.words:
        outcome.add("words", "the moderator's console said nothing")
    for _look in range(150):
        if not still_wrong(stage.console.trouble):
            return
        await asyncio.sleep(0.1)
    if still_wrong(stage.console.trouble):
        outcome.add("words", f"the moderator's console still says {still_wrong(stage.console.trouble)}")


async def closed(stage: Stage, outcome: Outcome, poll: str) -> None:
    """The poll's result, as everybody sees it."""
    answer = await stage.console.act("ballots.close", poll=poll)
    if not answer["ok"]:
        outcome.add("stored", f"the poll could not be closed: {answer['say']}")


async def leave_floor(stage: Stage, acts: list[Doing]) -> None:
    """Whoever is on the list leaves it, for the next round."""
    asked = {act.number for act in acts if act.command == "floor.ask"}

    def leave(crowd: Storm) -> None:
        for number in asked:
            crowd.acts.do(crowd.lines[number], "floor.withdraw")

    await stage.phones.ask(leave)
    await stage.phones.until(lambda crowd: crowd.acts.open == 0, ANSWERED_S)
    await stage.phones.ask(lambda crowd: crowd.acts.forget())


async def given_back(stage: Stage, before_mb: float) -> float:
    """Memory now; where it is too much, after waiting for it to be given back."""
    for _look in range(int(GIVEN_BACK_S / 0.5)):
        if stage.memory_mb() <= before_mb + LIMIT_MB:
            break
        await asyncio.sleep(0.5)
    return stage.memory_mb()
