"""How a hint travels: straight into this process's hub, and over Redis to the other processes.

What is said within a breath is gathered: ten thousand votes are not ten thousand messages. A lost hint is healed by the
hub's sweep."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from django.conf import settings

from deliberate.clock import now
from deliberate.live.relay import Relay, tell_once
from deliberate.live.sheaf import Hint as Hint
from deliberate.live.sheaf import Sheaf

log = structlog.get_logger("deliberate.live")
#: Stands among the parts of a hint where the marks of all lines in a room are to be looked up anew.
MARKS = "marks"


@dataclass
class _Here:
    """This process's hub, once it runs: its event loop and where hints go."""

    loop: asyncio.AbstractEventLoop | None = None
    take: Callable[[Hint], None] | None = None
    relay: Relay | None = None
    #: Since when other processes can't be told or heard. None while all is well, and where there is only this one.
    away_since: datetime | None = None


here = _Here()
_lock = threading.Lock()
_ours = Sheaf()
#: The loop that has been asked to take them.
_asked: asyncio.AbstractEventLoop | None = None


def send(hint: Hint) -> None:
    """Hand a hint to every process. Called after the commit, from any thread, and never raises: the act is stored."""
    global _asked
    if here.loop is not None and here.loop.is_running():
        with _lock:
            _ours.add(hint)
            asked, _asked = _asked, here.loop
        if asked is not here.loop:
            here.loop.call_soon_threadsafe(_take_ours)
    tell_others(hint)


def _take_ours() -> None:
    global _asked
    with _lock:
        hints, _asked = _ours.drain(), None
    for hint in hints:
        if here.take is not None:
            here.take(hint)


def tell_others(hint: Hint) -> None:
    """Hand a hint to the other processes alone. From any thread; never raises."""
    if not settings.REDIS_URLS:
        return
    try:
        if here.relay is not None and here.loop is not None and here.loop.is_running():
            channel = here.relay.of(hint)
            if channel.add(hint):
                here.loop.call_soon_threadsafe(channel.wake)
        else:
            tell_once(hint)
    except Exception:
        log.exception("a hint was not sent")


async def listen(take: Callable[[Hint], None]) -> None:
    """Hand the hints of other processes to `take` and tell them ours, for ever. Comes back by itself when Redis was away;
    then `take` gets a hint of everything, for what was said meanwhile is not known."""
    if not settings.REDIS_URLS:
        return
    relay = here.relay = Relay()
    try:
        async with asyncio.TaskGroup() as tasks:
            for channel in relay:
                tasks.create_task(channel.tell(_changed))
                tasks.create_task(channel.hear(take, _changed))
    finally:
        here.relay = here.away_since = None
        await relay.close()


def _changed() -> None:
    """Note since when others are not reached; one line of the log when it begins and one when it ends."""
    assert here.relay is not None
    well = all(channel.tells and channel.hears for channel in here.relay)
    if well and here.away_since is not None:
        here.away_since = None
        log.info("other processes are reached again")
    elif not well and here.away_since is None:
        here.away_since = now()
        log.warning("other processes are not reached")


async def reach() -> None:
    """Say something in every channel and hear it back. Raises, or waits for ever, where that can't be."""
    if not settings.REDIS_URLS:
        return
    if here.relay is None:
        raise RuntimeError("nobody listens")
    await asyncio.gather(*(channel.echo() for channel in here.relay))


async def told(within_s: float) -> None:
    """Wait until what was said has left for the others, at most so long."""
    ends = asyncio.get_running_loop().time() + within_s
    while here.relay is not None and not all(channel.idle for channel in here.relay):
        if asyncio.get_running_loop().time() > ends:
            log.warning("others were not told before the end")
            return
        await asyncio.sleep(0.02)
