"""Blind ballots fall into the box: what they must be, and many of them in one commit, shuffled.

Nobody here knows a seat: a ballot vouches for itself by its token."""

from __future__ import annotations

import json
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from deliberate import rows
from deliberate.errors import Refused
from deliberate.live.stale import touch
from deliberate.shell import traces
from polls.ballots import casting, core, sentences
from polls.ballots.blind import formats, frozen, tallies
from polls.ballots.blind.rsabssa import verify
from polls.ballots.models import BlindBallot, Poll, State

# Locked, so that no ballot falls in while it closes.
POLL = "SELECT id, room_id, state FROM polls_poll WHERE handle = %s FOR NO KEY UPDATE"
BOX = """
    SELECT contents, tallies, k FROM polls_ballotbox
    JOIN polls_poll ON polls_poll.id = poll_id JOIN rooms_room ON rooms_room.id = room_id
    JOIN rooms_event ON rooms_event.id = event_id WHERE poll_id = %s
"""
FILL = "UPDATE polls_ballotbox SET contents = %s WHERE poll_id = %s"
TOLD = "UPDATE polls_poll SET tallies = %s WHERE id = %s"
HELD = "SELECT tracker, number, octets FROM polls_blindballot WHERE poll_id = %s AND tracker = ANY(%s)"
COUNTED = "UPDATE polls_poll SET turnout = turnout + %s WHERE id = %s"
CHANGED = "ON CONFLICT (poll_id, tracker) DO UPDATE SET number = excluded.number, octets = excluded.octets"
_chance = SystemRandom()


@dataclass(frozen=True, slots=True)
class Good:
    """A ballot that is one of an open poll, as far as can be told from its octets."""

    definition: frozen.Definition
    octets: bytes
    key: bytes
    tracker: str
    number: int
    choice: str


@dataclass
class _Place:
    """What a room's screens go by."""

    pk: int


_known: dict[str, frozen.Definition] = {}
#: Definitions in memory: none of them ever changes.
MOST_KNOWN = 500


def definition(handle: str) -> frozen.Definition:
    """What was frozen when the poll opened. Refused where there is no such poll."""
    found = _known.get(handle)
    if found is None:
        row = Poll.objects.filter(handle=handle, blind=True).values_list("definition", flat=True).first()
        if not row:
            raise Refused(_("There is no such poll in this ballot box."), code="gone")
        while len(_known) >= MOST_KNOWN:
            del _known[next(iter(_known))]
        found = _known[handle] = frozen.read(row)
    return found


def checked(handle: str, octets: bytes) -> Good:
    """A ballot whose form, choice, token and signature hold. Refused for any other; it is in no box and never will be."""
    known = definition(handle)
    try:
        ballot = formats.parse(octets, known.poll, known.width)
        formats.check_signature(ballot, known.width)
    except formats.BadBallot as problem:
        raise Refused(_("This is no ballot of this poll."), code=str(problem.code)) from None
    if ballot.group not in known.keys or not verify(known.keys[ballot.group], ballot.prepared, ballot.token):
        raise Refused(_("This ballot carries no token of this poll."), code="token")
    if ballot.number > 1 and not known.change:
        raise Refused(_("A ballot of this poll can't be changed."), code="final")
    try:
        picked = core.picks(known.question, ballot.choice)
        said = core.choice(known.question, picked, abstain=ballot.choice == core.ABSTAIN)
    except core.BadChoice as problem:
        raise Refused(sentences.why_not(problem), code="choice") from None
    if said != ballot.choice:
        raise Refused(_("That is not on this ballot. Reload the page, then choose again."), code="choice")
    return Good(known, octets, ballot.key, formats.tracker(ballot.key), ballot.number, said)


Result = bytes | Refused


def fall(ballots: Sequence[Good]) -> list[Result]:
    """Put these in, in one commit, in an order of chance; a receipt (64 octets) for each that is in, else why it is not."""
    try:
        with transaction.atomic():
            why = _stored(ballots)
    except IntegrityError:  # another process has put a twin of one of them in, just now: by now it can be seen
        with transaction.atomic():
            why = _stored(ballots)
    return [
        problem or formats.receipt(frozen.receipts_key(each.definition.handle), each.definition.poll, each.octets)
        for each, problem in zip(ballots, why, strict=True)
    ]


def _stored(ballots: Sequence[Good]) -> list[Refused | None]:
    """For each of them why it is not in; None for those that are, or were."""
    by_poll: dict[str, list[int]] = defaultdict(list)
    for place, each in enumerate(ballots):
        by_poll[each.definition.handle].append(place)
    why: list[Refused | None] = [None] * len(ballots)
    for handle in sorted(by_poll):  # in one order in all processes
        places = by_poll[handle]
        _chance.shuffle(places)
        for place, problem in zip(places, _into(handle, [ballots[place] for place in places]), strict=True):
            why[place] = problem
    return why


def _into(handle: str, ballots: Sequence[Good]) -> list[Refused | None]:
    found = rows.read(POLL, handle)
    if not found or found[0][2] != State.OPEN:
        return [casting.not_open(bool(found), found[0][2] if found else "")] * len(ballots)
    [(pk, room, _state)] = found
    wanted = list(dict.fromkeys(each.tracker for each in ballots))
    held = {tracker: (number, formats.from_text(text)) for tracker, number, text in rows.read(HELD, pk, wanted)}
    before, why = dict(held), []
    for each in ballots:
        problem = _over(held.get(each.tracker), each)
        if problem is None:
            held[each.tracker] = (each.number, each.octets)
        why.append(problem)
    news = [(tracker, *last) for tracker, last in held.items() if last != before.get(tracker)]
    fresh = len(held) - len(before)
    names = ("id", "poll", "tracker", "number", "octets")
    rows.insert(
        BlindBallot,
        names,
        [(secrets.randbits(62), pk, tracker, number, formats.to_text(octets)) for tracker, number, octets in news],
        CHANGED,
    )
    if fresh:
        rows.write(COUNTED, fresh, pk)
        if ballots[0].definition.live:
            said = {each.octets: each.choice for each in ballots}  # the same octets may have come twice
            _tell(pk, [said[octets] for tracker, _number, octets in news if tracker not in before])
        touch(_Place(room), *casting.COUNT, crowd=True)
    if news:
        # Else SQLite's log would keep in which order they came.
        transaction.on_commit(traces.soon.ask, robust=True)
    return why


def _tell(poll: int, choices: Sequence[str]) -> None:
    """Count these choices into the tally that will be shown, once enough have come. None of them can be changed."""
    [(contents, told, k)] = rows.read(BOX, poll)
    now = tallies.fallen(core.rows(_json(contents)), choices)
    rows.write(FILL, json.dumps(now), poll)
    rows.write(TOLD, json.dumps(tallies.further(_json(told), now, k)), poll)


def _json(value: Any) -> Any:
    """A column of JSON: a text on SQLite."""
    return json.loads(value) if isinstance(value, str) else value


def _over(held: tuple[int, bytes] | None, new: Good) -> Refused | None:
    """Why a ballot does not take the place of what its tracker holds; None where it does, or is the same."""
    if held is None:
        return None
    number, octets = held
    if octets == new.octets:
        return None
    if formats.parse(octets, new.definition.poll, new.definition.width).key != new.key:
        return Refused(_("Another ballot has the same tracker. Ask a moderator for help."), code="tracker")
    if new.number > number:
        return None
    return Refused(_("Another ballot with this token is in already. It counts once."), code="again")
