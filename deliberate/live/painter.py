"""From what is stored to a picture: the HTML of one part for one audience in one language, named by its hash."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import override

from deliberate.live.parts import parts, split
from deliberate.shell import metrics

_between = re.compile(r">\s+<")


@dataclass(frozen=True, slots=True)
class Picture:
    """A painted part."""

    name: str
    hash: str
    html: str


def paint(room: Any, name: str, audience: str, language: str) -> Picture:
    """Paint one part from the database. The room is given as stored now; the caller sees to that."""
    base, page = split(name)
    found = parts[base]
    with override(language):
        context = found.context(room, audience, page) if found.paged else found.context(room, audience)
        painted = render_to_string(found.template, {"room": room, "audience": audience, "page": page, **context})
    html = _between.sub("> <", painted).strip()
    metrics.paints.labels(part=base).inc()
    digest = hashlib.blake2b(html.encode(), digest_size=9).hexdigest()
    return Picture(name, digest, html)
