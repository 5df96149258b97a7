"""Ideas that may say the same, asked while somebody types one. What is typed comes in a body, is compared, and is kept nowhere."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from deliberate.door.limits import Buckets
from deliberate.door.views import no_seat, place_of, seat_path
from deliberate.live.pages import compose
from deliberate.roles import PARTICIPANT
from deliberate.text import tidy
from polls.ideas.core import LONGEST
from polls.suggestions import queries
from polls.suggestions.finding import Away

#: Questions of a seat a minute: one for each pause of somebody who types without end.
PER_MINUTE = 40
_asks = Buckets(PER_MINUTE)


@require_http_methods(["GET", "HEAD", "POST"])
def alike(request: HttpRequest, event: str, role: str, room: str) -> HttpResponse:
    """As a piece of the page on which it is typed; without scripts as a page with the form, to post it all the same.

    Where there is no answer now the piece stays as it is (204), and the page says so: nobody is kept from posting."""
    place = place_of(request, event, role, room)
    if place is None:
        return no_seat(request)
    if role != PARTICIPANT:
        return render(request, "door/no_page.html", {"place": place}, status=404)
    typed = tidy(request.POST.get("text", ""))[: 2 * LONGEST]
    found: dict[str, object] = {"ideas": [], "meaning": False, "away": False}
    if typed:
        try:
            if not _asks.take(place.seat.handle):
                raise Away("asked too often")
            found["ideas"], found["meaning"] = queries.alike(place.room, typed)
        except Away:
            found["away"] = True
    if getattr(request, "htmx", False):
        if found["away"]:
            return HttpResponse(status=204)
        base = f"{seat_path(place.event.handle, place.seat.role)}{place.room.handle}/"
        here = {"place": place, "seat": place.seat, "room": place.room, "event": place.event, "base": base}
        return render(request, "suggestions/alike.html", found | here)
    kept = {"typed": typed, "show_author": "show_author" in request.POST, "longest": LONGEST}
    return compose(request, place, "suggestions/alike_page.html", found | kept, screen="ideas")
