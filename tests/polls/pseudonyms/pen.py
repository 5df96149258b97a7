"""A phone that acts under its own pseudonym, as frontend/static/js/pseudonym.js does it, and the door that its acts come to."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deliberate.door.registry import Answer
from deliberate.door.together import Asking, Result, do_together
from polls.ballots.blind import formats, rsabssa
from polls.pseudonyms import box, issuing, octets
from polls.pseudonyms.models import Pseudonym
from rooms.events.models import Event, Room
from rooms.seats.models import Seat
from tests import make


@dataclass
class Phone:
    """A seat's phone in a room. `definition`: what the room issues by, as the phone was shown it."""

    seat: Seat
    room: Room
    definition: str
    number: int = 0
    seed: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    token: bytes = b""

    @cached_property
    def issues(self) -> octets.Issues:
        return octets.read(self.definition)

    @cached_property
    def secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @cached_property
    def key(self) -> bytes:
        return self.secret.public_key().public_bytes_raw()

    @cached_property
    def prefix(self) -> bytes:
        return secrets.token_bytes(32)

    @cached_property
    def _blinding(self) -> tuple[bytes, int]:
        return rsabssa.blind(self.issues.key, self.prefix + octets.token_message(self.issues.hash, self.key))

    @property
    def blinded(self) -> bytes:
        return self._blinding[0]

    def ask(self) -> Answer:
        """Ask for the signature over the seat's line."""
        return make.act_in(self.room, self.seat, "pseudonyms.issue", blinded=formats.to_text(self.blinded))

    def issued(self) -> Phone:
        """The same phone, its pseudonym signed."""
        signature = formats.from_text(self.ask().data["token"])
        prepared = self.prefix + octets.token_message(self.issues.hash, self.key)
        self.token = rsabssa.finalize(self.issues.key, prepared, signature, self._blinding[1])
        return self

    def act(self, name: str, number: int = 0, **fields: Any) -> bytes:
        """The octets of an act, with the next number or this one."""
        self.number = number or self.number + 1
        said = json.dumps({"do": name, "with": fields}).ljust(128)
        whole = octets.unsigned(self.issues.hash, self.key, self.prefix, self.token, self.number, said)
        return whole + self.secret.sign(whole)

    def does(self, name: str, **fields: Any) -> Answer:
        """An act, sent and done. Raises Refused."""
        return did(send(self.room, self.act(name, **fields)))

    def row(self) -> Pseudonym:
        return Pseudonym.objects.get(room=self.room, key=formats.to_text(self.key))


def phone(of: Event, seat: Seat | None = None) -> Phone:
    """A phone in the event's first room that has not asked for its pseudonym yet."""
    room = make.room(of)
    return Phone(seat or make.seat(of), room, issuing.definition(room.handle))


def phones(of: Event, count: int) -> list[Phone]:
    return [phone(of).issued() for _number in range(count)]


def asking(room: Room, sent: bytes, language: str = "en") -> Asking:
    """What comes to the door for these octets. Raises Refused."""
    place, name, fields = box.opened(room.handle, sent, language)
    return Asking(place, name, fields, "")


def send(room: Room, *sent: bytes) -> list[Result]:
    """What is answered to these acts, which come in together."""
    return do_together([asking(room, each) for each in sent])


def did(results: list[Any]) -> Answer:
    """The one answer; raised where it is a Refused."""
    [result] = results
    if isinstance(result, BaseException):
        raise result
    assert isinstance(result, Answer)
    return result
