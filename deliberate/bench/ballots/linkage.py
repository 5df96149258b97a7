"""Two hundred people vote; somebody takes everything from the machine in the middle of it, and tries to say who voted what."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx

from deliberate.bench.ballots import thief
from deliberate.bench.ballots.paper import PAPER
from deliberate.bench.ballots.taken import Taken, take
from deliberate.bench.ballots.thief import Guess
from deliberate.bench.ballots.voters import (
    ADDRESS,
    AGENT,
    NETWORK,
    Casting,
    Phones,
    address_of,
    castings,
    choices,
    fetch,
    telltale,
)
from deliberate.bench.ballots.voters import take as taken_by
from deliberate.bench.crew import PACE
from deliberate.bench.product import NotReady, Product
from deliberate.bench.result import Asked, Reach, Table
from deliberate.bench.servers import postgres, redis
from deliberate.rehearsal.phone import Phone
from polls.ballots.blind import verify_poll

VOTERS, FEW = 200, 40
#: What may be right beyond what luck gives, as a share.
MORE = 0.05
#: Seconds within which tokens are fetched, and ballots cast, of two hundred.
FETCH_S, CAST_S = 2.0, 25.0
#: Seconds that a phone lets go by between tap and ballot, by chance (js/blind.js).
DELAY_S = 4.0
HELD, WATCHED, CONTROL = "as it is held", "and all taps were watched", "control: one by one, watched"
#: How much is logged, and the addresses of those who come are known.
LOUD = {"LOG_LEVEL": "DEBUG", "TRUSTED_PROXIES": "1"}


@dataclass
class Attack:
    """What came of one attack. `guesses`: the best first; `right`: of the ways that accomplices chose; `found`: where an
    address or a user agent stood."""

    database: str
    way: str
    voters: int
    guesses: list[Guess]
    right: int
    found: list[str] = field(default_factory=list)
    files: int = 0
    size: int = 0
    left_out: list[str] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.right / self.voters


@asynccontextmanager
async def _served(database: str, voters: int) -> AsyncIterator[tuple[Product, str, str]]:
    with ExitStack() as below:
        environment, address, redis_address = PACE | LOUD, "", ""
        if database == "PostgreSQL":
            address, redis_address = below.enter_context(postgres()), below.enter_context(redis())
            environment |= {"DATABASE_URL": address, "REDIS_URL": redis_address}
        workers = 2 if database == "PostgreSQL" else 1
        async with Product(voters, workers=workers, environment=environment, server="uvicorn") as product:
            yield product, address, redis_address


class Hall:
    """The people, their phones, and what only the bench knows: in which order they do what."""

    def __init__(self, phones: Phones, seed: int) -> None:
        self.phones, self.product = phones, phones.product
        self.chance = random.Random(f"{seed} linkage")

    async def polled(self, moderator: Phone) -> list[Casting]:
        """A blind poll opens, and every phone is shown it."""
        made = await moderator.act("ballots.prepare", **PAPER)
        self.poll = str(made["data"]["poll"])
        opened = await moderator.act("ballots.open", poll=self.poll)
        if not opened["ok"]:
            raise NotReady(f"The poll was not opened: {opened['say']}")
        definition = await self.phones.shown()
        return castings(definition, range(self.phones.count))

    async def early(self, voters: Sequence[Casting]) -> None:
        """Everybody's phone asks for its token when it sees the poll."""

        async def one(each: Casting) -> None:
            await asyncio.sleep(self.chance.uniform(0, FETCH_S))
            await fetch(self.phones.lines[each.number], each, self.poll)

        await asyncio.gather(*(one(each) for each in voters))

    async def cast(self, voters: Sequence[Casting], within_s: float) -> None:
        """They tap in the order given, each at a moment of its own within so many seconds; the ballot goes out later, by chance."""
        moments = sorted(self.chance.uniform(0, within_s) for _each in voters)
        said = choices(voters[0].voter.definition)

        async def one(each: Casting, moment: float) -> None:
            await asyncio.sleep(moment + self.chance.uniform(0, DELAY_S))
            await self.put(each, self.chance.choice(said))

        await asyncio.gather(*(one(each, moment) for each, moment in zip(voters, moments, strict=True)))

    async def one_by_one(self, voters: Sequence[Casting]) -> None:
        """Each fetches a token, casts at once, and only then the next."""
        for each in voters:
            await fetch(self.phones.lines[each.number], each, self.poll)
            await self.put(each, self.chance.choice(choices(each.voter.definition)))

    async def put(self, each: Casting, choice: str) -> None:
        """From an address of their own, on a line of its own, without a cookie."""
        each.sign(choice)
        way = httpx.AsyncHTTPTransport(local_address=address_of(each.number))
        async with httpx.AsyncClient(base_url=self.product.url, transport=way, timeout=60) as http:
            answer = await http.post(f"/box/{self.poll}", content=each.octets, headers=telltale(each.number))
        taken_by(each, answer)
        if not each.receipt:
            raise NotReady(f"A ballot was refused: {each.refused}")

    async def look_around(self) -> None:
        """Everybody loads their page once, as who comes in does."""
        gate = asyncio.Semaphore(20)

        async def one(number: int) -> None:
            seat = self.product.seats[number]
            way = httpx.AsyncHTTPTransport(local_address=address_of(number))
            async with gate, httpx.AsyncClient(base_url=self.product.url, transport=way, timeout=60) as http:
                await http.get(seat.base, headers={"Cookie": f"seat={seat.cookie}", **telltale(number)})

        await asyncio.gather(*(one(number) for number in range(self.phones.count)))


async def attacked(database: str, voters: int, seed: int) -> list[Attack]:
    """The attack on a poll as it is held, and the same one where everybody is watched as they vote (a control)."""
    found = []
    async with (
        _served(database, voters) as (product, address, redis_address),
        Phones(product, voters, known=True) as phones,
    ):
        hall, moderator = Hall(phones, seed), await product.phone("moderator")
        await hall.look_around()
        for way in (HELD, CONTROL):
            people = await hall.polled(moderator)
            hall.chance.shuffle(people)
            if way == HELD:
                await hall.early(people)
            takings = []
            for some in (people[: voters // 2], people[voters // 2 :]):
                if way == HELD:
                    await hall.cast(some, CAST_S * voters / VOTERS / 2)
                else:
                    await hall.one_by_one(some)
                takings.append(await asyncio.to_thread(take, product, address, redis_address))
            found += await asyncio.to_thread(_judged, database, way, takings, people, product, seed)
            await _closed(moderator, product, hall.poll)
        await moderator.close()
    return found


async def _closed(moderator: Phone, product: Product, poll: str) -> None:
    """Close it, and see that it was a poll as others are."""
    closed = await moderator.act("ballots.close", poll=poll)
    if not closed["ok"]:
        raise NotReady(f"The poll was not closed: {closed['say']}")
    published = (await product.door.http.get(f"/box/{poll}/ballots.json")).content
    if not verify_poll.verify(published).holds:
        raise NotReady("The poll that was attacked does not recount.")


def _judged(
    database: str, way: str, takings: Sequence[Taken], order: Sequence[Casting], product: Product, seed: int
) -> list[Attack]:
    """Set the thief's guesses beside what the bench knows. Ballots are numbered by their octets, seats by their handles."""
    before, after = takings
    people = sorted(order, key=lambda each: product.handles[each.number])
    ballots = sorted(each.octets for each in people)
    truth = {number: ballots.index(each.octets) for number, each in enumerate(people)}
    named = thief.known(after, [product.handles[each.number] for each in people], ballots)
    page = thief.PAGES[database]
    seats, fallen = thief.by_rows(after, named.seats, named.keys), thief.by_rows(after, named.ballots)
    seats |= thief.by_bytes(after, named.seats, page) | thief.by_change(before, after, named.seats, named.keys)
    fallen |= thief.by_bytes(after, named.ballots, page) | thief.by_change(before, after, named.ballots)
    if not seats or not fallen:
        raise NotReady("The thief found neither seats nor ballots: it looked at nothing.")
    tapped: thief.Orders = {"when each tapped": {people.index(each): place for place, each in enumerate(order)}}
    chance = random.Random(f"{seed} accomplices")
    sides = list(range(len(people)))
    chance.shuffle(sides)
    found = []
    for name, known in [(CONTROL, tapped)] if way == CONTROL else [(HELD, seats), (WATCHED, tapped)]:
        guesses = thief.guesses(known, fallen, len(people), truth, seed)
        found.append(Attack(database, name, len(people), guesses, thief.chosen(guesses, sides)))
        found[-1].files, found[-1].size, found[-1].left_out = len(after.files), after.size, after.left_out
    if way == HELD:
        told = [AGENT, f"{ADDRESS}.", NETWORK]
        told += [address_of(each.number) for each in people] + [f"{NETWORK}::{each.number + 1:x}" for each in people]
        found[0].found = thief.traces(before, told) + thief.traces(after, told)
    return found


async def bench(asked: Asked) -> list[Attack]:
    """On both databases, one after the other."""
    voters = asked.phones[0] if asked.phones else FEW if asked.quick else VOTERS
    found = []
    for database in ("SQLite", "PostgreSQL"):
        asked.say(f"linkage: {voters} voters on {database}")
        for attack in await attacked(database, voters, asked.seed):
            asked.say(f"{database}, {attack.way}: {attack.right} of {voters} right; {len(attack.found)} traces")
            found.append(attack)
    return found


def reached(attacks: Sequence[Attack]) -> list[Reach]:
    found = []
    for each in attacks:
        chance = 1 / each.voters
        if each.way == CONTROL:
            name = f"{each.database}: matched in the control, where something is to be seen"
            found.append(Reach(name, 100 * each.share, 50, "%", least=True))
        if each.way != HELD:
            continue
        found.append(Reach(f"{each.database}: seats matched to ballots", 100 * each.share, 100 * (chance + MORE), "%"))
        found.append(Reach(f"{each.database}: addresses and user agents found", len(each.found), 0))
    return found


def tables(attacks: Sequence[Attack]) -> list[Table]:
    rows = []
    for each in attacks:
        together = next(guess for guess in each.guesses if guess.by == thief.TOGETHER)
        best = each.guesses[0]
        rows.append([
            f"{each.database}, {each.way}", each.voters, each.files, round(each.size / 2**20), len(each.guesses), each.right,
            together.right, best.right, best.by,
        ])  # fmt: skip
    heads = ["", "voters", "files", "MB", "ways", "right", "right by all at once", "right by the best", "which was"]
    said = (
        "Luck gives one right on average. Right: the thief has accomplices and chooses the way that fits what is known of one half "
        "of the room; counted on the other half, and turned round. The best is known by hindsight alone: of thousands of "
        "ways some are lucky. Where all taps were watched, the thief knows besides in which order people tapped, which no "
        "machine keeps; phones wait up to four seconds by chance for that."
    )
    found = [Table("Whose ballot is whose", heads, rows, said)]
    wrong = [[each.database, where] for each in attacks for where in each.found[:20]]
    if wrong:
        found.append(Table("What would tell who spoke", ["Database", "what stands where"], wrong))
    return found


def left_out(attacks: Sequence[Attack]) -> list[str]:
    return [f"{each.database}: {why}." for each in attacks for why in each.left_out if each.way == HELD]
