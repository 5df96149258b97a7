from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.errors import Refused
from deliberate.live.parts import once
from polls.ideas.models import State as IdeaState
from polls.ideas.queries import withheld as withheld_ideas
from polls.statements import core, in_force
from polls.statements.core import Counts, Stance
from polls.statements.models import Citation, Clause, Proposal, Rules, Statement, Support, Version
from polls.statements.sources import IDEA, KINDS, POLL, SEGMENT, Source, source_of
from rooms.transcript.leaving import leaving
from rooms.transcript.models import Segment
from rooms.transcript.queries import attribution_of
from rooms.transcript.struck import WITHDRAWN


def statement(room: Any) -> Statement | None:
    """The room's statement; None before anybody wrote or proposed anything."""
    return Statement.objects.filter(room=room).first()


def rules(event: Any) -> Rules:
    """How the event decides on its texts: as its host said, else the defaults, not stored."""
    return Rules.objects.filter(event=event).first() or Rules(event=event)


def numbered(of: Statement | None) -> list[tuple[int, Clause]]:
    """The clauses that stand, with their numbers from 1."""
    return list(enumerate(Clause.objects.filter(statement=of, removed=False) if of else (), start=1))


def named(of: Statement | None) -> int:
    """A number by which title and preamble are known as they stand: whoever began from others is told."""
    return int(core.seal({"title": of.title if of else "", "preamble": of.preamble if of else ""})[:12], 16)


def clause(room: Any, handle: str, *, removed: bool = False) -> Clause:
    """One clause of the room's statement. Refused where there is none that stands (or that was taken out)."""
    found = Clause.objects.filter(statement__room=room, handle=handle, removed=removed).first()
    if found is None:
        raise Refused(_("This clause is no longer there. Look at the statement as it stands now."))
    return found


def number_of(row: Clause) -> int:
    """A clause's number among those that stand."""
    return next(number for number, each in numbered(row.statement) if each.pk == row.pk)


# ---- what a clause rests on ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rest:
    """One thing a clause rests on. `origin`: where the words come from, in words; `corrected`: the source no longer
    holds them; `withheld`: its words are not for everybody now, and `quote` is empty."""

    handle: str
    kind: str
    source: str
    quote: str
    origin: str
    corrected: bool
    withheld: bool

    @property
    def withdrawn(self) -> bool:
        """Whether whoever said it took it back."""
        return self.quote == WITHDRAWN


def cited(room: Any, clauses: Iterable[Clause]) -> dict[int, list[Rest]]:
    """What each of these clauses rests on, by the clause's key, in the order in which it was cited."""
    found: dict[int, list[Rest]] = defaultdict(list)
    origin, hidden = origins(room), withheld(room)
    for row in with_sources(Citation.objects.filter(clause__in=list(clauses))):
        kind, source = source_row(row)
        corrected = kind == SEGMENT and source.revision != row.source_revision and row.quote not in source.text
        gone = f"{kind}:{source.handle}" in hidden
        quote = "" if gone else row.quote
        rest = Rest(row.handle, kind, source.handle, quote, origin(kind, source), corrected, gone)
        found[row.clause_id].append(rest)
    return found


@once
def withheld(room: Any) -> frozenset[str]:
    """The names of sources ("idea:…") whose words are not for everybody now: quotes of them are withheld. Ideas off the board,
    and words that may not leave the room, or no longer, until whoever spoke has looked through them."""
    said = Segment.objects.filter(room=room)
    held = said.exclude(pk__in=leaving(said, room.event).values("pk")).values_list("handle", flat=True)
    return frozenset(
        [*(f"{IDEA}:{handle}" for handle in withheld_ideas(room)), *(f"{SEGMENT}:{handle}" for handle in held)]
    )


def with_sources(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Citations or proposals with what is needed to say what they point at and who said it."""
    return rows.select_related("segment__turn__group", "idea", "poll")


def source_row(row: Citation | Proposal) -> tuple[str, Any]:
    """The kind and the row that a citation or a proposal points at."""
    return next((kind, getattr(row, kind)) for kind in KINDS if getattr(row, f"{kind}_id") is not None)


def origins(room: Any) -> Callable[[str, Any], str]:
    """A function (kind, row) -> where its words come from: said by whom, as far as that is shown now; an idea; a poll."""

    def origin(kind: str, source: Any) -> str:
        if kind == IDEA:
            return _("Idea %(n)d") % {"n": source.number} if source is not None else _("An idea")
        if kind == POLL:
            return _("The result of a poll")
        if source is not None and source.turn is None:
            return _("Said between turns")
        who = attribution_of(source.turn, room.event) if source is not None else ""
        said = _("Said by %(who)s") % {"who": who} if who else _("Said by a speaker")
        return _("%(said)s, who corrected it") % {"said": said} if source is not None and source.mended else said

    return origin


# ---- support ---------------------------------------------------------------------------------------------------------


NO_STANDS = Counts()


@dataclass(frozen=True, slots=True)
class Totals:
    """Seats by their stand on a clause; `earlier`: how many of them had an earlier wording before them."""

    counts: Counts = NO_STANDS
    earlier: int = 0

    @property
    def all(self) -> int:
        return sum(self.counts)

    @property
    def reworded(self) -> str:
        return reworded(self.earlier, self.all)

    @property
    def shares(self) -> list[tuple[str, int, int]]:
        """For a bar: each stand that somebody takes, where it begins and how wide it is, in whole percent of all."""
        found, before = [], 0
        for stance, count in zip(Stance, self.counts, strict=True):
            start, end = round(100 * before / self.all) if self.all else 0, before + count
            before = end
            if count:
                found.append((stance.value, start, round(100 * end / self.all) - start))
        return found


def reworded(earlier: int, stands: int) -> str:
    """Of all who took a stand, how many did before the clause was reworded: a sentence; "" where nobody did."""
    if not earlier:
        return ""
    if earlier < stands or earlier == 1:
        some = ngettext(
            "%(n)d of them chose before it was reworded.", "%(n)d of them chose before it was reworded.", earlier
        )
        return some % {"n": earlier} if stands > 1 else _("That was before it was reworded.")
    if earlier == 2:
        return _("Both of them chose before it was reworded.")
    return _("All %(n)d of them chose before it was reworded.") % {"n": earlier}


def totals(clauses: Iterable[Clause], among: QuerySet[Any] | None = None) -> dict[int, Totals]:
    """Stands by the clause's key, for those with any: all that were taken, or those of the seats `among` alone."""
    rows = {row.pk: row for row in clauses}
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    stands = Support.objects.filter(clause__in=rows)
    if among is not None:
        stands = stands.filter(seat__in=among)
    for each in stands.values("clause", "value", "revision").annotate(n=Count("pk")):
        counts[each["clause"]][each["value"]] += each["n"]
        if each["revision"] < rows[each["clause"]].revision:
            counts[each["clause"]]["earlier"] += each["n"]
    return {key: Totals(Counts(*(some[stance] for stance in Stance)), some["earlier"]) for key, some in counts.items()}


def settled_as_they_read(clauses: Iterable[Clause]) -> set[int]:
    """The keys of those of these clauses that are settled by themselves."""
    return set(in_force.clauses(clauses))


def address(hash: str) -> str:
    """The path of the permanent page of what was settled under this hash: there is one where the event's rules say so."""
    return reverse("settled", args=[hash])


def unheard(event: Any, clauses: Iterable[Clause]) -> dict[int, list[str]]:
    """By the clause's key, the names of the event's groups that have not been heard on it, as that was told last (heard.py), in
    the host's order. One query, whoever is in the room."""
    groups = list(event.groups.all())
    return {
        row.pk: [group.name for group in groups if group.handle not in row.heard.get("groups", ())] for row in clauses
    }


def unheard_said(names: Iterable[str]) -> str:
    """Which groups have not been heard on a clause, in a sentence; "" where all have, or the event has none."""
    some = ", ".join(names)
    return _("Not heard yet, or from too few to say so: %(groups)s.") % {"groups": some} if some else ""


def stood(row: Clause) -> tuple[Counts, dict[str, int]]:
    """All stands on a clause, and how many are of each group by its handle, "" for none; of one moment."""
    totals: Counter[str] = Counter()
    by: Counter[str] = Counter()
    stands = Support.objects.filter(clause=row).values_list("value", "seat__group__handle")
    for value, group, count in stands.annotate(Count("pk")):
        totals[value] += count
        by[group or ""] += count
    return Counts(*(totals[stance] for stance in Stance)), dict(by)


# ---- proposals and versions ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposed:
    """A source that `count` people say belongs in the statement, with their notes. `handle`: of the first proposal."""

    handle: str
    source: Source
    origin: str
    count: int
    notes: tuple[str, ...]


def proposed(room: Any) -> list[Proposed]:
    """What waits for the drafters, one entry a source, first proposed first."""
    on_the_board = Q(idea=None) | Q(idea__state=IdeaState.SHOWN)
    rows = Proposal.objects.filter(on_the_board, statement__room=room, state=Proposal.State.OPEN)
    rows = rows.exclude(segment__text=WITHDRAWN)
    by_source: dict[str, list[Proposal]] = defaultdict(list)
    for row in with_sources(rows):
        by_source[source_of(*source_row(row)).name].append(row)
    found, origin = [], origins(room)
    for some in by_source.values():
        kind, row = source_row(some[0])
        notes = tuple(dict.fromkeys(each.note for each in some if each.note))
        found.append(Proposed(some[0].handle, source_of(kind, row), origin(kind, row), len(some), notes))
    return found


def versions(room: Any) -> QuerySet[Version]:
    """The room's settled versions, newest first."""
    return Version.objects.filter(statement__room=room).order_by("-number")
