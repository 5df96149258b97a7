"""What a statement may rest on: a segment of what was said, an idea, or a closed poll."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from deliberate.errors import Refused
from polls.ballots.models import Poll
from polls.ballots.models import State as PollState
from polls.ballots.queries import as_text
from polls.ideas.models import Idea
from polls.ideas.models import State as IdeaState
from polls.statements.quotes import Amiss, NotVerbatim, Span
from polls.statements.quotes import find as find_quote
from rooms.transcript.leaving import leaving
from rooms.transcript.models import Segment
from rooms.transcript.struck import WITHDRAWN

SEGMENT, IDEA, POLL = KINDS = ("segment", "idea", "poll")


@dataclass(frozen=True, slots=True)
class Source:
    """`name`: "kind:handle", as commands and marks carry it. `text`: what may be quoted. `revision`: how often the text
    was corrected."""

    kind: str
    row: Any
    text: str
    revision: int = 0

    @property
    def name(self) -> str:
        return f"{self.kind}:{self.row.handle}"

    @property
    def column(self) -> dict[str, Any]:
        """The column of a citation or proposal that points at it, for filters and new rows."""
        return {self.kind: self.row}


def _said(room: Any) -> QuerySet[Segment]:
    """What was said and may be quoted now: not withdrawn, and approved where it has to be."""
    return leaving(Segment.objects.filter(room=room), room.event).exclude(text=WITHDRAWN)


def open_to_quote(room: Any) -> dict[str, QuerySet[Any]]:
    """What may be quoted in a room, newest first, by kind: what was said and may leave the room, the ideas on the board, closed polls."""
    return {
        SEGMENT: _said(room).select_related("turn", "item").order_by("-number"),
        IDEA: Idea.objects.filter(room=room, state=IdeaState.SHOWN).order_by("-number"),
        POLL: Poll.objects.filter(room=room, state=PollState.CLOSED).order_by("-closed_at"),
    }


def source_of(kind: str, row: Any) -> Source:
    """A row as something to quote."""
    if kind == SEGMENT:
        return Source(kind, row, row.text, row.revision)
    return Source(kind, row, row.text if kind == IDEA else as_text(row))


def named(room: Any, name: str) -> Source:
    """The source called "kind:handle" in `room`. Refused where there is none, or it may not be quoted."""
    kind, _colon, handle = name.partition(":")
    row = open_to_quote(room)[kind].filter(handle=handle).first() if kind in KINDS else None
    if row is None and kind == SEGMENT and Segment.objects.filter(room=room, handle=handle).exists():
        raise Refused(_("This can't be quoted: whoever said it has withdrawn it, or has still to look through it."))
    if row is None:
        raise Refused(_("This can't be quoted: it is not in this room, is hidden, or its poll is still open."))
    return source_of(kind, row)


def place_of(quote: str, source: Source) -> Span:
    """Where the quote stands verbatim in its source. Refused, saying what is amiss, where it does not."""
    try:
        return find_quote(quote, source.text)
    except NotVerbatim as refusal:
        raise Refused(_amiss(refusal.code)) from None


def _amiss(code: Amiss) -> str:
    return {
        Amiss.EMPTY: _("Choose the words to quote."),
        Amiss.ELLIPSIS: _("The quote leaves something out. Quote one piece as it stands, or two quotes."),
        Amiss.CAPITALS: _("The source has other capital letters. Quote it letter for letter."),
        Amiss.TYPOGRAPHY: _("The source has other quotation marks or dashes. Quote it letter for letter."),
        Amiss.INSIDE_A_WORD: _("The quote begins or ends inside a word. Quote whole words."),
        Amiss.NOT_FOUND: _("These words are not in the source. Quote it as it stands."),
    }[code]
