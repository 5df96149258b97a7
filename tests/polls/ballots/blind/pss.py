"""EMSA-PSS-VERIFY by hand (RFC 8017, sections 8.1.2 and 9.1.2), to set beside what verifies in the product."""

from __future__ import annotations

from hashlib import sha384

from polls.ballots.blind.rsabssa import PublicKey, mgf1


def verified(key: PublicKey, message: bytes, signature: bytes, salt_length: int) -> bool:
    if len(signature) != key.size or int.from_bytes(signature) >= key.n:
        return False
    bits = key.n.bit_length() - 1
    length = (bits + 7) // 8
    number = pow(int.from_bytes(signature), key.e, key.n)
    if number.bit_length() > bits:
        return False
    block = number.to_bytes(length)
    masked, digest, end = block[: length - 49], block[length - 49 : -1], block[-1]
    unmasked = bytearray(a ^ b for a, b in zip(masked, mgf1(digest, len(masked)), strict=True))
    unmasked[0] &= 0xFF >> (8 * length - bits)
    zeros = len(unmasked) - salt_length - 1
    if end != 0xBC or unmasked[: zeros + 1] != bytes(zeros) + b"\x01":
        return False
    salt = bytes(unmasked[zeros + 1 :])
    return sha384(bytes(8) + sha384(message).digest() + salt).digest() == digest
