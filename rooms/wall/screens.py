from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from deliberate.live.parts import Context, part
from deliberate.roles import MODERATOR, WALL
from rooms.events.qr import qr
from rooms.events.queries import participants
from rooms.floor.models import State, Turn
from rooms.floor.queries import on_floor
from rooms.floor.shown import name_shown, names_shown
from rooms.seats.models import Where
from rooms.wall import queries
from rooms.wall.scenes import scene, scenes


@part("wall.scene", audiences=(WALL, MODERATOR))
def scene_now(room: Any, audience: str) -> Context:
    """Which scene the wall shows; for the moderator with a preview and the scenes to choose from."""
    showing = queries.showing(room)
    shown = scenes[showing.scene]
    context: Context = {"showing": showing, "shown": shown}
    if audience == MODERATOR:
        context["gist"] = shown.gist(room) if shown.gist is not None else []
        context["scenes"] = list(scenes.values())
    return context


@part("wall.keys", audiences=[MODERATOR])
def keys(room: Any, audience: str) -> Context:
    """The keys that put scenes on the wall, for the list of keys."""
    return {"scenes": list(scenes.values())}


@part("wall.code", audiences=(WALL, MODERATOR))
def code(room: Any, audience: str) -> Context:
    """How to join: the code, and on the wall its QR code."""
    return _way_in(room)


@part("wall.welcome", audiences=(WALL,), also=["seats"])
def welcome(room: Any, audience: str) -> Context:
    """The first scene: what this is, how to join, as large as it gets, and how many are here."""
    return {**_way_in(room), "here": participants(room).count()}


def _way_in(room: Any) -> Context:
    way = queries.way_in(room)
    return {"way": way, "qr": qr(way.url) if way is not None and way.url else None}


def _somebody_speaks(room: Any) -> bool:
    return on_floor(room) is not None


def _names_wait(room: Any) -> bool:
    return names_shown(room.event, WALL) and _waiting(room).exists()


def _waiting(room: Any) -> Any:
    return Turn.objects.filter(room=room, state=State.WAITING)


def _way_in_gist(room: Any) -> list[str]:
    way = queries.way_in(room)
    return [way.spaced, way.address] if way is not None else [_("Joining is closed")]


def _speaker_gist(room: Any) -> list[str]:
    turn = on_floor(room)
    if turn is None:
        return [_("Nobody is speaking.")]
    name = turn.name if name_shown(room.event, turn, WALL) else ""
    return [name or str(Where(turn.place).label)]


def _queue_gist(room: Any) -> list[str]:
    waiting = _waiting(room).count()
    return [ngettext("%(n)d is waiting", "%(n)d are waiting", waiting) % {"n": waiting}]


scene("welcome", lambda room: True, 0, title=gettext_lazy("Welcome"), key="w", gist=_way_in_gist)
scene("speaker", _somebody_speaks, 60, title=gettext_lazy("Speaker"), key="s", gist=_speaker_gist)
scene("queue", _names_wait, 20, title=gettext_lazy("Queue"), key="q", gist=_queue_gist)
scene("captions", title=gettext_lazy("Captions"), key="t")
scene("balance", title=gettext_lazy("Balance"), key="b")
