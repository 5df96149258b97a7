"""An issuer and a box for tests, in a few lines of textbook RSA: no part of the service, so that both can be wrong alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from polls.ballots.blind.formats import Ballot, from_text, parse, poll_hash, receipt, to_text

WIDTH = 16


@cache
def rsa_key(name: object = "g1") -> rsa.RSAPrivateKey:
    """A key of 3072 bits; the same one for the same name, since each takes a moment."""
    return rsa.generate_private_key(65537, 3072)


def modulus(key: rsa.RSAPrivateKey) -> int:
    return key.public_key().public_numbers().n


@dataclass
class Hall:
    """The other end of a poll with one group. `asked` and `cast` are what came, in order.

    The functions in `signer_faults` and `box_faults` are taken up one for each answer: they change it or raise. What
    stands in `refuses` and `box_refuses` is said to whoever asks for a token, or casts.
    """

    key: rsa.RSAPrivateKey = field(default_factory=rsa_key)
    change: bool = False
    width: int = WIDTH
    group: str = "g1"
    n: bytes = b""
    receipts: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    asked: list[bytes] = field(default_factory=list)
    cast: list[bytes] = field(default_factory=list)
    signer_faults: list[Callable[[bytes], bytes]] = field(default_factory=list)
    box_faults: list[Callable[[bytes], bytes]] = field(default_factory=list)
    refuses: str = ""
    box_refuses: str = ""

    @property
    def text(self) -> str:
        n = self.n or modulus(self.key).to_bytes(384)
        group = {"id": self.group, "names": ["Youth"], "eligible": 9, "n": to_text(n)}
        options = [["a", "Water"], ["b", "Ländereien"], ["c", "川"]]
        return json.dumps(
            {"v": 1, "poll": "k3b9", "question": "What first?", "kind": "ranking", "least": 1, "most": 3}
            | {"options": options, "labels": ["", ""], "change": self.change, "live": False, "verdict": False}
            | {
                "width": self.width,
                "groups": [group],
                "receipts": to_text(self.receipts.public_key().public_bytes_raw()),
            },
            ensure_ascii=False,
        )

    @property
    def poll(self) -> bytes:
        return poll_hash(self.text)

    def signs(self, blinded: str) -> dict[str, Any]:
        """The answer to a blinded message: m^d mod n, and nothing else."""
        self.asked.append(from_text(blinded))
        if self.refuses:
            return {"refused": self.refuses}
        n, d = modulus(self.key), self.key.private_numbers().d
        signature = pow(int.from_bytes(self.asked[-1]), d, n).to_bytes(384)
        return {"answer": to_text(self._with(self.signer_faults, signature))}

    def takes(self, ballot: str) -> dict[str, Any]:
        """The receipt for a ballot; it is in the box before anything goes wrong with the answer."""
        if self.box_refuses:
            return {"refused": self.box_refuses}
        self.cast.append(from_text(ballot))
        return {"answer": to_text(self._with(self.box_faults, receipt(self.receipts, self.poll, self.cast[-1])))}

    def last(self) -> Ballot:
        return parse(self.cast[-1], self.poll, self.width)

    def vouched(self, ballot: Ballot) -> bool:
        """Whether the token is by the group's key: RSASSA-PSS with SHA-384 and 48 octets of salt, as anybody checks it."""
        pss = padding.PSS(mgf=padding.MGF1(hashes.SHA384()), salt_length=48)
        try:
            self.key.public_key().verify(ballot.token, ballot.prepared, pss, hashes.SHA384())
        except InvalidSignature:
            return False
        return True

    @staticmethod
    def _with(faults: list[Callable[[bytes], bytes]], answer: bytes) -> bytes:
        return faults.pop(0)(answer) if faults else answer


def lost(_answer: bytes) -> bytes:
    """The answer does not arrive."""
    raise ConnectionError("the line is dead")


def flipped(answer: bytes, bit: int = 100) -> bytes:
    """The answer with one bit changed."""
    return (int.from_bytes(answer) ^ 1 << bit).to_bytes(len(answer))
