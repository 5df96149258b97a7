"""How long voters wait: for their tokens when a poll opens, and from the tap to the receipt. And votes a second."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

from deliberate.bench.ballots.clerk import Clerk
from deliberate.bench.ballots.paper import PAPER
from deliberate.bench.ballots.voters import Box, Casting, Phones, castings, choices
from deliberate.bench.crew import PACE
from deliberate.bench.disk import Disk
from deliberate.bench.product import NotReady, Product
from deliberate.bench.result import Asked, Reach, Table
from deliberate.bench.servers import postgres
from deliberate.rehearsal.phone import Phone
from deliberate.rehearsal.report import percentile
from polls.ballots.blind import formats

TOKENS, CLICKS, FEW = 500, 300, 40
#: Seconds within which everybody taps.
WITHIN_S = 10.0
#: Rounds, of which the one in the middle counts.
ROUNDS = 3


@dataclass
class Speed:
    """On one database. Of each round: seconds until all had tokens, every wait for a receipt in ms, votes a second through the
    box; by the clerk once: ballots a second checked, stored by the box's way, and one insert a vote."""

    database: str
    voters: int
    clicks: int
    tokens_s: list[float] = field(default_factory=list)
    clicks_ms: list[list[float]] = field(default_factory=list)
    rush: list[float] = field(default_factory=list)
    together: float = 0.0
    orm: float = 0.0
    checks: float = 0.0
    disk_ms: list[float] = field(default_factory=list)


@asynccontextmanager
async def _served(database: str, voters: int, server: str) -> AsyncIterator[Product]:
    with ExitStack() as below:
        more = {"DATABASE_URL": below.enter_context(postgres())} if database == "PostgreSQL" else {}
        async with Product(voters, environment=PACE | {"LIMIT_FACTOR": "10000"} | more, server=server) as product:
            yield product


async def measured(database: str, asked: Asked) -> Speed:
    size = asked.phones[0] if asked.phones else FEW if asked.quick else TOKENS
    found = Speed(database, size, min(size, CLICKS))
    async with _served(database, size, asked.server) as product, Phones(product, size) as phones:
        moderator, box, disk = await product.phone("moderator"), Box(product.door), Disk()
        disk.start()
        for _round in range(asked.times(ROUNDS, 1) if asked.quick else ROUNDS):
            poll, voters = await _opened(moderator, phones)
            found.tokens_s.append(await _tokens(phones, poll, voters))
            found.clicks_ms.append(await _clicks(box, poll, voters[: found.clicks], 1.0 if asked.quick else WITHIN_S))
            await moderator.act("ballots.close", poll=poll)
            poll, voters = await _opened(moderator, phones)
            await _tokens(phones, poll, voters)
            found.rush.append(await _rush(box, poll, voters))
            await moderator.act("ballots.close", poll=poll)
        found.disk_ms = disk.stop()
        await box.close()
        await moderator.close()
        async with Clerk(product.settings()) as clerk:
            found.together, _checks = await _by_clerk(clerk, size, "fall")
            found.orm, found.checks = await _by_clerk(clerk, size, "orm")
    return found


async def _opened(moderator: Phone, phones: Phones) -> tuple[str, list[Casting]]:
    """A blind poll, and a voter for each phone whose blinded message is made already: that is the phones' own work."""
    poll = str((await moderator.act("ballots.prepare", **PAPER))["data"]["poll"])
    await asyncio.sleep(1)  # the signer, which was woken, makes keys
    answer = await moderator.act("ballots.open", poll=poll)
    if not answer["ok"]:
        raise NotReady(f"The poll was not opened: {answer['say']}")
    voters = castings(await phones.shown(), range(phones.count))
    await asyncio.to_thread(lambda: [each.voter.blinded for each in voters])
    return poll, voters


async def _tokens(phones: Phones, poll: str, voters: Sequence[Casting]) -> float:
    """Seconds until everybody has a token who asks for it in the same moment."""
    texts = [formats.to_text(each.voter.blinded) for each in voters]
    began = time.perf_counter()
    answers = await asyncio.gather(
        *(
            phones.lines[each.number].act("ballots.token", poll=poll, blinded=text)
            for each, text in zip(voters, texts, strict=True)
        )
    )
    took = time.perf_counter() - began
    for each, answer in zip(voters, answers, strict=True):
        if not answer["ok"]:
            raise NotReady(f"A token was refused: {answer['say']}")
        each.token = await asyncio.to_thread(each.voter.token, formats.from_text(answer["data"]["token"]))
    return took


async def _clicks(box: Box, poll: str, voters: Sequence[Casting], within_s: float) -> list[float]:
    """Each taps at a moment by chance; ms until the receipt is there, the ballot made in between."""
    chance, said = random.Random(poll), choices(voters[0].voter.definition)
    waited: list[float] = []

    async def one(each: Casting) -> None:
        await asyncio.sleep(chance.uniform(0, within_s))
        began = time.perf_counter()
        each.sign(chance.choice(said))
        await box.put(poll, each)
        waited.append((time.perf_counter() - began) * 1000)
        if not each.receipt:
            raise NotReady(f"A ballot was refused: {each.refused}")

    await asyncio.gather(*(one(each) for each in voters))
    return waited


async def _rush(box: Box, poll: str, voters: Sequence[Casting]) -> float:
    """Votes a second where all come at once, over HTTP, each answered by its receipt."""
    said = choices(voters[0].voter.definition)
    for each in voters:
        each.sign(said[each.number % len(said)])
    began = time.perf_counter()
    await asyncio.gather(*(box.put(poll, each) for each in voters))
    took = time.perf_counter() - began
    if not all(each.receipt for each in voters):
        raise NotReady("A ballot was refused.")
    return len(voters) / took


async def _by_clerk(clerk: Clerk, voters: int, way: str) -> tuple[float, float]:
    """Ballots a second that are checked and stored in this way by one thread, and those that are checked alone."""
    opened = await clerk.ask(do="open")
    people = castings(opened["definition"], range(voters))
    blinded = [formats.to_text(each.voter.blinded) for each in people]
    tokens = (await clerk.ask(do="tokens", poll=opened["poll"], blinded=blinded))["tokens"]
    said = choices(opened["definition"])
    for each, token in zip(people, tokens, strict=True):
        each.token = each.voter.token(formats.from_text(token))
        each.sign(said[each.number % len(said)])
    ballots = [formats.to_text(each.octets) for each in people]
    took = await clerk.ask(do=way, poll=opened["poll"], ballots=ballots)
    counted = (await clerk.ask(do="close", poll=opened["poll"]))["turnout"]
    if counted != voters:
        raise NotReady(f"{voters} ballots were stored, {counted} counted.")
    return voters / took["seconds"], voters / took["checks"]


async def bench(asked: Asked) -> list[Speed]:
    found = []
    for database in ("SQLite", "PostgreSQL"):
        asked.say(f"speed on {database}")
        found.append(await measured(database, asked))
        one = found[-1]
        asked.say(
            f"{database}: tokens {[round(each, 2) for each in one.tokens_s]} s, click to receipt p95 "
            f"{[round(percentile(each, 0.95)) for each in one.clicks_ms]} ms, {[round(each) for each in one.rush]} votes/s"
        )
    return found


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


def reached(found: Sequence[Speed]) -> list[Reach]:
    reach = []
    for each in found:
        p95 = _middle([percentile(some, 0.95) for some in each.clicks_ms])
        reach.append(Reach(f"{each.database}: {each.voters} tokens at once", _middle(each.tokens_s), 2.5, "s"))
        reach.append(Reach(f"{each.database}: click to receipt, p95 at {each.clicks} voters", p95, 500, "ms"))
    return reach


def tables(found: Sequence[Speed]) -> list[Table]:
    waits = []
    for each in found:
        every = [ms for some in each.clicks_ms for ms in some]
        spread = [round(percentile(every, share)) for share in (0.5, 0.95, 0.99, 1)]
        by_round = ", ".join(f"{seconds:.2f}" for seconds in each.tokens_s)
        waits.append([each.database, by_round, *spread, round(percentile(each.disk_ms, 0.95), 1)])
    heads = ["", "all tokens after, s", "receipt p50, ms", "p95", "p99", "longest", "the disk itself, p95"]
    note = (
        f"Everybody asks for a token in the same moment. Then {found[0].clicks} tap within {WITHIN_S:g} s; a ballot waits up to 200 ms "
        "for others, so that none is committed alone."
    )
    votes = [
        [each.database, round(_middle(each.rush)), round(each.together), round(each.orm), round(each.together / each.orm, 1),
         round(each.checks)]
        for each in found
    ]  # fmt: skip
    said = (
        "Through the box: over HTTP, all at once, each answered by its receipt. In one thread, without HTTP: checked and stored as the "
        "box does, 32 to a commit; and after the same checks one insert a vote by the ORM, each in a transaction of its own. "
        "Checked alone: form, choice, token and signature of a ballot, which no way of storing can spare."
    )
    return [
        Table("How long voters wait", heads, waits, note),
        Table(
            "Votes a second",
            ["", "through the box", "32 to a commit", "one insert a vote", "×", "checked alone"],
            votes,
            said,
        ),
    ]
