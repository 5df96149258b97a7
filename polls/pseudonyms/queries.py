"""Who acts behind the veil of the door (deliberate/door/veil.py)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
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


#: A pseudonym by its room and its public key, or what stands for that.
Key = tuple[Any, str]


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
    here = [isinstance(place.seat, Nobody) or next(living) for place in places]
    keys = [(place.room.pk, key_of(place)) for place in places]
    asked = zip(places, keys, always, here, strict=True)
    acting = {key for place, key, may, lives in asked if lives and (isinstance(place.seat, Nobody) or not may)}
    held = _held(keys, acting)
    before = dict(held)
    found: list[By | Refused | None] = []
    for place, key, may, lives in zip(places, keys, always, here, strict=True):
        if not lives:
            found.append(None)
            continue
        mine = held.get(key) or _Row(secrets.randbits(62), 0, "", "")
        if isinstance(place.seat, Nobody) and (mine.number, mine.last) != (place.seat.number, place.seat.digest):
            if place.seat.number <= mine.number:
                found.append(_late(place.seat.language))
                continue
            held[key] = mine = mine._replace(number=place.seat.number, last=place.seat.digest)
        found.append(
            _muted(place.seat.language, mine.muted) if mine.muted and not may else By(mine.pk, place.seat.language)
        )
    moved = sorted((row.pk, *key, row.number, row.last, "", False) for key, row in held.items() if row != before[key])
    rows.insert(Pseudonym, FIELDS, moved, MOVED)
    return found


def _held(keys: Sequence[Key], acting: set[Key]) -> dict[Key, _Row]:
    """The rows of these pseudonyms, locked; those who act and had none have one now."""

    def read(some: Iterable[Key]) -> dict[Key, _Row]:
        wanted = sorted({key for _room, key in some})
        return {(room, key): _Row(pk, *more) for pk, room, key, *more in rows.read(HELD, wanted)}

    held = read(keys)
    new = sorted(acting - held.keys())
    if new:  # another of its devices may be storing one in this moment: whose comes second takes that
        fresh = [(secrets.randbits(62), *key, 0, "", "", False) for key in new]
        rows.insert(Pseudonym, FIELDS, fresh, "ON CONFLICT DO NOTHING")
        held |= read(new)
    return held


def _late(language: str) -> Refused:
    with override(language):
        return Refused(_("Something newer has come in from you meanwhile. Look at it, then try again."), code="old")


def _muted(language: str, why: str) -> Refused:
    with override(language):
        said = _("A moderator has muted what you do here without your name: %(why)s")
        return Refused(said % {"why": why}, code="muted")
