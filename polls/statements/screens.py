from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deliberate.door.entrance import Place
from deliberate.live.facts import facts
from deliberate.live.marks import Held, marks
from deliberate.live.pages import PLAIN_COOKIE, page
from deliberate.live.parts import Context, part
from deliberate.live.sockets import socket
from deliberate.roles import CAPTIONER, DRAFTER, HOST, MODERATOR, PARTICIPANT, ROLES, WALL
from polls.ideas.actions import QUOTED
from polls.statements import core, in_force, library, pages, proposing, queries, reopening, ruling, signing, walls
from polls.statements.actions import MOST_CLAUSES
from polls.statements.models import Citation, Clause, Proposal, Support
from polls.statements.pads.socket import PadSocket
from polls.statements.pads.words import words
from polls.statements.queries import Rest, Totals
from polls.statements.sources import IDEA, KINDS, POLL, SEGMENT
from rooms.wall.scenes import scene

#: Clauses a part holds, so that one change sends few of them. The pages name all parts there can be.
EACH = 4
PARTS = MOST_CLAUSES // EACH
#: Seconds after which the page of the text comes anew for readers without scripts who asked for it.
FOLLOW_S = 20


def parts_of(name: str) -> list[str]:
    """The names of a part's pages, as a template names them."""
    return [name, *(f"{name}/{number}" for number in range(2, PARTS + 1))]


# ---- the text --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """A clause as a page shows it. `page`: the address of its permanent page, "" where it is not settled by itself or the
    event has no such pages."""

    number: int
    clause: Clause
    rests: list[Rest]
    totals: Totals
    silent: str
    settled: bool
    page: str


def standing(room: Any, numbered: list[tuple[int, Clause]]) -> list[Standing]:
    """These clauses with what they rest on and how they are supported: eight queries, and those of the attribution."""
    rows = [row for _number, row in numbered]
    rests, totals, silent = queries.cited(room, rows), queries.totals(rows), queries.unheard(room.event, rows)
    done, public = in_force.clauses(rows), queries.rules(room.event).public
    return [
        Standing(
            number,
            row,
            rests.get(row.pk, []),
            totals.get(row.pk, Totals()),
            queries.unheard_said(silent[row.pk]),
            row.pk in done,
            queries.address(done[row.pk].hash) if public and row.pk in done else "",
        )
        for number, row in numbered
    ]


def _clauses(room: Any, page: int) -> Context:
    statement = queries.statement(room)
    every = queries.numbered(statement)
    rules = queries.rules(room.event)
    last = queries.versions(room).first()
    return {
        "statement": statement,
        "named": queries.named(statement),
        "clauses": standing(room, every[EACH * (page - 1) : EACH * page]),
        "first": EACH * (page - 1) + 1,
        "count": len(every),
        "settled": last.number if last else None,
        "closed": last is not None and last.reopened_at is None,
        "permanent": queries.address(last.hash) if last is not None and rules.public else "",
        "signed": signing.choices(room.event, rules.reservations),
        "by_poll": rules.settle_by == core.Way.POLL,
        "way": rules.get_settle_by_display(),
    }


READERS = [role for role in ROLES if role != WALL]


@part(
    "statements.text",
    audiences=[PARTICIPANT, MODERATOR, CAPTIONER],
    paged=True,
    also=["attribution", "words", "ideas"],
)
def text(room: Any, audience: str, page: int) -> Context:
    """The statement to read: a few clauses with their support and what they rest on; participants stand by them here."""
    return _clauses(room, page)


@part("statements.drafter", audiences=[DRAFTER], paged=True, also=["attribution", "words", "ideas"])
def drafter(room: Any, audience: str, page: int) -> Context:
    """The same clauses to work on. The last page holds those that were taken out."""
    context = _clauses(room, page)
    if page == PARTS:
        context["removed"] = list(Clause.objects.filter(statement=context["statement"], removed=True))
    return context


@part("statements.ending", audiences=[DRAFTER])
def ending(room: Any, audience: str) -> Context:
    """Below the clauses: a new one, and the settling of the whole text, as long as it is not settled."""
    by_poll = queries.rules(room.event).settle_by == core.Way.POLL
    return {"closed": in_force.version(queries.statement(room)) is not None, "by_poll": by_poll}


@part("statements.proposals", audiences=[DRAFTER], also=["attribution", "words", "ideas"])
def proposals(room: Any, audience: str) -> Context:
    """What people say belongs in the statement, to cite or to decline with a reason."""
    waiting = queries.proposed(room)
    shown = waiting[: library.EACH]
    return {"proposals": shown, "more": len(waiting) - len(shown), "into": queries.numbered(queries.statement(room))}


@part("statements.newest", audiences=[DRAFTER], also=["seats", "said", "ideas", "posted", "words", "attribution"])
def newest(room: Any, audience: str) -> Context:
    """That there is more to quote than a library shows that was opened before: the drafter's script compares."""
    said = {
        SEGMENT: _("Newer words are there: show them"),
        IDEA: _("Newer ideas are there: show them"),
        POLL: _("Newer polls are there: show them"),
    }
    newest = [(kind, handle, said[kind]) for kind, handle in library.newest(room).items()]
    return {"newest": newest}


@part("statements.gone", audiences=READERS, also=["seats", "ideas", "words", "attribution"])
def gone(room: Any, audience: str) -> Context:
    """How often words were taken back: a page that stands still, and shows some, is fetched anew when it changes."""
    notes = library.notes_gone(room) if audience == DRAFTER else 0
    return {"gone": f"{library.gone(room)} {notes}"}


@part("statements.reserved", audiences=READERS, also=["seats", "ideas", "words", "attribution"])
def reserved(room: Any, audience: str) -> Context:
    """As `gone`, for what people wrote as they took a stand."""
    return {"gone": f"{library.gone(room)} {library.written(room)}"}


# ---- what others know of it ------------------------------------------------------------------------------------------


@marks("statements")
def mine(room: Any, seats: Sequence[Any]) -> Held:
    """Where a seat stands (core.marks), and "proposed:<kind>:<handle>" for what it proposed and nobody decided on yet."""
    found: dict[Any, set[str]] = {}
    keys = [seat.pk for seat in seats]
    supports = Support.objects.filter(clause__statement__room=room, seat__in=keys)
    rows = supports.values_list("seat_id", "clause__handle", "value", "revision", "reservation")
    for seat, clause, value, revision, reservation in rows:
        found.setdefault(seat, set()).update(core.marks(clause, value, revision, reservation))
    waiting = Proposal.objects.filter(statement__room=room, seat__in=keys, state=Proposal.State.OPEN)
    for row in waiting.select_related(*KINDS):
        kind, source = queries.source_row(row)
        found.setdefault(row.seat_id, set()).add(f"proposed:{kind}:{source.handle}")
    return found


def _cited_in(room: Any, kind: str) -> list[tuple[str, int]]:
    """(handle of a source, number of a clause that rests on it), in the order of the clauses."""
    numbers = {row.pk: number for number, row in queries.numbered(queries.statement(room))}
    cited = Citation.objects.filter(clause__in=numbers).exclude(**{kind: None}).order_by("clause__position")
    rows = cited.values_list(f"{kind}__handle", "clause").distinct()
    return [(handle, numbers[clause]) for handle, clause in rows]


def _said_of(room: Any, kind: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for handle, number in _cited_in(room, kind):
        found[handle].append(_("In clause %(number)d") % {"number": number})
    asked = Proposal.objects.filter(statement__room=room).exclude(**{kind: None}).exclude(state=Proposal.State.CITED)
    for handle, state, reason in asked.values_list(f"{kind}__handle", "state", "reason"):
        said = _("Proposed for the statement")
        if state == Proposal.State.DECLINED:
            said = _("Not taken into the statement: %(reason)s") % {"reason": reason}
        if said not in found[handle]:
            found[handle].append(said)
    return found


@facts(SEGMENT)
def of_segments(room: Any) -> dict[str, list[str]]:
    """Where words stand, by their segment's handle."""
    return _said_of(room, SEGMENT)


@facts(IDEA)
def of_ideas(room: Any) -> dict[str, list[str]]:
    """Where an idea stands, by its handle."""
    return _said_of(room, IDEA)


@facts(QUOTED)
def quoting_ideas(room: Any) -> dict[str, list[str]]:
    """Which clauses quote an idea, by its handle: a moderator who hides it is told."""
    found: dict[str, list[str]] = defaultdict(list)
    for handle, number in _cited_in(room, IDEA):
        found[handle].append(_("clause %(number)d") % {"number": number})
    return found


@facts(POLL)
def of_polls(room: Any) -> dict[str, list[str]]:
    """Where a poll's result stands, by its handle."""
    return _said_of(room, POLL)


# ---- pages -----------------------------------------------------------------------------------------------------------


def _text_page(request: HttpRequest, place: Place) -> Context:
    """The text keeps still by itself, for people write on it; without scripts it follows the room for who asks for that."""
    follows = "follow" in request.GET and PLAIN_COOKIE in request.COOKIES
    return {
        "shell": pages.shell(place),
        "parts": parts_of("statements.text"),
        "refresh_s": FOLLOW_S if follows else 0,
    }


def _drafter_page(request: HttpRequest, place: Place) -> Context:
    return {"parts": parts_of("statements.drafter"), "pad_words": words(), **library.shelf(request, place.room)}


page("rules", roles=[HOST], template="host/rules.html", extra=ruling.screen)
page("reopen", roles=[HOST], template="statements/reopen.html", extra=reopening.screen)
page("support", roles=READERS, template="statements/support.html", extra=pages.support, still="statements.reserved")
page("versions", roles=READERS, template="statements/versions.html", extra=pages.versions, still="statements.gone")
page(
    "propose",
    roles=[PARTICIPANT, MODERATOR, CAPTIONER],
    template="statements/propose.html",
    extra=proposing.page,
    still="statements.gone",
)
page("text", roles=[PARTICIPANT, MODERATOR, CAPTIONER], template="phone/text.html", extra=_text_page)
page("", roles=[DRAFTER], template="drafter.html", extra=_drafter_page, still="statements.gone")
socket("pads")(PadSocket.as_asgi())
part("statements.wall", audiences=[WALL], also=["words", "ideas"])(walls.wall)
scene(
    "clause",
    walls.being_agreed,
    50,
    title=gettext_lazy("Clause"),
    key="k",
    gist=walls.gist,
    parts=("statements.wall",),
    holds=walls.holds,
)
