from __future__ import annotations

from django.http import HttpRequest

from deliberate.door.entrance import Place
from deliberate.live.pages import page
from deliberate.live.parts import Context
from polls.exports.outcome import outcome
from polls.exports.outline import document
from polls.exports.settled import address
from polls.exports.views import KEEPERS, READERS, asked_version
from polls.statements import in_force
from polls.statements.pages import shell


def _outcome(request: HttpRequest, place: Place) -> Context:
    version = asked_version(request, place.room)
    return {
        "shell": shell(place),
        "document": document(outcome(place.room, version)),
        "asked": version.number if version else "draft",
        "drafted": version is not None and in_force.version(version.statement_id) is None,
        "permanent": request.build_absolute_uri(address(version)) if version and address(version) else "",
        "keeps": place.seat.role in KEEPERS,
    }


page("outcome", roles=READERS, template="exports/outcome.html", extra=_outcome, still="statements.reserved")
