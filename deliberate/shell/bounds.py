"""A bound to what a request may bring, for a server that has none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def bounded(app: App, most: int) -> App:
    """`app`, but a body of more than `most` bytes, announced or not, is answered with 413, and nothing of it is kept."""

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
        elif _announced(scope) > most:
            await _too_long(send)
        else:
            await _counted(app, most, scope, receive, send)

    return inner


async def _counted(app: App, most: int, scope: Scope, receive: Receive, send: Send) -> None:
    taken, begun = 0, False

    async def some() -> Message:
        nonlocal taken
        if taken > most:
            return {"type": "http.disconnect"}
        message = await receive()
        taken += len(message.get("body", b""))
        # To whoever reads it, it is as if the caller had hung up in the middle.
        return message if taken <= most else {"type": "http.disconnect"}

    async def answer(message: Message) -> None:
        nonlocal begun
        begun = True
        await send(message)

    await app(scope, some, answer)
    if taken > most and not begun:
        await _too_long(send)


def _announced(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


async def _too_long(send: Send) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
