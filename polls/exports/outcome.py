"""The outcome of a room as plain values: what the outline makes blocks of, and Akoma Ntoso elements of its own.

Names stand in it only as far as the attribution allows that holds now, in settled versions too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.clock import now
from deliberate.live.times import moment_text
from polls.amendments.queries import credits
from polls.endorsements import queries as endorsements
from polls.exports import figures
from polls.ideas.models import Idea
from polls.statements import queries
from polls.statements.content import ALONE, drafted, settled, shown, struck, together
from polls.statements.core import Stance
from polls.statements.models import Sealed, SettledClause, Version
from polls.statements.reserving import said, writers, writers_then
from polls.statements.sources import IDEA, SEGMENT
from rooms.transcript.core import Shown
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHDRAWN


@dataclass(frozen=True, slots=True)
class Ground:
    """One thing a clause rests on: words, and where they come from. Words that are withheld now are empty."""

    quote: str
    origin: str


@dataclass(frozen=True, slots=True)
class Cell:
    """Support of one group, or of several folded together."""

    groups: str
    support: int
    live: int
    reserve: int
    block: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """Written words against a clause, and whose they are, as far as that is shown now: "Reservation of Youth"."""

    text: str
    said: str


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause with all that stands beside it. `earlier`: of those who took a stand, how many before it was reworded;
    `not_heard`: groups of whom nobody, or too few to say so, took a stand;
    `cells_of`: the earlier version that the cells were taken in, None where they are of this one; `amended`: the amendments
    that stand in it, with their proposers as far as they are shown now."""

    number: int
    text: str
    grounds: tuple[Ground, ...]
    support: int
    live: int
    reserve: int
    block: int
    earlier: int
    cells: tuple[Cell, ...]
    cells_of: int | None
    reservations: tuple[Reservation, ...]
    not_heard: tuple[str, ...] = ()
    amended: tuple[str, ...] = ()

    @property
    def cells_are_of(self) -> str:
        """Where the cells are of an earlier version, which; else empty."""
        if self.cells_of == ALONE:
            return _("Groups as they stood when the clause was settled by itself.")
        return _("Groups as they stood in version %(n)d.") % {"n": self.cells_of} if self.cells_of else ""

    @property
    def silent(self) -> str:
        """Which groups have not been heard on it, in a sentence; "" where all have, or the event has none."""
        return queries.unheard_said(self.not_heard)

    @property
    def reworded(self) -> str:
        """Of those who took a stand, how many did before it was reworded, in a sentence; "" where nobody did."""
        return queries.reworded(self.earlier, self.support + self.live + self.reserve + self.block)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`version` and `settled_at` are None and `hash` empty for a draft; `version` alone is None for a clause settled by
    itself. `reopened_at`: since when it may be changed again. `struck`: words were struck from what the version
    quotes since it was settled; `settled_by`: by which rule; `signed`: who signed it, line by line. `process`: label and figure, in order; `groups`: people in the room by group, small ones
    folded."""

    event: str
    room: str
    title: str
    preamble: str
    version: int | None
    settled_at: datetime | None
    hash: str
    clauses: tuple[Clause, ...]
    process: tuple[tuple[str, int], ...]
    groups: tuple[tuple[str, int], ...]
    counted_at: datetime
    struck: bool = False
    settled_by: str = ""
    signed: tuple[str, ...] = ()
    reopened_at: datetime | None = None

    @property
    def counted(self) -> str:
        """Of when the figures are: a settled text keeps still, the room goes on."""
        return _("Counted at %(moment)s.") % {"moment": moment_text(self.counted_at)}

    @property
    def state(self) -> str:
        """What this text is, in a sentence."""
        if self.settled_at is None:
            return _("A draft. It is not settled.")
        date = {"date": moment_text(self.settled_at)}
        told = _("Settled by itself %(date)s.") % date
        if self.version is not None:
            told = _("Version %(number)d, settled %(date)s.") % {"number": self.version, **date}
        by = {"consensus": _("By consensus."), "consent": _("By majority."), "poll": _("By a poll.")}
        if self.settled_by in by:
            told += " " + by[self.settled_by]
        if self.struck:
            told += " " + _("Words were taken out of its quotes, or corrected in them, later.")
        if self.reopened_at is not None:
            told += " " + _("Reopened %(date)s.") % {"date": moment_text(self.reopened_at)}
        return told


def outcome(room: Any, version: Version | None) -> Outcome:
    """The outcome of `room`: a settled version, or the draft as it stands."""
    statement = queries.statement(room)
    draft = drafted(statement) if statement and not version else None
    text: Any = settled(version) if version else draft.text if draft else {"clauses": []}
    text = shown(text, queries.withheld(room))
    origin = _origins(room, text)
    wrote = writers_then(version, room.event) if version else writers(draft.written, room.event) if draft else {}
    beside = _beside(room, version, wrote)
    return Outcome(
        event=room.event.title,
        room=room.name,
        title=text.get("title") or _("Statement"),
        preamble=text.get("preamble", ""),
        version=version.number if version else None,
        settled_at=version.settled_at if version else None,
        hash=version.hash if version else "",
        clauses=tuple(_clause(clause, origin, version, beside) for clause in text["clauses"]),
        process=figures.process(room),
        groups=figures.people(room),
        counted_at=now().replace(second=0, microsecond=0),
        struck=version is not None and struck(version),
        settled_by=text.get("settled_by", ""),
        signed=_signed(version, room.event) if version else (),
        reopened_at=version.reopened_at if version else None,
    )


def alone(room: Any, found: SettledClause) -> Outcome:
    """A clause of the room that was settled by itself, with all that stands beside it."""
    text: Any = shown(settled(found), queries.withheld(room))
    beside = _beside(room, found, writers_then(found, room.event))
    clauses = tuple(_clause(clause, _origins(room, text), found, beside) for clause in text["clauses"])
    return Outcome(
        event=room.event.title,
        room=room.name,
        title=_("Clause %(number)d") % {"number": clauses[0].number},
        preamble="",
        version=None,
        settled_at=found.settled_at,
        hash=found.hash,
        clauses=clauses,
        process=(),
        groups=(),
        counted_at=found.settled_at,
        struck=struck(found),
        settled_by=text.get("settled_by", ""),
        reopened_at=found.reopened_at,
    )


def _beside(room: Any, found: Sealed | None, wrote: dict[str, list[Shown]]) -> dict[str, dict[str, list[str]]]:
    """What stands beside clauses, by their handles: their amendments, and who wrote their reservations, as shown now."""
    names = {handle: [who.text for who in some] for handle, some in wrote.items()}
    return {"amended": credits(room, found.settled_at if found else None), "writers": names}


def _origins(room: Any, text: dict[str, Any]) -> dict[str, str]:
    """Where each source comes from, by its name, as far as that is shown now."""
    names = {cited["source"] for clause in text["clauses"] for cited in clause["citations"]}
    said = Segment.objects.filter(room=room, handle__in=[name.partition(":")[2] for name in names])
    ideas = Idea.objects.filter(room=room, handle__in=[name.partition(":")[2] for name in names])
    rows: dict[str, Any] = {f"{SEGMENT}:{row.handle}": row for row in said.select_related("turn__group")}
    rows |= {f"{IDEA}:{row.handle}": row for row in ideas}
    origin = queries.origins(room)
    return {name: origin(name.partition(":")[0], rows.get(name)) for name in names}


def _ground(cited: dict[str, Any], origin: dict[str, str]) -> Ground:
    if cited.get("withheld") and cited["source"].startswith(f"{SEGMENT}:"):
        return Ground("", _("Words that are withheld until whoever said them has looked through them."))
    if cited.get("withheld"):
        return Ground("", _("An idea that was taken off the board since: its words are withheld."))
    if cited["quote"] == WITHDRAWN:
        return Ground("", _("A source that was withdrawn by who said it."))
    return Ground(cited["quote"], origin[cited["source"]])


def _clause(
    clause: dict[str, Any], origin: dict[str, str], found: Sealed | None, beside: dict[str, dict[str, list[str]]]
) -> Clause:
    support = clause["support"]
    who_wrote = beside["writers"].get(clause["handle"], [])
    taken_at = support["by_group_version"] if support["by_group"] else None
    this = found.number if isinstance(found, Version) else ALONE if found is not None else None
    return Clause(
        number=clause["number"],
        text=clause["text"],
        grounds=tuple(_ground(cited, origin) for cited in clause["citations"]),
        support=support["support"],
        live=support["live"],
        reserve=support["reserve"],
        block=support["block"],
        earlier=support["earlier_wording"],
        cells=tuple(
            Cell(together(cell["groups"]), *(cell[stance] for stance in Stance)) for cell in support["by_group"]
        ),
        cells_of=None if taken_at == this else taken_at,
        reservations=tuple(
            Reservation(each["text"], said(each["stand"], who))
            for each, who in zip(support["reservations"], chain(who_wrote, repeat("")), strict=False)
        ),
        not_heard=tuple(support["not_heard"]),
        amended=tuple(beside["amended"].get(clause["handle"], ())),
    )


def _signed(version: Version, event: Any) -> tuple[str, ...]:
    """Who signed a version, as far as it is shown now: organisations, names, then how many, by group."""
    found = endorsements.of(version, event)
    organisations = [_("%(name)s (organisation)") % {"name": name} for name, _handle in found.organisations]
    lines = [*organisations, *found.named]
    if found.people:
        lines.append(ngettext("%(n)d person signed.", "%(n)d people signed.", found.people) % {"n": found.people})
    return (*lines, *(f"{groups}: {count}" for groups, count in found.by_group))
