from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deliberate.clock import now
from deliberate.live.marks import Held, marks
from deliberate.live.pages import page
from deliberate.live.parts import Context, part
from deliberate.live.times import clock_text
from deliberate.roles import CREW, HOST, MODERATOR, PARTICIPANT, ROLES, WALL
from rooms.floor import balance, queries, setup, shown
from rooms.floor.models import ON_FLOOR, Kind, State, Turn
from rooms.seats.models import Where

#: How many of those waiting are listed for everybody; whoever comes later reads their place in floor.ask.
ROWS = 30


@part("floor.now", audiences=ROLES, also=["seats"])
def on_now(room: Any, audience: str) -> Context:
    """Who has the floor as far as shown, why they were called, and their time; for the moderator the keys to it."""
    return _now(room, audience)


@part("floor.turn", audiences=[PARTICIPANT], also=["seats", "attribution", "rooms"])
def turn(room: Any, audience: str) -> Context:
    """Your turn, over the whole screen: for every screen of the phone that does not show floor.now, which holds it too.

    In the other rooms it leads whoever is called here, and went over there, back."""
    return {**_now(room, audience), "others": list(room.event.rooms.exclude(pk=room.pk))}


def _now(room: Any, audience: str) -> Context:
    floor = queries.read(room)
    if floor.now is None:
        return {"row": None}
    timer = floor.now.timer
    left = timer.granted_s - floor.now.spoken_s
    return {
        "row": shown.row(floor, floor.now, audience),
        "still": clock_text(round(left)) if floor.now.state != State.SPEAKING else "",
        "share": max(0, round(101 * left / timer.granted_s)) if timer.granted_s else 0,
        "near_s": round(timer.amber_s),
        "kept": floor.now.attribution or room.event.attribution,
        "sound": room.event.told_of_sound(floor.now.asked_at),
    }


@part("floor.ask", audiences=[PARTICIPANT], also=["seats"])
def ask(room: Any, audience: str) -> Context:
    """The form that asks for the floor; for who waits, their place instead; what is refused while the list is closed."""
    floor = queries.read(room)
    kinds = [kind for kind in Kind if kind != Kind.REPLY or floor.subject]
    return {
        "every": Kind,
        "kinds": kinds,
        "subject": floor.subject,
        "rows": shown.rows(floor, audience),
        "wait": shown.wait_text(floor.wait_s),
    }


@part("floor.queue", audiences=[PARTICIPANT, *CREW, WALL], also=["seats"])
def queue(room: Any, audience: str) -> Context:
    """Who waits, in the order of the rule, as far as names and groups are shown; for the moderator with what may be done.

    Only the moderator needs every row; the others get the next ones, so that a long list stays a small picture."""
    rows = shown.rows(queries.read(room), audience)
    if audience == MODERATOR:
        return {"rows": rows, "groups": list(room.event.groups.all()), "places": Where, "kinds": Kind}
    return {"rows": rows[:ROWS], "more": len(rows) - ROWS}


@part("floor.console", audiences=[MODERATOR], also=["seats"])
def console(room: Any, audience: str) -> Context:
    """Whom the rule proposes, with the reason in a sentence, and the one key for it."""
    floor = queries.read(room)
    return {"next": shown.proposed(floor, audience), "speaking": floor.now is not None}


@part("floor.balance", audiences=[MODERATOR, WALL], also=["seats"])
def balances(room: Any, audience: str) -> Context:
    """How long each group and each place was heard, beside its share of the seats."""
    floor = queries.read(room)
    return {
        "groups": balance.by_group(floor, room.event.groups.all()),
        "places": balance.by_place(floor),
        "total": balance.total(floor),
        "spoken": bool(floor.spoken),
        "k": room.event.k,
    }


@marks("floor")
def mine(room: Any, seats: Sequence[Any]) -> Held:
    """turn:<handle>, asked and asked:<kind> while waiting, turn:<handle> and speaking:<handle> on the floor, had:<handle>
    from its call on, removed and removed=<the moderator's words> while the last thing was being taken off the list; for
    the moderator undo:floor.undo_end while an end can be taken back.

    For whoever went over to another room: away on the list of the room left; and in any room elsewhere with
    elsewhere=<rooms' names> and elsewhere:<room> while waiting in others, called:<room> while they have the floor there."""
    found: dict[Any, set[str]] = {}
    moderators = [seat.pk for seat in seats if seat.role == MODERATOR]
    if moderators and any(queries.undoable(room, now())):
        found |= {seat: {"undo:floor.undo_end"} for seat in moderators}
    turns: dict[Any, list[Turn]] = {}
    others = {seat.pk for seat in seats if seat.role != MODERATOR}
    for turn in Turn.objects.filter(seat__in=others).select_related("room", "seat").order_by("pk"):
        turns.setdefault(turn.seat_id, []).append(turn)
    for seat, every in turns.items():
        here = [turn for turn in every if turn.room_id == room.pk]
        found[seat] = _here(here) | _elsewhere([turn for turn in every if turn.room_id != room.pk])
    return found


def _here(turns: list[Turn]) -> set[str]:
    found: set[str] = set()
    for turn in turns:
        if turn.state == State.WAITING:
            found |= {f"turn:{turn.handle}", "asked", f"asked:{turn.kind}"}
            found |= {"away"} if turn.seat is not None and turn.seat.room_id != turn.room_id else set()
        elif turn.state in ON_FLOOR:
            found |= {f"turn:{turn.handle}", f"speaking:{turn.handle}"}
        if turn.called_at:
            found.add(f"had:{turn.handle}")
    if turns and "removed" in turns[-1].why:
        found |= {"removed", f"removed={turns[-1].why['removed']}"}
    return found


def _elsewhere(turns: list[Turn]) -> set[str]:
    waiting = [turn.room for turn in turns if turn.state == State.WAITING]
    found = {f"called:{turn.room.handle}" for turn in turns if turn.state in ON_FLOOR}
    if waiting:
        found |= {"elsewhere", f"elsewhere={', '.join(room.name for room in waiting)}"}
    return found | {f"elsewhere:{room.handle}" for room in waiting}


page("floor", roles=[PARTICIPANT], template="phone/floor.html", refresh_s=20, quick=True)
page("floor", roles=[HOST], template="host/floor.html", extra=setup.screen, still="statements.gone")
