"""One process that serves: what holds whichever server does it. The servers themselves: with_daphne.py, with_uvicorn.py."""

from __future__ import annotations

import asyncio
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from deliberate.clock import now
from deliberate.live import garbage, hints
from deliberate.live.hub import hub
from deliberate.shell.traces import soon

log = structlog.get_logger("deliberate.shell")
SERVERS = ("daphne", "uvicorn")
#: What `deliberate serve` starts where nobody names one.
DEFAULT = "uvicorn"
#: A room's rush must not overflow it: a phone that is turned away by the kernel waits for seconds.
BACKLOG = 4096
#: The largest body: a transcript to bring in, as a form writes it.
LONGEST_BODY = 4 * 2**20
#: Seconds between two signs of life that a phone's line is asked for, and how long it may take to give one.
PING_S, PONG_S = 20, 40
#: At the end: lines that are closed in a second, and the most seconds that this may take.
CLOSED_A_SECOND, LONGEST_FAREWELL_S = 1000, 5.0
#: At the end: how long requests under way may take to be answered, and hints to leave.
ANSWERED_S, TOLD_S = 10.0, 2.0


def longest_frame() -> int:
    """Bytes of the largest frame that is taken in: larger than what is answered with "too long", or nobody would hear it."""
    return 4 * int(settings.LIVE_FRAME_LIMIT_BYTES)


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that listens; `shared`: several may on the same port, and the kernel spreads phones over them.

    OSError where the port is taken or the host is none of this machine's."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listening = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    listening.setblocking(False)
    return listening


def serve(host: str, port: int, *, server: str = DEFAULT, ready: Callable[[], None] | None = None) -> None:
    """Serve alone on a port until this process is told to end. `ready` is called once, when it is served."""
    serve_on(listen(host, port), server=server, ready=ready)


def serve_on(listening: socket.socket, *, server: str = DEFAULT, ready: Callable[[], None] | None = None) -> None:
    """Serve what comes in at a socket, until this process is told to end (SIGTERM, SIGINT); then let everybody go gently.

    `ready` is called on the event loop once it is served."""
    from deliberate.asgi import application

    if server == "uvicorn":
        from deliberate.shell.with_uvicorn import run
    else:
        from deliberate.shell.with_daphne import run

    def begun() -> None:
        hub.start()
        if ready is not None:
            ready()

    garbage.begin()
    # The event loop shares the interpreter with threads that compute: it must not wait 5 ms for each of its turns.
    sys.setswitchinterval(0.0005)
    soon.on = True
    threading.Thread(target=_purge_now_and_then, name="purge", daemon=True).start()
    run(application, listening, begun)


async def farewell(busy: Callable[[], bool]) -> None:
    """Let everybody go, once nobody new is let in: lines are told to come back to whoever serves next, a little apart; what
    is under way (`busy`) is answered; the other processes hear what was said here."""
    log.info("ending", lines=hub.lines)
    await hub.farewell(min(LONGEST_FAREWELL_S, hub.lines / CLOSED_A_SECOND))
    for _look in range(int(ANSWERED_S / 0.05)):
        if not busy():
            break
        await asyncio.sleep(0.05)
    await hints.told(TOLD_S)


def pause_s(moment: datetime) -> float:
    """Seconds until what is due is looked for again: now and then, and when a day ends, since events end with their last
    day, and whoever still looks at one loses the line then."""
    tomorrow = (moment + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return min(float(settings.PURGE_EVERY_S) * random.uniform(0.9, 1.1), (tomorrow - moment).total_seconds() + 0.05)


def _purge_now_and_then() -> None:
    """Delete what is due for as long as this process lives: a room that is never restarted keeps its promise too."""
    while True:
        time.sleep(pause_s(now()))
        try:
            call_command("purge", verbosity=0)
        except Exception:
            log.exception("what is due was not deleted")
        finally:
            connections.close_all()
