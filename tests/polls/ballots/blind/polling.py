"""A blind poll in a room, and people who vote in it, for tests: by the door, the signer and the box as they are."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from deliberate.errors import Refused
from polls.ballots.blind import falling, formats, frozen
from polls.ballots.blind.voter import Voter
from polls.ballots.models import Poll, Published
from rooms.events.models import Event
from rooms.seats.models import Seat
from tests import make
from tests.polls.ballots.make import closed, opened, people


def polled(count: int = 5, kind: str = "one", **fields: object) -> tuple[Event, Poll, list[Seat]]:
    """An event, its open blind poll, and the people who may vote in it."""
    event = make.event(k=min(count, 5))
    seats = people(event, count)
    return event, opened(event, kind, secret="blind", **fields), seats


def voter(poll: Poll, seed: bytes | None = None) -> Voter:
    return Voter(poll.definition, frozen.EVERYBODY, seed or secrets.token_bytes(32))


def token(by: Seat, poll: Poll, who: Voter) -> bytes:
    """The token that this seat is given, through the door."""
    answer = make.act(by, "ballots.token", poll=poll.handle, blinded=formats.to_text(who.blinded))
    return who.token(formats.from_text(answer.data["token"]))


def choice(poll: Poll, *texts: str, joined: str = ",") -> str:
    handles = {each.text: each.handle for each in poll.options.all()}
    return joined.join(handles.get(text, text) for text in texts)


def put(poll: Poll, *ballots: bytes) -> list[bytes | Refused]:
    """What the box says to each of these, in one commit."""
    return falling.fall([falling.checked(poll.handle, octets) for octets in ballots])


def votes(by: Seat, poll: Poll, *texts: str) -> tuple[Voter, bytes, bytes]:
    """Somebody votes: who, the ballot, and the receipt for it."""
    who = voter(poll)
    octets = who.ballot(token(by, poll, who), choice(poll, *texts))
    [receipt] = put(poll, octets)
    assert isinstance(receipt, bytes)
    return who, octets, receipt


def file_of(poll: Poll) -> str:
    """What the poll publishes when it closes now."""
    closed(poll)
    return Published.objects.get(poll=poll).text


def all_vote(poll: Poll, seats: Sequence[Seat], *texts: str) -> list[tuple[Voter, bytes, bytes]]:
    """Each of these seats in turn, with these choices in turn."""
    return [votes(seat, poll, texts[place % len(texts)]) for place, seat in enumerate(seats)]
