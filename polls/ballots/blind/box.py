"""The ballot box: an application of its own that knows no seat, takes no cookie and keeps no session.

    POST /<poll>                a ballot (docs/ballots-format.md); answered by its receipt, 64 octets, after the commit
    POST /<poll>/sealed         the same for a voter without scripts, as a form; answered by a page
    GET  /<poll>/ballots.json   what is published when the poll has closed
    GET  /<poll>/list.txt       the SHA-256 of each ballot in it, one a line: by these a phone finds its own
    GET  /verify_poll.py        what recounts it

It stands under BALLOT_BOX (settings): a path of this service, or an origin of its own that leads here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qsl

import structlog
from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deliberate import tokens
from deliberate.door.limits import Buckets, blurred
from deliberate.errors import Refused
from deliberate.live import threads
from deliberate.live.gather import Gather
from deliberate.live.trouble import trouble
from polls.ballots import outcome, queries
from polls.ballots.blind import falling, published, sealed
from polls.ballots.models import Poll, Published, State

log = structlog.get_logger("deliberate.box")
#: Ballots in one commit, and how long the first of them waits for others, in seconds: so nobody's is committed alone.
MOST, HOLD_S = 32, 0.2
#: Octets of the longest ballot, and of the form of one.
LONGEST, LONGEST_FORM = 4096, 8192
_falls: Gather[falling.Good, bytes] = Gather(falling.fall, threads.acts, most=MOST, hold_s=HOLD_S)
#: Changes of one ballot, by its tracker: each is stored. A first ballot is never held up.
_changes = Buckets(settings.LIMIT_CHANGES_PER_MINUTE)
#: What is said for each reason, as HTTP says it.
STATUS = {"gone": 404, "closed": 410, "again": 409, "final": 409, "cookie": 400, "size": 413, "limit": 429, "away": 503}


async def put(handle: str, octets: bytes) -> bytes:
    """Put a ballot in; its receipt after the commit. Refused where it is none, or can't be in."""
    if len(octets) > LONGEST:
        raise Refused(_("This is no ballot of this poll."), code="size")
    good = await threads.read(lambda: falling.checked(handle, octets))
    if good.number > 1 and not _changes.take(blurred(good.tracker)):
        raise Refused(_("That was a lot at once. Wait a moment, then try again."), code="limit")
    return await _falls.ask(good)


async def body(request: Request, most: int) -> bytes:
    found = b""
    async for piece in request.stream():
        found += piece
        if len(found) > most:
            raise Refused(_("This is no ballot of this poll."), code="size")
    return found


Answer = Callable[[Request], Awaitable[Response]]


def guarded(answer: Answer) -> Answer:
    """Before everything: no cookie comes in. Behind everything: what went wrong is said in words, and nothing is kept."""

    async def open_door(request: Request) -> Response:
        try:
            if "cookie" in request.headers and request.method == "POST":
                raise Refused(_("The ballot box takes no cookies: they would say who you are."), code="cookie")
            if not all(map(tokens.HANDLE.fullmatch, request.path_params.values())):
                raise Refused(_("There is nothing at this address."), code="gone")
            response = await answer(request)
        except Refused as refused:
            response = _said(request, str(refused), refused.code, STATUS.get(refused.code, 422))
        except Exception as problem:
            if isinstance(problem, Error):
                trouble.found(problem)  # the console says so
            # Its kind alone: a trace would hold what was sent.
            log.error("the box could not store", kind=type(problem).__name__)
            response = _said(request, _("This could not be stored just now. Try again in a moment."), "away", 503)
        return bare(response)

    return open_door


def _said(request: Request, words: str, code: str, status: int) -> Response:
    if request.url.path.endswith("/sealed"):
        return sealed.refused(words, status, code)
    return JSONResponse({"code": code, "say": words}, status_code=status)


def bare(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Cache-Control", "no-store")
    headers["Referrer-Policy"] = "no-referrer"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Robots-Tag"] = "noindex, nofollow"
    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    headers["Content-Security-Policy"] = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'"
    # Whoever may read what is public, and send what vouches for itself, needs no list of origins.
    headers["Access-Control-Allow-Origin"] = "*"
    if settings.SECURE:
        headers["Strict-Transport-Security"] = f"max-age={settings.SECURE_HSTS_SECONDS}"
    return response


@guarded
async def cast(request: Request) -> Response:
    receipt = await put(request.path_params["poll"], await body(request, LONGEST))
    return Response(receipt, media_type="application/octet-stream")


@guarded
async def cast_sealed(request: Request) -> Response:
    """A form that sealed.py made: the ballot is put together here, in memory, and falls like any other."""
    try:
        given = parse_qsl((await body(request, LONGEST_FORM)).decode(), max_num_fields=60)
    except ValueError:
        raise Refused(_("This is no ballot of this poll."), code="size") from None
    return await sealed.cast(request.path_params["poll"], given, put)


@guarded
async def ballots(request: Request) -> Response:
    text = await threads.read(lambda: _published(request.path_params["poll"]))
    return Response(text, media_type="application/json", headers={"Cache-Control": "public, max-age=60"})


@guarded
async def listed(request: Request) -> Response:
    found = await threads.read(lambda: published.listed(_published(request.path_params["poll"])))
    return PlainTextResponse(found, headers={"Cache-Control": "public, max-age=60"})


@guarded
async def verifier(request: Request) -> Response:
    text = (Path(__file__).parent / "verify_poll.py").read_text()
    return PlainTextResponse(text, headers={"Content-Disposition": 'attachment; filename="verify_poll.py"'})


def _published(handle: str) -> str:
    text = Published.objects.filter(poll__handle=handle).values_list("text", flat=True).first()
    if text is None:
        raise Refused(_why_none(handle), code="gone")
    return str(text)


def _why_none(handle: str) -> str:
    poll = Poll.objects.filter(handle=handle, blind=True).first()
    if poll is None:
        return _("There is no such poll in this ballot box.")
    if poll.state != State.CLOSED:
        return _("Nothing is published yet. It will be when the poll closes.")
    if "passed" not in queries.result(poll):
        return _("The ballots of this poll are not published here.")
    said = _("Fewer than %(n)d voted, so only whether the first answer passed is published. The ballots are destroyed.")
    return said % {"n": outcome.VERDICT_BELOW}


async def allowed(request: Request) -> Response:
    """What a browser asks before it sends a ballot to another origin."""
    headers = {"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type, accept-language"}
    return bare(Response(status_code=204, headers={**headers, "Access-Control-Max-Age": "86400"}))


box = Starlette(
    routes=[
        Route("/verify_poll.py", verifier),
        Route("/{poll}", cast, methods=["POST"]),
        Route("/{poll}", allowed, methods=["OPTIONS"]),
        Route("/{poll}/sealed", cast_sealed, methods=["POST"]),
        Route("/{poll}/ballots.json", ballots),
        Route("/{poll}/list.txt", listed),
    ]
)
