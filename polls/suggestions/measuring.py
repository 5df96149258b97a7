"""How well passages are found in meetings in which people have marked what answers a question: recall, and the choice of weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

from polls.suggestions import core
from polls.suggestions.shelves import Reads
from rooms.transcript.pieces import pieces

#: How far down the list one looks.
AT = (5, 10, 20)
#: A question is asked as it stands ("question"), and by its answer, which reads like a clause ("answer").
WAYS = ("question", "answer")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, in both ways, and the turns that people marked as bearing on it."""

    question: str
    answer: str
    turns: frozenset[int]


@dataclass
class Meeting:
    """Turns in their order, cut into pieces as the service keeps them: `of` says which turn each piece is from."""

    name: str
    turns: list[str]
    queries: list[Query]
    pieces: list[str] = field(default_factory=list)
    of: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, text in enumerate(self.turns):
            for piece in pieces(text):
                self.pieces.append(piece)
                self.of.append(number)

    @cached_property
    def words(self) -> dict[int, list[list[str]]]:
        """The terms of the pieces by how many letters a word is known by; kept, since many weights are tried."""
        return {letters: [core.terms(text, letters) for text in self.pieces] for letters in (0, *LETTERS)}


def read(path: Path) -> Meeting:
    """A meeting of the QMSum collection: {"meeting_transcripts": [{"content"}], "specific_query_list": [{"query", "answer",
    "relevant_text_span": [[first turn, last turn]]}]}. ValueError, KeyError or OSError for what is none."""
    found = json.loads(path.read_text(encoding="utf-8"))
    turns = [str(turn["content"]).strip() for turn in found["meeting_transcripts"]]
    queries = []
    for each in found["specific_query_list"]:
        marked = {n for first, last in each["relevant_text_span"] for n in range(int(first), int(last) + 1)}
        queries.append(Query(str(each["query"]), str(each["answer"]), frozenset(n for n in marked if n < len(turns))))
    return Meeting(path.stem, turns, [query for query in queries if query.turns])


def recall(found: Sequence[int], wanted: Iterable[int], at: int) -> float:
    """Of the wanted turns the share that stands among the first so many found."""
    wanted = set(wanted)
    return len(wanted & set(found[:at])) / len(wanted)


def in_order(places: Iterable[int], of: Sequence[int]) -> list[int]:
    """The turns of pieces, each once, in the order of the best of their pieces."""
    return list(dict.fromkeys(of[place] for place in places))


#: Finds turns for a text, best first.
Search = Callable[[str], list[int]]
#: Recall by way of asking and how far down.
Recall = dict[str, dict[int, float]]


def measured(meeting: Meeting, search: Search) -> Recall:
    """Mean recall over the meeting's queries."""
    found = {way: [search(getattr(query, way)) for query in meeting.queries] for way in WAYS}
    return {
        way: {
            at: mean(recall(each, query.turns, at) for each, query in zip(found[way], meeting.queries, strict=True))
            for at in AT
        }
        for way in WAYS
    }


def overall(recall: Recall) -> float:
    """One figure to choose weights by: the mean over both ways and all depths."""
    return mean(value for by_depth in recall.values() for value in by_depth.values())


def plain(meeting: Meeting, *, by_turn: bool) -> Search:
    """Okapi BM25 as the books have it: whole words, each turn (or each piece) by itself."""
    texts = meeting.turns if by_turn else meeting.pieces
    of = range(len(texts)) if by_turn else meeting.of
    index = core.Words([core.terms(text, 0) for text in texts], reach=0)

    def search(text: str) -> list[int]:
        scores = index.scores(core.terms(text, 0))
        return in_order((hit.place for hit in core.best(scores, len(texts))), of)

    return search


@dataclass(frozen=True, slots=True)
class Weights:
    """What is chosen: see core.py."""

    near: float = core.NEAR
    reach: int = core.REACH
    letters: int = core.LETTERS
    meaning: float = 0.0


#: What is tried. A passage stays what one can read at a glance: three pieces each way at the most.
NEARS, REACHES, LETTERS, MEANINGS = (0.3, 0.5, 0.7), (1, 2, 3), (5, 6, 7), (0.15, 0.3, 0.5)


def weighed(meeting: Meeting, weights: Weights, points: Any = None, reads: Reads | None = None) -> Search:
    """The product's own search with these weights. `points`: the pieces read for their meaning."""
    index = core.Words(meeting.words[weights.letters], weights.near, weights.reach)
    passages = None
    if reads is not None and weights.meaning:
        passages = reads.passages(reads.together(points), weights.near, weights.reach)

    def search(text: str) -> list[int]:
        nearness = reads.nearness(passages, reads.read([text])[0]) if reads is not None and weights.meaning else None
        scores = core.joined(index.scores(core.terms(text, weights.letters)), nearness, weights.meaning)
        return in_order((hit.place for hit in core.best(scores, len(scores))), meeting.of)

    return search


def chosen(meeting: Meeting, points: Any = None, reads: Reads | None = None) -> Weights:
    """The weights that find most in one meeting: first those of words, then what meaning weighs beside them. Of equals the
    first that was tried."""
    words = [Weights(near, reach, letters) for near, reach, letters in product(NEARS, REACHES, (0, *LETTERS))]
    best = max(words, key=lambda each: overall(measured(meeting, weighed(meeting, each))))
    if reads is None:
        return best
    joined = [replace(best, meaning=weight) for weight in MEANINGS]
    return max(joined, key=lambda each: overall(measured(meeting, weighed(meeting, each, points, reads))))
