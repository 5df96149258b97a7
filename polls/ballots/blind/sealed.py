"""Sealed ballots: for voters whose browser runs no scripts, or has no WebCrypto (a demo over plain HTTP).

The service does the voter's half in memory, out of the seat's cookie, which it keeps nowhere; the form that it renders goes to
the ballot box without the cookie, and the ballot is like any other. Nothing stored says who cast it. What the voter must
trust: that nobody has changed the service to write it down."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override
from starlette.responses import HTMLResponse, Response

from deliberate.door.entrance import Place
from deliberate.door.views import SEAT_COOKIE
from deliberate.errors import Refused
from deliberate.live import asking, threads
from polls.ballots import paper, sentences
from polls.ballots.blind import falling, formats, frozen, rsabssa
from polls.ballots.blind.voter import Voter
from polls.ballots.core import BadChoice
from polls.ballots.models import BlindBallot, Poll

Put = Callable[[str, bytes], Awaitable[bytes]]


def voter(request: HttpRequest, definition: str) -> Voter:
    """The voter behind a request. Its seed is derived from the cookie, in which a random text stands that is stored nowhere."""
    salt = formats.poll_hash(definition)
    derived = HKDF(SHA256(), 32, salt=salt, info=b"deliberate sealed seed v1")
    return Voter(definition, frozen.EVERYBODY, derived.derive(request.COOKIES[SEAT_COOKIE].encode()))


def is_in(poll: Poll, who: Voter) -> bool:
    """Whether a ballot of this voter lies in the box of an open poll."""
    return _number(poll.handle, who) > 0


def _number(handle: str, who: Voter) -> int:
    """The number of this voter's ballot in the box of a poll; 0 where there is none."""
    found = BlindBallot.objects.filter(poll__handle=handle, tracker=who.tracker).values_list("number", flat=True)
    return found.first() or 0


def ticket(place: Place, poll: Poll, who: Voter) -> dict[str, str]:
    """What a form needs to carry to the box: the seed and the token, as texts. Refused where the seat may have none."""
    fields = {"poll": poll.handle, "blinded": formats.to_text(who.blinded)}
    answer = asking.ask_from_thread(place, "ballots.token", fields, "")
    try:
        token = who.token(formats.from_text(answer.data["token"]))
    except (rsabssa.BadInput, rsabssa.BadSignature):
        raise Refused(_("What signs the voters' tokens answered wrongly. Tell a moderator.")) from None
    return {"seed": formats.to_text(who.seed), "token": formats.to_text(token)}


async def cast(handle: str, given: Sequence[tuple[str, str]], put: Put) -> Response:
    """A form with what `ticket` gave, the choice (paper.py says how) and the language of the page: make the ballot and put it in."""
    fields = dict(given)
    language = fields.get("language", "")
    with override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        picked = [value for name, value in given if name == "choice"]
        try:
            await put(handle, await threads.read(lambda: _made(handle, fields, picked)))
        except Refused as why:
            return refused(str(why), 422, why.code, fields.get("next", ""))
        return _page("ballots/sealed_in.html", {"next": _inside(fields.get("next", ""))})


def refused(words: str, status: int, code: str, back: str = "") -> Response:
    """A page that says why a ballot is not in. `back`: the page of the room that it came from, where that is known."""
    context = {
        "words": words,
        "earlier": code == "again",
        "closed": code == "closed",
        "next": _inside(back) if back else "",
    }
    return _page("ballots/sealed_refused.html", context, status)


def _made(handle: str, fields: Mapping[str, str], picked: Sequence[str]) -> bytes:
    known = falling.definition(handle)
    try:
        seed, token = (formats.from_text(fields.get(name, "")) for name in ("seed", "token"))
        if len(seed) != 32 or len(token) != formats.MODULUS:
            raise ValueError
    except ValueError:
        raise Refused(_("This is no ballot of this poll.")) from None
    try:
        choice = paper.read(known.question, picked)
    except (BadChoice, paper.SameRank) as problem:
        raise Refused(sentences.why_not(problem), code="choice") from None
    who = Voter(known.text, frozen.EVERYBODY, seed)
    return who.ballot(token, choice, _number(handle, who) + 1 if known.change else 1)


def _inside(path: str) -> str:
    """A path of this service's pages, else its first page: nobody is led elsewhere."""
    inside = path.startswith("/at/") and "//" not in path and "\\" not in path
    return f"{settings.PUBLIC_URL}{path}" if inside else f"{settings.PUBLIC_URL}/"


def _page(template: str, context: dict[str, Any], status: int = 200) -> Response:
    return HTMLResponse(render_to_string(template, context), status_code=status)
