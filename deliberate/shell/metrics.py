"""Counters for operators. No label may ever name a person, a room or an address."""

from __future__ import annotations

import os

from django.conf import settings
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

registry = CollectorRegistry()
acts = Counter("deliberate_acts", "Commands by name and outcome", ["command", "outcome"], registry=registry)
act_seconds = Histogram("deliberate_act_seconds", "Door to commit", registry=registry)
paints = Counter("deliberate_paints", "Pictures painted", ["part"], registry=registry)
pictures = Counter("deliberate_pictures_sent", "Pictures handed to lines", registry=registry)
lines = Gauge("deliberate_lines", "Open lines", ["kind"], registry=registry, multiprocess_mode="livesum")
closed = Counter("deliberate_lines_closed", "Lines closed by the server", ["why"], registry=registry)


LOOPBACK = ("127.0.0.1", "::1", "localhost")
#: What a proxy or a tunnel adds to what it passes on.
PASSED_ON = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip")


def _counted() -> CollectorRegistry:
    """What this process counted; where several serve one machine (workers.py), what all of them did."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return registry
    together = CollectorRegistry()
    MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together


async def endpoint(request: Request) -> Response:
    """Who asks from elsewhere finds nothing, unless METRICS_OPEN: on a small network, counters that tick tell who taps.

    A proxy on this machine asks from here for others: so the name asked for must be this machine's too."""
    here = request.client is not None and request.client.host in LOOPBACK and request.url.hostname in LOOPBACK
    if not (here and set(PASSED_ON).isdisjoint(request.headers.keys())) and not settings.METRICS_OPEN:
        return PlainTextResponse("not here", status_code=404)
    return Response(generate_latest(_counted()), headers={"Content-Type": CONTENT_TYPE_LATEST})
