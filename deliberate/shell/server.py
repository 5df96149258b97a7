"""Daphne as this service starts it: no access log (it holds addresses), a backlog for a whole room, dead lines noticed,
bodies bounded, and what is due deleted every hour and at the end of a day."""

from __future__ import annotations

import gc
import random
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from daphne import http_protocol
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from deliberate.clock import now
from deliberate.live.on_daphne import Server
from deliberate.shell.traces import soon

log = structlog.get_logger("deliberate.shell")
BACKLOG = 4096
#: The largest body: a transcript to bring in, as a form writes it. Daphne would take anything, and hold it in memory.
LONGEST_BODY = 4 * 2**20
_TOO_LONG = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Request(http_protocol.WebRequest):  # type: ignore[misc]  # daphne has no types
    """A request whose body ends at a bound."""

    taken = 0

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # twisted's name
        """Keep a piece of the body; past the bound, answer and hang up."""
        before, self.taken = self.taken, self.taken + len(data)
        if self.taken <= LONGEST_BODY:
            super().handleContentChunk(data)
        elif before <= LONGEST_BODY:
            self.channel.transport.write(_TOO_LONG)
            self.channel.loseConnection()


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


def serve(host: str, port: int, *, ready: Callable[[], None] | None = None) -> None:
    """Serve until the process ends. `ready` is called once, when the port is open. OSError text on a busy port."""
    from deliberate.asgi import application

    endpoint = f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}:backlog={BACKLOG}"
    # What start-up made lives as long as the process: looking through it for garbage again and again is waste.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    soon.on = True
    threading.Thread(target=_purge_now_and_then, name="purge", daemon=True).start()
    http_protocol.WebRequest = Request  # what Daphne's factory makes of every request; it offers no other seam
    Server(
        application,
        endpoints=[endpoint],
        signal_handlers=True,
        action_logger=None,
        ready_callable=ready,
        server_name="deliberate",
        ping_interval=20,
        ping_timeout=40,
        http_timeout=None,
        websocket_timeout=-1,
        application_close_timeout=5,
        verbosity=0,
    ).run()
