"""The octets of blind ballots: what is hashed, signed, sent and published (docs/decisions/0010-blind-ballots.md).

Everything here is a pure function of its arguments; `frontend/static/js/blind.js` is the voter's half. A poll hash is
32 octets, a key is a public one of Ed25519 in 32, a token is an RSA signature in 384.
"""

from __future__ import annotations

import base64
import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

TOKEN, BALLOT, RECEIPT = b"deliberate token v1", b"deliberate ballot v1", b"deliberate receipt v1"
TRACKER, CLOSING = b"deliberate tracker v1", b"deliberate closing v2"
HASH, KEY, PREFIX, MODULUS, SIGNATURE = 32, 32, 32, 384, 64  # lengths in octets
LAST_NUMBER = 2**32 - 1
_CONSONANTS, _VOWELS = "bdfghjklmnprstvz", "aiou"
_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"


class Flaw(StrEnum):
    """Why octets are no ballot of this poll."""

    LENGTH = "length"  # none that the group and the poll's width give
    KIND = "kind"  # no ballot, or of another version
    POLL = "poll"  # of another poll, or of another definition of this one
    GROUP = "group"  # no name in UTF-8 of 1 to 255 octets
    NUMBER = "number"  # not from 1 to 2^32 - 1
    CHOICE = "choice"  # nothing but spaces, not UTF-8, or longer than the width
    SIGNATURE = "signature"  # not by the ballot's own key over its own octets


class BadBallot(ValueError):
    def __init__(self, code: Flaw) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True, slots=True)
class Ballot:
    """`prefix` is the randomizer before the token's message (RFC 9474, 4.1); `number` counts the ballots of a key from 1."""

    poll: bytes
    group: str
    key: bytes
    prefix: bytes
    token: bytes
    number: int
    choice: str
    signature: bytes = b""

    @property
    def prepared(self) -> bytes:
        """What the token signs, by the key of the group (RSABSSA-SHA384-PSS-Randomized)."""
        return self.prefix + token_message(self.poll, self.group, self.key)


# ---- the poll ---------------------------------------------------------------------------------------------------------


def poll_hash(definition: str) -> bytes:
    """SHA-256 of the definition's text as it is served; nobody writes the JSON anew."""
    return hashlib.sha256(definition.encode()).digest()


def proquint(number: int) -> str:
    """Sixteen bits as a word that can be said: consonants carry four, vowels two (D. Wilkerson, arXiv:0901.4016)."""
    return "".join(
        _VOWELS[number >> shift & 3] if vowel else _CONSONANTS[number >> shift & 15]
        for shift, vowel in ((12, False), (10, True), (6, False), (4, True), (0, False))
    )


def words(poll: bytes) -> str:
    """The first 64 bits of a poll hash as four proquints, to be compared aloud: "lusab babad gutih tugad"."""
    return " ".join(proquint(number) for number in struct.unpack(">4H", poll[:8]))


# ---- tokens and ballots -----------------------------------------------------------------------------------------------


def token_message(poll: bytes, group: str, key: bytes) -> bytes:
    """What a token vouches for: that this key may vote in this group of this poll. Without the randomizer before it."""
    return TOKEN + poll + _named(group) + key


def ballot_length(group: str, width: int) -> int:
    """The octets of every ballot of this group; `width` is what each choice is padded to."""
    return len(BALLOT) + HASH + len(_named(group)) + KEY + PREFIX + MODULUS + 4 + width + SIGNATURE


def unsigned(ballot: Ballot, width: int) -> bytes:
    """A ballot without its signature: what that signs. `BadBallot` where a value does not fit its place."""
    if [len(each) for each in (ballot.poll, ballot.key, ballot.prefix, ballot.token)] != [HASH, KEY, PREFIX, MODULUS]:
        raise BadBallot(Flaw.LENGTH)
    if not 1 <= ballot.number <= LAST_NUMBER:
        raise BadBallot(Flaw.NUMBER)
    said = _octets(ballot.choice, Flaw.CHOICE)
    if not said or said.endswith(b" ") or len(said) > width:
        raise BadBallot(Flaw.CHOICE)
    head = BALLOT + ballot.poll + _named(ballot.group) + ballot.key + ballot.prefix + ballot.token
    return head + struct.pack(">I", ballot.number) + said.ljust(width)


def build(ballot: Ballot, width: int) -> bytes:
    """The octets of a signed ballot. `BadBallot` where a value does not fit its place."""
    if len(ballot.signature) != SIGNATURE:
        raise BadBallot(Flaw.LENGTH)
    return unsigned(ballot, width) + ballot.signature


def parse(octets: bytes, poll: bytes, width: int) -> Ballot:
    """The one ballot of this poll that has these octets, else `BadBallot`. Neither signature nor token is checked here."""
    if not octets.startswith(BALLOT):
        raise BadBallot(Flaw.KIND)
    at = len(BALLOT) + HASH
    if octets[len(BALLOT) : at] != poll:
        raise BadBallot(Flaw.POLL)
    name = octets[at + 1 : at + 1 + octets[at]] if len(octets) > at else b""
    try:
        group = name.decode()
        if len(octets) != ballot_length(group, width):
            raise BadBallot(Flaw.LENGTH)
    except UnicodeDecodeError:
        raise BadBallot(Flaw.GROUP) from None
    shape = struct.Struct(f">{KEY}s{PREFIX}s{MODULUS}sI{width}s{SIGNATURE}s")
    key, prefix, token, number, said, signature = shape.unpack(octets[at + 1 + len(name) :])
    try:
        choice = said.rstrip(b" ").decode()
    except UnicodeDecodeError:
        raise BadBallot(Flaw.CHOICE) from None
    ballot = Ballot(poll, group, key, prefix, token, number, choice, signature)
    unsigned(ballot, width)  # what could not have been built is not taken either
    return ballot


def check_signature(ballot: Ballot, width: int) -> None:
    """`BadBallot` unless the ballot is signed by its own key (RFC 8032)."""
    if not _signed(ballot.key, ballot.signature, unsigned(ballot, width)):
        raise BadBallot(Flaw.SIGNATURE)


def tracker(key: bytes) -> str:
    """By which the holder of a key finds its ballot: 60 bits in twelve letters of Crockford's base32, in lower case."""
    bits = int.from_bytes(hashlib.sha256(TRACKER + key).digest()[:8]) >> 4
    return "".join(_CROCKFORD[bits >> shift & 31] for shift in range(55, -1, -5))


# ---- receipts and the closing -----------------------------------------------------------------------------------------


def receipt(secret: Ed25519PrivateKey, poll: bytes, octets: bytes) -> bytes:
    """The box's word, in 64 octets, that it holds the ballot of these octets."""
    return secret.sign(_received(poll, octets))


def receipt_holds(key: bytes, poll: bytes, octets: bytes, receipt: bytes) -> bool:
    """Whether `receipt` is by the poll's receipts key, for the ballot of these octets."""
    return _signed(key, receipt, _received(poll, octets))


def in_order(ballots: Iterable[bytes]) -> list[bytes]:
    """Ballots by tracker, as they are published: nothing tells when one came. Equal trackers stand by their octets."""
    return sorted(ballots, key=lambda octets: (tracker(_key_in(octets)), octets))


def listed(ballots: Iterable[bytes]) -> str:
    """The list that a phone looks through for its own ballot: the SHA-256 of each in base64url on a line, in the order given."""
    return "".join(f"{to_text(hashlib.sha256(octets).digest())}\n" for octets in ballots)


def closing_hash(poll: bytes, ballots: Iterable[bytes]) -> bytes:
    """What is said at closing, in 32 octets: the poll and the list of its ballots, in the order given."""
    return hashlib.sha256(CLOSING + poll + hashlib.sha256(listed(ballots).encode()).digest()).digest()


# ---- text -------------------------------------------------------------------------------------------------------------


def to_text(octets: bytes) -> str:
    """base64url without padding (RFC 4648, 5)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The octets of a text by `to_text`; ValueError for any other text, so that octets have one text alone."""
    octets = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if to_text(octets) != text:
        raise ValueError("not base64url without padding")
    return octets


def _octets(text: str, flaw: Flaw) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise BadBallot(flaw) from None


def _named(group: str) -> bytes:
    name = _octets(group, Flaw.GROUP)
    if not 1 <= len(name) <= 255:
        raise BadBallot(Flaw.GROUP)
    return bytes([len(name)]) + name


def _key_in(octets: bytes) -> bytes:
    at = len(BALLOT) + HASH
    at += 1 + octets[at]
    return octets[at : at + KEY]


def _received(poll: bytes, octets: bytes) -> bytes:
    return RECEIPT + poll + hashlib.sha256(octets).digest()


def _signed(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
