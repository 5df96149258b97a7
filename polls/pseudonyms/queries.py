"""Who acts behind the veil of the door (deliberate/door/veil.py)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import override

from deliberate import rows
from deliberate.door.entrance import Place, entrance
from deliberate.door.veil import Nobody
from deliberate.errors import Refused
from polls.ballots.blind import formats
from polls.pseudonyms import octets
from polls.pseudonyms.models import Pseudonym

# Locked in one order, so that what one pseudonym asks of several processes is done by one after the other.
HELD = """
    SELECT id, room_id, key, number, last, muted FROM polls_pseudonym
    WHERE key = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""
KNOWN = "SELECT id, room_id, key FROM polls_pseudonym WHERE key = ANY(%s)"
FIELDS = ("id", "room", "key", "number", "last", "muted", "hidden")
MOVED = "ON CONFLICT (id) DO UPDATE SET number = excluded.number, last = excluded.last"


class By(NamedTuple):
    """A pseudonym that acts: the key of its row, and the language it is answered in."""

    pk: int
    language: str


class _Row(NamedTuple):
    pk: int
    number: int
    last: str
    muted: str


def of_chance(room: Any) -> Pseudonym:
    """A pseudonym of a room that nobody can act under, not stored yet."""
    return Pseudonym(pk=secrets.randbits(62), room=room, key=formats.to_text(secrets.token_bytes(formats.KEY)))


def key_of(place: Place) -> str:
    """The public key, or what stands for it, of whoever acts at this place; "" where there is none."""
    if isinstance(place.seat, Nobody):
        return place.seat.pk
    return octets.derived(place.secret, place.room.handle).key if place.secret else ""


def known(places: Sequence[Place]) -> list[int | None]:
    """The key of the pseudonym's row for each of these places; None where there is none."""
    keys = [key_of(place) for place in places]
    wanted = sorted({key for key in keys if key})
    found = {(room, key): pk for pk, room, key in rows.read(KNOWN, wanted)} if wanted else {}
    return [found.get((place.room.pk, key)) for place, key in zip(places, keys, strict=True)]


def behind(places: Sequence[Place], always: Sequence[bool]) -> list[By | Refused | None]:
    """Who acts at each of these places, in this order: None where their seat has ended. Rows of new ones are stored, once they
    do what the muted may not: what shows or takes away leaves none, so that a phone can be admitted before it acts.

    An act that was signed carries a number, higher with each; the last one may come in again, for its answer may be lost."""
    seated = [place.seat for place in places if not isinstance(place.seat, Nobody)]
    living = iter(entrance().all_living(seated))
    keys = [(place.room.pk, key_of(place)) for place in places]
    stored = rows.read(HELD, sorted({key for _room, key in keys}))
    held = {(room, key): _Row(pk, *more) for pk, room, key, *more in stored}
    before = dict(held)
    acting = set()
    found: list[By | Refused | None] = []
    for place, key, may in zip(places, keys, always, strict=True):
        signed = isinstance(place.seat, Nobody)
        if not signed and not next(living):
            found.append(None)
            continue
        mine = held.get(key) or _Row(secrets.randbits(62), 0, "", "")
        if signed and (mine.number, mine.last) != (place.seat.number, place.seat.digest):
            if place.seat.number <= mine.number:
                found.append(_late(place.seat.language))
                continue
            mine = mine._replace(number=place.seat.number, last=place.seat.digest)
        held[key] = mine
        if signed or not may:
            acting.add(key)
        found.append(
            _muted(place.seat.language, mine.muted) if mine.muted and not may else By(mine.pk, place.seat.language)
        )
    news = [(key, row) for key, row in held.items() if key in acting and row != before.get(key)]
    stored = sorted((row.pk, *key, row.number, row.last, "", False) for key, row in news)
    rows.insert(Pseudonym, FIELDS, stored, MOVED)
    return found


def _late(language: str) -> Refused:
    with override(language):
        return Refused(_("Something newer has come in from you meanwhile. Look at it, then try again."), code="old")


def _muted(language: str, why: str) -> Refused:
    with override(language):
        said = _("A moderator has muted what you do here without your name: %(why)s")
        return Refused(said % {"why": why}, code="muted")
