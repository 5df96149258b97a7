"""Channels as its tutorial has it: an AsyncWebsocketConsumer that joins a group, and group_send. Under uvicorn (with
uvloop) or Daphne, with the in-memory layer or Redis' pub/sub. With the word `bare` nobody joins a group: a handshake, and
nothing more."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from typing import Any

import django
import uvloop
from django.conf import settings

from deliberate.bench.peers.orders import by_uvicorn, obey

BARE = "bare" in sys.argv[3:]
REDIS = os.environ.get("REDIS_URL", "")
MEMORY = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
PUBSUB = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS]}}
settings.configure(
    SECRET_KEY="not a secret: it signs nothing",
    INSTALLED_APPS=["channels"],
    CHANNEL_LAYERS={"default": PUBSUB if REDIS else MEMORY},
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter  # noqa: E402


class Line(AsyncWebsocketConsumer):
    """One phone."""

    async def connect(self) -> None:
        if not BARE:
            await self.channel_layer.group_add("room", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if not BARE:
            await self.channel_layer.group_discard("room", self.channel_name)

    async def picture(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["text"])


async def send(text: str) -> None:
    layer: Any = get_channel_layer()
    await layer.group_send("room", {"type": "picture", "text": text})


application: Any = ProtocolTypeRouter({"websocket": Line.as_asgi()})


def by_daphne(port: int) -> None:
    from daphne.server import Server

    def serving() -> None:
        loop = asyncio.get_event_loop()
        asyncio.run_coroutine_threadsafe(obey(send), loop).add_done_callback(lambda _done: os._exit(0))

    Server(
        application,
        endpoints=[f"tcp:port={port}:interface=127.0.0.1:backlog=4096"],
        signal_handlers=threading.current_thread() is threading.main_thread(),
        ready_callable=serving,
        websocket_timeout=-1,
        verbosity=0,
    ).run()


if __name__ == "__main__":
    if sys.argv[2] == "daphne":
        by_daphne(int(sys.argv[1]))
    else:
        uvloop.run(by_uvicorn(application, int(sys.argv[1]), send, ws="websockets-sansio"))
