"""A bound to what a request may bring."""

from __future__ import annotations

from typing import Any

import pytest

from deliberate.shell.bounds import Message, Receive, Scope, Send, bounded


async def reader(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body and says how long it was; hangs up with whoever hangs up."""
    length, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


async def ask(pieces: list[bytes], *headers: tuple[bytes, bytes]) -> list[Message]:
    """What is answered to a body of these pieces."""
    rest, answers = list(pieces), list[Message]()

    async def receive() -> Message:
        piece = rest.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(rest)}

    async def send(message: Message) -> None:
        answers.append(message)

    scope: dict[str, Any] = {"type": "http", "headers": list(headers)}
    await bounded(reader, 10)(scope, receive, send)
    return answers


@pytest.mark.parametrize(
    ("pieces", "status"),
    [([b""], 200), ([b"1234567890"], 200), ([b"12345", b"67890"], 200), ([b"12345", b"67890", b"1", b"2"], 413)],
)
async def test_a_body_is_read_up_to_the_bound(pieces: list[bytes], status: int) -> None:
    start, body = await ask(pieces)
    assert start["status"] == status
    assert body["body"] == (str(len(b"".join(pieces))).encode() if status == 200 else b"")


async def test_what_is_announced_as_too_long_is_not_read_at_all() -> None:
    (start, _body) = await ask([], (b"content-length", b"11"))
    assert start["status"] == 413
    assert (b"connection", b"close") in start["headers"]


async def test_a_socket_is_left_alone() -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope)

    async def never() -> Message:
        raise AssertionError

    async def nowhere(message: Message) -> None:
        raise AssertionError

    await bounded(app, 10)({"type": "websocket", "headers": []}, never, nowhere)
    assert seen == [{"type": "websocket", "headers": []}]
