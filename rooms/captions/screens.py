from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from deliberate.door.entrance import Place
from deliberate.live.facts import facts
from deliberate.live.pages import page
from deliberate.live.parts import Context, once, part
from deliberate.live.sockets import socket
from deliberate.roles import CAPTIONER
from rooms.captions import queries
from rooms.captions.listening import listen

socket("sound")(listen)


@facts("captions")
@once
def note(room: Any) -> dict[str, list[str]]:
    """What whoever reads captions is told of the machine that writes them."""
    said = queries.said_of(queries.state_of(room))
    if said and room.event.keeps_sound:
        said = f"{said} {_('The sound of what is said under a name is kept.')}"
    return {"now": [said]} if said else {}


@part("captions.podium", audiences=[CAPTIONER])
def podium(room: Any, audience: str) -> Context:
    """What becomes of what is said into the microphone."""
    return {}


def _podium(request: HttpRequest, place: Place) -> Context:
    return {"hears": queries.hears()}


page("podium", roles=[CAPTIONER], template="podium.html", extra=_podium, microphone=True)
