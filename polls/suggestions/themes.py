"""Themes over many texts: which belong together, which of their own words tell it, and which of them stand for the rest.

Texts are grouped around so many of them that every text is near to one (k-medoids, the first ones chosen one after the other so
that each brings most). Nothing is written: a theme is called by words that stand in it, and shown by texts as they stand."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from polls.suggestions import core

#: Texts that are tried as a theme's first, evenly chosen; rounds in which themes settle.
TRIED, ROUNDS = 80, 8
#: Texts of a theme at the least, and words and texts by which it is shown.
FEWEST, CALLED, SHOWN = 3, 4, 3
#: Letters of a word that can call a theme.
SHORTEST = 4


class Near(Protocol):
    def together(self, points: Sequence[Any]) -> Any: ...
    def nearness(self, points: Any, to: Any) -> list[float]: ...


@dataclass(frozen=True, slots=True)
class Theme:
    """`names`: its texts, those that stand for it best first; `words`: by which it is called, as they stand in its texts."""

    names: tuple[str, ...]
    words: tuple[str, ...]


class Threads:
    """Texts with their terms, and how near they are to each other by their words: cosine of what the words tell."""

    def __init__(self, texts: Sequence[tuple[str, str, Sequence[str]]]) -> None:
        """`texts`: name, text and terms of each."""
        self.names = [name for name, _text, _terms in texts]
        self.texts = [text for _name, text, _terms in texts]
        self.terms = [Counter(terms) for _name, _text, terms in texts]
        stands = Counter(term for some in self.terms for term in some)
        count = len(texts)
        # What stands once joins nothing; what stands in every fifth text (of few texts, every second) joins everything.
        most = max(count / 5, min(count / 2, 6))
        self.tells = {term: math.log(count / n) for term, n in stands.items() if 1 < n <= most}
        self.vectors = [self._vector(some) for some in self.terms]
        self._holds: dict[str, list[int]] = defaultdict(list)
        for place, vector in enumerate(self.vectors):
            for term in vector:
                self._holds[term].append(place)

    def __len__(self) -> int:
        return len(self.names)

    def _vector(self, terms: Counter[str]) -> dict[str, float]:
        found = {term: (1 + math.log(n)) * self.tells[term] for term, n in terms.items() if term in self.tells}
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        return {term: value / length for term, value in found.items()}

    def near(self, place: int) -> list[float]:
        """How near each text is to one of them: 0 to 1."""
        found = [0.0] * len(self)
        for term, value in self.vectors[place].items():
            for other in self._holds[term]:
                found[other] += value * self.vectors[other][term]
        return found


def themes(
    threads: Threads, most: int, points: Sequence[Any] | None = None, meaning: Near | None = None
) -> list[Theme]:
    """At most so many themes, the one with most texts first. `points`: where the texts were read for their meaning."""
    if len(threads) < 2 * FEWEST:
        return []
    matrix = meaning.together(points) if meaning is not None and points is not None else None

    def near(place: int) -> list[float]:
        by_words = threads.near(place)
        if matrix is None or meaning is None or points is None:
            return by_words
        by_meaning = meaning.nearness(matrix, points[place])
        return [max(each, 0.0) + words for each, words in zip(by_meaning, by_words, strict=True)]

    groups = _settled(len(threads), _first(len(threads), most, near), near)
    found = [_theme(threads, group) for group in groups if len(group) >= FEWEST]
    return sorted((theme for theme in found if theme.words), key=lambda theme: -len(theme.names))


def _first(count: int, most: int, near: Any) -> list[int]:
    """The texts that themes begin with: each the one that brings most to all that are not near to any yet."""
    wanted = max(2, min(most, count // (2 * FEWEST)))
    tried = {place: near(place) for place in {at * count // min(count, TRIED) for at in range(min(count, TRIED))}}
    held, found = [0.0] * count, []
    for _theme_number in range(wanted):
        gains = {
            place: sum(max(value - had, 0.0) for value, had in zip(values, held, strict=True))
            for place, values in tried.items()
            if place not in found
        }
        best = max(gains, key=lambda place: (gains[place], -place))
        found.append(best)
        held = [max(had, value) for had, value in zip(held, tried[best], strict=True)]
    return found


def _settled(count: int, heads: list[int], near: Any) -> list[list[int]]:
    """The groups once each is around the text that is nearest to all of its own; members, nearest to that text first."""
    groups: list[list[int]] = []
    for _round in range(ROUNDS):
        rows = [near(head) for head in heads]
        groups = [[] for _head in heads]
        for place in range(count):
            value, theme = max((row[place], -number) for number, row in enumerate(rows))
            if value > 0:
                groups[-theme].append(place)
        groups = [sorted(some, key=lambda p: (-row[p], p)) for some, row in zip(groups, rows, strict=True)]
        again = [_middle(some, near) if some else head for some, head in zip(groups, heads, strict=True)]
        if again == heads:
            break
        heads = again
    return groups


def _middle(group: list[int], near: Any) -> int:
    """Of the texts nearest to the one it was around, the one that is nearest to all."""
    return max(group[:12], key=lambda place: (sum(near(place)[other] for other in group), -place))


def _theme(threads: Threads, group: list[int]) -> Theme:
    """A group called by the words that tell it from the rest, as they are written there."""
    inside = Counter(term for place in group for term in threads.terms[place])
    outside = Counter(term for some in threads.terms for term in some)
    held = Counter(term for place in group for term in set(threads.terms[place]))
    share = len(group) / len(threads)
    told = {
        term: held[term] * math.log(n / (outside[term] * share)) * threads.tells[term]
        for term, n in inside.items()
        if held[term] >= 2 and term in threads.tells and n > outside[term] * share
    }
    written = _written([threads.texts[place] for place in group])
    ordered = (written.get(term, "") for term in sorted(told, key=lambda term: (-told[term], term)))
    words = tuple(dict.fromkeys(word for word in ordered if word))[:CALLED]
    return Theme(tuple(threads.names[place] for place in group), words)


def _written(texts: Sequence[str]) -> dict[str, str]:
    """By term, the word that these texts write for it most often. Runs of letters of scripts without spaces stand for themselves."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in core.words(text):
            some = core.terms(word)
            for term in some[:1] if len(some) == 1 else some:
                found[term][word if len(some) == 1 else term] += 1
    chosen = {term: max(some, key=lambda word: (some[word], word)) for term, some in found.items()}
    return {term: word for term, word in chosen.items() if len(word) >= SHORTEST or not word.isascii()}
