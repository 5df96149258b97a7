"""Counters for operators. No label may ever name a person, a room or an address."""

from __future__ import annotations

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.requests import Request
from starlette.responses import Response

registry = CollectorRegistry()
acts = Counter("deliberate_acts", "Commands by name and outcome", ["command", "outcome"], registry=registry)
act_seconds = Histogram("deliberate_act_seconds", "Door to commit", registry=registry)
paints = Counter("deliberate_paints", "Pictures painted", ["part"], registry=registry)
pictures = Counter("deliberate_pictures_sent", "Pictures handed to lines", registry=registry)
lines = Gauge("deliberate_lines", "Open lines", ["kind"], registry=registry)
closed = Counter("deliberate_lines_closed", "Lines closed by the server", ["why"], registry=registry)


async def endpoint(request: Request) -> Response:
    return Response(generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})
