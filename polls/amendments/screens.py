from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliberate.door.entrance import Place
from deliberate.live.facts import facts
from deliberate.live.marks import Held, marks
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.roles import CAPTIONER, DRAFTER, MODERATOR, PARTICIPANT, WALL
from polls.amendments import queries
from polls.amendments.models import Amendment, CoSignature, Kind, State
from polls.statements import core as statements
from polls.statements import signing
from polls.statements.pages import shell
from polls.statements.queries import numbered, statement
from rooms.transcript.core import Level
from rooms.wall.queries import subject
from rooms.wall.scenes import scene

READERS = (PARTICIPANT, MODERATOR, CAPTIONER, DRAFTER)
#: Amendments a page shows.
EACH = 8
#: Decided amendments whose proposers are told at the head of the page.
NEWEST = 20
#: What the wall can show of an amendment in lines that are read from twenty metres.
WALL_LETTERS = 270


def _listed(room: Any, rows: Any, page: int) -> Context:
    """One page of a list; past the last page there is nothing."""
    pages = Paginator(rows, EACH)
    shown = queries.shown(room, pages.page(page).object_list) if page <= pages.num_pages else []
    return {"shown": shown, "count": pages.count, "page": page}


@part("amendments.waiting", audiences=READERS, paged=True, also=["attribution", "polls"])
def waiting(room: Any, audience: str, page: int) -> Context:
    """What waits to be decided: what changes, why, who stands behind it, and which others touch the same words."""
    return _listed(room, queries.waiting(room), page)


@part("amendments.decided", audiences=READERS, paged=True, also=["attribution"])
def decided(room: Any, audience: str, page: int) -> Context:
    """What was decided, with the reasons."""
    return _listed(room, queries.decided(room), page)


@part("amendments.mine", audiences=[PARTICIPANT, MODERATOR])
def mine(room: Any, audience: str) -> Context:
    """What became of amendments, each line for its proposer alone."""
    rows = Amendment.objects.select_related("clause").filter(statement__room=room).exclude(state=State.OPEN)
    return {"rows": list(rows.order_by("-number")[:NEWEST])}


@part("amendments.asked", audiences=[PARTICIPANT], also=["attribution", "polls"])
def asked(room: Any, audience: str) -> Context:
    """The amendments that the open poll decides, in full, beside the ballot."""
    poll = queries.put(room)
    rows = Amendment.objects.filter(poll=poll, state=State.OPEN).order_by("number")
    return {"shown": queries.shown(room, rows) if poll is not None else []}


@part("amendments.wall", audiences=[WALL], also=["polls"])
def wall(room: Any, audience: str) -> Context:
    """One amendment, changes marked: the one that a moderator put up, else the first that waits."""
    rows = queries.waiting(room)
    chosen = rows.filter(handle=subject(room, "amendment")).first() or rows.first()
    found = queries.shown(room, rows.filter(pk=chosen.pk)) if chosen is not None else []
    if not found:
        return {"shown": None}
    words = statements.shortened(found[0].words, WALL_LETTERS)
    letters = sum(len(piece) for _op, piece in words)
    return {
        "shown": found[0],
        "words": words,
        "size": "" if letters <= 100 else "long" if letters <= 160 else "longest",
    }


@marks("amendments")
def held(room: Any, seats: Sequence[Any]) -> Held:
    """ "amendment:<handle>" for what a seat proposed, "hidden:<handle>=<why>" where it was hidden, and "cosigned:<handle>"."""
    found: dict[Any, set[str]] = {}
    keys = [seat.pk for seat in seats]
    own = Amendment.objects.filter(statement__room=room, seat__in=keys).order_by()
    for seat, handle, state, why in own.values_list("seat_id", "handle", "state", "hidden_for"):
        found.setdefault(seat, set()).add(f"amendment:{handle}")
        if state == State.HIDDEN:
            found[seat].add(f"hidden:{handle}={why}")
    signed = CoSignature.objects.filter(amendment__statement__room=room, seat__in=keys)
    for seat, handle in signed.values_list("seat_id", "amendment__handle"):
        found.setdefault(seat, set()).add(f"cosigned:{handle}")
    return found


@facts("clause")
def of_clauses(room: Any) -> dict[str, list[str]]:
    """How many amendments wait on a clause, by its handle."""
    return queries.waits(room)


# ---- pages -----------------------------------------------------------------------------------------------------------


def _pages(request: HttpRequest, place: Place) -> Context:
    """?page= of what waits, ?done= of what was decided; moderators see what is hidden, too."""
    waits = Paginator(queries.waiting(place.room), EACH).get_page(request.GET.get("page"))
    done = Paginator(queries.decided(place.room), EACH).get_page(request.GET.get("done"))
    hidden: list[Amendment] = []
    if place.seat.role == MODERATOR:
        hidden = list(Amendment.objects.filter(statement__room=place.room, state=State.HIDDEN))
    return {
        "shell": shell(place),
        "waiting": waits,
        "decided": done,
        "waiting_part": _part("amendments.waiting", waits.number),
        "decided_part": _part("amendments.decided", done.number),
        "hidden": hidden,
    }


def _part(name: str, page: int) -> str:
    return name if page == 1 else f"{name}/{page}"


def _amend(request: HttpRequest, place: Place) -> Context:
    """?clause= names the clause to amend; without one, all clauses to choose from. ?kind= is the change that is open."""
    clauses = numbered(statement(place.room))
    asked = request.GET.get("clause", "")
    number, clause = next(((n, row) for n, row in clauses if row.handle == asked), (0, None))
    kind = request.GET.get("kind", "")
    return {
        "shell": shell(place),
        "clause": clause,
        "number": number,
        "clauses": clauses,
        "kinds": Kind,
        "kind": kind if kind in Kind.values else Kind.CHANGE,
        "signed": _signed(place),
    }


def _signed(place: Place) -> list[tuple[str, Any]]:
    """What one may be called by here: nothing more than the event allows, and what one has."""
    has = {Level.NOBODY: True, Level.GROUP: place.seat.group is not None, Level.NAME: bool(place.seat.name)}
    allowed = signing.choices(place.event)
    return [(value, label) for value, label in reversed(allowed) if has[Level(value)]]


page("amendments", roles=READERS, template="amendments/page.html", extra=_pages)
page("amend", roles=[PARTICIPANT, MODERATOR], template="amendments/amend.html", extra=_amend, still="statements.gone")


def _gist(room: Any) -> list[str]:
    shown = wall(room, WALL)["shown"]
    return [_("Amendment %(n)d") % {"n": shown.row.number}, shown.row.text] if shown else [_("No amendment waits.")]


def _holds(room: Any, handle: str) -> bool:
    return queries.waiting(room).filter(handle=handle).exists()


scene(
    "amendment",
    title=gettext_lazy("Amendment"),
    key="a",
    gist=_gist,
    parts=("amendments.wall",),
    holds=_holds,
)
