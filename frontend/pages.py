"""The screens that show many features at once: the phone's first, the console, the wall. They name parts, no feature."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from deliberate.door.registry import Place
from deliberate.live import marks
from deliberate.live.pages import PLAIN_COOKIE, page
from deliberate.live.painter import paint
from deliberate.roles import MODERATOR, PARTICIPANT, WALL

_ballots = re.compile(r'data-unless="(ballot:[^"]+)"')


def calm(request: HttpRequest, place: Place) -> dict[str, Any]:
    """Where scripts are off: keep the page still while a ballot stands on it that this seat has not cast yet."""
    if PLAIN_COOKIE not in request.COOKIES:
        return {}
    language = place.seat.language or settings.LANGUAGE_CODE
    asked = set(_ballots.findall(paint(place.room, "ballots.open", place.seat.role, language).html))
    return {"refresh_s": 0} if asked - set(marks.of("ballots", place)) else {}


page("", roles=[PARTICIPANT], template="phone/now.html", extra=calm, refresh_s=15)
page("", roles=[MODERATOR], template="console.html", refresh_s=20)
# The same console for whoever writes without scripts: it does not refresh, so no half-typed text is lost.
page("still", roles=[MODERATOR], template="console.html")
page("keys", roles=[MODERATOR], template="console/keys.html")
page("", roles=[WALL], template="wall.html", refresh_s=10)
page("bright", roles=[WALL], template="wall.html", refresh_s=10)
