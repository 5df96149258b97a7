"""Recount a poll of blind ballots with nothing but its published file.

    pip install cryptography            the one thing that Python (3.11 or newer) does not bring
    python verify_poll.py FILE|URL      ends with 0 if all holds, 1 if something is wrong, 2 if nothing could be read

This file imports nothing of the service that held the poll: read it, take it elsewhere, run it there. It says one sentence for
each check. The published file is JSON (FILE and DEFINITION below); docs/ballots-format.md describes every key and octet.
What no recount can see: whether your ballot is among them (look for its tracker), whether this is the file that others have
(compare the hashes at the end), and whether everybody who was eligible is a person.
"""

from __future__ import annotations

import base64
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from hashlib import sha256
from http.client import HTTPException
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any, NamedTuple
from urllib.request import urlopen

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey as Ed25519
from cryptography.hazmat.primitives.hashes import SHA384

ABSTAIN, HANDLE = "-", re.compile(r"[A-Za-z0-9_]{1,32}")
PSS = padding.PSS(padding.MGF1(SHA384()), 48)  # of RSABSSA-SHA384-PSS-Randomized (RFC 9474, section 5)
# Shapes: a value, a type, (shape,) for a list of any length.
ENTRY = {"number": int, "at_ms": int, "role": str, "verb": str, "subject": str, "detail": str, "hash": str}
FILE = {"v": 1, "definition": str, "journal": (ENTRY,), "ballots": (str,)}
FILE |= {"issued": dict, "result": dict, "closing": str}
DEFINITION = {"v": 1, "poll": str, "question": str, "kind": str, "least": int, "most": int, "options": ([str, str],)}
DEFINITION |= {"labels": [str, str], "change": bool, "live": bool, "verdict": bool, "width": int, "receipts": str}
DEFINITION |= {"groups": ({"id": str, "names": (str,), "eligible": int, "n": str},)}


class Ballot(NamedTuple):
    where: str  # for people: its place in the file, from 1, and its tracker
    tracker: str
    group: str
    key: bytes  # the voter's Ed25519 public key
    token: bytes
    choice: str
    prepared: bytes  # what the token signs: 32 random octets, and the token message
    signed: bytes  # all octets before the signature
    signature: bytes


class Report(list[str]):
    """The lines that there are to say, and whether all of it holds."""

    holds = True

    def check(self, sentence: str, wrongs: Iterable[str]) -> None:
        """Say whether a sentence holds. `wrongs`: what and where; empty texts say nothing."""
        found = [shown(each) for each in wrongs if each]
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        self.append(f"{sentence}: WRONG: {'; '.join(found[:3])}{more}" if found else f"{sentence}: ok")
        self.holds = self.holds and not found


def shown(text: str) -> str:
    """Safe on any terminal: what is not printable (controls, marks that turn the direction) is shown by its number."""
    return "".join(each if each.isprintable() else f"\\u{{{ord(each):x}}}" for each in text[:1000])


def parsed(text: str) -> Any:
    """JSON in which no key comes twice. Raises ValueError, or RecursionError where it is nested too deeply."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(found := dict(pairs)) < len(pairs):
            raise ValueError("a key stands twice in one object")
        return found

    return json.loads(text, object_pairs_hook=once)


def difference(given: Any, right: Any, where: str) -> str:
    """The first place where a value differs from the right one or from its shape, in words; empty where it does not."""
    if isinstance(right, tuple) and isinstance(given, list):
        right = [*right] * len(given)
    if isinstance(right, dict) and isinstance(given, dict) and right.keys() == given.keys():
        found = (difference(given[key], right[key], f"{where}.{key}") for key in right)
    elif isinstance(right, list) and isinstance(given, list) and len(right) == len(given):
        found = (difference(given[at], right[at], f"{where}[{at}]") for at in range(len(right)))
    else:
        same = type(given) is right or (type(given) is type(right) and given == right)
        return "" if same else f"{where} is {str(given)[:99]}, not {str(right)[:99]}"
    return next(filter(None, found), "")


def b64u(found: bytes) -> str:
    return base64.urlsafe_b64encode(found).rstrip(b"=").decode()


def octets(text: str) -> bytes:
    """base64url without padding, in the one way to write it. Raises ValueError."""
    found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if b64u(found) != text:
        raise ValueError("it is not base64url")
    return found


def holds(verify: Callable[..., object], *what: Any) -> bool:
    try:
        return verify(*what) is None
    except InvalidSignature:
        return False


class Poll:
    """What is asked, of whom, and what a ballot has to be. Raises ValueError where file or definition are not of their form."""

    def __init__(self, data: bytes) -> None:
        self.file = file = parsed(data.decode())
        if wrong := difference(file, FILE, "file"):
            raise ValueError(wrong)
        asked = parsed(file["definition"])
        if wrong := difference(asked, DEFINITION, "definition"):
            raise ValueError(wrong)
        self.hash = sha256(file["definition"].encode()).digest()
        self.handle, self.question, self.kind = asked["poll"], asked["question"], asked["kind"]
        self.least, self.most, self.change, self.width = (asked[key] for key in ("least", "most", "change", "width"))
        self.groups = {group["id"]: group for group in asked["groups"]}
        moduli, scale = [octets(group["n"]) for group in asked["groups"]], self.kind == "scale"
        n, handles = [int.from_bytes(each) for each in moduli], [handle for handle, _ in asked["options"]]
        for right, otherwise in (
            (self.kind in ("one", "several", "scale", "ranking"), "its kind is none that is known here"),
            (all(map(HANDLE.fullmatch, [self.handle, *handles, *self.groups])), "a handle is none"),
            (not handles if scale else len(set(handles)) == len(handles) > 1, "its options are not two or more"),
            (not scale or 0 < self.most - self.least <= 100, "its scale does not run from low up to high"),
            (0 < len(self.groups) == len(n), "it has no group, or two with one id"),
            (not difference(file["issued"], dict.fromkeys(self.groups, int), ""), "tokens were issued to others"),
            (all(len(each) == 384 and each[0] > 127 and each[-1] % 2 for each in moduli), "a key is not of 3072 bits"),
            (all(math.gcd(*two) == 1 for two in combinations(n, 2)), "a token of one group would do for another"),
        ):
            if not right:
                raise ValueError(f"definition: {otherwise}")
        self.keys = {name: rsa.RSAPublicNumbers(65537, m).public_key() for name, m in zip(self.groups, n, strict=True)}
        #: Texts of the options by handle, or a scale's steps, in the order of the paper.
        self.paper = dict(asked["options"]) or {str(step): str(step) for step in range(self.least, self.most + 1)}

    def picks(self, choice: str) -> list[str]:
        """The handles or the step that a choice names; none for an abstention."""
        dividing = {"several": ",", "ranking": ">"}.get(self.kind)
        return [] if choice == ABSTAIN else choice.split(dividing) if dividing else [choice]

    def allows(self, choice: str) -> bool:
        """Whether it is an abstention, or a choice that may be made, written in the one way."""
        picks = self.picks(choice)
        if self.kind == "several" and picks:
            return self.least <= len(picks) <= self.most and picks == [each for each in self.paper if each in picks]
        few = self.kind != "ranking" or len(picks) <= self.most
        return few and len(set(picks)) == len(picks) and self.paper.keys() >= set(picks)

    def ballot(self, place: int, text: str) -> Ballot:
        """The ballot at a place of the file, from 1. Raises ValueError for what is none."""
        raw, head = octets(text), b"deliberate ballot v1" + self.hash
        start = len(head) + 1 + int.from_bytes(raw[len(head) : len(head) + 1])
        name = raw[len(head) + 1 : start]
        if not raw.startswith(head) or (group := name.decode()) not in self.groups:
            raise ValueError("it is of another poll or group")
        if len(raw) != start + 452 + self.width + 64:
            raise ValueError(f"it has {len(raw)} octets, not {start + 452 + self.width + 64}")
        key, prefix, token, number = (raw[start + a : start + b] for a, b in pairwise((0, 32, 64, 448, 452)))
        if not 1 <= int.from_bytes(number) <= (0xFFFFFFFF if self.change else 1):
            raise ValueError(f"its number is {int.from_bytes(number)}")
        choice = raw[start + 452 : -64].decode().rstrip(" ")
        prepared = prefix + b"deliberate token v1" + self.hash + bytes([len(name)]) + name + key
        bits = int.from_bytes(sha256(b"deliberate tracker v1" + key).digest()[:8]) >> 4
        tracker = "".join("0123456789abcdefghjkmnpqrstvwxyz"[bits >> at & 31] for at in range(55, -1, -5))
        return Ballot(f"ballot {place} ({tracker})", tracker, group, key, token, choice, prepared, raw[:-64], raw[-64:])

    def result(self, ballots: Collection[Ballot]) -> dict[str, Any]:
        """What follows from ballots. Of a ranking, `votes` are first choices."""
        counts: dict[str, dict[str, int]] = {}
        for (choice, group), number in Counter((each.choice, each.group) for each in ballots).items():
            counts.setdefault(choice, {})[group] = number
        picks, ranking = [self.picks(each.choice) for each in ballots if each.choice != ABSTAIN], self.kind == "ranking"
        votes = Counter(pick for each in picks for pick in (each[:1] if ranking else each))
        rounds = self.rounds(picks) if ranking else []
        winner = max(rounds[-1]["votes"].items(), key=lambda pair: pair[1])[0] if rounds else None
        return {"counts": counts, "votes": {k: votes[k] for k in self.paper}, "rounds": rounds, "winner": winner}

    def rounds(self, rankings: list[list[str]]) -> list[dict[str, Any]]:
        """Instant-runoff. Of several with fewest votes, who had fewest in the latest earlier round goes, else the lowest."""
        rounds: list[dict[str, Any]] = []
        left = list(self.paper) if rankings else []
        while left:
            highest = Counter(next((pick for pick in ranking if pick in left), None) for ranking in rankings)
            votes = {option: highest[option] for option in left}
            rounds.append({"votes": votes, "exhausted": highest[None], "out": None})
            if 2 * max(votes.values()) > sum(votes.values()):
                break
            out = min(reversed(left), key=lambda option: [each["votes"][option] for each in reversed(rounds)])
            rounds[-1]["out"] = out
            left.remove(out)
        return rounds


def unchained(journal: list[dict[str, Any]]) -> Iterator[str]:
    """The entries whose hash does not follow from the one before and from what they say."""
    before = "0" * 64
    for place, entry in enumerate(journal, 1):
        said = [before, place, *(entry[key] for key in ("at_ms", "role", "verb", "subject", "detail"))]
        line = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
        if entry["number"] != place or entry["hash"] != sha256(line.encode("utf-8", "surrogatepass")).hexdigest():
            yield f"entry {place}"
        before = entry["hash"]


def unnoted(poll: Poll) -> Iterator[str]:
    """Where the journal says something else of this poll than the file does."""
    mine = [each for each in poll.file["journal"] if each["subject"] == f"poll:{poll.handle}"]
    told = [[each["verb"], each["detail"]] for each in mine if each["verb"] in ("opened", "issued", "closed")]
    issued = [["issued", f"{name} {poll.file['issued'][name]}"] for name in poll.groups]
    right = [["opened", poll.hash.hex()], *issued, ["closed", poll.file["closing"]]]
    yield difference(told, right, "what it says of the poll")
    if not mine or mine[-1] is not poll.file["journal"][-1] or mine[-1]["verb"] != "closed":
        yield "its last entry is not the closing"


def words(bits: bytes) -> str:
    """The first 64 bits as four proquints (D. Wilkerson, arXiv:0901.4016)."""
    c, v, fours = "bdfghjklmnprstvz", "aiou", (int.from_bytes(bits[at : at + 2]) for at in (0, 2, 4, 6))
    return " ".join(c[q >> 12] + v[q >> 10 & 3] + c[q >> 6 & 15] + v[q >> 4 & 3] + c[q & 15] for q in fours)


def verify(data: bytes) -> Report:
    """Check a published file as it was fetched. Where all holds, the result follows, and what people may compare."""
    report, sentence = Report(), "The file and the poll's definition have their form"
    try:
        poll = Poll(data)
    except (ValueError, RecursionError) as problem:
        report.check(sentence, [str(problem)])
        return report
    report.check(sentence, [])
    report.check("The journal's chain holds, from the room's first entry on", unchained(poll.file["journal"]))
    report.check("The journal has the poll's hash, the tokens issued, and the closing hash", unnoted(poll))
    ballots, wrongs = [], []
    for place, text in enumerate(poll.file["ballots"], 1):
        try:
            ballots.append(poll.ballot(place, text))
        except ValueError as problem:
            wrongs.append(f"ballot {place}: {problem}")
    report.check("Every ballot is of this poll and of one of its groups, and as long as all others there", wrongs)
    listed = "".join(f"{b64u(sha256(each.signed + each.signature).digest())}\n" for each in ballots)
    closing = sha256(b"deliberate closing v2" + poll.hash + sha256(listed.encode()).digest()).hexdigest()
    report.check("The closing hash is that of these ballots", [difference(poll.file["closing"], closing, "it")])
    misplaced = (b.where for a, b in pairwise(ballots) if a.tracker >= b.tracker)
    report.check("Ballots stand in the order of their trackers, and no tracker comes twice", misplaced)
    count = Counter(each for ballot in ballots for each in (ballot.key, ballot.token))
    report.check("No key and no token comes twice", (b.where for b in ballots if count[b.key] + count[b.token] > 2))
    forged = [b for b in ballots if not holds(poll.keys[b.group].verify, b.token, b.prepared, PSS, SHA384())]
    report.check("Every token is signed by the key of its group", (b.where for b in forged))
    unsigned = [b for b in ballots if not holds(Ed25519.from_public_bytes(b.key).verify, b.signature, b.signed)]
    report.check("Every ballot is signed by the key that its token is for", (b.where for b in unsigned))
    void = [b for b in ballots if not poll.allows(b.choice)]
    report.check("Every choice is one that could be made", (f"{b.where}: {b.choice}" for b in void))
    good = set(ballots).difference(forged, unsigned, void)
    cast, issued = Counter(each.group for each in good), poll.file["issued"]
    counts = {name: [cast[name], issued[name], group["eligible"]] for name, group in poll.groups.items()}
    groups = {"group {}: {} ballots, {} tokens, {} eligible".format(name, *each): each for name, each in counts.items()}
    wrongs = [said for said, rising in groups.items() if rising != sorted(rising)]
    report.check("No group has more ballots than tokens, or more tokens than people who were eligible", wrongs)
    result = poll.result(good)
    report.check("The result is what follows from these ballots", [difference(poll.file["result"], result, "result")])
    if report.holds:
        votes = [f"  {votes}  {poll.paper[handle]}" for handle, votes in result["votes"].items()]
        rest = [f"  {sum(result['counts'].get(ABSTAIN, {}).values())}  abstained"]
        wins = [f"  {poll.paper[result['winner']]} wins by instant-runoff"] if result["winner"] else []
        seen = f"poll {poll.hash.hex()} ({words(poll.hash)}), closing {closing} ({words(bytes.fromhex(closing))}), journal {poll.file['journal'][-1]['hash']}"
        report += map(shown, [poll.question, *votes, *rest, *wins, *groups, f"Compare with what others have: {seen}"])
    report.append("All of it holds." if report.holds else "This is no proof of a result.")
    return report


def main(arguments: list[str]) -> int:
    try:
        [where] = arguments
        with urlopen(where, timeout=60) if re.match("https?://", where) else Path(where).open("rb") as source:
            report = verify(source.read())
    except (OSError, ValueError, HTTPException) as problem:
        print(f"{__doc__}\nNothing could be read: {shown(str(problem))}")
        return 2
    encoding = sys.stdout.encoding or "ascii"
    print("\n".join(report).encode(encoding, "backslashreplace").decode(encoding))
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
