"""What was said, and who it is shown as said by. Whoever shows words asks here, so that a name withheld is withheld everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, takewhile
from typing import Any, NamedTuple

from django.db.models import Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from deliberate.compiled import Compiled
from deliberate.live.parts import once
from rooms.events.folding import alone
from rooms.events.models import AgendaItem, Event, Room
from rooms.events.queries import group_sizes
from rooms.floor.models import Turn
from rooms.floor.queries import on_floor
from rooms.transcript import core, plain, search, srt, vtt
from rooms.transcript.leaving import leaving
from rooms.transcript.models import Interim, Segment
from rooms.transcript.pieces import pieces
from rooms.transcript.struck import WITHDRAWN

#: What live captions keep in sight, what a screen shows of the latest words, and what a page of older ones holds.
LIVE_SEGMENTS, RECENT_SEGMENTS, RECENT_PARAGRAPHS, PAGE_SEGMENTS = 4, 12, 8, 24


class Paragraph(NamedTuple):
    """Neighbouring segments of one turn and one agenda item. `attribution` is empty where nobody is named."""

    turn: Turn | None
    attribution: str
    segments: list[Segment]
    #: Levels (value, label) that would show less of who spoke than is shown now.
    lower: list[tuple[str, str]]
    looked_for: tuple[str, ...] = ()

    @property
    def item(self) -> AgendaItem | None:
        return self.segments[0].item

    @property
    def sources(self) -> tuple[str, ...]:
        """Its segments by the names under which they can be quoted."""
        return tuple(f"segment:{segment.handle}" for segment in self.segments)

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def marked(self) -> str:
        """The text for files: with a mark behind what its speaker corrected, and one where several pieces were withdrawn."""
        pieces = [(segment.text, segment.mended) for segment in self.segments]
        found = [f"{text} {plain.CORRECTED}" if mended else text for text, mended in pieces]
        return " ".join(
            text for text, before in zip(found, ["", *found], strict=False) if (text, before) != (WITHDRAWN,) * 2
        )

    @property
    def lines(self) -> list[tuple[Segment, search.Runs]]:
        """Each segment with its text in runs that were looked for and runs that were not."""
        return [(segment, search.marked(segment.text, self.looked_for)) for segment in self.segments]

    @property
    def newest_first(self) -> list[tuple[Segment, search.Runs]]:
        return self.lines[::-1]


class Live(NamedTuple):
    """The last words: settled lines of the latest turn, oldest first, then what is being said right now."""

    turn: Turn | None
    lines: list[Segment]
    interim: list[str]


class Page(NamedTuple):
    """Paragraphs, newest first; `older` is the number before which the next page begins, None on the last."""

    paragraphs: list[Paragraph]
    older: int | None


# -- who spoke ---------------------------------------------------------------------------------------------------------


def group_stands_alone(turn: Turn, room: Room) -> bool:
    """Whether the turn's group may be named beside words that are spoken in the room now: it is not folded with others."""
    return turn.group is not None and turn.group.handle in alone(group_sizes(room), room.event.k)


def level_of(turn: Turn, event: Event) -> core.Level:
    """How much may be shown of who spoke: the lower of the event's rule and the turn's own level."""
    return core.lowest(core.Level(event.attribution), core.Level(turn.attribution or core.Level.NAME.value))


def shown_as(turn: Turn | None, event: Event) -> core.Shown:
    """Who the words of a turn are shown as said by, and whether that is a name, a role or a group.

    A group is named where it could be when the words were spoken: those who were there then are the crowd that hides the
    speaker, wherever they sit now."""
    if turn is None:
        return core.NOBODY
    return core.attribution(
        [level_of(turn, event)],
        name=turn.name,
        role=_("Participant"),
        group=turn.group.name if turn.group and turn.group_named else "",
    )


def attribution_of(turn: Turn | None, event: Event) -> str:
    """The same in words; empty for nobody."""
    return shown_as(turn, event).text


def lower_levels(turn: Turn | None, event: Event) -> list[tuple[str, str]]:
    """The levels (value, label) that would show less of who spoke than is shown now."""
    if turn is None:
        return []
    as_what = {
        core.Level.ROLE: _("As a participant"),
        core.Level.GROUP: _("As one of a group"),
        core.Level.NOBODY: _("As nobody"),
    }
    order = list(core.Level)
    return [(level.value, as_what[level]) for level in order[order.index(level_of(turn, event)) + 1 :]]


# -- what was said -----------------------------------------------------------------------------------------------------


def segments(room: Any) -> QuerySet[Segment]:
    """All that was said in a room, in order, with what it takes to show it."""
    return Segment.objects.filter(room=room).select_related("turn__group", "item")


def paragraphs(room: Any) -> list[Paragraph]:
    """All that was said in a room and may leave it now, by turn, as it came in time: what files hold. What a recording brought in
    has later numbers than what was said after it."""
    found = _paragraphs(room.event, leaving(segments(room), room.event))
    return sorted(found, key=lambda paragraph: paragraph.segments[0].started_at)


def _paragraphs(event: Event, some: Iterable[Segment], looked_for: tuple[str, ...] = ()) -> list[Paragraph]:
    """Segments, in order, joined where they are neighbours of one turn and item."""
    found = []
    places = enumerate(some)
    for _key, run in groupby(places, lambda place: (place[1].turn_id, place[1].item_id, place[1].number - place[0])):
        said = [segment for _index, segment in run]
        turn = said[0].turn
        found.append(Paragraph(turn, attribution_of(turn, event), said, lower_levels(turn, event), looked_for))
    return found


def recent(room: Any) -> Page:
    """The latest words, by turn."""
    page = older(room, None, most=RECENT_SEGMENTS)
    shown = page.paragraphs[:RECENT_PARAGRAPHS]
    more = page.older is not None or len(shown) < len(page.paragraphs)
    return Page(shown, shown[-1].segments[0].number if more else None)


def older(room: Any, before: int | None, query: str = "", *, most: int = PAGE_SEGMENTS) -> Page:
    """The `most` segments before the one numbered `before` (None: the latest), of those that hold every word of `query`."""
    looked_for = search.terms(query)
    some = segments(room)
    if before is not None:
        some = some.filter(number__lt=before)
    for term in looked_for:
        some = some.filter(folded__contains=term)
    last = list(some.order_by("-number")[: most + 1])
    more, last = len(last) > most, last[:most]
    found = _paragraphs(room.event, reversed(last), looked_for)
    return Page(found[::-1], last[-1].number if more else None)


_interim = Compiled(
    lambda room: Interim.objects.filter(room=room).exclude(text="").select_related("turn__group").order_by()[:1]
)
_last = Compiled(lambda room: segments(room).order_by("-number")[:LIVE_SEGMENTS])


def withdrawn_with(turn: Turn | None, began: datetime | None) -> bool:
    """Whether words that began to be said then were withdrawn with their turn, before they were settled."""
    return turn is not None and turn.withdrawn_at is not None and began is not None and began <= turn.withdrawn_at


@once
def live(room: Any) -> Live:
    """The last words of the turn that spoke last, with what is being said right now."""
    interim, last = _interim.first(room.pk), _last(room.pk)
    if interim is not None and withdrawn_with(interim.turn, interim.since):
        interim = None
    if interim is None and not last:
        return Live(None, [], [])
    turn = interim.turn if interim is not None else last[0].turn
    settled = list(takewhile(lambda segment: segment.turn_id == (turn.pk if turn else None), last))
    return Live(turn, settled[::-1], pieces(interim.text)[-LIVE_SEGMENTS:] if interim is not None else [])


def speaking(room: Any) -> Live:
    """The words of the turn that has the floor; nothing while the last words are another's, or while nobody has it."""
    said, turn = live(room), on_floor(room)
    return said if turn is not None and said.turn == turn else Live(turn, [], [])


def captioned(room: Any) -> bool:
    """Whether words have been taken down in this room."""
    return Segment.objects.filter(room=room).exists() or Interim.objects.filter(room=room).exclude(text="").exists()


def holding(room: Any, words: str) -> QuerySet[Segment]:
    """The segments in which these letters stand, now or in an earlier text, newest first."""
    found = Q(folded__contains=search.folded(words)) | Q(revisions__text__icontains=words)
    return Segment.objects.filter(found, room=room).order_by("-number").distinct()


def text_at(segment: Segment, revision: int) -> str:
    """The text a segment had at a revision: what a quote of that time was taken from."""
    before = segment.revisions.filter(number=revision).first()
    return before.text if before is not None else segment.text


def word_count(room: Any) -> int:
    """How many words stand in a room's transcript."""
    return sum(
        len(core.words(text)) for text in Segment.objects.filter(room=room).values_list("text", flat=True).iterator()
    )


# -- where and when ----------------------------------------------------------------------------------------------------


def item_at(room: Any, moment: datetime) -> AgendaItem | None:
    """The agenda item that was on at a moment."""
    begun = AgendaItem.objects.filter(room=room, started_at__lte=moment)
    return begun.filter(Q(ended_at=None) | Q(ended_at__gt=moment)).order_by("-started_at").first()


def last_end(room: Any) -> datetime | None:
    """When the words stored so far end."""
    end: datetime | None = Segment.objects.filter(room=room).aggregate(end=Max("ended_at"))["end"]
    return end


# -- to take away ------------------------------------------------------------------------------------------------------


def as_vtt(room: Any, *, words: bool = False) -> str:
    """The transcript as WebVTT, its times counted from the first words. `words`: with when each word was said, where that was
    measured."""
    return vtt.write(_cues(room, words=words))


def as_srt(room: Any) -> str:
    """The transcript as SubRip, its times counted from the first words."""
    return srt.write(_cues(room))


def _cues(room: Any, *, words: bool = False) -> Iterator[vtt.Cue]:
    begin: datetime = Segment.objects.filter(room=room).aggregate(begin=Min("started_at"))["begin"]

    def ms(moment: datetime) -> int:
        return (moment - begin) // timedelta(milliseconds=1)

    def begins(segment: Segment) -> tuple[int, ...]:
        return tuple(ms(segment.started_at) + since for since, _until in (segment.times or ())) if words else ()

    for paragraph in paragraphs(room):
        for each in paragraph.segments:
            times = ms(each.started_at), ms(each.ended_at)
            yield vtt.Cue(*times, each.text, paragraph.attribution, begins(each), each.mended)


def as_text(room: Any) -> str:
    """The transcript as plain text, a paragraph for each turn."""
    return plain.write(plain.Said(paragraph.attribution, paragraph.marked) for paragraph in paragraphs(room))
