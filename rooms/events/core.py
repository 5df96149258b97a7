"""Groups' initials, and agendas as people type them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

LONGEST_MINUTES = 600
MOST_GROUPS = 40


def initials(names: Sequence[str]) -> list[str]:
    """One or two letters a name, all different: one where no other name begins so, else two ("Di", "Dp").

    Enough for MOST_GROUPS names, however alike they are."""
    firsts = Counter(_letters(name)[:1] for name in names)
    found: list[str] = []
    for name in names:
        found.append(_choose(name, found, alone=firsts[_letters(name)[:1]] == 1))
    return found


def initial(name: str, taken: Collection[str]) -> str:
    """One or two letters for one more name, that are not in `taken`."""
    first = _letters(name)[:1]
    return _choose(name, taken, alone=all(other[:1] != first for other in taken))


def _choose(name: str, taken: Collection[str], *, alone: bool) -> str:
    used = {other.casefold() for other in taken}
    return next(each for each in _candidates(name, alone) if each.casefold() not in used)


def _candidates(name: str, alone: bool) -> Iterator[str]:
    letters = _letters(name)
    if alone and letters:
        yield letters[0]
    words = [_letters(word) for word in name.split() if _letters(word)]
    if len(words) > 1:
        yield words[0][0] + words[1][0].lower()[:1]
    for letter in letters[1:]:
        yield letters[0] + letter.lower()[:1]
    for number in range(1, 100):
        yield f"{letters[:1]}{number}"[-2:]


def _letters(name: str) -> str:
    """The letters and digits of a name; the first one large."""
    kept = "".join(letter for letter in name if letter.isalnum())
    return kept[:1].upper()[:1] + kept[1:]


def agenda_of(text: str) -> tuple[list[tuple[str, int]], list[str]]:
    """Agenda lines "title, minutes" -> (points, lines that can't be read). Empty lines are passed over."""
    points: list[tuple[str, int]] = []
    unread: list[str] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        title, _comma, minutes = (piece.strip() for piece in line.rpartition(","))
        readable = title and minutes.isascii() and minutes.isdigit() and len(minutes) <= 3
        if readable and 0 < int(minutes) <= LONGEST_MINUTES:
            points.append((title, int(minutes)))
        else:
            unread.append(line)
    return points, unread
