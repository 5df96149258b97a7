"""The outer application: sockets to Channels; health, metrics and the stream beside Django, which has the pages; and the ballot
box, under its path or under a name of its own."""

from __future__ import annotations

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")

from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.conf import settings  # noqa: E402
from django.urls import path, re_path  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.convertors import StringConvertor, register_url_convertor  # noqa: E402
from starlette.routing import Mount, Route  # noqa: E402
from starlette.types import Receive, Scope, Send  # noqa: E402

from deliberate import tokens  # noqa: E402
from deliberate.live.quick import quickly  # noqa: E402
from deliberate.live.socket import Socket  # noqa: E402
from deliberate.live.sockets import nowhere, sockets  # noqa: E402
from deliberate.live.stream import stream  # noqa: E402
from deliberate.shell import health, metrics  # noqa: E402
from deliberate.shell.failures import logged  # noqa: E402
from polls.ballots.blind.box import box  # noqa: E402
from polls.pseudonyms.box import box as pseudonyms  # noqa: E402


class Handle(StringConvertor):
    """Stands for a handle in a route. Where it is none, Django, which has all other addresses, says that nothing is there."""

    regex = tokens.HANDLE.pattern


register_url_convertor("handle", Handle())
# Channels routes sockets by Django's path(), whose types know of views only.
_socket: Any = Socket.as_asgi()
_sockets = URLRouter(
    [
        cast(Any, path(f"at/<slug:event>/<slug:role>/<slug:room>/{name}", each))
        for name, each in {"live": _socket, **sockets}.items()
    ]
    + [cast(Any, re_path("", cast(Any, nowhere)))]
)


def _boxes(path: str) -> list[Mount]:
    return [Mount(f"{path}in", pseudonyms), Mount(path.rstrip("/"), box)]


_pages = Starlette(
    routes=[
        Route("/health", health.health),
        Route("/ready", health.ready),
        Route("/metrics", metrics.endpoint),
        Route("/at/{event:handle}/{role:handle}/{room:handle}/stream", stream),
        *(_boxes(settings.BALLOT_BOX_PATH) if settings.BALLOT_BOX_PATH else []),
        Mount("/", cast(Any, _django)),
    ]
)
# Under a name of its own: what its pages look like, and the path that a proxy may put before everything (deploy/Caddyfile).
_box_alone = Starlette(
    routes=[Route(f"{settings.STATIC_URL}{{file:path}}", cast(Any, _django)), *_boxes("/box/"), *_boxes("/")]
)


def http(box_host: str) -> Any:
    """What answers over HTTP: the box alone where somebody asks by its name ("": it has none), else everything."""
    plenary = quickly(_pages)

    async def by_name(scope: Scope, receive: Receive, send: Send) -> None:
        asked = next((value for name, value in scope["headers"] if name == b"host"), b"")
        await (_box_alone if asked.decode("latin-1").lower() == box_host else plenary)(scope, receive, send)

    return by_name if box_host else plenary


# Sockets take the shortest way: none of what HTTP passes through touches them.
application: Any = logged(
    cast(Any, ProtocolTypeRouter({"http": http(settings.BALLOT_BOX_HOST), "websocket": _sockets}))
)
