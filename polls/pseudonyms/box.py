"""Acts under a pseudonym, as a phone sends them: beside the ballot box, without a cookie, each signed and with its number.

    GET  /<room>    what the room issues pseudonyms by (octets.define), the same for everybody
    POST /<room>    an act (octets.parse); answered as over the line, after the commit

It stands under `in/` of BALLOT_BOX (settings)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deliberate.clock import now
from deliberate.door.entrance import Place, entrance
from deliberate.door.registry import commands
from deliberate.door.veil import Nobody
from deliberate.errors import Refused
from deliberate.live import asking, threads
from polls.ballots.blind.box import allowed, body, guarded
from polls.pseudonyms import issuing, octets
from rooms.events.models import Room

#: Definitions in memory by the room's handle, with the room's key: none of them ever changes.
_known: dict[str, tuple[Any, octets.Issues]] = {}
MOST_KNOWN = 500


@guarded
async def definition(request: Request) -> Response:
    text = await threads.act(lambda: issuing.definition(request.path_params["room"]), first=False)
    return PlainTextResponse(text, headers={"Cache-Control": "public, max-age=60"})


@guarded
async def act(request: Request) -> Response:
    language = request.headers.get("accept-language", "")
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with override(language):
        sent = await body(request, octets.LONGEST)
        place, name, fields = await threads.read(lambda: opened(request.path_params["room"], sent, language))
        try:
            answer = await asking.ask(place, name, fields, "")
        except Refused as why:  # an answer like others: what came was an act, and it was looked at
            return JSONResponse({"ok": False, "say": str(why), "code": why.code})
        said = {"ok": True, "say": str(answer.say), "data": answer.data, "on": answer.on, "off": answer.off}
        return JSONResponse(said)


def opened(room: str, sent: bytes, language: str) -> tuple[Place, str, dict[str, Any]]:
    """Who stands behind these octets and what they ask: place, command, fields. Refused where they are no act by a pseudonym
    of this room."""
    pk, issues = _issues(room)
    try:
        found = octets.parse(sent, issues)
    except octets.BadAct as problem:
        raise Refused(_("This does not come from a pseudonym of this room."), code=problem.code) from None
    here = entrance().room_of(pk)
    if here is None or here.event.retention_until < now().date():
        raise Refused(_("There is no such room."), code="gone")
    if found.name not in commands:
        raise Refused(_("This page asked for something that does not exist. Reload it, please."), code="unknown")
    return Place(Nobody(found.key, found.number, found.digest, language), here, here.event), found.name, found.fields


def _issues(handle: str) -> tuple[Any, octets.Issues]:
    found = _known.get(handle)
    if found is None:
        rooms = Room.objects.filter(handle=handle, issuer__definition__gt="")
        row = rooms.values_list("pk", "issuer__definition").first()
        if row is None:
            raise Refused(_("There is no such room."), code="gone")
        while len(_known) >= MOST_KNOWN:
            del _known[next(iter(_known))]
        found = _known[handle] = (row[0], octets.read(row[1]))
    return found


box = Starlette(
    routes=[
        Route("/{room}", definition),
        Route("/{room}", act, methods=["POST"]),
        Route("/{room}", allowed, methods=["OPTIONS"]),
    ]
)
