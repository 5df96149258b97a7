"""One pseudonym for each seat and room: signed without being seen, or made here for whoever has no scripts.

definition(...)     what a room issues them by: the same for everybody
issue(...)          the crowd's command: that this seat asks for this blinded message
sign(...)           after its commit: the signatures
admit(...)          before acts over a seat's own line: that the pseudonym made of its cookie is the seat's one"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from deliberate import rows
from deliberate.clock import now
from deliberate.door.entrance import Place
from deliberate.door.registry import Answer, Asked
from deliberate.door.veil import Nobody
from deliberate.errors import Refused
from deliberate.languages import by_language
from polls.ballots.blind import formats, frozen
from polls.ballots.blind.closing import OF_ROOM
from polls.ballots.blind.issuing import away
from polls.ballots.blind.signing import signer
from polls.ballots.blind.wire import SignerError
from polls.pseudonyms import octets
from polls.pseudonyms.models import Issuer, PseudonymVoucher
from rooms.events.models import Room
from rooms.journal.actions import locked, note

ISSUER = "SELECT salt, definition FROM polls_issuer WHERE room_id = %s"
VOUCHERS = "SELECT seat, asked FROM polls_pseudonymvoucher WHERE seat = ANY(%s)"
#: Seats that were found to have the pseudonym made of their cookie, in this process: (room, seat, asked).
_admitted: OrderedDict[tuple[Any, Any, str], None] = OrderedDict()
MOST_ADMITTED = 50_000


def signs_for(room: str) -> str:
    """What the signer knows a room's key by."""
    return f"{OF_ROOM}{room}"


def definition(handle: str) -> str:
    """What a room issues pseudonyms by; a key is taken for the first who asks. Never within a transaction. Refused where
    there is no such room, or the signer is away."""
    room = Room.objects.select_related("event").filter(handle=handle, event__retention_until__gte=now().date()).first()
    if room is None:
        raise Refused(_("There is no such room."), code="gone")
    held = Issuer.objects.filter(room=room).values_list("definition", flat=True).first()
    if held:
        return str(held)
    try:
        modulus = signer().take(signs_for(handle), frozen.EVERYBODY)
    except SignerError:
        raise away() from None
    return _defined(room, octets.define(handle, modulus))


@transaction.atomic
def _defined(room: Room, text: str) -> str:
    room = locked(room)
    _salt(room.pk)
    fresh = Issuer.objects.filter(room=room, definition="").update(definition=text)
    if fresh:  # the key that everybody is shown: another one, for one phone alone, would not be this
        note(room, None, "issues", "pseudonyms", formats.poll_hash(text).hex())
    return str(Issuer.objects.values_list("definition", flat=True).get(room=room))


def _salt(room: Any) -> tuple[str, str]:
    """Salt and definition of a room's issuer, made where it was not there."""
    found = rows.read(ISSUER, room)
    if not found:
        rows.insert(
            Issuer, ("room", "salt", "definition"), [(room, secrets.token_hex(32), "")], "ON CONFLICT DO NOTHING"
        )
        found = rows.read(ISSUER, room)
    return found[0][0], found[0][1]


def _vouched(room: Any, salt: str, asked: Sequence[tuple[Any, str]]) -> list[bool]:
    """For each (seat, what it asks for): whether that is what the seat has a voucher for. Who has none gets one."""
    seats = [hmac.new(bytes.fromhex(salt), str(seat).encode(), hashlib.sha256).hexdigest() for seat, _this in asked]
    held = dict(rows.read(VOUCHERS, sorted(set(seats))))
    new: dict[str, str] = {}
    for seat, (_seat, this) in zip(seats, asked, strict=True):
        if seat not in held:
            held[seat] = new[seat] = this
    if new:
        fresh = sorted((seat, room, this) for seat, this in new.items())
        rows.insert(PseudonymVoucher, ("seat", "room", "asked"), fresh, "ON CONFLICT DO NOTHING")
        held |= rows.read(VOUCHERS, sorted(new))  # another process may have been quicker
    return [held[seat] == this for seat, (_seat, this) in zip(seats, asked, strict=True)]


def issue(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Note for which blinded message each of these seats has its pseudonym; field: blinded (octets). The same may be asked for
    as often as one likes, and for each seat no other."""
    salt, text = _salt(room.pk)
    if not text:
        return [Refused(_unreadable(), code="blinded") for _each in asked]
    n = octets.read(text).key.n
    fits = [1 < int.from_bytes(each.fields["blinded"]) < n - 1 for each in asked]
    good = [each for each, fit in zip(asked, fits, strict=True) if fit]
    vouched = iter(
        _vouched(room.pk, salt, [(each.by.pk, hashlib.sha256(each.fields["blinded"]).hexdigest()) for each in good])
    )
    answers: dict[int, Answer | Refused] = {}
    theirs = [next(vouched) if fit else None for fit in fits]
    for place, each in by_language(asked, lambda each: each.by.language):
        if theirs[place] is None:
            answers[place] = Refused(_unreadable(), code="blinded")
        elif not theirs[place]:
            answers[place] = _other()
        else:
            noted = formats.poll_hash(text).hex()
            answers[place] = Answer(data={"room": room.handle, "blinded": each.fields["blinded"].hex(), "noted": noted})
    return [answers[place] for place in range(len(asked))]


def sign(answers: Sequence[Answer]) -> list[Answer | Refused]:
    """What `issue` answered, with the signature in place of what was asked for. Never within a transaction."""
    found: dict[int, Answer | Refused] = {}
    by_room: dict[str, list[int]] = defaultdict(list)
    for place, answer in enumerate(answers):
        by_room[answer.data["room"]].append(place)
    for room, places in by_room.items():
        blinded = [bytes.fromhex(answers[place].data["blinded"]) for place in places]
        try:
            signed = signer().sign(signs_for(room), frozen.EVERYBODY, blinded)
        except SignerError:
            found |= dict.fromkeys(places, away())
            continue
        for place, signature in zip(places, signed, strict=True):
            if signature is None:
                found[place] = Refused(_unreadable(), code="blinded")
            else:
                data = {"token": formats.to_text(signature), "noted": answers[place].data["noted"]}
                found[place] = Answer(data=data)
    return [found[place] for place in range(len(answers))]


def admit(places: Sequence[Place]) -> list[Refused | None]:
    """Why the pseudonym made of a cookie is not its seat's; None where it is, and for whoever comes without a seat."""
    found: list[Refused | None] = [None] * len(places)
    new: dict[Any, list[tuple[int, str]]] = defaultdict(list)
    for number, place in enumerate(places):
        if isinstance(place.seat, Nobody):
            continue
        if not place.secret:
            found[number] = _other(place.seat.language)
            continue
        asked = octets.derived(place.secret, place.room.handle).asked
        if (place.room.pk, place.seat.pk, asked) not in _admitted:
            new[place.room.pk].append((number, asked))
    if new:
        with transaction.atomic():
            theirs = {
                number: fits
                for room, some in sorted(new.items())
                for (number, _asked), fits in zip(
                    some,
                    _vouched(room, _salt(room)[0], [(places[number].seat.pk, asked) for number, asked in some]),
                    strict=True,
                )
            }
        for room, some in new.items():
            for number, asked in some:
                if theirs[number]:
                    _admitted[room, places[number].seat.pk, asked] = None
                else:
                    found[number] = _other(places[number].seat.language)
        while len(_admitted) > MOST_ADMITTED:
            _admitted.popitem(last=False)
    return found


def _other(language: str = "") -> Refused:
    with override(language or get_language()):
        said = _("Another device or browser of yours keeps what this seat does here without its name. Do it there.")
        return Refused(said, code="other")


def _unreadable() -> str:
    return _("This page sent something unreadable. Reload it, please.")
