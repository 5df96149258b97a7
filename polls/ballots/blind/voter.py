"""A voter's half of a blind ballot, as frontend/static/js/blind.js does it: out of one seed, always the same octets.

For voters without scripts (sealed.py), for rehearsals and benchmarks. docs/decisions/0010-blind-ballots.md says what is derived."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from polls.ballots.blind import formats, rsabssa


@dataclass(frozen=True)
class Voter:
    """One voter in one group of a poll. `definition`: its text as served; `seed`: 32 random octets that nobody else has."""

    definition: str
    group: str
    seed: bytes

    @cached_property
    def poll(self) -> bytes:
        return formats.poll_hash(self.definition)

    @cached_property
    def width(self) -> int:
        return int(json.loads(self.definition)["width"])

    @cached_property
    def modulus(self) -> rsabssa.PublicKey:
        """The key that signs this group's tokens."""
        [n] = [each["n"] for each in json.loads(self.definition)["groups"] if each["id"] == self.group]
        return rsabssa.PublicKey.of(formats.from_text(n))

    @cached_property
    def secret(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._drawn("voter key", 32))

    @cached_property
    def key(self) -> bytes:
        """The public key by which its ballots are signed."""
        return self.secret.public_key().public_bytes_raw()

    @cached_property
    def tracker(self) -> str:
        return formats.tracker(self.key)

    @cached_property
    def _prefix(self) -> bytes:
        return self._drawn("prefix", 32)

    @cached_property
    def _blinding(self) -> tuple[bytes, int]:
        factor = int.from_bytes(self._drawn("blinding", 432)) % self.modulus.n
        return rsabssa.blind(self.modulus, self._prepared, salt=self._drawn("salt", 48), factor=factor)

    @cached_property
    def _prepared(self) -> bytes:
        return self._prefix + formats.token_message(self.poll, self.group, self.key)

    @property
    def blinded(self) -> bytes:
        """What the issuer is asked to sign."""
        return self._blinding[0]

    def token(self, signature: bytes) -> bytes:
        """The token, out of the issuer's answer. rsabssa.BadInput or BadSignature where that is none."""
        return rsabssa.finalize(self.modulus, self._prepared, signature, self._blinding[1])

    def ballot(self, token: bytes, choice: str, number: int = 1) -> bytes:
        """The octets of a ballot. formats.BadBallot where the choice does not fit the paper."""
        blank = formats.Ballot(self.poll, self.group, self.key, self._prefix, token, number, choice)
        signature = self.secret.sign(formats.unsigned(blank, self.width))
        return formats.build(replace(blank, signature=signature), self.width)

    def _drawn(self, what: str, octets: int) -> bytes:
        """RFC 5869: the seed as input, the poll's hash as salt."""
        info = f"deliberate {what} v1{self.group}".encode()
        return HKDF(SHA256(), octets, salt=self.poll, info=info).derive(self.seed)
