"""Akoma Ntoso 1.0 (OASIS LegalDocML, https://docs.oasis-open.org/legaldocml/akn-core/v1.0/): the outcome as a statement, the
record of a room as a debate.

Whoever speaks is a person, a role or an organization there, as they are shown; all who are not named share the one role "A
speaker": speeches are joined by what is shown alone. A meeting belongs to no country, and the naming convention asks for one:
"zz" (ISO 3166-1, user-assigned) stands in its place. Of a room there is one statement and one debate (works); each version, and
each draft or record by the minute it was taken, is an expression."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from deliberate.clock import now
from polls.exports import outline
from polls.exports.document import Block, Heading, Items, Quote, Speech, Table, Text
from polls.exports.markup import Markup, file, tag
from polls.exports.outcome import Outcome
from polls.exports.record import Point, Said, Voted, missing, points
from rooms.transcript.core import Level

KIND = "application/akn+xml"
_NAMES = {"xmlns": "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"}
_SELF = {"source": "#deliberate"}
#: Which class of the ontology somebody is of, by how far they are named.
_CLASSES = {Level.NAME: "Person", Level.ROLE: "Role", Level.GROUP: "Organization", Level.NOBODY: "Role", None: "Role"}


# ---- the outcome -----------------------------------------------------------------------------------------------------


def statement(room: Any, outcome: Outcome) -> bytes:
    """The outcome as a `statement` document."""
    at = outcome.settled_at or outcome.counted_at
    meta = _meta(room, "statement", at, number=outcome.version, hash=outcome.hash)
    heads = tag("longTitle", {"eId": "longTitle"}, tag("p", None, tag("docTitle", None, outcome.title)))
    preface = tag("preface", None, heads, tag("p", None, outcome.state))
    preamble = tag("preamble", None, *_paragraphs(outcome.preamble)) if outcome.preamble else Markup()
    clauses = [
        tag(
            "clause",
            {"eId": f"clause_{each.number}"},
            tag("num", None, str(each.number)),
            tag(
                "content",
                {"eId": f"clause_{each.number}__content"},
                *_blocks(outline.clause(each), f"clause_{each.number}"),
            ),
        )
        for each in outcome.clauses
    ]
    body = tag("mainBody", None, *(clauses or [tag("p", None, _("No clause is written yet."))]))
    signed: tuple[Block, ...] = (Heading(_("Who signed it"), level=2), Items(outcome.signed)) if outcome.signed else ()
    told: tuple[Block, ...] = (*signed, Heading(_("How it came about"), level=2), *outline.process(outcome))
    conclusions = tag("conclusions", None, *_blocks(told, "conclusions"))
    document = tag("statement", {"name": "statement"}, meta, preface, preamble, body, conclusions)
    return file(tag("akomaNtoso", _NAMES, document))


# ---- the record ------------------------------------------------------------------------------------------------------


def debate(room: Any) -> bytes:
    """The record of a room as a `debate` document: a section for each point of the agenda, in it speeches and polls."""
    some, told = points(room), missing(room)
    speakers = _speakers(some)
    preface = tag("preface", None, tag("p", None, tag("docTitle", None, _("Record: %(room)s") % {"room": room.name})))
    sections = [_section(number, point, speakers) for number, point in enumerate(some, start=1)]
    if not sections:
        nothing = tag("p", None, told or _("Nothing is taken down yet."))
        sections, told = [tag("debateSection", {"eId": "dbsect_1", "name": "empty"}, nothing)], ""
    body = tag("debateBody", None, *sections)
    end = [tag("conclusions", None, tag("p", None, told))] if told else []
    meta = _meta(room, "debate", now(), speakers=speakers)
    document = tag("debate", {"name": "debate"}, meta, preface, body, *end)
    return file(tag("akomaNtoso", _NAMES, document))


def _speakers(some: Iterable[Point]) -> dict[tuple[Level | None, str], str]:
    """Everybody who is shown as having spoken, each way of being shown once, with the name that speeches point at."""
    shown = {(part.level, part.who): None for point in some for part in point.parts if isinstance(part, Said)}
    return {each: f"{_CLASSES[each[0]].lower()}_{number}" for number, each in enumerate(shown, start=1)}


def _section(number: int, point: Point, speakers: Mapping[tuple[Level | None, str], str]) -> Markup:
    name = f"dbsect_{number}"
    numbers = count(1)
    parts = [_part(part, f"{name}__", next(numbers), speakers) for part in point.parts]
    heading = tag("heading", None, point.title or _("Outside the agenda"))
    return tag("debateSection", {"eId": name, "name": "item"}, heading, *parts)


def _part(part: Said | Voted, within: str, number: int, speakers: Mapping[tuple[Level | None, str], str]) -> Markup:
    if isinstance(part, Voted):
        about = {"eId": f"{within}dbsect_{number}", "name": "poll"}
        stands = [line for quote in part.adopted for line in _block(quote, "")]
        return tag("debateSection", about, tag("heading", None, part.question), *_paragraphs(part.text), *stands)
    about = {
        "eId": f"{within}speech_{number}",
        "by": f"#{speakers[part.level, part.who]}",
        "startTime": _moment(part.begin),
        "endTime": _moment(part.end),
    }
    return tag("speech", about, tag("from", None, part.who), *_paragraphs(part.text))


def _moment(at: datetime) -> str:
    return localtime(at).isoformat(timespec="seconds")


# ---- what both have --------------------------------------------------------------------------------------------------


def _meta(
    room: Any,
    kind: str,
    at: datetime,
    *,
    number: int | None = None,
    hash: str = "",
    speakers: Mapping[tuple[Level | None, str], str] | None = None,
) -> Markup:
    """Which document this is (work, expression, manifestation), and what it names. `at`: when it was settled, or taken as it
    stood; `number`: of a version."""
    first = room.journal.order_by("number").first()
    begun, language = _day(first.at if first else at), get_language() or "en"
    work = f"/akn/zz/{kind}/{begun}/{room.handle}"
    day, minute = _day(at), f"{at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    expression = f"{work}/{language}@{day}/version-{number}" if number else f"{work}/{language}@{minute}"
    country = [tag("FRBRcountry", {"value": "zz"})]
    version = [tag("FRBRversionNumber", {"value": str(number)})] if number else []
    spoken = [tag("FRBRlanguage", {"language": language})]
    sealed = [tag("FRBRalias", {"name": "sha256", "value": hash})] if hash else []
    identification = tag(
        "identification",
        _SELF,
        tag("FRBRWork", None, *_core(work, "", begun), *country),
        tag("FRBRExpression", None, *_core(expression, "", day, sealed), *version, *spoken),
        tag("FRBRManifestation", None, *_core(expression, ".akn", day), tag("FRBRformat", {"value": KIND})),
    )
    named = [_named("Organization", "deliberate", "deliberate")]
    named.append(_named("Organization", "room", f"{room.event.title}, {room.name}"))
    for (level, who), name in (speakers or {}).items():
        named.append(_named(_CLASSES[level], name, who))
    return tag("meta", None, identification, tag("references", _SELF, *named))


def _day(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d}"


def _core(uri: str, ending: str, day: str, alias: Iterable[Markup] = ()) -> list[Markup]:
    about = {"date": day, "name": "meeting"}
    first = [tag("FRBRthis", {"value": f"{uri}/!main{ending}"}), tag("FRBRuri", {"value": f"{uri}{ending}"})]
    return [*first, *alias, tag("FRBRdate", about), tag("FRBRauthor", {"href": "#room"})]


def _named(kind: str, name: str, shown: str) -> Markup:
    return tag(f"TLC{kind}", {"eId": name, "href": f"/akn/ontology/{kind.lower()}/zz/{name}", "showAs": shown})


def _blocks(blocks: Iterable[Block], within: str) -> Iterator[Markup]:
    """Blocks under the element named `within`. A heading begins a block of its own, which holds what follows it."""
    numbers = count(1)
    heading, held = "", list[Markup]()
    for block in blocks:
        if isinstance(block, Heading):
            yield from _held(heading, held, f"{within}__tblock_{next(numbers)}")
            heading, held = block.text, []
        else:
            held += _block(block, f"{within}__{block.kind}_{next(numbers)}")
    yield from _held(heading, held, f"{within}__tblock_{next(numbers)}")


def _held(heading: str, held: list[Markup], name: str) -> Iterator[Markup]:
    if heading and held:
        yield tag("tblock", {"eId": name}, tag("heading", None, heading), *held)
    else:
        yield from held


def _block(block: Block, name: str) -> list[Markup]:
    match block:
        case Heading(text) | Text(text):
            return _paragraphs(text)
        case Quote(text, origin):
            words = [tag("embeddedText", {"startQuote": "“", "endQuote": "”"}, *_lines(text)), " "] if text else []
            return [tag("p", None, *words, tag("inline", {"name": "origin"}, origin))]
        case Speech(who, _when, text):
            return [tag("p", None, tag("b", None, who)), *_paragraphs(text)]
        case Items(texts):
            items = (
                tag("item", {"eId": f"{name}__item_{number}"}, *_paragraphs(text))
                for number, text in enumerate(texts, start=1)
            )
            return [tag("blockList", {"eId": name}, *items)]
        case Table(caption, head, rows):
            above = tag("tr", None, *(tag("th", None, tag("p", None, cell)) for cell in head))
            below = (tag("tr", None, *(tag("td", None, tag("p", None, cell)) for cell in row)) for row in rows)
            return [tag("table", {"eId": name}, tag("caption", None, caption), above, *below)]


def _paragraphs(text: str) -> list[Markup]:
    """A text as paragraphs, parted where an empty line stands."""
    found = [part for part in text.split("\n\n") if part.strip()] or [""]
    return [tag("p", None, *_lines(part)) for part in found]


def _lines(text: str) -> Iterator[str]:
    for at, line in enumerate(text.split("\n")):
        if at:
            yield tag("eol")
        yield line
