"""`deliberate bench ballots`: whether blind ballots hold what they promise. All parts, or those that --only names."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from deliberate.bench.ballots import linkage, lost, recount, speed, suppression, twins
from deliberate.bench.product import NotReady
from deliberate.bench.result import Asked, Reach, Result, Table
from frontend.packs import together

SCRIPTS = ("js/blind.js", "js/ballot.js")
#: Octets of the script of a ballot, compressed.
WEIGHT = 6000
#: What one part gives: figures, tables, and what goes into the JSON.
Part = tuple[list[Reach], list[Table], Any]


async def _linkage(asked: Asked) -> Part:
    found = await linkage.bench(asked)
    raw = [
        {"database": e.database, "way": e.way, "right": e.right, "voters": e.voters, "found": e.found} for e in found
    ]
    return linkage.reached(found), linkage.tables(found), {"attacks": raw, "left out": linkage.left_out(found)}


async def _lost(asked: Asked) -> Part:
    found = await lost.bench(asked)
    whole = not (asked.quick or asked.repeats or asked.phones)
    return lost.reached(found, whole), lost.tables(found), [asdict(each) for each in found]


async def _recount(asked: Asked) -> Part:
    found = await recount.bench(asked)
    return recount.reached(found), recount.tables(found), asdict(found)


async def _twins(asked: Asked) -> Part:
    found = await twins.bench(asked)
    return twins.reached(found), twins.tables(found), asdict(found)


async def _suppression(asked: Asked) -> Part:
    found = await suppression.bench(asked)
    return suppression.reached(found), suppression.tables(found), asdict(found)


async def _speed(asked: Asked) -> Part:
    found = await speed.bench(asked)
    return speed.reached(found), speed.tables(found), [asdict(each) for each in found]


async def _weight(_asked: Asked) -> Part:
    octets = len(gzip.compress(together(SCRIPTS), 9))
    return [Reach("the ballot's script, compressed", octets / 1000, WEIGHT / 1000, "kB")], [], octets


PARTS: dict[str, Callable[[Asked], Awaitable[Part]]] = {
    "linkage": _linkage,
    "lost": _lost,
    "recount": _recount,
    "twins": _twins,
    "suppression": _suppression,
    "speed": _speed,
    "weight": _weight,
}

HOW = [
    "Linkage: voters with phones on real sockets fetch their tokens as the poll opens, in an order of chance, and cast over HTTP in "
    "another one, each from an address of their own, with a user agent and an X-Forwarded-For that tell who they are. Half way and "
    "when all are in, while the poll is open, everything is taken: the data folder with database, log and keys (SQLite), or the cluster's "
    "files with pg_wal and a pg_dump (PostgreSQL), the service's log at DEBUG, Redis' dump, and command line, environment and maps of "
    "each process. The thief reads every order in which seats (by handle, key, and their vouchers, whose salt it has) and ballots lie "
    "anywhere: as the database gives rows, by rowid, ctid and xmin, by the first and last octet in every file, within pages from the "
    "end, by what changed between the takings; each of one beside each of the other, forwards and backwards, nearest to nearest, and all together "
    "by the cheapest assignment. Addresses and agents are searched letter for letter, in UTF-16, and by their hashes.",
    "Lost: a service on SQLite and one on PostgreSQL at the same time. Each round, ballots set out within 0.7 s, the service is "
    "killed (-9) at some moment and started again, and voters send the same octets until they are answered. Some send twice, "
    "some another choice by the same token, some a forged token. Every fifth round the poll closes in the middle of ballots; then "
    "every receipt is looked for in the published list, and everything in the list among what was cast and not refused.",
    "Recount: the published file is made with a key of our own; verify_poll.py checks it as anybody would, in one thread.",
    "Twins: one seed, a voter in Chromium (js/blind.js) and one in Python; the issuer signs what the browser asked for. Blinded message, token, "
    "ballot, tracker and the four words must be the same octets, and the browser must accept the receipt.",
    "Speed: service, phones, signer and database share all cores. Blinding is done before the clock starts, for phones do that.",
]


async def bench(asked: Asked) -> Result:
    unknown = set(asked.only) - set(PARTS)
    if unknown:
        raise NotReady(f"There is no part {', '.join(sorted(unknown))}: {', '.join(PARTS)}.")
    result = Result("ballots", "What blind ballots hold", versions=asked.served_by())
    for name, part in PARTS.items():
        if not asked.only or name in asked.only:
            reach, tables, raw = await part(asked)
            result.reach += reach
            result.shown += tables
            result.raw[name] = raw
    missed = [reach.name for reach in result.reach if not reach.ok]
    result.told = [
        "Whoever takes everything from the machine in the middle of a poll, whoever pulls the plug, and whoever changes what is published: "
        + ("none of them got anywhere." if not missed else f"not within its limit: {'; '.join(missed)}."),
        *result.raw.get("linkage", {}).get("left out", []),
    ]
    result.how = HOW
    return result
