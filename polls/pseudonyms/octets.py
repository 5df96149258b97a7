"""The octets of pseudonyms: what is signed blindly, and the acts that are signed by one (docs/decisions/0013-pseudonyms.md).

Pure functions, but for `derived`, which remembers. frontend/static/js/pseudonym.js is the phone's half."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polls.ballots.blind import formats
from polls.ballots.blind.formats import HASH, KEY, MODULUS, PREFIX, SIGNATURE
from polls.ballots.blind.rsabssa import PublicKey, verify

TOKEN, ACT = b"deliberate pseudonym v1", b"deliberate act v1"
_HEAD = struct.Struct(f">{len(ACT)}s{HASH}s{KEY}s{PREFIX}s{MODULUS}sI")
#: Octets of the longest act: of the longest idea that a form still reads, escaped.
LONGEST = 16_384


class BadAct(ValueError):
    """Octets that are no act by a pseudonym of this room. `code`: form, place, signature, token."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Issues(NamedTuple):
    """A room's definition as it reads: its text, the hash of that, the key that signs."""

    text: str
    hash: bytes
    key: PublicKey


def define(room: str, modulus: bytes) -> str:
    """What a room issues pseudonyms by, as text: served and hashed letter by letter."""
    return json.dumps({"v": 1, "room": room, "n": formats.to_text(modulus)}, separators=(",", ":"))


def read(definition: str) -> Issues:
    """A definition of ours, read."""
    key = PublicKey.of(formats.from_text(json.loads(definition)["n"]))
    return Issues(definition, formats.poll_hash(definition), key)


def token_message(place: bytes, key: bytes) -> bytes:
    """What a token vouches for: that this key is the one pseudonym of a seat in this room. Without the randomizer before it."""
    return TOKEN + place + key


@dataclass(frozen=True, slots=True)
class Act:
    """An act that a pseudonym signed. `name` and `fields` as the door knows them; `digest`: of all its octets, hex."""

    key: str
    number: int
    name: str
    fields: dict[str, Any]
    digest: str


def unsigned(place: bytes, key: bytes, prefix: bytes, token: bytes, number: int, said: str) -> bytes:
    """An act without its signature. `said`: {"do": name, "with": fields} as JSON, blanks behind it."""
    return _HEAD.pack(ACT, place, key, prefix, token, number) + said.encode()


def parse(octets: bytes, issues: Issues) -> Act:
    """The act with these octets. BadAct where its form, its signature or its token does not hold."""
    if not _HEAD.size + SIGNATURE < len(octets) <= LONGEST:
        raise BadAct("form")
    head, said, signature = octets[: _HEAD.size], octets[_HEAD.size : -SIGNATURE], octets[-SIGNATURE:]
    label, place, key, prefix, token, number = _HEAD.unpack(head)
    if label != ACT or number < 1:
        raise BadAct("form")
    if place != issues.hash:
        raise BadAct("place")
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, octets[:-SIGNATURE])
    except (InvalidSignature, ValueError):
        raise BadAct("signature") from None
    if not verify(issues.key, prefix + token_message(place, key), token):
        raise BadAct("token")
    try:
        value = json.loads(said)
        name, fields = value["do"], value["with"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadAct("form") from None
    if len(value) != 2 or not isinstance(name, str) or not isinstance(fields, dict):
        raise BadAct("form")
    return Act(formats.to_text(key), number, name, fields, hashlib.sha256(octets).hexdigest())


class Derived(NamedTuple):
    """The pseudonym that is made here of a seat's cookie: what stands in place of its public key, and for `asked`."""

    key: str
    asked: str


@lru_cache(maxsize=20_000)
def derived(secret: str, room: str) -> Derived:
    """The pseudonym in a room of whoever has no scripts, out of the text of their cookie, which is stored nowhere. Nobody can
    sign by it: it acts through its seat's own line alone."""
    octets = HKDF(SHA256(), 64, salt=b"deliberate sealed pseudonym v1", info=room.encode()).derive(secret.encode())
    return Derived(formats.to_text(octets[:KEY]), hashlib.sha256(octets[KEY:]).hexdigest())
