"""Tokens: a seat that may vote has one signed without showing it. What is stored says who asked, and nothing of the ballot.

keys(...)            before a poll opens: the signer's keys
open_box(...)        as it opens: who may vote, frozen
token(...)           the crowd's command: that this seat asks for this blinded message
sign(...)            after its commit: the signatures"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import structlog
from django.utils.translation import gettext as _

from deliberate import rows
from deliberate.door.registry import Answer, Asked
from deliberate.errors import Refused
from deliberate.languages import by_language
from polls.ballots import casting
from polls.ballots.blind import formats, frozen
from polls.ballots.blind.signing import signer
from polls.ballots.blind.wire import SignerError
from polls.ballots.models import BallotBox, Kind, Poll, State, Voucher
from rooms.events.queries import participants

log = structlog.get_logger("deliberate.ballots")
# Locked, so that no token is given once the poll has closed.
POLL = """
    SELECT polls_poll.id, state, blind, definition, salt FROM polls_poll
    LEFT JOIN polls_ballotbox ON polls_ballotbox.poll_id = polls_poll.id
    WHERE room_id = %s AND handle = %s FOR NO KEY UPDATE OF polls_poll
"""
VOUCHERS = "SELECT seat, in_group, asked FROM polls_voucher WHERE seat = ANY(%s)"
ASKED = "ON CONFLICT (seat) DO UPDATE SET asked = excluded.asked"


def hashed(salt: str, seat: Any) -> str:
    """What a seat is called in a poll's vouchers; nobody can tell who it was once the salt is gone."""
    return hmac.new(bytes.fromhex(salt), str(seat).encode(), hashlib.sha256).hexdigest()


def keys(poll: Poll) -> dict[str, bytes]:
    """The moduli of a poll's groups, made and stored by now. Never within a transaction. Refused where the signer is away."""
    try:
        return {frozen.EVERYBODY: signer().take(poll.handle, frozen.EVERYBODY)}
    except SignerError as why:
        log.warning("no keys were taken", code=why.code, why=str(why))
        raise away() from None


def away() -> Refused:
    return Refused(_("What signs the voters' tokens does not answer. Wait a moment, then try again."), code="away")


def check_enough(k: int, seats: int) -> None:
    """Refused where fewer than k could vote in a secret poll, blind or sealed."""
    if seats < k:
        said = _(
            "A secret poll needs %(k)d people who can vote, and there are %(n)d: among so few a choice could be guessed."
        )
        more = _("Wait for more, or change the poll to one with names.")
        raise Refused(f"{said % {'k': k, 'n': seats}} {more}", code="few")


def open_box(poll: Poll, moduli: dict[str, bytes]) -> None:
    """Freeze a blind poll that opens now: its definition, and who may vote. Refused where they are fewer than k."""
    event = poll.room.event
    seats = list(participants(poll.room).values_list("pk", flat=True))
    check_enough(event.k, len(seats))
    poll.eligible = len(seats)
    if poll.kind == Kind.RANKING:
        poll.least, poll.most = 1, frozen.ranks(poll.options.count(), len(seats))
    poll.definition = frozen.define(
        poll=poll.handle,
        question=poll.question,
        kind=poll.kind,
        bounds=(poll.least, poll.most),
        options=[(option.handle, option.text) for option in poll.options.all()],
        labels=(poll.low_label, poll.high_label),
        change=poll.change,
        live=poll.live,
        verdict=poll.verdict,
        groups=[(frozen.EVERYBODY, [], len(seats), moduli[frozen.EVERYBODY])],
    )
    box = BallotBox.objects.create(poll=poll, salt=secrets.token_hex(32))
    each = sorted(hashed(box.salt, seat) for seat in seats)  # in no order that says who came first
    rows.insert(Voucher, ("seat", "poll", "group", "asked"), [(seat, poll.pk, frozen.EVERYBODY, "") for seat in each])


def token(*, room: Any, asked: Sequence[Asked]) -> list[Answer | Refused]:
    """Note for which blinded messages these seats have tokens; fields: poll (its handle), blinded (octets). The same
    blinded message may be asked for as often as one likes, and for each seat no other."""
    return casting.each_poll(asked, lambda handle, these: _noted(room, handle, these))


def _noted(room: Any, handle: str, asked: Sequence[Asked]) -> list[Answer | Refused]:
    found = rows.read(POLL, room.pk, handle)
    pk, state, blind, definition, salt = found[0] if found else (None, "", False, "", "")
    each_to_theirs = list(by_language(asked, lambda each: each.by.language))
    if state != State.OPEN or not blind:
        answers: dict[int, Answer | Refused] = {
            place: casting.not_open(bool(found), state) for place, _each in each_to_theirs
        }
        return [answers[place] for place in range(len(asked))]
    known = frozen.read(definition)
    seats = [hashed(salt, each.by.pk) for each in asked]
    held = {seat: (group, before) for seat, group, before in rows.read(VOUCHERS, list(dict.fromkeys(seats)))}
    new: dict[str, tuple[str, str]] = {}
    answers = {}
    for place, each in each_to_theirs:
        seat, blinded = seats[place], each.fields["blinded"]
        if seat not in held:
            answers[place] = Refused(
                _("This poll was opened before you came. You can vote in the next one."), code="late"
            )
            continue
        group, before = new.get(seat, held[seat])
        this = hashlib.sha256(blinded).hexdigest()
        if not 1 < int.from_bytes(blinded) < known.keys[group].n - 1:
            answers[place] = Refused(_("This page sent something unreadable. Reload it, please."), code="blinded")
        elif before and before != this:
            said = _("Your token for this poll went to another device or browser. Vote there; a seat votes once.")
            answers[place] = Refused(said, code="other")
        else:
            new[seat] = (group, this)
            answers[place] = Answer(data={"poll": handle, "group": group, "blinded": blinded.hex()})
    fresh = sorted((seat, pk, group, this) for seat, (group, this) in new.items() if held[seat][1] != this)
    rows.insert(Voucher, ("seat", "poll", "group", "asked"), fresh, ASKED)
    return [answers[place] for place in range(len(asked))]


def sign(answers: Sequence[Answer]) -> list[Answer | Refused]:
    """What `token` answered, with the signature in place of what was asked for. Never within a transaction."""
    found: dict[int, Answer | Refused] = {}
    by_key: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, answer in enumerate(answers):
        by_key[answer.data["poll"], answer.data["group"]].append(place)
    for (poll, group), places in by_key.items():
        try:
            signed = signer().sign(poll, group, [bytes.fromhex(answers[place].data["blinded"]) for place in places])
        except SignerError as why:
            log.warning("no tokens were signed", code=why.code, why=str(why))
            found |= dict.fromkeys(places, away())
            continue
        for place, signature in zip(places, signed, strict=True):
            if signature is None:
                found[place] = Refused(_("This page sent something unreadable. Reload it, please."), code="blinded")
            else:
                found[place] = Answer(data={"token": formats.to_text(signature)})
    return [found[place] for place in range(len(answers))]
