"""What bears on a text: words compared by Okapi BM25 over passages, meaning joined to it, and ideas that may say the same.

BM25 after Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3, with the weight of
a word kept above 0. Who said something plays no part: nothing that is withheld of a speaker can be read from the order."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: Letters by which a word is known: endings differ in most languages ("educate", "education").
LETTERS = 7
#: How much of a neighbour counts as said in the same passage, by each step, and how many steps are looked at.
NEAR, REACH = 0.7, 3
#: BM25: how soon a word's repetition tires, and how much long texts are held back.
K1, B = 1.2, 0.75
#: What meaning weighs beside words (1).
MEANING = 0.15
#: Of a question, the words that tell most; of a text, so many letters.
MOST_ASKED, MOST_LETTERS = 64, 20_000
#: An idea may say the same where so much of what was typed stands in it, or where the meaning is so near (cosine).
SAME_WORDS, SAME_MEANING = 0.5, 0.68
#: Fewer texts than these don't show which words are common.
FEW = 50
#: So many words must be typed before anything is compared.
FEWEST = 3

# Accents and points that are written or left out: Latin, Hebrew, Arabic. Vowels of Indic and Thai scripts are no such marks.
_MARKS = re.compile(r"[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0640\u064b-\u065f\u0670]")
#: Letters with the vowels and signs that belong to them, which \w alone would part.
_WORD = re.compile(r"[\w\u0900-\u0963\u0966-\u0dff\u0e31-\u0e4e\u0eb1-\u0ecd\u0f35-\u0fbc\u102b-\u103e\u17b4-\u17d3]+")
#: Scripts without spaces between words: two letters of Chinese and Japanese, three of Thai, Lao, Khmer, Burmese and Tibetan.
_HAN = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_THAI = r"\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff"
_RUNS = re.compile(rf"([{_HAN}]+)|([{_THAI}]+)|([^{_HAN}{_THAI}]+)")


def plain(text: str) -> str:
    """The text without capitals and accents."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold()))


def terms(text: str, letters: int = LETTERS) -> list[str]:
    """What a text is compared by, in order: its words by their first letters, and short runs of letters where a script has
    no spaces. `letters`: 0 for whole words."""
    found: list[str] = []
    for word in _WORD.findall(plain(text[:MOST_LETTERS])):
        if word.isascii():
            found.append(word[:letters] if letters else word)
            continue
        for two, three, other in _RUNS.findall(word):
            found += _grams(two, 2) or _grams(three, 3) or [other[:letters] if letters else other]
    return found


def words(text: str) -> list[str]:
    """The words of a text as they are written."""
    return [word for word in _WORD.findall(text) if not word.isdecimal()]


def _grams(run: str, size: int) -> list[str]:
    return [run[at : at + size] for at in range(max(len(run) - size + 1, 1))] if run else []


class Words:
    """Texts, in their order, to be compared with others by their words."""

    def __init__(self, texts: Sequence[Sequence[str]], near: float = NEAR, reach: int = REACH) -> None:
        """`texts`: the terms of each. `near` and `reach`: how neighbours count; reach 0 for texts that stand alone."""
        self.near, self.reach, self.count = near, reach, len(texts)
        self._places: dict[str, list[tuple[int, int]]] = {}
        for place, some in enumerate(texts):
            for term, times in Counter(some).items():
                self._places.setdefault(term, []).append((place, times))
        lengths = self._spread(list(enumerate(map(len, texts))))
        mean = sum(lengths.values()) / max(self.count, 1) or 1.0
        self._held = [K1 * (1 - B + B * lengths.get(place, 0.0) / mean) for place in range(self.count)]

    def _spread(self, places: Iterable[tuple[int, int]]) -> dict[int, float]:
        """How often something stands in each passage, given how often it stands in each text."""
        found: dict[int, float] = {}
        for place, times in places:
            for at in range(max(place - self.reach, 0), min(place + self.reach, self.count - 1) + 1):
                found[at] = found.get(at, 0.0) + times * self.near ** abs(at - place)
        return found

    def weight(self, term: str, passages: int | None = None) -> float:
        """What a word tells: the rarer the more. `passages`: in how many it stands, where that is known."""
        some = len(self._places.get(term, ())) if passages is None else passages
        return math.log(1 + (self.count - some + 0.5) / (some + 0.5))

    def scores(self, asked: Iterable[str]) -> list[float]:
        """How well each text, with its neighbours, fits what is asked (BM25); 0 where it holds none of the words."""
        scores = [0.0] * self.count
        known = [term for term in dict.fromkeys(asked) if term in self._places]
        for term in sorted(known, key=self.weight, reverse=True)[:MOST_ASKED]:
            passages = self._spread(self._places[term])
            weight = self.weight(term, len(passages))
            for place, times in passages.items():
                scores[place] += weight * times * (K1 + 1) / (times + self._held[place])
        return scores

    def shares(self, asked: Iterable[str]) -> list[float]:
        """How much of what is asked stands in each text by itself: 0 to 1, by what its words tell."""
        tells = {term: self._tells(term) for term in dict.fromkeys(asked)}
        whole = sum(tells.values()) or 1.0
        shares = [0.0] * self.count
        for term, value in tells.items():
            for place, _times in self._places.get(term, ()):
                shares[place] += value / whole
        return shares

    def _tells(self, term: str) -> float:
        """What a word tells where texts are few and short: long words more than "to" and "be", which no few texts show to be
        common."""
        count, some = max(self.count, FEW), len(self._places.get(term, ()))
        return math.log(1 + (count - some + 0.5) / (some + 0.5)) * min(len(term), LETTERS)


def standard(values: Sequence[float]) -> list[float]:
    """The values as distances from their mean, in standard deviations; all 0 where they are all the same."""
    mean = sum(values) / max(len(values), 1)
    spread = math.sqrt(sum((value - mean) ** 2 for value in values) / max(len(values), 1))
    return [(value - mean) / spread if spread > 1e-9 else 0.0 for value in values]


def joined(words: Sequence[float], meaning: Sequence[float] | None, weight: float = MEANING) -> list[float]:
    """Both scores in one; without meaning the words' alone."""
    if meaning is None:
        return list(words)
    pairs = zip(standard(words), standard(meaning), strict=True)
    return [by_words + weight * by_meaning for by_words, by_meaning in pairs]


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found, by the place of its text."""

    place: int
    score: float


def best(scores: Sequence[float], most: int, among: Sequence[bool] | None = None) -> list[Hit]:
    """The highest scores, of equals the earlier; `among`: those that may be found at all."""
    places = (place for place in range(len(scores)) if among is None or among[place])
    return [Hit(place, scores[place]) for place in sorted(places, key=lambda each: (-scores[each], each))[:most]]


#: Below this a meaning is no nearer than that of any two sentences in a room (cosine).
UNLIKE = 0.3


def bearing(index: Words, asked: Sequence[str], meaning: Sequence[float] | None, most: int) -> list[Hit]:
    """The texts that bear on what is asked, best first: those that share words with it, or are near to it in meaning."""
    words = index.scores(asked)
    among = [score > 0 or (meaning is not None and meaning[place] > UNLIKE) for place, score in enumerate(words)]
    return best(joined(words, meaning), most, among)


def alike(index: Words, typed: Sequence[str], meaning: Sequence[float] | None, most: int) -> list[Hit]:
    """The texts that may say the same as what somebody types; none before there are a few words."""
    if len(set(typed)) < FEWEST:
        return []
    shares = index.shares(typed)
    near = [
        max(share / SAME_WORDS, meaning[place] / SAME_MEANING if meaning is not None else 0.0)
        for place, share in enumerate(shares)
    ]
    return [hit for hit in best(near, most) if hit.score >= 1]
