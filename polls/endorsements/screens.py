from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from deliberate.door.entrance import Place
from deliberate.live.marks import Held, marks
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import DRAFTER, HOST, MODERATOR, PARTICIPANT
from polls.endorsements import queries
from polls.endorsements.models import Endorsement
from polls.statements import signing
from polls.statements.pages import shell
from polls.statements.queries import versions

READERS = (PARTICIPANT, MODERATOR, DRAFTER, HOST)


@part("endorsements.signed", audiences=READERS, also=["attribution"])
def signed(room: Any, audience: str) -> Context:
    """Who signed the newest settled version, and the way to sign it."""
    version = versions(room).first()
    return {
        "version": version,
        "signed": queries.of(version, room.event) if version is not None else None,
        "choices": signing.choices(room.event),
    }


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
