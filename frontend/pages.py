"""The screens that show many features at once: the phone's first, the console, the wall. They name parts, no feature."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from deliberate.door.entrance import Place
from deliberate.live import marks
from deliberate.live.pages import PLAIN_COOKIE, page
from deliberate.roles import MODERATOR, PARTICIPANT, WALL


def waiting(request: HttpRequest, place: Place) -> dict[str, Any]:
    """Where scripts are off: whether this seat waits to speak. Its request comes first then."""
    return {"waiting": PLAIN_COOKIE in request.COOKIES and "asked" in marks.of("floor", place)}


page("", roles=[PARTICIPANT], template="phone/now.html", extra=waiting, refresh_s=15, quick=True)
page("", roles=[MODERATOR], template="console.html", refresh_s=20)
# The same console for whoever writes without scripts: it does not refresh, so no half-typed text is lost.
page("still", roles=[MODERATOR], template="console.html")
page("keys", roles=[MODERATOR], template="console/keys.html")
page("", roles=[WALL], template="wall.html", refresh_s=10)
page("bright", roles=[WALL], template="wall.html", refresh_s=10)
