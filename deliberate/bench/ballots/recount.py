"""The recount of what is published: how long it takes, and whether it finds every change. And the RFC's own vectors."""

from __future__ import annotations

import asyncio
import json
import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from deliberate.bench.ballots.altered import altered
from deliberate.bench.ballots.paper import OPTIONS, QUESTION
from deliberate.bench.result import Asked, Reach, Table
from polls.ballots.blind import formats, frozen, published, rsabssa, verify_poll
from polls.ballots.blind.rsabssa import VARIANTS, PrivateKey, PublicKey, Variant
from polls.ballots.blind.voter import Voter
from rooms.journal.core import START, Told, chained

#: The numbers of RFC 9474, appendix A, and one more from its authors' code.
VECTORS = Path(__file__).with_name("vectors.json")
LARGE, SMALL = 1000, 8
#: Changes of the large file that are tried, by chance, one of each kind at most.
SAMPLED = 150
#: The fields of a ballot, with their lengths; None: as long as it is.
FIELDS = (("format", 20), ("poll", 32), ("id's length", 1), ("id", None), ("key", 32), ("prefix", 32), ("token", 384), ("number", 4),
          ("choice", None), ("signature", 64))  # fmt: skip


@dataclass
class Recounted:
    """`missed`: changes after which all seemed to hold; `tried`: by where they were made."""

    ballots: int
    seconds: float = 0.0
    vectors: list[str] = field(default_factory=list)
    tried: dict[str, int] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Poll:
    """One that nobody held: its definition, and ballots by voters with tokens of a key of our own."""

    definition: str
    ballots: tuple[bytes, ...]

    def file(self) -> str:
        """As the service publishes it; some more have taken a token than voted."""
        issued = {frozen.EVERYBODY: len(self.ballots) + 4}
        acts = [("prepared", ""), ("opened", formats.poll_hash(self.definition).hex())]
        acts += published.noted_at_closing(self.definition, self.ballots, issued)
        subject = f"poll:{json.loads(self.definition)['poll']}"
        entries: list[Told] = []
        for number, (verb, detail) in enumerate(acts, start=1):
            before, at_ms = entries[-1]["hash"] if entries else START, 1_750_000_000_000 + number * 61_007
            digest = chained(before, number, at_ms, "moderator", verb, subject, detail)
            entries.append(
                {"number": number, "at_ms": at_ms, "role": "moderator", "verb": verb, "subject": subject, "detail": detail,
                 "hash": digest}
            )  # fmt: skip
        return published.published(self.definition, entries, self.ballots, issued)


def poll_of(voters: int, kind: str = "one", change: bool = False) -> Poll:
    key, chance = rsabssa.generate(3072), random.Random(voters)
    handles = [secrets.token_hex(4) for _option in OPTIONS]
    definition = frozen.define(
        poll=secrets.token_hex(4),
        question=QUESTION,
        kind=kind,
        bounds=(1, len(handles)),
        options=list(zip(handles, OPTIONS, strict=True)),
        labels=("", ""),
        change=change,
        live=False,
        verdict=False,
        groups=[(frozen.EVERYBODY, [], voters + 9, key.public.n.to_bytes(384))],
    )
    ballots = []
    for _voter in range(voters):
        who = Voter(definition, frozen.EVERYBODY, secrets.token_bytes(32))
        token = who.token(rsabssa.blind_sign(key, who.blinded))
        said = ">".join(chance.sample(handles, 2)) if kind == "ranking" else chance.choice(handles)
        ballots.append(who.ballot(token, said))
    return Poll(definition, tuple(ballots))


def changes(file: Any) -> Iterator[tuple[str, str, Any]]:
    """(Kind, what, the changed file): every change of every field, of the definition within it, and of every field within every
    ballot."""
    for what, changed in altered(file):
        yield "file", what, changed
    for what, asked in altered(json.loads(file["definition"]), "definition"):
        yield "definition", what, {**file, "definition": json.dumps(asked, ensure_ascii=False, separators=(",", ":"))}
    for place, text in enumerate(file["ballots"]):
        for what, octets in bent(formats.from_text(text)):
            ballots = [*file["ballots"][:place], formats.to_text(octets), *file["ballots"][place + 1 :]]
            yield "ballot", f"ballot {place}: {what}", {**file, "ballots": ballots}


def bent(octets: bytes) -> Iterator[tuple[str, bytes]]:
    """A ballot with one bit changed in each of its fields: the first, the last, and one between."""
    width = len(octets) - formats.ballot_length(frozen.EVERYBODY, 0)
    start = 0
    for name, length in FIELDS:
        long = {"id": len(frozen.EVERYBODY), "choice": width}.get(name, 0) if length is None else length
        for bit in sorted({0, 4 * long + 1, 8 * long - 1}):
            changed = bytearray(octets)
            changed[start + bit // 8] ^= 128 >> bit % 8
            yield f"{name}, bit {bit}", bytes(changed)
        start += long
    assert start == len(octets)


def holds(file: Any) -> bool:
    """Whether a recount finds nothing wrong."""
    return bool(verify_poll.verify((file if isinstance(file, str) else json.dumps(file)).encode()).holds)


def searched(found: Recounted, file: Any, name: str, some: int = 0) -> None:
    """Try every change; `some`: so many by chance, one of each kind at most."""
    tries: list[tuple[str, str, Any]] | Iterator[tuple[str, str, Any]] = changes(file)
    if some:
        kinds = {
            "".join(letter for letter in what if not letter.isdigit()): (kind, what, new)
            for kind, what, new in changes(file)
        }
        tries = random.Random(name).sample(list(kinds.values()), min(some, len(kinds)))
    for kind, what, changed in tries:
        found.tried[f"{name}: {kind}"] = found.tried.get(f"{name}: {kind}", 0) + 1
        if holds(changed):
            found.missed.append(f"{name}: {what}")


def vector_holds(vector: dict[str, str]) -> bool:
    """Whether each step of a vector comes out as the RFC has it: encoding, blinding, signature, unblinding."""
    given = {name: bytes.fromhex(text) for name, text in vector.items() if name not in ("name", "from")}
    number = {name: int.from_bytes(octets) for name, octets in given.items()}
    variant: Variant = next(each for each in VARIANTS if each.name == vector["name"])
    key, public = PrivateKey(number["p"], number["q"], number["e"]), PublicKey(number["n"], number["e"])
    prepared, salt = given["msg_prefix"] + given["msg"], given["salt"]
    blinded, inverse = rsabssa.blind(
        public, prepared, variant, salt=salt, factor=pow(number["inv"], -1, public.n)
    )  # fmt: skip
    steps = [
        prepared == given["prepared_msg"],
        rsabssa.encoded(prepared, public.n.bit_length() - 1, salt) == given["encoded_msg"],
        (blinded, inverse) == (given["blinded_msg"], number["inv"]),
        rsabssa.blind_sign(key, blinded) == given["blind_sig"],
        rsabssa.finalize(public, prepared, given["blind_sig"], inverse, variant) == given["sig"],
    ]
    return all(steps)


def measured(large: int, quick: bool) -> Recounted:
    found = Recounted(large)
    for vector in json.loads(VECTORS.read_text()):
        if vector["from"].startswith("RFC") and vector_holds(vector):
            found.vectors.append(vector["name"])
    text = poll_of(large).file()
    times = []
    for _round in range(3):
        began = time.perf_counter()
        if not holds(text):
            found.missed.append("the file itself does not hold")
        times.append(time.perf_counter() - began)
    found.seconds = median(times)
    small = poll_of(SMALL, "ranking", change=True).file()
    searched(found, json.loads(small), f"{SMALL} ballots", 40 if quick else 0)
    if not quick:
        searched(found, json.loads(text), f"{large} ballots", SAMPLED)
    return found


async def bench(asked: Asked) -> Recounted:
    large = asked.phones[0] if asked.phones else LARGE
    asked.say(f"recount: {large} ballots, and every change of a file")
    found = await asyncio.to_thread(measured, large, asked.quick)
    asked.say(f"{found.seconds:.2f} s; {sum(found.tried.values())} changes tried, {len(found.missed)} not found")
    return found


def reached(found: Recounted) -> list[Reach]:
    return [
        Reach("vectors of RFC 9474 that come out", len(set(found.vectors)), 4, "of 4", least=True),
        Reach(f"recount of {found.ballots:,} ballots", found.seconds, 1, "s"),
        Reach("changes in the published file that a recount does not find", len(found.missed), 0),
    ]


def tables(found: Recounted) -> list[Table]:
    rows = [[name, count] for name, count in found.tried.items()]
    note = (
        "Each field of the file, of the definition and of the journal is removed, renamed, doubled, moved, and changed in its value and "
        "in its type; in each ballot three bits of each of its fields. Of the large file by chance one of each kind of change."
    )
    shown = [Table("Changes tried, one at a time", ["where", "how many"], rows, note)]
    wrong = [[each] for each in found.missed[:40]]
    return [*shown, Table("Changes that were not found", ["what"], wrong)] if wrong else shown
