"""What every server beside ours does alike: it says "ready", sends when it is told to on its input, and says "sent"."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[str], Awaitable[None]]
#: Letters of a picture: no two frames are alike, none can be compressed away.
LETTERS = "The quick brown fox jumps over the lazy dog while plenaries deliberate. "
#: No server is waited for longer than this: how many it has sent by then is counted.
LONGEST_S = 60.0


def text_of(size: int, number: int) -> str:
    """A text of `size` bytes."""
    return (f"{number:08d} " + LETTERS * (size // len(LETTERS) + 1))[:size]


async def obey(send: Send) -> None:
    """Lines "COUNT PERIOD SIZE" come in: send so many texts of that size to everybody, one each period (s)."""
    loop = asyncio.get_running_loop()
    say("ready")
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        count, period, size = line.split()
        began = time.monotonic()
        sent = 0
        for number in range(int(count)):
            if time.monotonic() - began > LONGEST_S and number:
                break
            await send(text_of(int(size), number))
            sent += 1
            await asyncio.sleep(max(0.0, began + (number + 1) * float(period) - time.monotonic()))
        say(f"sent {sent}")


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


async def by_uvicorn(application: Any, port: int, send: Send, **more: Any) -> None:
    """Serve an application as a deployment would, and send what it is told to. `more`: of uvicorn's own settings."""
    import uvicorn

    config = uvicorn.Config(
        application,
        host="127.0.0.1",
        port=port,
        log_level="critical",
        ws_per_message_deflate=False,
        backlog=4096,
        lifespan="off",
        **more,
    )
    running = uvicorn.Server(config)
    serving = asyncio.create_task(running.serve())
    while not running.started:  # noqa: ASYNC110  # it tells by a field
        await asyncio.sleep(0.01)
    await obey(send)
    serving.cancel()
