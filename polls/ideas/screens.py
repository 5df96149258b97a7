from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext_lazy, ngettext

from deliberate.door.entrance import Place
from deliberate.live.marks import Held, marks, veiled_marks
from deliberate.live.pages import PLAIN_COOKIE, page
from deliberate.live.parts import Context, part
from deliberate.roles import DRAFTER, MODERATOR, PARTICIPANT, WALL
from polls.ideas import core, queries
from rooms.wall.queries import subject
from rooms.wall.scenes import scene

SCENE = "ideas"
#: How many of the newest ideas are followed for their authors, above the board.
NEWEST = 15
TOP_ON_WALL, TOP_ON_PHONE = 5, 3
#: Rows on the console, of each kind; the rest is one link away.
CONSOLE_BOARD, CONSOLE_WAITING, CONSOLE_ASIDE = 8, 5, 3
DESK_PER_PAGE = 20
#: Seconds after which a plain page that nobody writes on comes anew.
REFRESH_S = 30


class Placed(NamedTuple):
    """A card with its place on the board by support, from 1, and the page it stands on."""

    card: core.Card
    place: int
    page: int


@part("ideas.board", audiences=(PARTICIPANT, DRAFTER), paged=True)
def board(room: Any, audience: str, number: int) -> Context:
    """One page of the board, most supported first."""
    return _board(room, number, core.Order.SUPPORT)


@part("ideas.newest", audiences=(PARTICIPANT, DRAFTER), template="ideas/board.html", paged=True)
def newest(room: Any, audience: str, number: int) -> Context:
    """One page of the board, newest first."""
    return _board(room, number, core.Order.NEWEST)


def _board(room: Any, number: int, order: core.Order) -> Context:
    return {"found": core.page(queries.shown(room, order), number), "order": order.value}


@part("ideas.mine", audiences=[PARTICIPANT])
def mine(room: Any, audience: str) -> Context:
    """Where the newest ideas stand on the board, and what became of those that don't stand on it by themselves: a line
    each, shown to the author.

    Everybody's phone holds every line, so none holds the idea's words, nor why it was hidden: that is in a mark."""
    cards = queries.shown(room)
    placed = [Placed(card, place, -(-place // core.PER_PAGE)) for place, card in enumerate(cards, start=1)]
    newest = sorted(placed, key=lambda each: -each.card.number)[:NEWEST]
    return {"placed": newest, "total": len(cards), "ideas": queries.off_board(room)}


@part("ideas.top", audiences=(WALL, PARTICIPANT))
def top(room: Any, audience: str) -> Context:
    """The most supported ideas; on the wall the one that the moderator put there, if any."""
    cards = queries.shown(room)
    if audience == WALL:
        return {"cards": cards[:TOP_ON_WALL], "one": _on_wall(room, cards)}
    return {"cards": cards[:TOP_ON_PHONE], "total": len(cards)}


def _on_wall(room: Any, cards: list[core.Card]) -> core.Card | None:
    chosen = subject(room, SCENE)
    return next((card for card in cards if chosen in card.handles), None)


def _gist(room: Any) -> list[str]:
    """What the scene says, for the console's preview: the one idea, or how many there are."""
    cards = queries.shown(room)
    one = _on_wall(room, cards)
    return [one.text if one else ngettext("%(n)d idea", "%(n)d ideas", len(cards)) % {"n": len(cards)}]


def _holds(room: Any, handle: str) -> bool:
    return any(handle in card.handles for card in queries.shown(room))


scene(
    SCENE, queries.any_shown, 10, title=gettext_lazy("Ideas"), key="i", gist=_gist, parts=("ideas.top",), holds=_holds
)


@part("ideas.console", audiences=[MODERATOR])
def console(room: Any, audience: str) -> Context:
    """What the moderator needs at hand: ideas to approve, the head of the board, what was taken off it last."""
    cards = queries.shown(room)
    waiting = list(queries.waiting(room))
    return {
        "total": len(cards),
        "cards": cards[:CONSOLE_BOARD],
        "waiting": waiting[:CONSOLE_WAITING],
        "to_approve": len(waiting),
        "aside": queries.aside(room)[:CONSOLE_ASIDE],
    }


@part("ideas.waiting", audiences=[MODERATOR])
def waiting(room: Any, audience: str) -> Context:
    """Ideas to approve, the first posted first; as these are worked off the next ones come up."""
    found = list(queries.waiting(room))
    return {"waiting": found[:DESK_PER_PAGE], "more": len(found[DESK_PER_PAGE:])}


@part("ideas.desk", audiences=[MODERATOR], paged=True)
def desk(room: Any, audience: str, number: int) -> Context:
    """The board for moderators, newest first, with all that may be done."""
    found = core.page(queries.shown(room, core.Order.NEWEST), number, DESK_PER_PAGE)
    return {"found": found, "cards": found.entries}


@part("ideas.aside", audiences=[MODERATOR], paged=True)
def aside(room: Any, audience: str, number: int) -> Context:
    """Hidden and merged ideas, newest first, each with the way back."""
    found = core.page(list(queries.aside(room)), number, DESK_PER_PAGE)
    return {"found": found, "aside": found.entries, "muted": queries.muted(room) if found.number == 1 else ()}


@marks("ideas")
def own(room: Any, seats: Sequence[Any]) -> Held:
    """Which ideas a seat posted under its name (idea:<handle>), and why one of them was hidden (why:<handle>=<the
    moderator's words>)."""
    return _posted(queries.posted(room, seats))


@veiled_marks("ideas")
def own_unsigned(room: Any, pseudonyms: Sequence[Any]) -> Held:
    """The same for what a pseudonym posted, and which ideas it upvoted (upvoted:<handle>)."""
    found = _posted(queries.posted_unsigned(room, pseudonyms))
    for pseudonym, handle in queries.upvoted(room, pseudonyms):
        found.setdefault(pseudonym, set()).add(f"upvoted:{handle}")
    return found


def _posted(posted: Iterable[tuple[int, str, str]]) -> dict[Any, set[str]]:
    found: dict[Any, set[str]] = {}
    for author, handle, reason in posted:
        found.setdefault(author, set()).update({f"idea:{handle}", *([f"why:{handle}={reason}"] if reason else [])})
    return found


def _part_name(base: str, request: HttpRequest, pages: int, asks: str = "page") -> str:
    """The part of the page that the address asks for, as in ?page=3: the first where it asks for none, the last of
    `pages` where it asks for more."""
    asked = request.GET.get(asks, "")
    number = min(int(asked), pages) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 1
    return f"{base}/{number}" if number > 1 else base


def _ideas_page(request: HttpRequest, place: Place) -> dict[str, Any]:
    """?sort=newest and ?page=2 choose the part. A plain page shows the form (?write=1) or comes anew by itself."""
    base = "ideas.newest" if request.GET.get("sort") == core.Order.NEWEST else "ideas.board"
    writing = PLAIN_COOKIE not in request.COOKIES or "write" in request.GET
    found = {
        "board": _part_name(base, request, core.pages_of(queries.on_board(place.room).count())),
        "writing": writing,
        "longest": core.LONGEST,
    }
    return found if writing else {**found, "refresh_s": REFRESH_S}


def _desk_page(request: HttpRequest, place: Place) -> dict[str, Any]:
    """?page=2 turns the board's pages, ?aside=2 those of what was taken off it."""
    desk = core.pages_of(queries.on_board(place.room).count(), DESK_PER_PAGE)
    aside = core.pages_of(queries.aside(place.room).count(), DESK_PER_PAGE)
    return {
        "desk": _part_name("ideas.desk", request, desk),
        "aside": _part_name("ideas.aside", request, aside, "aside"),
    }


page("ideas", roles=[PARTICIPANT], template="phone/ideas.html", extra=_ideas_page)
page("ideas", roles=[MODERATOR], template="ideas/desk_page.html", extra=_desk_page)
