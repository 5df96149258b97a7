from __future__ import annotations

from typing import Any

from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import PARTICIPANT, ROLES
from rooms.floor import setup as setup
from rooms.floor.models import ON_FLOOR, Turn


@part("floor.now", audiences=ROLES)
def now(room: Any, audience: str) -> Context:
    return {"turn": Turn.objects.filter(room=room, state__in=ON_FLOOR).first()}


page("", roles=[PARTICIPANT], template="phone/now.html", refresh_s=15)
