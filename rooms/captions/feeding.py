"""Captions that somebody's program brings, a few words at a time: shown at once, settled with the sentence or a silence."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from deliberate import tokens
from deliberate.door.registry import Answer
from deliberate.errors import Refused
from rooms.captions.models import Feed
from rooms.floor.queries import on_floor
from rooms.journal.actions import locked, note
from rooms.transcript import actions, sealed
from rooms.transcript.models import Interim
from rooms.transcript.pieces import pieces

#: Letters of a key: 114 bits.
KEY = 24


@transaction.atomic
def open_feed(*, room: Any, by: Any) -> Answer:
    """An address for this seat's program in this room. One that was made before ends."""
    key = tokens.handle(KEY)
    Feed.objects.update_or_create(room=room, seat=by, defaults={"key_hash": hashed(key), "seq": 0})
    note(locked(room), by, "opened", "feed")
    path = reverse("captions_feed", args=[key])
    say = _("Put this address into your program. It is not shown again: %(address)s")
    return Answer(say=say % {"address": f"{settings.PUBLIC_URL}{path}"}, data={"path": path})


@transaction.atomic
def close_feed(*, room: Any, by: Any) -> Answer:
    """The address of this seat's program ends."""
    if not Feed.objects.filter(room=room, seat=by).delete()[0]:
        raise Refused(_("There is no address of yours in this room."))
    note(locked(room), by, "closed", "feed")
    return Answer(say=_("Closed. Nothing more comes in by it."))


@transaction.atomic
def feed(*, room: Any, by: Any, text: str) -> Answer:
    """Put words behind those that are being said. What makes a piece settles, and so does what was said in a turn that is
    over. The answer's data: {"rest": what is still being said}."""
    room = locked(room)
    # What a program brings is new each time: it is never the beginning of what was withdrawn.
    Interim.objects.filter(room=room).exclude(sealed="").update(turn=None, since=None, **sealed.BARE)
    before = Interim.objects.filter(room=room).exclude(text="").first()
    turn = on_floor(room)
    if before is not None and before.turn_id != (turn.pk if turn else None):
        actions.settle(room=room, by=by, text=before.text)
        before = None
    whole = f"{before.text} {text}" if before is not None else text
    *done, rest = pieces(whole) or [""]
    if done:
        actions.interim(room=room, by=by, text=whole)
        actions.settle(room=room, by=by, text=" ".join(done))
    actions.interim(room=room, by=by, text=rest)
    return Answer(data={"rest": rest})


@transaction.atomic
def settle_rest(*, room: Any, by: Any, rest: str) -> None:
    """Settle what is being said, where nothing came behind it since."""
    room = locked(room)
    if rest and Interim.objects.filter(room=room, text=rest).exists():
        actions.settle(room=room, by=by, text=rest)


def hashed(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
