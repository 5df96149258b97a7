"""Is this process alive, and is what it stands on there."""

from __future__ import annotations

import asyncio
import uuid
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer
from django.db import connection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deliberate.live import threads


async def health(request: Request) -> Response:
    """200 as long as the process answers."""
    return PlainTextResponse("ok")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


_probes: WeakKeyDictionary[asyncio.AbstractEventLoop, str] = WeakKeyDictionary()


async def _layer() -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("no channel layer")
    loop = asyncio.get_running_loop()
    channel = _probes.get(loop)
    if channel is None:  # one for as long as the process lives: the layer never forgets a channel by itself
        channel = _probes[loop] = await layer.new_channel()
    token = uuid.uuid4().hex
    await layer.send(channel, {"type": "ready", "token": token})
    while (await layer.receive(channel))["token"] != token:
        pass  # the answer to an earlier look that came too late


async def ready(request: Request) -> Response:
    """200 where database and channel layer answer within two seconds, else 503 naming what does not."""
    checks = {"database": threads.read(_database), "channel layer": _layer()}
    failed = []
    for name, check in checks.items():
        try:
            await asyncio.wait_for(check, 2)
        except Exception:
            failed.append(name)
    return JSONResponse({"ready": not failed, "failed": failed}, status_code=503 if failed else 200)
