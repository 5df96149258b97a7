"""What amendments do to words: where two touch the same ones, how one is carried over to a newer wording, when one is carried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from polls.statements.core import Majority as Majority
from polls.statements.core import carried as carried
from rooms.transcript.core import Diff, Op, diff

#: Letters of a replaced piece that a sentence about it quotes.
QUOTED = 60


class Edit(NamedTuple):
    """Letters start to end of a text (code points) give way to `words`."""

    start: int
    end: int
    words: str


@lru_cache(maxsize=4096)
def edits(base: str, text: str) -> tuple[Edit, ...]:
    """The fewest pieces, of whole words, by which `base` becomes `text`, in their order."""
    found: list[Edit] = []
    at, fresh = 0, True  # `fresh`: the next change begins an edit of its own
    for op, piece in diff(base, text):
        length = 0 if op is Op.INSERTED else len(piece)
        if op is Op.SAME:
            fresh = True
        else:
            last = Edit(at, at, "") if fresh else found.pop()
            found.append(Edit(last.start, at + length, last.words + (piece if op is Op.INSERTED else "")))
            fresh = False
        at += length
    return tuple(found)


def _clash(one: Edit, other: Edit) -> bool:
    """Whether both change the same words, or put others in at the same place."""
    if one.start == one.end and other.start == other.end:
        return one.start == other.start
    if one.start == one.end:
        return other.start < one.start < other.end
    if other.start == other.end:
        return one.start < other.start < one.end
    return max(one.start, other.start) < min(one.end, other.end)


def rivals(base: str, one: str, other: str) -> bool:
    """Whether two new wordings of the same text touch the same words, so that they can't both stand as they are. One that
    leaves nothing of it is a rival of every change."""
    if not one or not other:
        return base not in (one, other)
    return any(_clash(mine, theirs) for mine in edits(base, one) for theirs in edits(base, other))


def carried_over(base: str, text: str, current: str) -> str | None:
    """`current`, which came out of `base`, with the changes that make `text` of `base`; None where they touch words that
    were changed since. The same change on both sides is made once; only what was read is taken out as a whole."""
    if not text or not current:
        return text if current == base else current if text in (base, current) else None
    theirs = edits(base, current)
    mine = [edit for edit in edits(base, text) if edit not in theirs]
    if any(_clash(one, other) for one in mine for other in theirs):
        return None
    found, at = "", 0
    for edit in sorted([*mine, *theirs]):
        found += base[at : edit.start] + edit.words
        at = max(at, edit.end)
    return found + base[at:]


def pieces(words: Diff) -> list[tuple[str, str]]:
    """(what was taken out, what came in its place) for each change, shortened, in the order of the text: what a sentence
    about a change is made of. One of the two may be empty."""
    found: list[tuple[str, str]] = []
    fresh = True
    for op, piece in words:
        if op is Op.SAME:
            fresh = True
            continue
        out, came = ("", "") if fresh else found.pop()
        found.append((out + piece, came) if op is Op.DELETED else (out, came + piece))
        fresh = False
    return [(_short(out), _short(came)) for out, came in found if out.strip() or came.strip()]


def _short(text: str) -> str:
    text = " ".join(text.split())
    if len(text) <= QUOTED:
        return text
    head, _blank, _rest = text[: QUOTED // 2].rpartition(" ")
    _cut, _blank, tail = text[-QUOTED // 2 :].partition(" ")
    return f"{head or text[: QUOTED // 2]} … {tail}"


def chosen(votes: Mapping[str, int], stays: str, majority: Majority) -> str | None:
    """Which option of a vote carries; None where the text stays as it is.

    `votes`: by option, of a ranking those of its last round; `stays`: the option that leaves the text as it is. An option
    that is put beside others carries against all of them together."""
    best = max(votes, key=lambda option: votes[option], default=stays)
    if best == stays or not carried(votes[best], sum(votes.values()) - votes[best], majority):
        return None
    return best


class Reading(NamedTuple):
    """An amendment of a clause: the wording that it amends, its own, and that carried over to how the clause reads now; None
    where it can't be."""

    key: int
    base: str
    text: str
    now: str | None


def pairs_of_rivals(current: str, readings: Sequence[Reading]) -> dict[int, list[int]]:
    """By key, the keys of those that touch the same words of a clause that reads `current`."""
    found: dict[int, list[int]] = {reading.key: [] for reading in readings}
    for at, one in enumerate(readings):
        for other in readings[at + 1 :]:
            if _are_rivals(current, one, other):
                found[one.key].append(other.key)
                found[other.key].append(one.key)
    return found


def _are_rivals(current: str, one: Reading, other: Reading) -> bool:
    """On how the clause reads now where both fit there: what both change alike was made once. Else on the wording that both
    amend."""
    if one.now is not None and other.now is not None:
        return rivals(current, one.now, other.now)
    return one.base == other.base and rivals(one.base, one.text, other.text)


def numbers(rows: Iterable[int]) -> str:
    """ "3, 5, 8"."""
    return ", ".join(str(number) for number in sorted(rows))
