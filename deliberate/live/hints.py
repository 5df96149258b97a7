"""How a hint travels: straight into this process's hub, and over the channel layer to the other processes.

One group message a process, never one a socket. A lost hint is healed by the hub's sweep."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer, get_channel_layer

log = structlog.get_logger("deliberate.live")
GROUP = "live"
#: Tells this process's hints from the others'.
PROCESS = secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Hint:
    """Parts of a room went stale; or a seat's marks did (`seat`), or the seat itself has ended (`end`)."""

    room: int | None = None
    parts: tuple[str, ...] = ()
    seat: int | None = None
    end: bool = False


class _Here:
    """This process's hub, once it runs: its event loop and where hints go."""

    loop: asyncio.AbstractEventLoop | None = None
    take: Callable[[Hint], None] | None = None


here = _Here()


def send(hint: Hint) -> None:
    """Hand a hint to every process. Called after the commit, from any thread, and never raises: the act is stored."""
    if here.loop is not None and here.take is not None and here.loop.is_running():
        here.loop.call_soon_threadsafe(here.take, hint)
    tell_others(hint)


def tell_others(hint: Hint) -> None:
    """Hand a hint to the other processes alone. Never raises."""
    try:
        _publish(hint)
    except Exception:
        log.exception("a hint was not sent")


def _publish(hint: Hint) -> None:
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return
    message = {
        "type": "hint",
        "from": PROCESS,
        "room": hint.room,
        "parts": list(hint.parts),
        "seat": hint.seat,
        "end": hint.end,
    }
    if here.loop is not None and here.loop.is_running():
        asyncio.run_coroutine_threadsafe(layer.group_send(GROUP, message), here.loop)
    else:
        async_to_sync(layer.group_send)(GROUP, message)


async def listen(take: Callable[[Hint], None]) -> None:
    """Hand the hints of other processes to `take`, for ever; comes back by itself when the layer was away."""
    layer = get_channel_layer()
    if layer is None or isinstance(layer, InMemoryChannelLayer):
        return
    channel = ""
    while True:
        try:
            if not channel:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
            while True:
                message = await layer.receive(channel)
                if message["from"] != PROCESS:
                    take(Hint(message["room"], tuple(message["parts"]), message["seat"], message["end"]))
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("the channel layer is away")
            await asyncio.sleep(1)
