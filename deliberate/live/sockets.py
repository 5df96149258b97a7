"""Sockets of later features beside the one that every page has: at/<event>/<role>/<room>/<name>."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

App = Callable[[Any, Any, Any], Awaitable[None]]
sockets: dict[str, App] = {}
#: There is no socket at this address.
NOWHERE = 4404


def socket(name: str) -> Callable[[App], App]:
    """Register an ASGI application for the sockets of this name. It sees to origins, seats and roles itself."""

    def register(app: App) -> App:
        if name in sockets:
            raise ValueError(f"the socket {name} is registered twice")
        sockets[name] = app
        return app

    return register


async def nowhere(_scope: Any, receive: Any, send: Any) -> None:
    """The socket of every other address: it closes with a code that says so."""
    await receive()  # the handshake
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.close", "code": NOWHERE})
