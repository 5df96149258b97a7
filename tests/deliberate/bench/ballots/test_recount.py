"""Each field of a ballot is bent, and none of it is left out."""

from __future__ import annotations

import json

import pytest

from deliberate.bench.ballots.recount import FIELDS, VECTORS, bent, changes, holds, poll_of, vector_holds


def test_every_field_of_a_ballot_is_bent_and_found() -> None:
    poll = poll_of(1)
    [octets] = poll.ballots
    file = json.loads(poll.file())
    assert holds(file)
    bends = list(bent(octets))
    assert {what.partition(",")[0] for what, _new in bends} == {name for name, _length in FIELDS}
    assert all(sum((a ^ b).bit_count() for a, b in zip(octets, new, strict=True)) == 1 for _what, new in bends)
    tried = [kind for kind, _what, changed in changes(file) if not holds(changed)]
    assert len(tried) == len(list(changes(file)))
    assert set(tried) == {"file", "definition", "ballot"}


def test_a_vector_with_one_wrong_bit_does_not_hold() -> None:
    [vector, *_others] = json.loads(VECTORS.read_text())
    assert vector_holds(vector)
    octets = bytearray.fromhex(vector["sig"])
    octets[0] ^= 1
    assert not vector_holds({**vector, "sig": octets.hex()})


@pytest.mark.parametrize("kind", ["one", "ranking"])
def test_a_poll_that_was_made_holds(kind: str) -> None:
    assert holds(poll_of(3, kind).file())
