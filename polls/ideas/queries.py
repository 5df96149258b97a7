"""What stands on a room's board, and what became of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from deliberate.live.parts import once
from deliberate.roles import MODERATOR
from polls.ideas import core
from polls.ideas.models import Idea, State, Upvote
from rooms.seats.shown import Shown, shows_seat


@once
def shown(room: Any, order: core.Order = core.Order.SUPPORT) -> list[core.Card]:
    """The cards of a room's board in this order. Three queries at most, however many ideas and upvotes there are."""
    ideas = list(Idea.objects.filter(room=room, state__in=(State.SHOWN, State.MERGED)))
    root = core.roots({idea.pk: idea.merged_into_id for idea in ideas if idea.merged_into_id is not None})
    merged: dict[int, list[Idea]] = {}
    for idea in ideas:
        if idea.pk in root:
            merged.setdefault(root[idea.pk], []).append(idea)
    support = _support(room, {target: [target, *(each.pk for each in some)] for target, some in merged.items()})
    cards = [
        _card(idea, support.get(idea.pk, 0), merged.get(idea.pk, [])) for idea in ideas if idea.state == State.SHOWN
    ]
    return core.ordered(cards, order)


def on_board(room: Any) -> QuerySet[Idea]:
    """The ideas that stand on the board."""
    return Idea.objects.filter(room=room, state=State.SHOWN)


def any_shown(room: Any) -> bool:
    """Whether there is anything on the board."""
    return on_board(room).exists()


def _card(idea: Idea, support: int, merged: list[Idea]) -> core.Card:
    return core.Card(
        handle=idea.handle,
        number=idea.number,
        text=idea.text,
        author=idea.author,
        support=support,
        pinned=idea.pinned,
        taken_up=idea.taken_up,
        merged=tuple(core.Merged(each.handle, each.number) for each in reversed(merged)),
    )


def _support(room: Any, joined: dict[int, list[int]]) -> dict[int, int]:
    """Pseudonyms by idea; `joined` names, for each idea others were merged into, all that count for it."""
    counted = (
        Upvote.objects.filter(idea__room=room, pseudonym__hidden=False)
        .order_by()
        .values_list("idea")
        .annotate(Count("pk"))
    )
    found: dict[int, int] = dict(counted)
    if joined:
        seats: dict[int, set[int]] = {}
        among = [idea for ideas in joined.values() for idea in ideas]
        counting = Upvote.objects.filter(idea__in=among, pseudonym__hidden=False)
        for idea, seat in counting.values_list("idea_id", "pseudonym_id"):
            seats.setdefault(idea, set()).add(seat)
        for target, ideas in joined.items():
            found[target] = core.together(seats.get(idea, set()) for idea in ideas)
    return found


def waiting(room: Any) -> QuerySet[Idea]:
    """Ideas that wait for a moderator's approval, the first posted first."""
    return Idea.objects.filter(room=room, state=State.WAITING).order_by("number")


def aside(room: Any) -> QuerySet[Idea]:
    """Ideas that were hidden or merged, the newest first, with what they were merged into."""
    return Idea.objects.filter(room=room, state__in=(State.HIDDEN, State.MERGED)).select_related("merged_into")


@shows_seat("idea")
def whose_idea(room: Any, handle: str, audience: str) -> Shown | None:
    """Whose idea this is, where its author's name stands on the console; of an idea without a name nobody learns it."""
    signed = Idea.objects.filter(room=room, handle=handle, author__gt="", seat__isnull=False)
    idea = signed.exclude(state=State.MERGED).select_related("seat").first()
    if idea is None or idea.seat is None or audience != MODERATOR:
        return None
    return Shown(idea.seat, idea.author, _("Idea %(n)d: %(text)s") % {"n": idea.number, "text": idea.text})


def muted(room: Any) -> list[tuple[str, int, str]]:
    """(handle, number, why) of an idea of each pseudonym that is muted: the first that it posted."""
    ideas = Idea.objects.filter(room=room, pseudonym__muted__gt="").order_by("number")
    firsts: dict[int, tuple[str, int, str]] = {}
    for pseudonym, handle, number, why in ideas.values_list("pseudonym_id", "handle", "number", "pseudonym__muted"):
        firsts.setdefault(pseudonym, (handle, number, why))
    return list(firsts.values())


def off_board(room: Any) -> QuerySet[Idea]:
    """Ideas whose authors are told why they don't stand on the board by themselves, the newest first."""
    return Idea.objects.filter(room=room).exclude(state=State.SHOWN).select_related("merged_into")


def withheld(room: Any) -> frozenset[str]:
    """Handles of the ideas whose words moderators alone may read: hidden, not let through yet, merged before they were
    let through, or counting for one that is not on the board. One query."""
    off = {idea.pk: idea for idea in Idea.objects.filter(room=room).exclude(state=State.SHOWN).order_by()}
    root = core.roots({pk: idea.merged_into_id for pk, idea in off.items() if idea.merged_into_id is not None})
    return frozenset(
        idea.handle
        for pk, idea in off.items()
        if idea.state != State.MERGED or idea.before != State.SHOWN or root[pk] in off
    )


def standing(room: Any, handles: Iterable[str]) -> dict[str, Idea]:
    """By handle, the idea on the board that it counts for: itself or what it was merged into. Without those that are gone."""
    found = Idea.objects.select_related("merged_into").filter(room=room, handle__in=handles).order_by()
    targets = {idea.handle: root_of(idea) for idea in found}
    return {handle: target for handle, target in targets.items() if target.state == State.SHOWN}


def root_of(idea: Idea) -> Idea:
    """What an idea counts for in the end; itself where it was not merged."""
    while idea.merged_into is not None:
        idea = idea.merged_into
    return idea


def handle_of(room: Any, name: str) -> str:
    """The handle of the idea that people call by this number; a handle (longer than any number) comes back as it is."""
    if not name.isdecimal() or len(name) > 6:
        return name
    return Idea.objects.filter(room=room, number=int(name)).values_list("handle", flat=True).first() or ""


def group_of(idea: Idea) -> list[int]:
    """The keys of an idea and of all ideas merged into it, directly or by way of others."""
    found, fresh = [idea.pk], [idea.pk]
    while fresh:
        fresh = list(Idea.objects.filter(merged_into__in=fresh).values_list("pk", flat=True))
        found += fresh
    return found


def roots(room: Any) -> dict[int, int]:
    """Where each merged idea of the room counts in the end: key -> key."""
    return core.roots(dict(Idea.objects.filter(room=room, state=State.MERGED).values_list("pk", "merged_into_id")))


def upvoted(room: Any, pseudonyms: Sequence[int]) -> Iterable[tuple[int, str]]:
    """(key of the pseudonym, handle of the idea) for what these upvoted."""
    given = Upvote.objects.filter(pseudonym__in=pseudonyms, idea__room=room)
    return given.values_list("pseudonym_id", "idea__handle")


def posted(room: Any, seats: Sequence[Any]) -> Iterable[tuple[int, str, str]]:
    """(key of the seat, handle of the idea, why it was hidden or "") for what these seats posted under their names."""
    ideas = Idea.objects.filter(seat__in=[seat.pk for seat in seats], room=room).order_by()
    return cast("Iterable[tuple[int, str, str]]", ideas.values_list("seat_id", "handle", "reason"))


def posted_unsigned(room: Any, pseudonyms: Sequence[int]) -> Iterable[tuple[int, str, str]]:
    """The same for what these pseudonyms posted."""
    ideas = Idea.objects.filter(pseudonym__in=pseudonyms, room=room).order_by()
    return cast("Iterable[tuple[int, str, str]]", ideas.values_list("pseudonym_id", "handle", "reason"))


def next_number(room: Any) -> int:
    """The number of the next idea. Ask with the room's row locked."""
    last: int | None = Idea.objects.filter(room=room).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1
