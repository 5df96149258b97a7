"""`deliberate bench faults`: a vote storm with something going wrong, again and again; nothing may be lost or doubled."""

from __future__ import annotations

import asyncio
import random
import secrets
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from deliberate.bench import faults_report
from deliberate.bench.faults_kinds import FAULTS, Fault
from deliberate.bench.faults_phones import Phones
from deliberate.bench.faults_round import Console, Outcome, Stage, round_of
from deliberate.bench.faults_service import FAKETIME, Below, Disk, Service, below
from deliberate.bench.faults_witness import Witness
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Result

#: Phones of a round in a long run and in a short one, and those besides that only ever sit and never read.
PHONES, FEW, SILENT = 550, 60, 50
ROUNDS = 220
WORKERS = 3
IDEAS = (
    "Plant alders where the bank has gone",
    "One number to call, day and night",
    "Read the gauge aloud every morning",
    "Pay the ferryman in the dry months too",
    "Publish what was promised, and by whom",
    "Open the sluice by agreement, not by clock",
)
SETUPS = {"one": "SQLite, one process", "several": f"PostgreSQL and Redis, {WORKERS} workers"}


@dataclass(frozen=True)
class Planned:
    """One round to come."""

    fault: Fault
    lasts_s: float


def planned(setup: str, rounds: int, seed: int, only: list[str], quick: bool) -> list[Planned]:
    """The rounds of one set-up. Each fault comes once before any comes again, but the long ones rarer; those that need
    another clock come first, for the service is started anew for them, and after them."""
    chance = random.Random(f"{seed} {setup}")
    may = [each for each in FAULTS.values() if setup in each.setups and (not only or each.name in only)]
    if quick:
        return sorted((Planned(each, each.lasts_s[0]) for each in may), key=lambda each: each.fault.needs != "clock")
    plan: list[Planned] = []
    while may and len(plan) < rounds:
        turn = [each for each in may if only or chance.random() < each.share]
        chance.shuffle(turn)
        plan += [Planned(each, chance.uniform(*each.lasts_s[1:])) for each in turn]
    return sorted(plan[:rounds], key=lambda each: each.fault.needs != "clock")


def left_out(plan: list[Planned], disk: Disk) -> dict[str, str]:
    """What this machine can't do, and why, in words."""
    missing = {}
    if not disk.own:
        missing["disk"] = "no disk of its own could be mounted (that takes root), so none was filled"
    if not FAKETIME:
        missing["clock"] = "libfaketime is not installed (Debian: apt install faketime), so no clock jumped"
    return {each.fault.name: missing[each.fault.needs] for each in plan if each.fault.needs in missing}


@asynccontextmanager
async def stage_of(
    setup: str, below_it: Below, phones: int, asked: Asked, seed: int, within_s: float
) -> AsyncIterator[Stage]:
    """The service with all its people, each at their place."""
    workers = WORKERS if setup == "several" else 1
    async with AsyncExitStack() as open_:
        service = await open_.enter_async_context(
            Service(phones + SILENT, workers=workers, environment=below_it.environment(), server="uvicorn")
        )
        witness = await open_.enter_async_context(Witness(service.settings()))
        crowd = await open_.enter_async_context(Phones(service.target(), service.seats[:phones], seed))
        console, captions = Console(service.door), Console(service.door)
        for phone, role in ((console, "moderator"), (captions, "captioner")):
            await phone.sit(service.member(role))
            open_.push_async_callback(phone.close)
        stage = Stage(
            SETUPS[setup], service, below_it, crowd, witness, console, captions, random.Random(seed),
            service.handles[:phones], service.seats[phones:], within_s,
        )  # fmt: skip
        await crowd.ask(lambda all_: all_.arrive(2))
        for number, text in enumerate(IDEAS):
            act = await crowd.ask(lambda all_, n=number, t=text: all_.acts.do(all_.lines[n], "ideas.post", text=t))  # type: ignore[misc]
            if not await crowd.until(lambda _all, act=act: act.answered > 0, 60):  # type: ignore[misc]
                raise NotReady("The first ideas were not answered.")
            stage.ideas.append(act.data["idea"])
        await crowd.ask(lambda all_: all_.acts.forget())
        yield stage


async def _nothing(_now: object) -> None:
    """A storm without a fault."""


@dataclass
class Rounds:
    """What came of those that were played; what had to be left out, and why. `over`: no round begins any more."""

    outcomes: list[Outcome] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    over: asyncio.Event = field(default_factory=asyncio.Event)


async def played(setup: str, plan: list[Planned], asked: Asked, seed: int, rounds: Rounds) -> None:
    """All rounds of one set-up, one after the other."""
    phones = asked.sizes((PHONES,), (FEW,))[0]
    end = time.monotonic() + asked.seconds if asked.seconds else float("inf")
    with below(setup == "several") as below_it:
        rounds.skipped |= left_out(plan, below_it.disk)
        plan = [each for each in plan if each.fault.name not in rounds.skipped]
        within_s = 1.0 if asked.quick else 2.0
        async with stage_of(setup, below_it, phones, asked, seed, within_s) as stage:
            for number in range(1 if asked.quick else 2):
                warm = await round_of(stage, -number, "none", _nothing, 0, False)
                asked.say(f"{stage.setup}: warm, {stage.memory_mb():.0f} MB {'; '.join(warm.wrong)}")
            stage.warm_mb = stage.memory_mb()
            for number, each in enumerate(plan, start=1):
                if time.monotonic() > end or rounds.over.is_set():
                    break
                clock = stage.service.folder / "clock" if each.fault.needs == "clock" else None
                if clock != stage.service.clock:
                    await stage.service.again(clock)
                fault = each.fault
                outcome = await round_of(stage, number, fault.name, fault.work, each.lasts_s, fault.trouble)
                rounds.outcomes.append(outcome)
                asked.say(faults_report.line_of(outcome, len(plan)))


async def bench(asked: Asked) -> Result:
    """Rounds on both set-ups; the report."""
    found = Rounds()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, found.over.set)
    seed = asked.seed or secrets.randbelow(2**31)
    asked.say(f"seed {seed}")
    rounds = asked.times(ROUNDS, len(FAULTS))
    plans = {setup: planned(setup, -(-rounds // len(SETUPS)), seed, list(asked.only), asked.quick) for setup in SETUPS}
    # Both at the same time: most of a round is waiting.
    await asyncio.gather(*(played(setup, plan, asked, seed, found) for setup, plan in plans.items() if plan))
    return faults_report.report(found.outcomes, found.skipped, seed, asked.quick or bool(asked.only))
