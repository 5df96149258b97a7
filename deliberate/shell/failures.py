"""What goes wrong outside Django is written down, too: the servers' own loggers are silent, since they write addresses down."""

from __future__ import annotations

import structlog
from starlette.requests import ClientDisconnect
from uvicorn.protocols.utils import ClientDisconnected

from deliberate.shell.bounds import App, Receive, Scope, Send

log = structlog.get_logger("deliberate.shell")
#: Whoever asked has left meanwhile: nothing failed.
LEFT = (ClientDisconnect, ClientDisconnected, ConnectionError)


def logged(app: App) -> App:
    """`app`; what it raises is logged by its kind and its place in the code, and the server answers or hangs up."""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await app(scope, receive, send)
        except LEFT:
            raise
        except Exception as problem:
            log.error("a connection failed", kind=scope["type"], exc_info=problem)
            raise

    return inner
