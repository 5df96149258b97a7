"""Is this process alive, and is what it stands on there."""

from __future__ import annotations

import asyncio

from django.db import connection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deliberate.live import hints, threads
from deliberate.live.hub import hub


async def health(request: Request) -> Response:
    """200 as long as the process answers."""
    return PlainTextResponse("ok")


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


async def ready(request: Request) -> Response:
    """200 where database and channel layer answer within two seconds, else 503 naming what does not.

    The channel layer answers when this process hears in every channel what it says there itself."""
    hub.start()
    checks = {"database": threads.read(_database), "channel layer": hints.reach()}
    failed = []
    for name, check in checks.items():
        try:
            await asyncio.wait_for(check, 2)
        except Exception:
            failed.append(name)
    return JSONResponse({"ready": not failed, "failed": failed}, status_code=503 if failed else 200)
