"""What a poll of blind ballots leaves behind for everybody: the file that verify_poll.py recounts (docs/ballots-format.md).

The same values give the same text, octet for octet, in whatever order ballots come. It is all ASCII, so that no terminal acts
upon what somebody wrote into a question; every ballot stands on a line of its own."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from polls.ballots.blind import formats
from polls.ballots.core import Kind, Question
from polls.ballots.outcome import figures
from polls.ballots.runoff import instant_runoff
from rooms.journal.core import Told

VERSION = 1


def closing_hash(definition: str, ballots: Iterable[bytes]) -> str:
    """In hex: over the poll's hash and all ballots, in the order of their trackers."""
    in_order = [octets for octets, _ballot in _read(definition, ballots)]
    return formats.closing_hash(formats.poll_hash(definition), in_order).hex()


def noted_at_closing(definition: str, ballots: Iterable[bytes], issued: Mapping[str, int]) -> list[tuple[str, str]]:
    """Verbs and details of the journal's entries that bind what is published: note them in this order, nothing between them."""
    groups = [group["id"] for group in json.loads(definition)["groups"]]
    return [
        *(("issued", f"{group} {issued[group]}") for group in groups),
        ("closed", closing_hash(definition, ballots)),
    ]


def published(definition: str, journal: Sequence[Told], ballots: Iterable[bytes], issued: Mapping[str, int]) -> str:
    """The file's text.

    `journal`: the room's entries from the first to the poll's closing. `ballots`: the last one of each key. `issued`: tokens by
    group's id. Raises BadBallot for what is none of this poll, ValueError where two have one tracker: a box takes none
    whose tracker it has under another key."""
    found = _read(definition, ballots)
    file = {
        "v": VERSION,
        "definition": definition,
        "issued": dict(sorted(issued.items())),
        "result": _result(json.loads(definition), [ballot for _octets, ballot in found]),
        "closing": closing_hash(definition, (octets for octets, _ballot in found)),
        "journal": list(journal),
        "ballots": [formats.to_text(octets) for octets, _ballot in found],
    }
    return json.dumps(file, indent=1) + "\n"


def listed(text: str) -> str:
    """The list of all ballots in a file by `published`, in their order (formats.listed)."""
    return formats.listed(map(formats.from_text, json.loads(text)["ballots"]))


def question(definition: str) -> Question:
    """What a definition asks, for the pure rules."""
    return _question(json.loads(definition))


def receipts(definition: str) -> str:
    """The key by which receipts hold, in base64url."""
    return str(json.loads(definition)["receipts"])


def _read(definition: str, ballots: Iterable[bytes]) -> list[tuple[bytes, formats.Ballot]]:
    """Ballots as octets and as what they say, in the order of their trackers."""
    poll, width = formats.poll_hash(definition), json.loads(definition)["width"]
    found = [(each, formats.parse(each, poll, width)) for each in formats.in_order(ballots)]
    if len({formats.tracker(ballot.key) for _octets, ballot in found}) < len(found):
        raise ValueError("two ballots have one tracker")
    return found


def _result(definition: Mapping[str, Any], ballots: Sequence[formats.Ballot]) -> dict[str, Any]:
    """As the box counts: polls/ballots/tally.py and runoff.py."""
    question = _question(definition)
    counts: dict[str, dict[str, int]] = {}
    for (choice, group), count in sorted(Counter((each.choice, each.group) for each in ballots).items()):
        counts.setdefault(choice, {})[group] = count
    everybody = Counter(each.choice for each in ballots)
    runoff = instant_runoff(question, everybody) if question.kind is Kind.RANKING else None
    rounds = runoff.rounds if runoff else ()
    return {
        "counts": counts,
        "votes": dict(figures(question, everybody)["votes"]),
        "rounds": [{"votes": dict(each.votes), "exhausted": each.exhausted, "out": each.out} for each in rounds],
        "winner": runoff.winner if runoff else None,
    }


def _question(definition: Mapping[str, Any]) -> Question:
    """`least` counts for several choices and for a scale, `most` for a ranking, too."""
    kind, options = Kind(definition["kind"]), tuple(handle for handle, _text in definition["options"])
    if kind is Kind.SCALE:
        return Question(kind, low=definition["least"], high=definition["most"])
    if kind is Kind.SEVERAL:
        return Question(kind, options, at_least=definition["least"], at_most=definition["most"])
    if kind is Kind.RANKING:
        return Question(kind, options, at_most=definition["most"])
    return Question(kind, options)
