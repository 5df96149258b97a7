"""RSA blind signatures: RFC 9474 (F. Denis, F. Jacobs, C. A. Wood, 2023), its four variants, all with SHA-384 and MGF1.

Whoever wants a signature prepares a message, blinds it and has it signed: the signer sees a random number. The answer is
unblinded into an ordinary RSA-PSS signature of the prepared message (RFC 8017, section 8.1.2), which anybody can verify and
nobody, the signer included, can tie to the asking."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha384
from math import gcd
from typing import Any

import gmpy2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA384

#: Octets of a SHA-384 digest, and of the random prefix of a prepared message.
DIGEST, PREFIX = 48, 32
#: The public exponent of every key here.
E = 65537


@dataclass(frozen=True, slots=True)
class Variant:
    """A named choice of parameters (RFC 9474, section 5): octets of salt, and whether a random prefix is set before."""

    name: str
    salt: int
    randomized: bool


RANDOMIZED = Variant("RSABSSA-SHA384-PSS-Randomized", DIGEST, True)
VARIANTS = (
    RANDOMIZED,
    Variant("RSABSSA-SHA384-PSSZERO-Randomized", 0, True),
    Variant("RSABSSA-SHA384-PSS-Deterministic", DIGEST, False),
    Variant("RSABSSA-SHA384-PSSZERO-Deterministic", 0, False),
)


class BadInput(ValueError):
    """What is to be blinded or unblinded can't be: the message, the key or the answer is not of the form it must have."""


class BadBlinded(ValueError):
    """A blinded message that no honest client sends: nothing is signed."""


class BadSignature(ValueError):
    """The signature is not one of this message by this key."""


class Fault(Exception):
    """The computed signature is wrong, by a fault of the machine or an attack on it. It was thrown away."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An RSA modulus and its public exponent."""

    n: int
    e: int = E

    @property
    def size(self) -> int:
        """Octets of the modulus, and of everything that is signed with it."""
        return (self.n.bit_length() + 7) // 8

    @classmethod
    def of(cls, modulus: bytes) -> PublicKey:
        """The key of a modulus as it stands in a poll's definition: big-endian octets."""
        return cls(int.from_bytes(modulus))


class PrivateKey:
    """A key that signs, by its two primes. Nothing of it is ever shown: its text is that of its size alone."""

    __slots__ = ("dp", "dq", "p", "public", "q", "q_inverse")

    def __init__(self, p: int, q: int, e: int = E) -> None:
        """ValueError where the primes are equal, or e has no inverse by them."""
        if p == q:
            raise ValueError("a key's primes are different")
        self.public = PublicKey(p * q, e)
        # gmpy2's integers: converted once, not with every signature
        self.p, self.q = gmpy2.mpz(p), gmpy2.mpz(q)
        self.dp, self.dq = gmpy2.mpz(pow(e, -1, p - 1)), gmpy2.mpz(pow(e, -1, q - 1))
        self.q_inverse = gmpy2.mpz(pow(q, -1, p))

    def __repr__(self) -> str:
        return f"<private key of {8 * self.public.size} bits>"


def generate(bits: int) -> PrivateKey:
    """A new key with a modulus of so many bits, by OpenSSL. Some 0.1 s for 3072 bits; other threads run meanwhile."""
    numbers = rsa.generate_private_key(E, bits).private_numbers()
    return PrivateKey(numbers.p, numbers.q)


def prepare(message: bytes, variant: Variant = RANDOMIZED) -> bytes:
    """What is signed in place of a message (section 4.1): 32 random octets before it, or nothing."""
    return secrets.token_bytes(PREFIX) + message if variant.randomized else message


def blind(
    key: PublicKey,
    prepared: bytes,
    variant: Variant = RANDOMIZED,
    *,
    salt: bytes | None = None,
    factor: int | None = None,
) -> tuple[bytes, int]:
    """The blinded message, as long as the modulus, and the inverse that unblinds its signature: a secret (section 4.2).

    `salt` and the blinding `factor` are random; given only to repeat a known blinding. BadInput where the key is too short or
    not coprime with what is to be signed."""
    salt = secrets.token_bytes(variant.salt) if salt is None else salt
    m = int.from_bytes(encoded(prepared, key.n.bit_length() - 1, salt))
    if gcd(m, key.n) != 1:
        raise BadInput("the message is not coprime with the modulus")
    r = 1 + secrets.randbelow(key.n - 1) if factor is None else factor
    try:
        inverse = pow(r, -1, key.n)
    except ValueError:
        raise BadInput("the blinding factor has no inverse") from None
    return (m * pow(r, key.e, key.n) % key.n).to_bytes(key.size), inverse


def blind_sign(key: PrivateKey, blinded: bytes) -> bytes:
    """The signature of a blinded message, as long as the modulus (section 4.3). The same octets for the same message.

    The exponents' arithmetic takes the same time whatever they are, and works on a number that is blinded anew each time
    (section 7.1 there; P. Kocher, CRYPTO 1996), so what it does depends neither on the key nor on what was sent in a way that
    could be measured. By the Chinese remainder theorem one wrong half would give the key away (D. Boneh, R. DeMillo,
    R. Lipton, EUROCRYPT 1997): every signature is verified before it leaves. BadBlinded, Fault."""
    n, e = key.public.n, key.public.e
    m = _checked(key.public, blinded)
    r = gmpy2.mpz(1 + secrets.randbelow(n - 1))
    c = m * gmpy2.powmod_sec(r, e, n) % n
    p_half = gmpy2.powmod_sec(c % key.p, key.dp, key.p)
    q_half = gmpy2.powmod_sec(c % key.q, key.dq, key.q)
    s = q_half + (p_half - q_half) * key.q_inverse % key.p * key.q
    s = s * _inverse(r, n) % n
    if gmpy2.powmod(s, e, n) != m:
        raise Fault("a signature came out wrong and was thrown away")
    return int(s).to_bytes(key.public.size)


def finalize(
    key: PublicKey, prepared: bytes, blind_signature: bytes, inverse: int, variant: Variant = RANDOMIZED
) -> bytes:
    """The signature of a prepared message, out of that of its blinded form (section 4.4). BadInput where the answer has
    another length than the modulus, BadSignature where it is no signature of what was sent."""
    if len(blind_signature) != key.size:
        raise BadInput("the answer is not as long as the modulus")
    signature = (int.from_bytes(blind_signature) * inverse % key.n).to_bytes(key.size)
    if not verify(key, prepared, signature, variant):
        raise BadSignature("the answer is no signature of what was sent")
    return signature


def verify(key: PublicKey, prepared: bytes, signature: bytes, variant: Variant = RANDOMIZED) -> bool:
    """Whether this is a signature of a prepared message: RSASSA-PSS-VERIFY (RFC 8017, section 8.1.2), by OpenSSL."""
    pss = padding.PSS(padding.MGF1(SHA384()), variant.salt)
    try:
        _openssl(key).verify(signature, prepared, pss, SHA384())
    except InvalidSignature:
        return False
    return True


def encoded(message: bytes, bits: int, salt: bytes) -> bytes:
    """EMSA-PSS-ENCODE (RFC 8017, section 9.1.1): `bits` is one less than the modulus has. BadInput where that is too few."""
    length = (bits + 7) // 8
    if length < DIGEST + len(salt) + 2:
        raise BadInput("the modulus is too short for the encoding")
    digest = sha384(bytes(8) + sha384(message).digest() + salt).digest()
    block = bytes(length - len(salt) - DIGEST - 2) + b"\x01" + salt
    mask = mgf1(digest, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def mgf1(seed: bytes, length: int) -> bytes:
    """A mask of so many octets (RFC 8017, appendix B.2.1)."""
    blocks = range(-(-length // DIGEST))
    return b"".join(sha384(seed + number.to_bytes(4)).digest() for number in blocks)[:length]


def _checked(key: PublicKey, blinded: bytes) -> Any:
    """The number behind a blinded message. BadBlinded for another length than the modulus has and, beyond what the RFC asks
    (at most n - 1), for 0, 1 and n - 1, whose signatures are known without a key, and for what shares a factor with n."""
    if len(blinded) != key.size:
        raise BadBlinded("a blinded message is as long as the modulus")
    m = gmpy2.mpz(int.from_bytes(blinded))
    if not 1 < m < key.n - 1:
        raise BadBlinded("a blinded message is a number above 1 and below n - 1")
    if gmpy2.gcd(m, key.n) != 1:
        raise BadBlinded("a blinded message is coprime with the modulus")
    return m


def _inverse(r: Any, n: int) -> Any:
    """1 / r modulo n. How long an inversion takes depends on its number: it is that of a random multiple of r."""
    s = gmpy2.mpz(1 + secrets.randbelow(n - 1))
    return s * gmpy2.invert(r * s % n, n) % n


@lru_cache(maxsize=256)
def _openssl(key: PublicKey) -> rsa.RSAPublicKey:
    return rsa.RSAPublicNumbers(key.e, key.n).public_key()
