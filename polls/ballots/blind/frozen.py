"""What is frozen when a blind poll opens, and what can be read out of it: the definition (docs/ballots-format.md)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from polls.ballots.blind import formats, published
from polls.ballots.blind.rsabssa import PublicKey
from polls.ballots.core import ABSTAIN, Kind, Question

#: The one group of a poll whose result is not broken down: everybody.
EVERYBODY = "all"


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition as it reads. `text`: letter by letter as it was frozen; `poll`: its hash; `keys`: a group's issuing key."""

    text: str
    poll: bytes
    handle: str
    question: Question
    width: int
    change: bool
    live: bool
    keys: Mapping[str, PublicKey]


def define(
    *,
    poll: str,
    question: str,
    kind: str,
    bounds: tuple[int, int],
    options: Sequence[tuple[str, str]],
    labels: tuple[str, str],
    change: bool,
    live: bool,
    verdict: bool,
    groups: Sequence[tuple[str, Sequence[str], int, bytes]],
) -> str:
    """The text that is frozen. `bounds`: how many to choose or rank, or the ends of a scale; `options`: handles with their texts;
    `groups`: (id, names, how many may vote, modulus)."""
    value = {
        "v": 1,
        "poll": poll,
        "question": question,
        "kind": kind,
        "least": bounds[0],
        "most": bounds[1],
        "options": [list(each) for each in options],
        "labels": list(labels),
        "change": change,
        "live": live,
        "verdict": verdict,
        "width": width(Kind(kind), bounds, [handle for handle, _text in options]),
        "groups": [
            {"id": name, "names": list(names), "eligible": eligible, "n": formats.to_text(modulus)}
            for name, names, eligible, modulus in groups
        ],
        "receipts": formats.to_text(receipts_key(poll).public_key().public_bytes_raw()),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def width(kind: Kind, bounds: tuple[int, int], handles: Sequence[str]) -> int:
    """Octets of the longest choice that the paper allows, so that all ballots are equally long."""
    if kind is Kind.SCALE:
        longest = max(len(str(bound)) for bound in bounds)
    else:
        most = 1 if kind is Kind.ONE else bounds[1]
        chosen = sorted((len(handle.encode()) for handle in handles), reverse=True)[:most]
        longest = sum(chosen) + len(chosen) - 1
    return max(longest, len(ABSTAIN))


def read(text: str) -> Definition:
    """A frozen definition of ours, read."""
    value = json.loads(text)
    return Definition(
        text=text,
        poll=formats.poll_hash(text),
        handle=value["poll"],
        question=published.question(text),
        width=value["width"],
        change=value["change"],
        live=value["live"],
        keys={group["id"]: PublicKey.of(formats.from_text(group["n"])) for group in value["groups"]},
    )


def ranks(options: int, voters: int) -> int:
    """How many of so many options a blind ranking asks for, so that there are no more rankings of that length than voters:
    a longer one is a signature, by which somebody who was told what to rank could be known again. Two at least."""
    most = 2
    while most < options and math.perm(options, most + 1) <= voters:
        most += 1
    return most


@lru_cache(maxsize=500)
def receipts_key(poll: str) -> Ed25519PrivateKey:
    """The key that signs a poll's receipts, out of the service's own secret (RFC 5869): every process of it has the same.

    Whoever has SECRET_KEY can write receipts; they can't take one back, and that is what receipts are for."""
    derived = HKDF(SHA256(), 32, salt=poll.encode(), info=b"deliberate receipts key v1")
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.SECRET_KEY.encode()))
