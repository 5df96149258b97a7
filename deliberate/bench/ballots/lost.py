"""A service is killed again and again while ballots fall in; then what it published is set beside what voters were told."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx

from deliberate.bench.ballots.clerk import Clerk
from deliberate.bench.ballots.voters import Box, Casting, castings, choices, receipt_holds, take
from deliberate.bench.crew import PACE
from deliberate.bench.faults_service import Service
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Reach, Table
from deliberate.bench.servers import postgres, redis
from polls.ballots.blind import formats, verify_poll

#: Rounds and ballots of a whole run; ballots of a round, and rounds of one poll.
ROUNDS, BALLOTS, EACH, ROUNDS_A_POLL = 500, 100_000, 210, 5
#: Seconds within which the ballots of a round set out, and within which the service is killed.
STORM_S, KILL_S = 0.7, 0.9
#: How long a ballot is tried.
PATIENCE_S = 90
#: Of those who vote, one in so many sends the same again, another choice by the same token, or a token of their own making.
ODD = 12


@dataclass
class Sent:
    """A ballot on its way. `unsure`: a try of it got no answer, so it may be in."""

    casting: Casting
    unsure: bool = False
    tries: int = 0


@dataclass
class Lost:
    """What came of all rounds on one database. `wrong`: what must not be, in sentences."""

    database: str
    rounds: int = 0
    polls: int = 0
    ballots: int = 0
    refused: int = 0
    again: int = 0
    between: int = 0
    back_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


@asynccontextmanager
async def _served(database: str, seats: int) -> AsyncIterator[Service]:
    with ExitStack() as below:
        environment = PACE | {"LIMIT_FACTOR": "10000", "PURGE_EVERY_S": "86400"}
        if database == "PostgreSQL":
            environment |= {
                "DATABASE_URL": below.enter_context(postgres()),
                "REDIS_URL": below.enter_context(redis()),
            }
        async with Service(seats, environment=environment) as service:
            yield service


class Storms:
    """Polls on one service, and their rounds."""

    def __init__(self, service: Service, clerk: Clerk, found: Lost, seed: int, each: int) -> None:
        self.service, self.clerk, self.found, self.each = service, clerk, found, each
        self.chance = random.Random(f"{seed} {found.database}")
        self.box = Box(service.door, lines=400)
        self.up = asyncio.Event()
        self.up.set()

    async def poll(self, rounds: int) -> None:
        """One poll with so many rounds, and a closing in the middle of a storm; then all is compared."""
        opened = await self.clerk.ask(do="open")
        voters = castings(opened["definition"], range(self.each * rounds))
        blinded = await asyncio.to_thread(lambda: [formats.to_text(each.voter.blinded) for each in voters])
        answer = await self.clerk.ask(do="tokens", poll=opened["poll"], blinded=blinded)
        await asyncio.to_thread(_signed, voters, answer["tokens"], self.chance)
        told: list[Sent] = []
        last = self.each // 5
        for number in range(rounds):
            some = voters[number * self.each : (number + 1) * self.each - (last if number == rounds - 1 else 0)]
            told += await self._round(opened["poll"], some)
        told += await self._closing(opened["poll"], voters[-last:])
        self.found.polls += 1
        await self._compare(opened["poll"], told)

    async def _round(self, poll: str, voters: Sequence[Casting]) -> list[Sent]:
        sent = self._sent(voters)
        storm = asyncio.gather(*(self._cast(poll, each, STORM_S) for each in sent))
        await asyncio.sleep(self.chance.uniform(0, KILL_S))
        self.up.clear()
        began = time.monotonic()
        killed = asyncio.create_task(self.service.kill(self.service.pid))
        stored = (await self.clerk.ask(do="count", poll=poll))["stored"]
        self.found.between += max(0, stored - self._before - sum(bool(each.casting.receipt) for each in sent))
        await killed
        self.found.back_s.append(time.monotonic() - began)
        self.up.set()
        await storm
        self._before += sum(bool(each.casting.receipt) for each in sent)
        self.found.rounds += 1
        return sent

    async def _closing(self, poll: str, voters: Sequence[Casting]) -> list[Sent]:
        sent = self._sent(voters)
        storm = asyncio.gather(*(self._cast(poll, each, STORM_S) for each in sent))
        await asyncio.sleep(STORM_S / 2)
        self.turnout = (await self.clerk.ask(do="close", poll=poll))["turnout"]
        await storm
        self._before = 0
        return sent

    _before = 0
    turnout = 0

    def _sent(self, voters: Sequence[Casting]) -> list[Sent]:
        """Everybody's ballot; and of a few what must be refused, or is the same once more."""
        found = [Sent(each) for each in voters]
        for each in voters:
            kind = self.chance.randrange(3 * ODD)
            if kind > 2:
                continue
            other = Casting(each.number, each.voter, each.token)
            if kind == 0:
                other.octets = each.octets
            elif kind == 1:
                said = choices(each.voter.definition)
                other.sign(said[said.index(each.choice) - 1])
            else:
                other.token = bytes([each.token[0] ^ 1]) + each.token[1:]
                other.sign(each.choice)
            found.append(Sent(other))
        return found

    async def _cast(self, poll: str, sent: Sent, within_s: float) -> None:
        """As a phone does: the same octets until there is an answer."""
        await asyncio.sleep(self.chance.uniform(0, within_s))
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            await self.up.wait()
            sent.tries += 1
            try:
                answer = await self.box.http.post(f"/box/{poll}", content=sent.casting.octets)
                if answer.status_code < 500:
                    take(sent.casting, answer)
                    return
            except httpx.TransportError:
                pass
            sent.unsure = True
            await asyncio.sleep(self.chance.uniform(0.1, 0.5))
        self.found.wrong.append(f"a ballot of poll {poll} was never answered")

    async def _compare(self, poll: str, told: Sequence[Sent]) -> None:
        file = await self.box.file(poll)
        found = await asyncio.to_thread(compared, file, told, self.turnout)
        self.found.wrong += [f"poll {poll}: {each}" for each in found]
        self.found.ballots += len({each.casting.octets for each in told if each.casting.receipt})
        self.found.refused += sum(bool(each.casting.refused) for each in told)
        self.found.again += sum(each.tries - 1 for each in told)


def _signed(voters: Sequence[Casting], tokens: Sequence[str], chance: random.Random) -> None:
    said = choices(voters[0].voter.definition)
    for each, token in zip(voters, tokens, strict=True):
        each.token = each.voter.token(formats.from_text(token))
        each.sign(chance.choice(said))


def compared(file: bytes, told: Sequence[Sent], turnout: int) -> list[str]:
    """What voters were told beside what was published: what differs, in sentences."""
    report, published = verify_poll.verify(file), json.loads(file)["ballots"]
    wrong = [] if report.holds else [f"it does not recount: {'; '.join(line for line in report if 'WRONG' in line)}"]
    acknowledged = {each.casting.octets for each in told if each.casting.receipt}
    listed = [formats.from_text(each) for each in published]
    if lost := len(acknowledged - set(listed)):
        wrong.append(f"{lost} ballots with a receipt are not in the list")
    if twice := len(listed) - len(set(listed)):
        wrong.append(f"{twice} stand there twice")
    if strange := len(set(listed) - {each.casting.octets for each in told}):
        wrong.append(f"{strange} are there that nobody cast")
    refused = {
        each.casting.octets
        for each in told
        if each.casting.refused and not (each.unsure and each.casting.refused == "closed")
    } - acknowledged
    if stored := len(refused & set(listed)):
        wrong.append(f"{stored} are there that were refused for good")
    if empty := sum(not receipt_holds(each.casting) for each in told if each.casting.receipt):
        wrong.append(f"{empty} receipts do not hold")
    by_voter = [key for key, count in _keys(listed).items() if count > 1]
    if by_voter:
        wrong.append(f"{len(by_voter)} voters stand there with more than one ballot")
    if turnout != len(listed):
        wrong.append(f"the turnout is {turnout}, of {len(listed)} ballots")
    return wrong


def _keys(listed: Sequence[bytes]) -> dict[bytes, int]:
    found: dict[bytes, int] = {}
    for octets in listed:
        start = 53 + octets[52]
        key = octets[start : start + 32]
        found[key] = found.get(key, 0) + 1
    return found


async def _played(database: str, rounds: int, each: int, asked: Asked, until: float) -> Lost:
    found = Lost(database)
    many = min(rounds, ROUNDS_A_POLL)
    async with _served(database, each * many) as service, Clerk(service.settings()) as clerk:
        storms = Storms(service, clerk, found, asked.seed, each)
        while found.rounds < rounds and time.monotonic() < until:
            await storms.poll(min(many, rounds - found.rounds))
            asked.say(
                f"{database}: {found.rounds} of {rounds} rounds, {found.ballots} ballots, "
                f"{found.between} stored and not answered, {len(found.wrong)} wrong{''.join(chr(10) + w for w in found.wrong[:5])}"
            )
        await storms.box.close()
    if not found.ballots:
        raise NotReady("No ballot was acknowledged.")
    return found


async def bench(asked: Asked) -> list[Lost]:
    """On both databases at the same time: most of a round is waiting for the service to be back."""
    rounds = asked.times(ROUNDS, 4)
    each = asked.phones[0] if asked.phones else EACH
    until = time.monotonic() + asked.seconds if asked.seconds else float("inf")
    halves = [rounds - rounds // 2, rounds // 2]
    plans = zip(("SQLite", "PostgreSQL"), halves, strict=True)
    asked.say(f"lost: {rounds} rounds of {each} ballots")
    return await asyncio.gather(*(_played(database, many, each, asked, until) for database, many in plans if many))


def reached(found: Sequence[Lost], whole: bool) -> list[Reach]:
    rounds, ballots = sum(each.rounds for each in found), sum(each.ballots for each in found)
    counts = [Reach("kill -9 and restart: rounds", rounds, ROUNDS, least=True)]
    counts.append(Reach("kill -9 and restart: ballots with a receipt", ballots, BALLOTS, least=True))
    wrong = Reach(
        "receipts that are not in the list once, and whatever else is wrong", sum(len(e.wrong) for e in found), 0
    )
    return [*(counts if whole else []), wrong]


def tables(found: Sequence[Lost]) -> list[Table]:
    heads = [
        "",
        "rounds",
        "polls",
        "ballots with a receipt",
        "refused",
        "sent again",
        "stored, not answered",
        "back after s",
        "wrong",
    ]
    rows = [
        [each.database, each.rounds, each.polls, each.ballots, each.refused, each.again, each.between,
         round(sum(each.back_s) / max(1, len(each.back_s)), 1), len(each.wrong)]
        for each in found
    ]  # fmt: skip
    shown = [Table("Killed in the middle of ballots", heads, rows)]
    wrong = [[each.database, what] for each in found for what in each.wrong[:40]]
    return [*shown, Table("What should not have been", ["Database", "what"], wrong)] if wrong else shown
