from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliberate.door.entrance import Place
from deliberate.live.marks import Held, marks
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import DRAFTER, HOST, MODERATOR, PARTICIPANT, WALL
from polls.endorsements import queries
from polls.endorsements.models import Endorsement
from polls.statements.pages import shell
from polls.statements.queries import versions
from rooms.wall.scenes import scene

#: Lines below the heading that are read from twenty metres.
WALL_LINES = 5
READERS = (PARTICIPANT, MODERATOR, DRAFTER, HOST)


@part("endorsements.signed", audiences=READERS, also=["attribution"])
def signed(room: Any, audience: str) -> Context:
    """Who signed the newest settled version, and the way to sign it."""
    version = versions(room).first()
    return {
        "version": version,
        "signed": queries.of(version, room.event) if version is not None else None,
        "choices": queries.choices(room.event),
    }


@part("endorsements.wall", audiences=[WALL])
def wall(room: Any, audience: str) -> Context:
    """How many signed the newest settled version: people, organisations, and the largest groups as the k rule tells them."""
    version = versions(room).first()
    if version is None:
        return {"version": None}
    found = queries.of(version, room.event)
    lines = [(found.people, ngettext("person signed", "people signed", found.people))]
    if found.organisations:
        n = len(found.organisations)
        lines.append((n, ngettext("organisation", "organisations", n)))
    cells = sorted(((count, words) for words, count in found.by_group if count), reverse=True)
    return {"version": version, "lines": [*lines, *cells[: WALL_LINES - len(lines)]]}


def gist(room: Any) -> list[str]:
    """What the wall says of it, for the console's preview."""
    context = wall(room, WALL)
    if context["version"] is None:
        return [_("No version is settled yet.")]
    return [f"{n} {words}" for n, words in context["lines"][:3]]


scene("signed", title=gettext_lazy("Signed"), key="g", gist=gist, parts=("endorsements.wall",))


@marks("endorsements")
def mine(room: Any, seats: Sequence[Any]) -> Held:
    """ "signed:<number of the version>" for what a seat signed itself, "for:<handle>" for each organisation it signed for."""
    found: dict[Any, set[str]] = {}
    rows = Endorsement.objects.filter(version__statement__room=room, seat__in=[seat.pk for seat in seats]).order_by()
    for seat, number, handle, organisation in rows.values_list("seat_id", "version__number", "handle", "organisation"):
        found.setdefault(seat, set()).add(f"for:{handle}" if organisation else f"signed:{number}")
    return found


def _page(request: HttpRequest, place: Place) -> Context:
    return {"shell": shell(place)}


page("sign", roles=[PARTICIPANT, MODERATOR, DRAFTER], template="endorsements/page.html", extra=_page)
