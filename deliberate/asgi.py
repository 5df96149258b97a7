"""The outer application: health, metrics and the stream beside Channels, with Django inside."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "deliberate.settings")

from django.core.asgi import get_asgi_application  # noqa: E402

_django = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402
from starlette.applications import Starlette  # noqa: E402
from starlette.routing import Mount, Route  # noqa: E402

from deliberate.live.socket import Socket  # noqa: E402
from deliberate.live.stream import stream  # noqa: E402
from deliberate.shell import health, metrics  # noqa: E402

_sockets = URLRouter([path("at/<slug:event>/<slug:role>/<slug:room>/live", Socket.as_asgi())])

application = Starlette(
    routes=[
        Route("/health", health.health),
        Route("/ready", health.ready),
        Route("/metrics", metrics.endpoint),
        Route("/at/{event}/{role}/{room}/stream", stream),
        Mount("/", ProtocolTypeRouter({"http": _django, "websocket": _sockets})),
    ]
)
