"""Daphne as this service starts it: no access log (it holds addresses), a backlog for a whole room, dead lines noticed."""

from __future__ import annotations

import gc
from collections.abc import Callable

BACKLOG = 4096


def serve(host: str, port: int, *, ready: Callable[[], None] | None = None) -> None:
    """Serve until the process ends. `ready` is called once, when the port is open. OSError text on a busy port."""
    from daphne.server import Server

    from deliberate.asgi import application

    endpoint = f"tcp:port={port}:interface={host.replace(':', chr(92) + ':')}:backlog={BACKLOG}"
    # What start-up made lives as long as the process: looking through it for garbage again and again is waste.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
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
