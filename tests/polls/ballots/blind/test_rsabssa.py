"""Blind signatures: every number of RFC 9474's appendix A, and what a dishonest sender or a faulty machine gets."""

from __future__ import annotations

import json
from math import gcd
from typing import Any

import gmpy2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberate.bench.ballots.recount import VECTORS as GIVEN
from polls.ballots.blind import rsabssa
from polls.ballots.blind.rsabssa import (
    RANDOMIZED,
    VARIANTS,
    BadBlinded,
    BadInput,
    BadSignature,
    Fault,
    PrivateKey,
    PublicKey,
    Variant,
    blind,
    blind_sign,
    encoded,
    finalize,
    generate,
    prepare,
    verify,
)
from tests.polls.ballots.blind.pss import verified

KEY = generate(3072)
N, SIZE = KEY.public.n, KEY.public.size
#: A vote's token message is about so long.
MESSAGE = b"deliberate token v1" + bytes(67)


class Vector:
    """One of the RFC's, its numbers and octets as they are used."""

    def __init__(self, given: dict[str, str]) -> None:
        self.name, self.source = given["name"], given["from"]
        self.variant = next(variant for variant in VARIANTS if variant.name == self.name)
        self.octets = {name: bytes.fromhex(text) for name, text in given.items() if name not in ("name", "from")}
        self.numbers = {name: int.from_bytes(octets) for name, octets in self.octets.items()}
        self.key = PrivateKey(self.numbers["p"], self.numbers["q"], self.numbers["e"])
        self.public = PublicKey(self.numbers["n"], self.numbers["e"])


VECTORS = [Vector(each) for each in json.loads(GIVEN.read_text())]
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=[f"{each.name} {each.source[:3]}" for each in VECTORS])


def test_the_appendix_has_a_vector_for_each_of_the_four_variants() -> None:
    assert [vector.variant for vector in VECTORS if vector.source.startswith("RFC")] == list(VARIANTS)


@each_vector
def test_a_vector_s_message_is_prepared_as_its_variant_says(vector: Vector) -> None:
    assert vector.octets["msg_prefix"] + vector.octets["msg"] == vector.octets["prepared_msg"]
    assert len(vector.octets["msg_prefix"]) == (32 if vector.variant.randomized else 0)
    prepared = prepare(vector.octets["msg"], vector.variant)
    assert len(prepared) == len(vector.octets["prepared_msg"])
    assert prepared.endswith(vector.octets["msg"])


@each_vector
def test_a_vector_is_encoded(vector: Vector) -> None:
    bits = vector.numbers["n"].bit_length() - 1
    assert encoded(vector.octets["prepared_msg"], bits, vector.octets["salt"]) == vector.octets["encoded_msg"]


@each_vector
def test_a_vector_is_blinded(vector: Vector) -> None:
    factor = pow(vector.numbers["inv"], -1, vector.numbers["n"])
    blinded, inverse = blind(
        vector.public, vector.octets["prepared_msg"], vector.variant, salt=vector.octets["salt"], factor=factor
    )
    assert blinded == vector.octets["blinded_msg"]
    assert inverse == vector.numbers["inv"]


@each_vector
def test_a_vector_is_signed_blindly(vector: Vector) -> None:
    assert vector.key.public == vector.public
    assert blind_sign(vector.key, vector.octets["blinded_msg"]) == vector.octets["blind_sig"]


@each_vector
def test_a_vector_is_finalized_and_verified(vector: Vector) -> None:
    prepared, signature = vector.octets["prepared_msg"], vector.octets["sig"]
    answer, inverse = vector.octets["blind_sig"], vector.numbers["inv"]
    assert finalize(vector.public, prepared, answer, inverse, vector.variant) == signature
    assert verify(vector.public, prepared, signature, vector.variant)
    assert verified(vector.public, prepared, signature, vector.variant.salt)
    assert not verify(vector.public, prepared + b"!", signature, vector.variant)


def test_the_product_s_variant_has_a_prefix_and_a_salt_of_48_octets() -> None:
    assert Variant("RSABSSA-SHA384-PSS-Randomized", 48, True) == RANDOMIZED


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
@settings(max_examples=5)
@given(message=st.binary(max_size=300))
def test_whatever_is_blinded_and_signed_becomes_a_signature_of_it(variant: Variant, message: bytes) -> None:
    prepared = prepare(message, variant)
    blinded, inverse = blind(KEY.public, prepared, variant)
    signature = finalize(KEY.public, prepared, blind_sign(KEY, blinded), inverse, variant)
    assert verify(KEY.public, prepared, signature, variant)
    assert verified(KEY.public, prepared, signature, variant.salt)


def test_two_blindings_of_one_message_have_nothing_in_common() -> None:
    prepared = prepare(MESSAGE)
    (one, first), (other, second) = blind(KEY.public, prepared), blind(KEY.public, prepared)
    assert one != other
    assert first != second
    assert prepare(MESSAGE) != prepared


def signed(message: bytes = MESSAGE) -> tuple[bytes, bytes]:
    prepared = prepare(message)
    blinded, inverse = blind(KEY.public, prepared)
    return prepared, finalize(KEY.public, prepared, blind_sign(KEY, blinded), inverse)


PREPARED, SIGNATURE = signed()


@settings(max_examples=60)
@given(place=st.integers(0, 8 * SIZE - 1))
def test_a_signature_with_one_wrong_bit_is_none_by_hand_and_by_openssl(place: int) -> None:
    forged = (int.from_bytes(SIGNATURE) ^ (1 << place)).to_bytes(SIZE)
    assert not verify(KEY.public, PREPARED, forged)
    assert not verified(KEY.public, PREPARED, forged, 48)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_a_signature_counts_with_the_salt_of_its_own_variant_only(variant: Variant) -> None:
    assert verify(KEY.public, PREPARED, SIGNATURE, variant) == (variant.salt == 48)
    assert verified(KEY.public, PREPARED, SIGNATURE, variant.salt) == (variant.salt == 48)


def test_a_signature_of_another_length_or_size_is_none() -> None:
    beyond = int.from_bytes(SIGNATURE) + N
    forms = [SIGNATURE[1:], b"\x00" + SIGNATURE, SIGNATURE + b"\x00", b"", bytes(SIZE), beyond.to_bytes(SIZE + 1)]
    if beyond < 2 ** (8 * SIZE):
        forms.append(beyond.to_bytes(SIZE))
    for form in forms:
        assert not verify(KEY.public, PREPARED, form)
        assert not verified(KEY.public, PREPARED, form, 48)


def test_a_signature_of_another_key_is_none() -> None:
    other = generate(2048)
    assert not verify(other.public, PREPARED, SIGNATURE)
    assert verify(PublicKey.of(N.to_bytes(SIZE)), PREPARED, SIGNATURE)


REFUSED = {
    "0": bytes(SIZE),
    "1": (1).to_bytes(SIZE),
    "n - 1": (N - 1).to_bytes(SIZE),
    "n": N.to_bytes(SIZE),
    "n + 1": (N + 1).to_bytes(SIZE),
    "-1, as a machine writes it": (-1).to_bytes(SIZE, signed=True),
    "too long": b"\x00" + (2).to_bytes(SIZE),
    "too short": (2).to_bytes(SIZE - 1),
    "empty": b"",
    "a prime of the key": int(KEY.p).to_bytes(SIZE),
    "a multiple of the other": (int(KEY.q) * 12345).to_bytes(SIZE),
}


@pytest.mark.parametrize("name", REFUSED)
def test_no_honest_sender_s_blinded_message_is_refused_before_anything_is_computed(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gmpy2, "powmod_sec", None)
    with pytest.raises(BadBlinded):
        blind_sign(KEY, REFUSED[name])


@pytest.mark.parametrize("number", [2, N - 2, N // 2], ids=["2", "n - 2", "half of n"])
def test_the_numbers_next_to_those_are_signed(number: int) -> None:
    answer = int.from_bytes(blind_sign(KEY, number.to_bytes(SIZE)))
    assert pow(answer, KEY.public.e, N) == number


def test_the_same_blinded_message_gets_the_same_octets_each_time() -> None:
    blinded, _inverse = blind(KEY.public, PREPARED)
    assert len({blind_sign(KEY, blinded) for _time in range(5)}) == 1


def test_each_signature_is_computed_of_another_number(monkeypatch: pytest.MonkeyPatch) -> None:
    bases: list[int] = []
    right = gmpy2.powmod_sec

    def watched(base: Any, exponent: Any, modulus: Any) -> Any:
        if exponent == KEY.dp:
            bases.append(int(base))
        return right(base, exponent, modulus)

    monkeypatch.setattr(gmpy2, "powmod_sec", watched)
    blinded, _inverse = blind(KEY.public, PREPARED)
    for _time in range(3):
        blind_sign(KEY, blinded)
    assert len(set(bases)) == 3
    assert int.from_bytes(blinded) % int(KEY.p) not in bases


class TestAFault:
    """An error, never a signature: one that is wrong by one prime alone gives the other away."""

    def test_in_either_half_or_in_the_blinding_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = gmpy2.powmod_sec
        blinded, _inverse = blind(KEY.public, PREPARED)
        for faulty in range(3):
            calls: list[int] = []

            def broken(base: Any, exponent: Any, modulus: Any, calls: list[int] = calls, faulty: int = faulty) -> Any:
                calls.append(1)
                return right(base, exponent, modulus) ^ (len(calls) - 1 == faulty)

            monkeypatch.setattr(gmpy2, "powmod_sec", broken)
            with pytest.raises(Fault):
                blind_sign(KEY, blinded)
            assert len(calls) == 3
        monkeypatch.setattr(gmpy2, "powmod_sec", right)
        assert len(blind_sign(KEY, blinded)) == SIZE

    @pytest.mark.parametrize("part", ["p", "q", "dp", "dq", "q_inverse"])
    def test_in_a_number_of_the_key_is_noticed(self, part: str) -> None:
        damaged = PrivateKey(int(KEY.p), int(KEY.q))
        setattr(damaged, part, getattr(KEY, part) + 2)
        blinded, _inverse = blind(KEY.public, PREPARED)
        with pytest.raises(Fault):
            blind_sign(damaged, blinded)

    def test_that_left_would_give_the_key_away(self) -> None:
        """Why it is looked for: what a wrong half makes of a signature, worked out as an attacker would."""
        m = 12345
        p, q = int(KEY.p), int(KEY.q)
        p_half, q_half = pow(m, int(KEY.dp), p) ^ 1, pow(m, int(KEY.dq), q)
        wrong = q_half + (p_half - q_half) * pow(q, -1, p) % p * q
        assert gcd(pow(wrong, KEY.public.e, N) - m, N) == q


class TestWhoeverAsked:
    """What a voter's side refuses."""

    def test_refuses_an_answer_of_another_length(self) -> None:
        blinded, inverse = blind(KEY.public, PREPARED)
        answer = blind_sign(KEY, blinded)
        for wrong in (answer[1:], answer + b"\x00", b""):
            with pytest.raises(BadInput):
                finalize(KEY.public, PREPARED, wrong, inverse)

    def test_refuses_an_answer_that_is_no_signature_of_what_was_sent(self) -> None:
        blinded, inverse = blind(KEY.public, PREPARED)
        answer = blind_sign(KEY, blinded)
        for wrong, message in ((answer, prepare(MESSAGE)), (blinded, PREPARED), (bytes(SIZE), PREPARED)):
            with pytest.raises(BadSignature):
                finalize(KEY.public, message, wrong, inverse)

    def test_blinds_nothing_for_a_key_that_is_too_short(self) -> None:
        with pytest.raises(BadInput, match="too short"):
            blind(PublicKey(2**700 + 1), PREPARED)

    def test_blinds_nothing_by_a_factor_or_for_a_key_that_can_t_be_undone(self) -> None:
        with pytest.raises(BadInput, match="no inverse"):
            blind(KEY.public, PREPARED, factor=int(KEY.p))
        salt = bytes(48)
        m = int.from_bytes(encoded(PREPARED, 3071, salt))
        shared = m << (3072 - m.bit_length())  # as long as a key, and a multiple of the message's number
        assert shared.bit_length() == 3072
        with pytest.raises(BadInput, match="coprime"):
            blind(PublicKey(shared), PREPARED, salt=salt)


def test_a_key_tells_nothing_of_itself_when_it_is_printed() -> None:
    assert repr(KEY) == str(KEY) == "<private key of 3072 bits>"
    with pytest.raises(ValueError, match="different"):
        PrivateKey(int(KEY.p), int(KEY.p))


def test_a_new_key_has_two_primes_of_half_its_size() -> None:
    assert (N.bit_length(), int(KEY.p).bit_length(), int(KEY.q).bit_length()) == (3072, 1536, 1536)
    assert gmpy2.is_prime(KEY.p)
    assert gmpy2.is_prime(KEY.q)
    assert rsabssa.E == KEY.public.e == 65537
