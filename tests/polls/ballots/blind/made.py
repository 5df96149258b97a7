"""Whole polls of blind ballots, with the octets written by hand: keys, blind signatures by the textbook, journals, files."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polls.ballots.blind.formats import poll_hash
from polls.ballots.blind.published import closing_hash, published
from rooms.journal.core import START, Told, chained

OPTIONS = [["k3b9x", "Hearings"], ["m2p7d", "A fund"], ["q8r4t", "A report"], ["z6w5h", "أرشيف مفتوح"]]
#: Valid choices of each kind, what is most popular first, for polls with these options or a scale from -1 to 5.
CHOICES = {
    "one": ["k3b9x", "m2p7d", "-", "z6w5h"],
    "several": ["k3b9x,q8r4t", "m2p7d", "-", "k3b9x,m2p7d,z6w5h"],
    "scale": ["4", "-1", "5", "-", "0"],
    "ranking": ["m2p7d>k3b9x", "k3b9x>q8r4t>m2p7d", "q8r4t>k3b9x", "z6w5h", "-", "m2p7d>k3b9x>z6w5h>q8r4t"],
}
WIDTH = 23


class Key:
    """A group's RSA key, and its signer: s = m^d mod n, by the Chinese remainder theorem."""

    def __init__(self) -> None:
        self.whole = rsa.generate_private_key(public_exponent=65537, key_size=3072)
        found = self.whole.private_numbers()
        self.n, self.p, self.q, self.dp, self.dq, self.qinv = (
            found.public_numbers.n, found.p, found.q, found.dmp1, found.dmq1, found.iqmp,
        )  # fmt: skip

    @property
    def modulus(self) -> str:
        return b64u(self.n.to_bytes(384, "big"))

    def sign(self, blinded: int) -> int:
        a, b = pow(blinded, self.dp, self.p), pow(blinded, self.dq, self.q)
        return b + self.q * (self.qinv * (a - b) % self.p)


def b64u(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def pss_encoded(message: bytes, salt: bytes) -> int:
    """EMSA-PSS-ENCODE of RFC 8017, section 9.1.1, with SHA-384 and MGF1, for a modulus of 3072 bits."""
    digest = hashlib.sha384(bytes(8) + hashlib.sha384(message).digest() + salt).digest()
    block = bytes(384 - len(salt) - 48 - 2) + b"\x01" + salt
    mask = b"".join(hashlib.sha384(digest + n.to_bytes(4, "big")).digest() for n in range(7))[: len(block)]
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0x7F
    return int.from_bytes(bytes(masked) + digest + b"\xbc", "big")


def token(key: Key, message: bytes, chance: random.Random) -> bytes:
    """A token over a prepared message that its signer never sees."""
    encoded, blind = pss_encoded(message, chance.randbytes(48)), chance.randrange(2, key.n)
    blind_signature = key.sign(encoded * pow(blind, 65537, key.n) % key.n)
    return (blind_signature * pow(blind, -1, key.n) % key.n).to_bytes(384, "big")


def plain_token(key: Key, message: bytes, salt: int = 48) -> bytes:
    """The same over a message that is shown: nobody can tell the two from one another, and it is made much faster."""
    return key.whole.sign(message, padding.PSS(padding.MGF1(hashes.SHA384()), salt), hashes.SHA384())


@dataclass(frozen=True)
class Voter:
    """Somebody with a key of their own, and with a token for it."""

    definition: str
    group: str
    prefix: bytes
    key: Ed25519PrivateKey
    token: bytes

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def ballot(self, choice: str, number: int = 1) -> bytes:
        width = json.loads(self.definition)["width"]
        named = poll_hash(self.definition) + bytes([len(self.group)]) + self.group.encode()
        octets = b"".join(
            (
                b"deliberate ballot v1", named, self.public, self.prefix, self.token,
                number.to_bytes(4, "big"), choice.encode().ljust(width, b" "),
            )
        )  # fmt: skip
        return octets + self.key.sign(octets)


def voter(definition: str, group: str, signer: Key, chance: random.Random, blindly: bool = True) -> Voter:
    """Somebody whose token comes from this signer."""
    key, prefix = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32)), chance.randbytes(32)
    public = key.public_key().public_bytes_raw()
    named = poll_hash(definition) + bytes([len(group)]) + group.encode()
    message = prefix + b"deliberate token v1" + named + public
    signed = token(signer, message, chance) if blindly else plain_token(signer, message)
    return Voter(definition, group, prefix, key, signed)


def definition(keys: Sequence[Key], kind: str = "one", eligible: int = 150, **fields: Any) -> str:
    """A poll as it is frozen at its opening, with a group for each key: g1, g2..."""
    limits = {"one": (1, 1), "several": (1, 3), "scale": (-1, 5), "ranking": (1, 4)}
    asked = {
        "v": 1,
        "poll": "hx7v2k9q",
        "question": "What first?",
        "kind": kind,
        "least": limits[kind][0],
        "most": limits[kind][1],
        "options": [] if kind == "scale" else OPTIONS,
        "labels": ["never", "at once"] if kind == "scale" else ["", ""],
        "change": False,
        "live": False,
        "verdict": False,
        "width": WIDTH,
        "groups": [
            {"id": f"g{place}", "names": [f"Group {place}", "Others"], "eligible": eligible, "n": key.modulus}
            for place, key in enumerate(keys, 1)
        ],
        "receipts": b64u(bytes(range(32))),
    }
    return json.dumps({**asked, **fields}, ensure_ascii=False, separators=(",", ":"))


def journal(acts: Iterable[tuple[str, str, str]]) -> list[Told]:
    """A room's entries, of (verb, subject, detail)."""
    entries: list[Told] = []
    for number, (verb, subject, detail) in enumerate(acts, 1):
        before, at_ms = entries[-1]["hash"] if entries else START, 1_750_000_000_000 + 61_007 * number
        digest = chained(before, number, at_ms, "moderator", verb, subject, detail)
        entries.append(
            {
                "number": number, "at_ms": at_ms, "role": "moderator", "verb": verb, "subject": subject, "detail": detail,
                "hash": digest,
            }
        )  # fmt: skip
    return entries


def tracker(ballot: bytes) -> str:
    """By RFC 4648's base32, whose letters stand for Crockford's in their order."""
    start = 53 + ballot[52]
    digest = hashlib.sha256(b"deliberate tracker v1" + ballot[start : start + 32]).digest()
    letters = base64.b32encode(digest[:10]).decode()[:12]
    return letters.translate(str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", "0123456789abcdefghjkmnpqrstvwxyz"))


@dataclass(frozen=True)
class Made:
    """A closed poll: what was asked, who voted, and what fell into the box."""

    definition: str
    voters: Sequence[Voter]
    ballots: Sequence[bytes]
    issued: Mapping[str, int]

    def journal(self, closing: str) -> list[Told]:
        """The room's: with other acts before the poll, and while it was open."""
        subject = f"poll:{json.loads(self.definition)['poll']}"
        acts = [
            ("called", "turn:b4n8s2", ""),
            ("prepared", subject, ""),
            ("opened", subject, poll_hash(self.definition).hex()),
            ("hid", "idea:p3f7", "Ärger"),
            ("closed", "poll:another", "0" * 64),
            *(("issued", subject, f"{group} {tokens}") for group, tokens in self.issued.items()),
            ("closed", subject, closing),
        ]
        return journal(acts)

    def text(self) -> str:
        """The file as the service writes it."""
        entries = self.journal(closing_hash(self.definition, self.ballots))
        return published(self.definition, entries, self.ballots, self.issued)

    def with_more(self, *more: bytes) -> dict[str, Any]:
        """The file of a liar who slips in octets that no box took, and makes order, closing hash and journal fit again."""
        ballots = sorted([*self.ballots, *more], key=tracker)
        listed = "".join(f"{b64u(hashlib.sha256(each).digest())}\n" for each in ballots)
        together = hashlib.sha256(listed.encode()).digest()
        closing = hashlib.sha256(b"deliberate closing v2" + poll_hash(self.definition) + together).hexdigest()
        said = {"ballots": [b64u(each) for each in ballots], "closing": closing, "journal": self.journal(closing)}
        return {**json.loads(self.text()), **said}

    def without(self, *places: int) -> Made:
        """The poll as if these voters, by their places, had taken their tokens only."""
        return self.but(ballots=[each for place, each in enumerate(self.ballots) if place not in places])

    def but(self, **changed: Any) -> Made:
        return replace(self, **changed)


def poll(keys: Sequence[Key], voters: int, kind: str = "one", **fields: Any) -> Made:
    """A poll in which so many voted, by turns of the groups, and a few took a token and did not. Ten tokens are signed blindly."""
    chance = random.Random(f"{kind} {voters}")
    text = definition(keys, kind, **fields)
    people = [voter(text, f"g{n % len(keys) + 1}", keys[n % len(keys)], chance, n < 10) for n in range(voters)]
    choices = CHOICES[kind]
    ballots = [
        each.ballot(choices[min(chance.randrange(len(choices)), chance.randrange(len(choices)))]) for each in people
    ]
    issued = {f"g{n + 1}": sum(each.group == f"g{n + 1}" for each in people) + 2 + n for n in range(len(keys))}
    return Made(text, people, ballots, issued)
