"""What the finder holds: shelves of texts in their order, with what is needed to compare them. In memory, and gone with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from polls.suggestions import core
from polls.suggestions.themes import Theme, Threads, themes

#: Different words that a text must hold to be looked at for themes: said (much of what is said leads from one to the next), written.
FEWEST_SAID, FEWEST_WRITTEN = 12, 3
#: Texts read for their meaning at once: some 60 ms.
AT_ONCE = 24
#: Texts that are looked through for themes, evenly chosen where there are more.
THEMED_BY_WORDS, THEMED_BY_MEANING = 400, 1500


class Reads(Protocol):
    """What reads meaning (meaning.py)."""

    def read(self, texts: Sequence[str]) -> list[Any]: ...
    def together(self, points: Sequence[Any]) -> Any: ...
    def passages(self, points: Any, near: float, reach: int) -> Any: ...
    def nearness(self, points: Any, to: Any) -> list[float]: ...


@dataclass(slots=True)
class Text:
    """A text with its place among the others of its shelf, its terms, and its point once its meaning was read."""

    name: str
    number: int
    text: str
    terms: list[str]
    point: Any = None


@dataclass
class Shelf:
    """Texts of one kind in one room. `reach`: how far neighbours belong together (0: each stands alone)."""

    reach: int
    texts: dict[str, Text] = field(default_factory=dict)
    asked_at: float = 0.0
    _order: list[Text] | None = None
    _words: core.Words | None = None
    _points: Any = None

    def keep(self, gone: Iterable[str], new: Iterable[tuple[int, str, str]]) -> None:
        """Forget texts by their names, with all that was made of them; take in new ones: number, name, text."""
        changed = False
        for name in gone:
            changed = self.texts.pop(name, None) is not None or changed
        for number, name, text in new:
            self.texts[name] = Text(name, number, text, core.terms(text))
            changed = True
        if changed:
            self._order = self._words = self._points = None

    @property
    def order(self) -> list[Text]:
        if self._order is None:
            self._order = sorted(self.texts.values(), key=lambda each: each.number)
        return self._order

    @property
    def words(self) -> core.Words:
        if self._words is None:
            self._words = core.Words([each.terms for each in self.order], reach=self.reach)
        return self._words

    def telling(self) -> list[Text]:
        """The texts that hold enough words to tell what they are about."""
        fewest = FEWEST_SAID if self.reach else FEWEST_WRITTEN
        return [each for each in self.order if len(set(each.terms)) >= fewest]

    def unread(self) -> list[Text]:
        """The next texts to read for their meaning, the newest first: those are asked about most."""
        found: list[Text] = []
        for each in reversed(self.order):
            if each.point is None:
                found.append(each)
                if len(found) == AT_ONCE:
                    break
        return found

    def points(self, meaning: Reads) -> Any:
        """The points of the passages, where every text was read; else None."""
        if self._points is None and self.order and all(each.point is not None for each in self.order):
            points = meaning.together([each.point for each in self.order])
            self._points = meaning.passages(points, core.NEAR, self.reach) if self.reach else points
        return self._points


class Shelves:
    """All shelves of one process, and what can be asked of them."""

    def __init__(self, meaning: Reads | None, clock: Callable[[], float]) -> None:
        self.meaning, self._clock = meaning, clock
        self._by_key: dict[str, Shelf] = {}

    def shelf(self, key: str, reach: int = 0) -> Shelf:
        """The shelf of this key; an empty one where there is none yet."""
        found = self._by_key.setdefault(key, Shelf(reach))
        found.asked_at = self._clock()
        return found

    def forget(self, older_than_s: float = 0.0) -> None:
        """Forget the shelves that nobody asked about for so long."""
        until = self._clock() - older_than_s
        for key in [key for key, shelf in self._by_key.items() if shelf.asked_at <= until]:
            del self._by_key[key]

    def drop(self, keys: Iterable[str]) -> None:
        """Forget these shelves, with all that was made of them."""
        for key in keys:
            self._by_key.pop(key, None)

    def held(self) -> list[str]:
        return list(self._by_key)

    def read_some(self, only: str = "") -> bool:
        """Read some texts for their meaning; False where nothing is left to read. `only`: of this shelf."""
        if self.meaning is None:
            return False
        for key, shelf in self._by_key.items():
            if (not only or key == only) and (some := shelf.unread()):
                for each, point in zip(some, self.meaning.read([each.text for each in some]), strict=True):
                    each.point = point
                return True
        return False

    def bearing(self, key: str, text: str, most: int, until: float) -> tuple[list[tuple[str, float]], bool]:
        """(name, score) of what bears on a text, best first, and whether meaning was looked at: not where it would take
        longer than `until`, a moment of the clock."""
        shelf = self.shelf(key)
        nearness = self._nearness(key, text, until)
        hits = core.bearing(shelf.words, core.terms(text), nearness, most)
        return [(shelf.order[hit.place].name, hit.score) for hit in hits], nearness is not None

    def alike(self, key: str, typed: str, most: int, until: float) -> tuple[list[tuple[str, float]], bool]:
        """(name, score) of what may say the same as what is being typed, best first. What is typed is not kept."""
        shelf = self.shelf(key)
        nearness = self._nearness(key, typed, until) if typed.strip() else None
        hits = core.alike(shelf.words, core.terms(typed), nearness, most)
        return [(shelf.order[hit.place].name, hit.score) for hit in hits], nearness is not None

    def _nearness(self, key: str, text: str, until: float) -> list[float] | None:
        if self.meaning is None:
            return None
        while self._clock() < until and self.read_some(key):
            pass
        points = self.shelf(key).points(self.meaning)
        return None if points is None else self.meaning.nearness(points, self.meaning.read([text])[0])

    def themes(self, keys: Sequence[str], most: int, until: float) -> tuple[list[Theme], int, int, bool]:
        """Themes over the texts of several shelves; of how many texts, out of how many; and whether meaning was looked at."""
        for key in keys:
            while self.meaning is not None and self._clock() < until and self.read_some(key):
                pass
        every = [each for key in keys for each in self.shelf(key).telling()]
        by_meaning = self.meaning is not None and all(each.point is not None for each in every)
        limit = THEMED_BY_MEANING if by_meaning else THEMED_BY_WORDS
        some = every if len(every) <= limit else [every[at * len(every) // limit] for at in range(limit)]
        threads = Threads([(each.name, each.text, each.terms) for each in some])
        points = [each.point for each in some] if by_meaning else None
        return themes(threads, most, points, self.meaning), len(some), len(every), by_meaning
