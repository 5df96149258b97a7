"""The ballot paper: what a form sends, read as a choice.

A form sends the field "choice": an option's handle (once, or several times), a step of the scale, or for a ranking
"<option's handle>:<rank>" an option, its rank empty where it was left out. "abstain" stands in every kind of poll."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from polls.ballots.core import ABSTAIN, BadChoice, Kind, Question, Wrong, choice

ABSTENTION = "abstain"
_ranked = re.compile(r"([^:]+):([0-9]{1,3})", re.ASCII)


class SameRank(ValueError):
    """Two options of a ranking have one rank."""

    def __init__(self, rank: int) -> None:
        super().__init__(rank)
        self.rank = rank


def read(question: Question, fields: Sequence[str]) -> str:
    """The key of the choice that a form sent. Raises BadChoice, or SameRank, where it is none."""
    said = [field.strip() for field in fields if field.strip()]
    abstains = ABSTENTION in said
    picked = [field for field in said if field != ABSTENTION]
    if question.kind is Kind.RANKING:
        picked = _in_order(picked)
    return choice(question, picked, abstain=abstains)


def _in_order(fields: Sequence[str]) -> list[str]:
    """Options best first. A field without a rank was left out; gaps between ranks don't matter."""
    ranks: dict[int, str] = {}
    for field in fields:
        if field.endswith(":"):
            continue
        match = _ranked.fullmatch(field)
        if match is None:
            raise BadChoice(Wrong.UNKNOWN_OPTION)
        option, rank = match[1], int(match[2])
        if rank in ranks:
            raise SameRank(rank)
        ranks[rank] = option
    return [ranks[rank] for rank in sorted(ranks)]


def by_popularity(keys: Sequence[str]) -> list[str]:
    """Different keys, the most frequent first, abstention last, equal ones in alphabetical order."""
    counted = Counter(keys)
    return sorted(counted, key=lambda key: (key == ABSTAIN, -counted[key], key))
