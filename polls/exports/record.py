"""The record of a room as a document: what was said under which point of the agenda, what was voted on, the ideas, and
which texts were settled. Names stand in it as far as the attribution allows that holds now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from deliberate.clock import now
from deliberate.live.times import day_text, moment_text
from polls.amendments.queries import adopted
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import as_text
from polls.exports import figures
from polls.exports.document import Block, Document, Heading, Items, Quote, Speech, Table, Text
from polls.ideas.queries import shown
from polls.statements.queries import versions
from rooms.events.models import AgendaItem, Event
from rooms.transcript.core import Level
from rooms.transcript.leaving import held_back
from rooms.transcript.queries import Paragraph, paragraphs, shown_as


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said at a stretch. `who`: in words, "a speaker" where nobody is named; `level`: what that is, None
    for words between turns."""

    who: str
    level: Level | None
    begin: datetime
    end: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Voted:
    """A closed poll, its result in sentences. `adopted`: where amendments that it carried stand, and what reads there now."""

    question: str
    begin: datetime
    text: str
    adopted: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """What happened under a point of the agenda, in order of time. `title` is empty for what happened under none."""

    title: str
    parts: tuple[Said | Voted, ...]


def points(room: Any) -> tuple[Point, ...]:
    """What was said and voted on in a room, by the points of its agenda as they came."""
    happened: list[tuple[AgendaItem | None, Said | Voted]] = [
        (each.item, _said(each, room.event)) for each in paragraphs(room)
    ]
    polls = Poll.objects.filter(room=room, state=PollState.CLOSED, closed_at__isnull=False).select_related("item")
    came = adopted(room)
    for poll in polls:
        assert poll.closed_at is not None
        stands = tuple(Quote(words, where) for where, words in came.get(poll.pk, ()))
        happened.append((poll.item, Voted(poll.question, poll.closed_at, as_text(poll), stands)))
    happened.sort(key=lambda each: each[1].begin)
    found: list[tuple[AgendaItem | None, list[Said | Voted]]] = []
    for item, part in happened:
        if not found or found[-1][0] != item:
            found.append((item, []))
        found[-1][1].append(part)
    return tuple(Point(item.title if item else "", tuple(parts)) for item, parts in found)


def missing(room: Any) -> str:
    """How much of what was said is not in the record, in a sentence; "" where all of it is."""
    found = held_back(room)
    said = ngettext(
        "%(n)d piece of what was said is not in this record: whoever said it has still to look through it.",
        "%(n)d pieces of what was said are not in this record: whoever said them has still to look through them.",
        found,
    )
    return said % {"n": found} if found else ""


def _said(paragraph: Paragraph, event: Event) -> Said:
    as_whom = shown_as(paragraph.turn, event)
    who = as_whom.text or (_("A speaker") if paragraph.turn else _("Between turns"))
    first, last = paragraph.segments[0], paragraph.segments[-1]
    level = as_whom.level if paragraph.turn else None
    return Said(who, level, first.started_at, last.ended_at, paragraph.marked)


def document(room: Any) -> Document:
    """The whole record, as of now."""
    at = now().replace(second=0, microsecond=0)
    return Document(
        title=_("Record: %(room)s") % {"room": room.name},
        where=f"{room.event.title}, {room.name}",
        state=_("As it stood on %(moment)s.") % {"moment": moment_text(at)},
        hash="",
        dated=at,
        blocks=tuple(_blocks(room)),
    )


def _blocks(room: Any) -> Iterator[Block]:
    day, some = None, points(room)
    for number, point in enumerate(some, start=1):
        yield Heading(point.title or _("Outside the agenda"), mark=f"point-{number}")
        for part in point.parts:
            if localtime(part.begin).date() != day:
                day = localtime(part.begin).date()
                yield Text(day_text(day), aside=True)
            if isinstance(part, Voted):
                yield Heading(_("A poll: %(question)s") % {"question": part.question}, level=2)
                yield Text(part.text)
                yield from part.adopted
            else:
                yield Speech(part.who, date_format(localtime(part.begin), "H:i"), part.text)
    if told := missing(room):
        yield Text(told, aside=True)
    elif not some:
        yield Text(_("Nothing is taken down yet."), aside=True)
    yield from _ideas(room)
    settled = [
        _("Version %(number)d, settled %(date)s. SHA-256: %(hash)s")
        % {"number": each.number, "date": moment_text(each.settled_at), "hash": each.hash}
        for each in versions(room).reverse()
    ]
    if settled:
        yield Heading(_("Texts that were settled"))
        yield Items(tuple(settled))
    yield Heading(_("How it came about"))
    rows = ((label, str(figure)) for label, figure in (*figures.people(room), *figures.process(room)))
    yield Table(_("The process in figures"), (_("What"), _("How many")), tuple(rows))


def _ideas(room: Any) -> Iterator[Block]:
    """The board as it stands: what a moderator hid or never let through is not on it."""
    rows = []
    for card in shown(room):
        signed = f" — {card.author}" if card.author else ""
        rows.append((f"{card.number}. {card.text}{signed}", str(card.support)))
    if rows:
        yield Heading(_("Ideas"))
        yield Table(_("Ideas on the board, most supported first"), (_("Idea"), _("Support")), tuple(rows))
