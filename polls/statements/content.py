"""A statement as plain values: what a version seals and what exports show. It names nobody."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from deliberate.clock import epoch_ms
from polls.statements import core, reserving
from polls.statements.core import Counts, Json, Stance
from polls.statements.models import Citation, Clause, Sealed, SettledClause, Statement, Support, Version
from polls.statements.queries import numbered, source_row, unheard, with_sources
from polls.statements.reserving import Written
from rooms.events.queries import participants
from rooms.transcript.struck import Left

Content = dict[str, Json]


def together(groups: Sequence[str]) -> str:
    """Names of groups that are published together as one: "Artists, Youth and no group together"."""
    names = [group or _("no group") for group in groups]
    if len(names) == 1:
        return groups[0] or capfirst(names[0])
    return _("%(some)s and %(last)s together") % {"some": ", ".join(names[:-1]), "last": names[-1]}


#: In the place of a version's number, of figures that were taken when a clause was settled by itself.
ALONE = 0


@dataclass(frozen=True, slots=True)
class Drafted:
    """A statement as it stands: `text`, which names nobody, and `written`, the rows of the reservations that stand in it."""

    text: Content
    written: Written


def content(of: Statement, settling: int | None = None) -> Content:
    """The text alone of a statement as it stands."""
    return drafted(of, settling).text


def drafted(of: Statement, settling: int | None = None, only: Clause | None = None) -> Drafted:
    """The statement as it stands, with every quote: what is shown of it goes through `shown`. `only`: this clause alone.

    Support by group is that of when something was settled last: only the version number `settling` (or ALONE) takes it
    anew."""
    clauses = [(number, row) for number, row in numbered(of) if only is None or row.pk == only.pk]
    rows = [row for _number, row in clauses]
    rests: dict[int, list[Json]] = defaultdict(list)
    for row in with_sources(Citation.objects.filter(clause__in=rows)):
        rests[row.clause_id].append(_citation(row))
    stands: dict[int, list[Support]] = defaultdict(list)
    for stand in Support.objects.filter(clause__in=rows).select_related("seat__group", "group"):
        stands[stand.clause_id].append(stand)
    support = _support(of, rows, settling, stands)
    text: Content = {
        "title": of.title,
        "preamble": of.preamble,
        "clauses": [
            {
                "handle": row.handle,
                "number": number,
                "text": row.text,
                "citations": rests[row.pk],
                "support": support[row.pk],
            }
            for number, row in clauses
        ],
    }
    written = {row.handle: reserving.written(stands[row.pk]) for row in rows}
    return Drafted(text, {handle: some for handle, some in written.items() if some})


def _citation(row: Citation) -> Json:
    kind, source = source_row(row)
    return {
        "source": f"{kind}:{source.handle}",
        "quote": row.quote,
        "start": row.start,
        "end": row.end,
        "revision": row.source_revision,
    }


def _support(
    of: Statement, clauses: list[Clause], settling: int | None, stands: Mapping[int, Sequence[Support]]
) -> dict[int, Json]:
    event = of.room.event
    names = {group.handle: group.name for group in event.groups.all()} | {"": ""}  # in the host's order, none last
    seated = {handle or "" for handle in participants(event).values_list("group__handle", flat=True)}
    told, silent = _told(of), unheard(event, clauses)
    found: dict[int, Json] = {}
    for clause in clauses:
        stood = stands[clause.pk]
        taken = [(row.seat.group.handle if row.seat.group else "", Stance(row.value)) for row in stood]
        result = core.support(taken, seated, event.k)
        cells: list[Json] = [
            {
                "groups": [name for group, name in names.items() if group in cell.cell.groups],
                **cell.counts._asdict(),
            }
            for cell in result.cells
        ]
        before = told[clause.handle]
        anew = (
            cells
            and settling is not None
            and all(core.moved(_sums(old), result.totals) >= event.k for old, _version in before)
        )
        by_group, taken_at = (cells, settling) if anew else before[0] if before else ([], None)
        found[clause.pk] = {
            **result.totals._asdict(),
            "earlier_wording": sum(row.revision < clause.revision for row in stood),
            "by_group": by_group,
            "by_group_version": taken_at,
            "not_heard": list(silent[clause.pk]),
            "reservations": [{"text": row.reservation, "stand": row.value} for row in reserving.written(stood)],
        }
    return found


def _told(of: Statement) -> dict[str, list[tuple[list[Json], int]]]:
    """By the clause's handle: the cells that settled texts show, newest first, and the version they were taken in.

    Cells that followed each stand would tell the group of whoever took it. So they change at settling alone, and only
    where k seats or more have moved since any that were told before."""
    told: dict[str, list[tuple[list[Json], int]]] = defaultdict(list)
    frozen: list[Sealed] = [*Version.objects.filter(statement=of)]
    frozen += SettledClause.objects.filter(clause__statement=of).exclude(content={})
    for each in sorted(frozen, key=lambda each: each.settled_at, reverse=True):
        text: Any = reserving.as_now(deepcopy(each.content))
        for clause in text["clauses"]:
            support = clause["support"]
            if support["by_group"]:
                told[clause["handle"]].append((support["by_group"], support["by_group_version"]))
    return told


def _sums(cells: list[Any]) -> Counts:
    return Counts(*(sum(cell[stance] for cell in cells) for stance in Stance))


def sealed(of: Statement, number: int, moment: Any) -> tuple[Content, Content, Written]:
    """The content of a version that is being settled at this moment, by their seals the quotes that it seals, and the rows
    of its reservations."""
    found = drafted(of, number)
    text, quotes = _with_seals(found.text)
    about: Content = {"room": of.room.handle, "version": number, "settled_at_ms": epoch_ms(moment)}
    return about | text, quotes, found.written


def sealed_alone(clause: Clause, moment: Any) -> tuple[Content, Content, Written]:
    """The same of one clause that is being settled by itself: a text of this clause, without title and preamble."""
    of = clause.statement
    found = drafted(of, ALONE, clause)
    text, quotes = _with_seals(found.text)
    about: Content = {"room": of.room.handle, "clause": clause.handle, "settled_at_ms": epoch_ms(moment)}
    return about | {"clauses": text["clauses"]}, quotes, found.written


def _with_seals(text: Content) -> tuple[Content, Content]:
    quotes: Content = {}
    for cited in _citations(text):
        salt, quote = secrets.token_hex(16), cited.pop("quote")
        cited["quote_seal"] = core.quote_seal(quote, salt)
        quotes[cited["quote_seal"]] = {"salt": salt, "quote": quote}
    return text, quotes


def settled(version: Sealed) -> Content:
    """The content of a version, or of a clause settled by itself, with its quotes in it, as it stood when it was settled, but for words struck since."""
    text: Content = reserving.as_now(deepcopy(version.content))
    for cited in _citations(text):
        kept: Any = version.quotes.get(cited.pop("quote_seal"), {"quote": ""})
        cited["start"], cited["end"] = kept.get("place", (cited["start"], cited["end"]))
        cited["quote"] = kept["quote"]
    return text


def shown(text: Content, hidden: Collection[str]) -> Content:
    """A text as it may be shown now: a quote whose source is among `hidden` ("idea:…") is empty and says "withheld"."""
    text = deepcopy(text)
    for cited in _citations(text):
        if cited["source"] in hidden:
            cited |= {"quote": "", "withheld": True}
    return text


def _citations(text: Any) -> list[dict[str, Any]]:
    return [cited for clause in text["clauses"] for cited in clause["citations"]]


def shown_quotes(version: Sealed, hidden: Collection[str]) -> Content:
    """The quotes of a version by their seals, without those that are withheld: what somebody checks them with."""
    gone = {cited["quote_seal"] for cited in _citations(version.content) if cited["source"] in hidden}
    return {seal: quote for seal, quote in version.quotes.items() if seal not in gone}


def strike_from_version(version: Sealed, source: str, texts: Mapping[int, Left]) -> bool:
    """Strike from a version's quotes of a segment what was struck from its texts; whether any of them held it.

    Its content holds the seals of quotes alone and stays. Without the salt nobody can try which words a seal is of."""
    held = False
    for cited in _citations(version.content):
        kept: Any = version.quotes.get(cited["quote_seal"])
        if cited["source"] != source or cited["revision"] not in texts or kept is None:
            continue
        start, end, quote = texts[cited["revision"]].quote(*kept.get("place", (cited["start"], cited["end"])))
        kept["place"] = [start, end]
        if quote != kept["quote"]:
            if _fits(cited["quote_seal"], kept):
                kept["struck"] = True
                kept.pop("salt", None)
            kept["quote"], held = quote, True
    version.save(update_fields=["quotes"])
    return held


def struck(version: Sealed) -> bool:
    """Whether words were struck from a quote of a version since it was settled."""
    return any("struck" in kept for kept in version.quotes.values())


def texts_of(version: Sealed) -> list[str]:
    """What drafters wrote themselves in a version: title, preamble and clauses."""
    content: Any = version.content
    return [content.get("title", ""), content.get("preamble", ""), *(clause["text"] for clause in content["clauses"])]


def intact(version: Sealed) -> bool:
    """Whether a version's content still has the hash it was settled with, and its quotes the seals in it.

    A quote from which words were struck says so, and can't be checked any more."""
    quotes: Any = version.quotes
    return core.seal(version.content) == version.hash and all(_fits(seal, kept) for seal, kept in quotes.items())


def _fits(seal: str, kept: dict[str, Any]) -> bool:
    return "struck" in kept or core.quote_seal(kept["quote"], kept["salt"]) == seal
