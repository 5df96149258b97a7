"""The faults, by name. Each begins during the storm of a round and is over when its function ends."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from deliberate.bench.faults_round import Round
from deliberate.bench.faults_service import Below
from deliberate.bench.faults_silent import silent_readers

BOTH, ONE, SEVERAL = ("one", "several"), ("one",), ("several",)


@dataclass(frozen=True)
class Fault:
    """`lasts_s`: (in a short run, at least, at most) in a long one. `share`: how often beside others. `trouble`: the
    moderator must be told in words. `needs`: "disk" or "clock", what a machine may not have."""

    name: str
    says: str
    work: Callable[[Round], Awaitable[None]]
    setups: tuple[str, ...] = BOTH
    lasts_s: tuple[float, float, float] = (1, 1, 2)
    share: float = 1.0
    trouble: bool = False
    needs: str = ""


FAULTS: dict[str, Fault] = {}


def fault(name: str, says: str, **more: object) -> Callable[[Callable[[Round], Awaitable[None]]], object]:
    def register(work: Callable[[Round], Awaitable[None]]) -> object:
        FAULTS[name] = Fault(name, says, work, **more)  # type: ignore[arg-type]
        return work

    return register


def one_of(now: Round) -> int:
    return now.stage.chance.choice(now.stage.service.served_by())


@fault("kill", "A worker is killed (-9) in the middle of the storm, and the next one while phones come back.")
async def kill(now: Round) -> None:
    for _time in now.stage.service.served_by()[:2]:
        await now.pause(0.1, 1.0)
        await now.stage.service.kill(one_of(now))


@fault("kill between", "A worker is killed right after a commit, before those whose acts it holds are answered.")
async def kill_between(now: Round) -> None:
    """The database itself is watched: the moment one more ballot is stored, the worker dies. Phones that lost their line
    are kept from coming back until it is known which of their unanswered ballots are stored."""
    stage = now.stage
    await now.pause(0.1, 0.6)
    await stage.phones.ask(lambda crowd: setattr(crowd, "kept", True))
    await stage.witness.ask(poll=now.poll, strike=one_of(now), within_s=2)
    await asyncio.sleep(0.1)
    cut = await stage.phones.ask(lambda crowd: crowd.cut_off())
    stored = await stage.witness.ask(room=stage.service.made["room"], poll=now.poll, ideas=[], cookies={})
    voted = set(stored["voted"])
    now.outcome.between += sum(act.command == "ballots.cast" and stage.handles[act.number] in voted for act in cut)
    await stage.phones.ask(lambda crowd: setattr(crowd, "kept", False))
    await stage.service.back()


@fault("restart", "All workers are replaced, one after the other (SIGHUP); a single process is stopped and started.")
async def restart(now: Round) -> None:
    service = now.stage.service
    await now.pause(0.1, 0.6)
    if service.workers == 1:
        await service.again(service.clock)
        return
    old = set(service.served_by())
    os.kill(service.pid, signal.SIGHUP)
    for _look in range(3600):
        if len(service.served_by()) == service.workers and old.isdisjoint(service.served_by()):
            return
        await asyncio.sleep(0.05)
    now.outcome.add("restart", "the old workers are still there after three minutes")


def _away(away: Callable[[Below, float], Awaitable[None]]) -> Callable[[Round], Awaitable[None]]:
    async def work(now: Round) -> None:
        await now.pause(0.1, 0.8)
        await away(now.stage.below, now.lasts_s)

    return work


fault(
    "redis restarted",
    "Redis is killed and comes back empty after some seconds.",
    setups=SEVERAL,
    trouble=True,
    lasts_s=(3, 2, 5),
)(_away(Below.redis_away))
fault(
    "postgres restarted",
    "PostgreSQL is stopped in immediate mode and comes back.",
    setups=SEVERAL,
    trouble=True,
    lasts_s=(2, 0.5, 4),
)(_away(Below.postgres_away))


@fault("redis emptied", "FLUSHALL, and every line to Redis is cut, three times.", setups=SEVERAL)
async def redis_emptied(now: Round) -> None:
    for _time in range(3):
        await now.pause(0.1, 0.6)
        await now.stage.below.redis_emptied()


@fault(
    "disk full",
    "Not one byte is left where the data lies, for some seconds.",
    trouble=True,
    lasts_s=(3, 3, 6),
    needs="disk",
)
async def disk_full(now: Round) -> None:
    await now.pause(0.1, 0.5)
    disk = now.stage.below.disk
    await asyncio.to_thread(disk.fill)
    await asyncio.sleep(now.lasts_s)
    disk.free()
    if now.stage.below.database:
        await now.stage.below.postgres_back()


@fault(
    "clock", "The service's clock jumps an hour ahead, and back again.", lasts_s=(3, 2.5, 4), share=0.3, needs="clock"
)
async def clock(now: Round) -> None:
    await now.pause(0.1, 0.5)
    path = now.stage.service.clock
    assert path is not None
    sign = now.stage.chance.choice("+-")
    path.write_text(f"{sign}3600\n")
    await asyncio.sleep(now.lasts_s)
    path.write_text("+0\n")
    await asyncio.sleep(1.1)  # it is read anew once a second


async def _stopped(now: Round) -> None:
    pid = one_of(now)
    await now.pause(0.1, 0.8)
    os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(now.lasts_s)
    with contextlib.suppress(ProcessLookupError):  # whoever is above it may have replaced it
        os.kill(pid, signal.SIGCONT)
    await now.stage.service.back()


fault("stopped", "A worker stands still (SIGSTOP) for some seconds, and goes on.", lasts_s=(2, 1, 6))(_stopped)
fault("stopped long", "A worker stands still for up to 30 seconds.", lasts_s=(12, 12, 30), share=0.25)(_stopped)


@fault("half-open", "A third of the lines are dead, and neither side is told.", lasts_s=(1, 1, 2), share=0.25)
async def half_open(now: Round) -> None:
    """A phone finds out by itself, as line.js does: nothing was heard for 20 seconds, and its question is not answered."""
    await now.pause(0.1, 1.0)
    some = now.stage.lines(0.33)
    await now.stage.phones.ask(lambda crowd: crowd.half_open(some))
    dead = {line.number for line in some}
    await now.stage.phones.until(
        lambda crowd: all(
            line.wire.sock is not None and not line.awaits for line in crowd.lines if line.number in dead
        ),
        60,
    )
    await now.stage.phones.ask(lambda crowd: crowd.buried())


@fault("silent readers", "Fifty more phones open a line, ask for every picture and never read.", lasts_s=(3, 3, 8))
async def silent(now: Round) -> None:
    await silent_readers(now)


@fault(
    "twice and late",
    "Every frame leaves up to two seconds late, is sent twice at once, and again later.",
    lasts_s=(3, 3, 4),
)
async def twice(now: Round) -> None:
    def so(crowd: object, on: bool) -> None:
        now.stage.phones.crowd.acts.twice, now.stage.phones.crowd.acts.late_s = on, 2.0 if on else 0.0

    await now.stage.phones.ask(lambda crowd: so(crowd, True))
    await asyncio.sleep(now.lasts_s)
    await now.stage.phones.ask(lambda crowd: so(crowd, False))
    await asyncio.sleep(3)


@fault("other order", "Lines break again and again, and what waits is sent again last things first.", lasts_s=(2, 2, 3))
async def other_order(now: Round) -> None:
    acts = now.stage.phones.crowd.acts
    acts.turned = True
    for _time in range(3):
        await now.pause(0.2, now.lasts_s / 2)
        some = now.stage.lines(0.5)
        await now.stage.phones.ask(lambda crowd, some=some: crowd.away(some))  # type: ignore[misc]
    await asyncio.sleep(1.5)
    acts.turned = False


async def _offline(now: Round, share: float) -> None:
    import time

    await now.pause(0.1, 1.0)
    some, until = now.stage.lines(share), time.monotonic() + now.lasts_s
    await now.stage.phones.ask(lambda crowd: crowd.away(some, until))
    await asyncio.sleep(now.lasts_s)


@fault("offline", "A third of the phones have no network for some seconds.", lasts_s=(3, 2, 10))
async def offline(now: Round) -> None:
    await _offline(now, 0.33)


@fault("offline long", "A third of the phones have no network for up to a minute.", lasts_s=(15, 30, 60), share=0.15)
async def offline_long(now: Round) -> None:
    await _offline(now, 0.33)


@fault("all at once", "Everybody loses the line, and all come back in the same moment.", lasts_s=(1, 0.2, 3))
async def all_at_once(now: Round) -> None:
    await _offline(now, 1.0)
