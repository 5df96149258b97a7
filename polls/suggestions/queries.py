"""What may be suggested in a room, as it stands at this moment. Found things are named; what is shown of them is asked here anew,
so that no word that was struck, hidden or lowered meanwhile is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from polls.amendments.models import Amendment
from polls.amendments.queries import DECIDED, WAITING, credit
from polls.ideas.models import Idea
from polls.statements import queries
from polls.statements.sources import IDEA, POLL, SEGMENT, Source, open_to_quote, source_of
from polls.suggestions import core
from polls.suggestions.finding import Entry, Found, Shelf, Themes, finder
from rooms.transcript.struck import MARK

PROPOSAL, AMENDMENT = "proposal", "amendment"
#: Things of one kind that are compared: the newest.
MOST = 10_000
#: What is shown of each kind for a clause: pieces of what was said, ideas, polls, what people proposed to quote and to amend.
BEARING = {SEGMENT: 8, IDEA: 5, POLL: 2, PROPOSAL: 3, AMENDMENT: 4}
#: Themes, the texts that stand for each, and ideas that may say the same.
THEMES, QUOTES, ALIKE = 8, 3, 3


@dataclass(frozen=True, slots=True)
class Suggested:
    """Something that was found. `origin`: where its words come from, as far as that is shown now; `notes`: why people proposed
    it."""

    source: Source
    origin: str
    number: int = 0
    notes: tuple[str, ...] = ()


def shelf(room: Any, kind: str) -> Shelf:
    """What stands in the room now, of a kind."""
    key = f"{room.pk}:{kind}"
    if kind == PROPOSAL:
        return _proposals(room, key)
    if kind == AMENDMENT:
        return _amending(room, key)
    rows = open_to_quote(room)[kind]
    if kind == SEGMENT:
        rows = rows.exclude(text=MARK)
        some = rows.values_list("handle", "number", "revision")[:MOST]
        return Shelf(key, [Entry(*each) for each in some], lambda names: _texts(rows, names), core.REACH)
    if kind == IDEA:
        numbered = rows.values_list("handle", "number")[:MOST]
        return Shelf(key, [Entry(*each) for each in numbered], lambda names: _texts(rows, names))
    polls = {row.handle: row for row in rows[:100]}
    entries = [Entry(handle, number) for number, handle in enumerate(reversed(polls))]
    return Shelf(key, entries, lambda names: {name: source_of(POLL, polls[name]).text for name in names})


def _texts(rows: Any, names: Sequence[str]) -> dict[str, str]:
    return dict(rows.filter(handle__in=names).values_list("handle", "text"))


def _proposals(room: Any, key: str) -> Shelf:
    """What people said of sources that wait for the drafters."""
    notes = {each.handle: " ".join(each.notes) for each in queries.proposed(room) if each.notes}
    entries = [Entry(handle, number, hash(note)) for number, (handle, note) in enumerate(notes.items())]
    return Shelf(key, entries, lambda names: {name: notes[name] for name in names})


def _amendments(room: Any) -> Any:
    """The amendments that everybody may read, with words or reasons to compare."""
    rows = Amendment.objects.filter(statement__room=room, state__in=(*WAITING, *DECIDED))
    return rows.exclude(text="", reason="").select_related("clause", "group").order_by("-number")


def _amending(room: Any, key: str) -> Shelf:
    texts = {row.handle: f"{row.text} {row.reason}" for row in _amendments(room)[:MOST]}
    entries = [Entry(handle, number, hash(text)) for number, (handle, text) in enumerate(texts.items())]
    return Shelf(key, entries, lambda names: {name: texts[name] for name in names})


@dataclass(frozen=True, slots=True)
class Amending:
    """An amendment that was found; `by`: its number, and who proposed it as far as that is shown now."""

    row: Amendment
    by: str


def bearing(room: Any, kind: str, text: str) -> tuple[list[Any], bool]:
    """What bears on a text, best first (Suggested, of amendments Amending), and whether meaning was compared. Away where there is
    no answer now."""
    found = finder().bearing(shelf(room, kind), text, BEARING[kind])
    names = [name for name, _score in found.hits]
    if kind != AMENDMENT:
        return shown(room, kind, names), found.meaning
    return amending(room, names), found.meaning


def amending(room: Any, handles: Sequence[str]) -> list[Amending]:
    """These amendments, in their order, as they stand now."""
    rows = {row.handle: row for row in _amendments(room).filter(handle__in=handles)}
    return [Amending(rows[handle], credit(rows[handle], room.event)) for handle in handles if handle in rows]


def alike(room: Any, typed: str) -> tuple[list[Idea], bool]:
    """The ideas on the board that may say the same as what is typed, best first. Away where there is no answer now."""
    found: Found = finder().alike(shelf(room, IDEA), typed, ALIKE)
    rows = {row.handle: row for row in open_to_quote(room)[IDEA].filter(handle__in=[name for name, _ in found.hits])}
    return [rows[name] for name, _score in found.hits if name in rows], found.meaning


def shown(room: Any, kind: str, names: Sequence[str]) -> list[Suggested]:
    """These, in their order, as they stand now; without those that may not be shown any more."""
    if kind == PROPOSAL:
        proposed = {each.handle: each for each in queries.proposed(room)}
        some = (proposed[name] for name in names if name in proposed)
        return [Suggested(each.source, each.origin, notes=each.notes) for each in some]
    origin = queries.origins(room)
    rows = open_to_quote(room)[kind].filter(handle__in=names)
    if kind == SEGMENT:
        rows = rows.exclude(text=MARK).select_related("turn__group", "item")
    by_name = {row.handle: row for row in rows}
    return [
        Suggested(source_of(kind, row), origin(kind, row), getattr(row, "number", 0))
        for row in (by_name[name] for name in names if name in by_name)
    ]


@dataclass(frozen=True, slots=True)
class Theme:
    """`words` call it, as they stand in its texts; `said` and `ideas`: how many of them; `quotes` stand for it."""

    words: tuple[str, ...]
    said: int
    ideas: int
    quotes: tuple[Suggested, ...]


def themes(room: Any, found: Themes) -> list[Theme]:
    """Themes as they can be shown now: without what was taken back since they were found, and called by no word of that."""
    named = {name for names, _words in found.themes for name in names}
    said, ideas = (_now(room, kind, named) for kind in (SEGMENT, IDEA))
    standing = [([name for name in names if name in said or name in ideas], words) for names, words in found.themes]
    picked = [_picked(names, ideas) for names, _words in standing]
    wanted = [name for names in picked for name in names]
    quotes = {
        each.source.row.handle: each
        for kind, texts in ((IDEA, ideas), (SEGMENT, said))
        for each in shown(room, kind, [name for name in wanted if name in texts])
    }
    shown_themes = []
    for (names, words), some in zip(standing, picked, strict=True):
        called = _called(words, " ".join(said.get(name) or ideas[name] for name in names))
        stand_for_it = tuple(quotes[name] for name in some if name in quotes)
        if called and stand_for_it:
            count = sum(name in ideas for name in names)
            shown_themes.append(Theme(called, len(names) - count, count, stand_for_it))
    return shown_themes


def _called(words: Iterable[str], texts: str) -> tuple[str, ...]:
    """Those of the words that still stand in the texts."""
    here = set(core.words(texts))
    return tuple(word for word in words if word in here or (not word.isascii() and word in texts))


def _now(room: Any, kind: str, names: Iterable[str]) -> Mapping[str, str]:
    """The texts of those that may be shown now."""
    rows = open_to_quote(room)[kind].exclude(text=MARK)
    wanted = set(names)
    return {handle: text for handle, text in rows.values_list("handle", "text")[:MOST] if handle in wanted}


def _picked(names: Sequence[str], ideas: Mapping[str, str]) -> list[str]:
    """Those that stand for a theme: the nearest to its middle, and where there are both, of ideas and of what was said."""
    picked = list(names[:QUOTES])
    if len({name in ideas for name in picked}) == 1:
        other = next((name for name in names[QUOTES:] if (name in ideas) != (picked[0] in ideas)), None)
        picked = [*picked[: QUOTES - 1], other] if other else picked
    return picked
